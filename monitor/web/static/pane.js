// The reading pane: the text of the current line, at once where it was fetched ahead.

import { Problem, made, part, submitted } from "./dom.js";
import { dirty, guard, store, watch } from "./notes.js";
import { complain, headline, link, stamp, tag, word } from "./rows.js";
import { say } from "./status.js";

const KEPT = 40;
const STALE = 60_000;

const pane = document.getElementById("pane");
const texts = new Map();
let shown = null;
let coming = Promise.resolve();

export const current = () => shown;
export const reading = () => pane.querySelector(".reading");
const notes = () => pane.querySelector("form.note");
const unsaved = new Set();

guard(() => notes(), () => unsaved.size > 0);

/** Show a line's article. What was typed to the one before is saved. */
export async function show(row) {
  if (dirty(notes())) void keep(shown, notes());
  shown = row;
  const known = texts.get(row.dataset.hit);
  if (known?.node && performance.now() - known.at < STALE) return place(known.node);
  wait(row);
  coming = load(row);
  await coming;
}

/** The article that is shown, once it is there; null where it could not be had. */
export async function ready() {
  await coming;
  return reading();
}

/** Save what was typed, before anything else is decided on its article. */
export async function settle() {
  if (dirty(notes())) await keep(shown, notes());
}

/** Fetch an article that will be wanted soon. */
export function ahead(row) {
  if (row && !texts.has(row.dataset.hit)) void fetched(row).catch(() => texts.delete(row.dataset.hit));
}

/** What is stored of a line has changed: what was fetched of it is old. */
export async function renew(row) {
  if (texts.get(row.dataset.hit)?.at === Infinity) return;
  texts.delete(row.dataset.hit);
  if (row !== shown || dirty(notes())) return;
  const top = pane.scrollTop;
  await load(row);
  pane.scrollTop = top;
}

export function stands(state) {
  reading()?.querySelector(".decide .stands")?.replaceChildren(word(state));
}

export function turn(pages) {
  pane.scrollBy({ top: pages * pane.clientHeight * 0.85 });
}

async function load(row) {
  try {
    const node = await fetched(row);
    if (row === shown) place(node);
  } catch (error) {
    texts.delete(row.dataset.hit);
    if (row === shown) fail(row, error);
  }
}

async function fetched(row) {
  const hit = row.dataset.hit;
  let entry = texts.get(hit);
  if (!entry || (entry.node && performance.now() - entry.at > STALE)) {
    entry = { at: performance.now(), node: null, coming: null };
    const address = new URL(link(row).href);
    entry.coming = part(`/hits/${hit}/pane${address.search}`, ".reading").then((node) => {
      entry.node = node;
      return node;
    });
    texts.delete(hit);
    texts.set(hit, entry);
    if (texts.size > KEPT) texts.delete(texts.keys().next().value);
  }
  return entry.coming;
}

function place(node) {
  pane.replaceChildren(node);
  pane.scrollTop = 0;
  watch(notes());
}

function wait(row) {
  const title = made("h2", { class: "headline", dir: "auto", lang: row.querySelector("h2").lang }, headline(row));
  pane.replaceChildren(made("div", { class: "loading" }, title, made("p", { class: "quiet" }, "Loading …")));
  pane.scrollTop = 0;
}

function fail(row, error) {
  const words = error instanceof Problem ? error.message : "The article could not be shown.";
  const again = made("button", { type: "button", onclick: () => show(row) }, "Try again");
  pane.replaceChildren(made("div", { class: "loading" }, made("p", {}, words), again));
}

async function keep(row, form) {
  const node = form.closest(".reading");
  const answer = await store(form);
  if (!answer) return remind(row, form, node);
  unsaved.delete(form);
  complain(row, "");
  texts.delete(row.dataset.hit);
  stamp(row, answer.stamp);
  const now = answer.changed[row.dataset.hit];
  if (now) tag(row, now.tags);
  if (row === shown) await renew(row);
  say("Note and tags saved.");
}

/** What was typed stays as it is until it is saved: its text is not fetched anew. */
function remind(row, form, node) {
  unsaved.add(form);
  texts.set(row.dataset.hit, { node, at: Infinity, coming: Promise.resolve(node) });
  complain(row, "The note was not saved.", ["Try again", () => keep(row, form)]);
  say("The note was not saved.");
}

// Links to a part of the article move the pane alone; forms are sent without leaving the list.
pane.addEventListener("click", (event) => {
  const jump = event.target.closest('a[href^="#"]');
  if (!jump) return;
  event.preventDefault();
  const to = pane.querySelector(`[id="${CSS.escape(jump.hash.slice(1))}"]`);
  to?.scrollIntoView({ block: to.matches("mark") ? "center" : "start" });
  to?.focus({ preventScroll: true });
});

pane.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".decide")) return;
  event.preventDefault();
  if (form.matches(".note")) return void keep(shown, form);
  const row = shown;
  const sending = new FormData(form, event.submitter);
  const copy = made("form", { action: form.action });
  for (const [name, value] of sending) copy.append(made("input", { type: "hidden", name, value }));
  submitted(copy).then(() => renew(row)).catch((error) => say(error.message));
});
