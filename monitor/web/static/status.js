// The line that says what was done last, with the button that takes it back. A screen reader is told, too.

import { made } from "./dom.js";

const SHOWN = 15_000;
const line = document.getElementById("status");
let timer = 0;

/** Say it, in words and elements; `button` is a word and what it does. */
export function say(words, button = null) {
  if (!line) return;
  clearTimeout(timer);
  const parts = [made("span", {}, ...[words].flat())];
  if (button) parts.push(made("button", { type: "button", class: "small", onclick: button.does }, button.word));
  line.replaceChildren(made("div", { class: "told" }, ...parts));
  timer = setTimeout(hide, SHOWN);
}

export function hide() {
  if (line && !line.contains(document.activeElement)) line.replaceChildren();
}

document.addEventListener("monitor:escape", () => line?.replaceChildren());
