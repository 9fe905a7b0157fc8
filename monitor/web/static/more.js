// More of the list when its end comes near; what was loaded is there again when one comes back to it.

import { part } from "./dom.js";
import { list, rows } from "./rows.js";

const MOST = 40;

const section = list.parentElement;
const pager = () => section.querySelector('nav.pager a[rel="next"]');
let loading = null;
let pages = 0;
let kept = true;

const watcher = new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting)) void more();
}, { rootMargin: "600px" });

/** Load the next piece; true when there was one. */
export function more() {
  loading ??= fetched().finally(() => { loading = null; });
  return loading;
}

async function fetched() {
  const link = pager();
  if (!link || pages >= MOST) return false;
  const nav = link.parentElement;
  nav.dataset.state = "loading";
  try {
    const found = await part(`/list${new URL(link.href).search}`, "body");
    const known = new Set(rows().map((row) => row.id));
    const fresh = [...found.querySelectorAll("li.hit")].filter((row) => !known.has(row.id));
    list.append(...fresh);
    const next = found.querySelector("nav.pager");
    if (next) nav.replaceWith(next);
    else nav.remove();
    pages += 1;
    observe();
    list.dispatchEvent(new CustomEvent("monitor:more", { detail: fresh }));
    return true;
  } catch {
    nav.dataset.state = "failed";
    return false;
  }
}

export function observe() {
  watcher.disconnect();
  if (pager()) watcher.observe(pager());
}

/** Do not come back to where one is: the list begins anew. */
export function forget() {
  kept = false;
  history.replaceState(null, "");
}

/** Remember in the browser's history where one is. */
export function remember(row) {
  if (!kept) return;
  const scroller = scrolled();
  history.replaceState({ ...history.state, pages, hit: row?.dataset.hit ?? "", top: scroller.scrollTop }, "");
}

/** Come back to where one was; returns the line. */
export async function restore() {
  const was = history.state ?? {};
  // A browser that follows #hit-3 takes the focus away once more when the page is whole.
  if (location.hash && document.readyState !== "complete") {
    await new Promise((done) => addEventListener("load", () => setTimeout(done), { once: true }));
  }
  const wanted = location.hash.startsWith("#hit-") ? location.hash.slice(5) : was.hit;
  const find = () => document.getElementById(`hit-${wanted}`);
  const enough = () => (wanted ? find() && pages >= (was.pages ?? 0) : true);
  while (!enough() && pages < Math.min(was.pages || 0, MOST) && (await more()));
  if (was.top && pages >= (was.pages || 0)) scrolled().scrollTop = was.top;
  return find();
}

function scrolled() {
  return getComputedStyle(section).overflowY === "auto" ? section : document.scrollingElement;
}
