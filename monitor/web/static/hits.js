// The list: moving through it, reading beside it, deciding, selecting.

import { send, wide } from "./dom.js";
import { decide, onChange, redo, undo } from "./deciding.js";
import { keys } from "./keys.js";
import { begin } from "./live.js";
import { more, observe, remember, restore } from "./more.js";
import { ahead, current, reading, ready, renew, settle, show, stands, turn } from "./pane.js";
import { link, list, pick, rows } from "./rows.js";
import { say } from "./status.js";

const bulk = document.getElementById("deciding");
const all = document.getElementById("all");
const FEW = 6;

let here = null;
let anchor = null;

// --- moving ------------------------------------------------------------------------------------------

function go(row, { focus = true, read = true } = {}) {
  if (!row) return;
  here?.classList.remove("here");
  here?.removeAttribute("aria-current");
  if (here) stops(here, -1);
  else rove();
  here = row;
  stops(row, 0);
  row.classList.add("here");
  row.setAttribute("aria-current", "true");
  if (focus) {
    link(row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  if (read && wide.matches) void show(row);
  const lines = rows();
  const at = lines.indexOf(row);
  if (wide.matches) lines.slice(at + 1, at + 3).forEach(ahead);
  if (at > lines.length - FEW) void more();
}

/** Only the current line is a stop of the Tab key: j, k and the arrows move among the lines. */
function rove() {
  for (const row of rows()) stops(row, row === here ? 0 : -1);
}

function stops(row, index) {
  for (const one of row.querySelectorAll("a, input")) one.tabIndex = index;
}

function beside(step) {
  const lines = rows();
  const at = lines.indexOf(here);
  return at < 0 ? lines[0] : lines[at + step];
}

async function step(by) {
  const next = beside(by) ?? ((by > 0 && (await more())) ? beside(by) : null);
  if (next) go(next);
  else say(by > 0 ? "The list ends here." : "This is the newest.");
}

// --- deciding ----------------------------------------------------------------------------------------

const picked = () => rows().filter((row) => pick(row).checked);

async function mark(state) {
  const many = picked();
  if (many.length) return bulkDecide(many, { state });
  if (here) await one(here, state);
}

/** Decide on one line, then go on. A note that is being written is saved first. */
async function one(row, state) {
  await settle();
  decide([row], { state }, ticked(row));
  if (row !== here) return;
  if (row === current()) stands(state);
  if (beside(1)) await step(1);
}

/** What the tick at "all articles of the story" makes of a decision, where it is not what the line is about anyway. */
function ticked(row) {
  const form = row === current() ? reading()?.querySelector("form.decide") : null;
  const whole = form?.elements.whole;
  if (!whole || whole.checked === !row.dataset.target.includes("..")) return "";
  return whole.checked ? whole.value : form.elements.target.value;
}

function bulkDecide(many, said) {
  decide(many, said);
  for (const row of many) pick(row).checked = false;
  selected();
}

bulk?.addEventListener("submit", (event) => {
  event.preventDefault();
  const many = picked();
  const { name, value } = event.submitter ?? {};
  const tag = bulk.elements.tag.value.trim();
  if (!many.length) return say("Select some lines first: x, or the boxes.");
  if (name === "state") return bulkDecide(many, { state: value });
  if (!tag) return bulk.elements.tag.focus();
  bulkDecide(many, { tag, do: value });
  bulk.elements.tag.value = "";
});

document.getElementById("pane").addEventListener("submit", (event) => {
  if (!event.target.matches(".decide")) return;
  event.preventDefault();
  if (current() !== here) go(current(), { focus: false, read: false });
  void one(here, event.submitter.value);
});

onChange((row) => renew(row));
list.addEventListener("monitor:back", (event) => go(event.target.closest(".hit")));

// --- selecting ---------------------------------------------------------------------------------------

function selected() {
  const many = picked();
  for (const row of rows()) row.classList.toggle("picked", pick(row).checked);
  bulk.classList.toggle("some", many.length > 0);
  bulk.querySelector(".chosen").textContent = many.length ? `${many.length} selected` : "";
  all.checked = many.length > 0 && many.length === rows().length;
  all.indeterminate = many.length > 0 && !all.checked;
}

list.addEventListener("click", (event) => {
  const row = event.target.closest(".hit");
  if (!row) return;
  if (event.target.matches(".pick")) {
    if (event.shiftKey && anchor) range(anchor, row, event.target.checked);
    anchor = row;
    return selected();
  }
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const title = event.target.closest("h2 a");
  if (!plain || !wide.matches || event.target.closest("button") || (event.target.closest("a") && !title)) return;
  if (window.getSelection()?.toString()) return;
  event.preventDefault();
  go(row);
});

function range(from, to, checked) {
  const lines = rows();
  const [first, last] = [lines.indexOf(from), lines.indexOf(to)].sort((one, other) => one - other);
  for (const row of lines.slice(first, last + 1)) pick(row).checked = checked;
}

all?.addEventListener("change", () => {
  for (const row of rows()) pick(row).checked = all.checked;
  selected();
});

function toggle() {
  if (!here) return;
  pick(here).checked = !pick(here).checked;
  anchor = here;
  selected();
}

document.addEventListener("monitor:escape", () => {
  for (const row of picked()) pick(row).checked = false;
  selected();
});

// --- the rest ----------------------------------------------------------------------------------------

async function note() {
  if (!here) return;
  if (!wide.matches) return location.assign(`${link(here).href}#noted`);
  const area = (await ready())?.querySelector("#note");
  if (!area) return;
  area.closest("section").scrollIntoView({ block: "center" });
  area.focus();
}

function original() {
  if (here?.dataset.url) window.open(here.dataset.url, "_blank", "noopener,noreferrer");
  else say("The feed gave no address that can be opened.");
}

const compact = document.getElementById("compact");
compact?.addEventListener("click", () => {
  const on = document.documentElement.toggleAttribute("data-compact");
  compact.setAttribute("aria-pressed", String(on));
  here?.scrollIntoView({ block: "nearest" });
  void send("/view", { compact: on ? "1" : "0" });
});

keys({
  j: () => step(1),
  k: () => step(-1),
  r: () => mark("relevant"),
  i: () => mark("irrelevant"),
  s: () => mark("starred"),
  b: () => mark("new"),
  x: toggle,
  n: note,
  v: original,
  o: () => { if (here) location.assign(link(here).href); },
  u: undo,
  U: redo,
  Space: () => wide.matches && turn(1),
  ShiftSpace: () => wide.matches && turn(-1),
  ArrowDown: (event) => list.contains(event.target) && step(1),
  ArrowUp: (event) => list.contains(event.target) && step(-1),
});

list.addEventListener("focusin", (event) => {
  const row = event.target.closest(".hit");
  if (row && row !== here) go(row, { focus: false });
});
list.addEventListener("monitor:more", () => { rove(); selected(); });
wide.addEventListener("change", () => { if (here) go(here, { focus: false }); });
addEventListener("pagehide", () => remember(here));

for (const one of [bulk?.querySelector(".all"), compact]) if (one) one.hidden = false;
observe();
restore().then((row) => {
  go(row ?? (wide.matches ? rows()[0] : null), { focus: Boolean(row) && !wide.matches });
  if (!here) rove();
});
begin();
