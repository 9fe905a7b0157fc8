// What every script of these pages is made with: our own address, the token of our forms, answers of our server.
// Nothing here takes markup from anywhere but our own pages.

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const root = meta("monitor-root");
export const wide = window.matchMedia("(min-width: 70rem)");
export const keysOn = () => document.documentElement.hasAttribute("data-keys");

let token = meta("monitor-token");

/** What could not be done, in words for a person. */
export class Problem extends Error {}

/** One element of a page of ours. */
export async function part(path, selector, options = {}) {
  const answer = await reached(fetch(root + path, { credentials: "same-origin", ...options }));
  if (!answer.ok || answer.redirected) throw new Problem(refusal(answer));
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = parsed.querySelector(selector);
  if (!found) throw new Problem("The monitor gave an answer that this page does not know. Load it again.");
  return document.importNode(found, true);
}

/** Send a change and return what became of it; a token that is too old is asked for anew, once. */
export async function change(path, fields) {
  let answer = await sent(path, fields);
  if (answer.status === 403 && (await renewed())) answer = await sent(path, fields);
  const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
  if (told && "done" in told) return told;
  throw new Problem(told?.problem ?? refusal(answer));
}

/** Send a form of ours as it stands; true when the server took it. */
export async function submitted(form) {
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  const answer = await sent(new URL(form.action).pathname.slice(root.length), fields, "text/html");
  if (!answer.ok || answer.url.startsWith(`${location.origin}${root}/login`)) throw new Problem(refusal(answer));
  return true;
}

export function send(path, fields) {
  return sent(path, Object.entries(fields)).catch(() => null);
}

async function sent(path, fields, accept = "application/json") {
  const body = new URLSearchParams(fields.filter(([name]) => name !== "token"));
  body.append("token", token);
  const headers = { accept, "x-monitor-token": token };
  return reached(fetch(root + path, { method: "POST", body, headers, credentials: "same-origin", keepalive: true }));
}

async function renewed() {
  const page = await reached(fetch(location.href, { credentials: "same-origin" }));
  const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
  const fresh = parsed.querySelector('meta[name="monitor-token"]')?.content;
  const changed = Boolean(fresh) && fresh !== token;
  if (changed) token = fresh;
  return changed;
}

async function reached(answer) {
  try {
    return await answer;
  } catch {
    throw new Problem("The monitor cannot be reached.");
  }
}

function refusal(answer) {
  if (answer.redirected || answer.status === 401) return "You are logged out. Log in in another tab, then try again.";
  if (answer.status === 403) return "This page may not change anything any more. Load it again.";
  if (answer.status >= 500) return `The monitor could not do it (error ${answer.status}); its log says more.`;
  return `The monitor refused it (${answer.status}).`;
}

/** An element with attributes and children; text stays text. */
export function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") element.addEventListener("click", value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
