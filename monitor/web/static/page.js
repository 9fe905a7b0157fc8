// On every page: the keys that lead elsewhere, help, search, a filter that asks as soon as it is set, times that age.

import { root } from "./dom.js";
import { keys } from "./keys.js";

const PLACES = { h: "/", s: "/sources", a: "/alerts", c: "/coverage", f: "/figures", l: "/learning", w: "/why" };
const MINUTE = 60_000;

const help = document.getElementById("help");
const search = document.getElementById("find");

function showHelp() {
  if (help && !help.open) help.showModal();
}

function leave() {
  const at = document.activeElement;
  if (at instanceof HTMLElement && at.matches("input, textarea, select")) at.blur();
  document.dispatchEvent(new CustomEvent("monitor:escape"));
}

keys({
  "?": showHelp,
  "/": () => search?.focus(),
  Escape: leave,
  ...Object.fromEntries(Object.entries(PLACES).map(([key, path]) => [`g ${key}`, () => location.assign(root + path)])),
});

document.querySelector("[data-help]")?.addEventListener("click", (event) => {
  event.preventDefault();
  showHelp();
});

// A list is asked for anew as soon as a choice is made with the pointer; with the keyboard, when the field is left.
for (const form of document.querySelectorAll("form.filter")) {
  let byKey = false;
  let changed = false;
  const ask = () => form.requestSubmit();
  form.addEventListener("keydown", (event) => {
    byKey = true;
    if (event.key === "Enter" && changed) ask();
  });
  form.addEventListener("pointerdown", () => { byKey = false; });
  form.addEventListener("change", (event) => {
    changed = true;
    if (!byKey && !event.target.matches('input:not([type="checkbox"])')) ask();
    else event.target.addEventListener("blur", ask, { once: true });
  });
}

// Fields that ask nothing stay out of the address.
for (const form of document.querySelectorAll('form[method="get"]')) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
  });
}
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("form[method=\"get\"] :disabled")) field.disabled = false;
});

// On a narrow screen the head shows a part of the pages: the one that is here, too.
const page = document.querySelector("header nav a[aria-current]");
if (page && page.offsetLeft > innerWidth * 0.75) page.parentElement.scrollLeft = page.offsetLeft - innerWidth / 2;

function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}

// The server's clock counts: how long the page is open is added to what it said.
const opened = performance.now();
const ages = new WeakMap();
const SIZES = { s: 1, min: 60, h: 3600 };

function age() {
  const passed = Math.floor((performance.now() - opened) / 1000);
  for (const time of document.querySelectorAll("time[data-ago]")) {
    if (!ages.has(time)) {
      const said = /^(\d+) (s|min|h) ago$/.exec(time.textContent.trim());
      ages.set(time, said ? Number(said[1]) * SIZES[said[2]] - passed : null);
    }
    const since = ages.get(time);
    if (since !== null && since + passed < 86_400) time.textContent = `${span(since + passed)} ago`;
  }
}
age();
setInterval(age, MINUTE);
