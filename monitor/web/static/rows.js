// The lines of the list as the page holds them: their state, their target, what stands on them.

import { made } from "./dom.js";

const STATES = ["new", "relevant", "irrelevant", "starred"];
const MARKS = { new: "●", relevant: "✓", irrelevant: "✕", starred: "★" };

export const list = document.querySelector("ol.hits");
export const rows = () => [...list.querySelectorAll(":scope > .hit")];
export const link = (row) => row.querySelector("h2 a");
export const pick = (row) => row.querySelector(".pick");
export const headline = (row) => link(row).textContent.trim();

/** The state of a line with all that shows it, to be put back by an undo. */
export function standing(row) {
  return { state: row.dataset.state, split: row.querySelector(".split")?.textContent ?? "" };
}

export function stand(row, { state, split = "" }) {
  row.classList.remove(...STATES);
  row.classList.add(state);
  row.dataset.state = state;
  row.querySelector(".stands").replaceChildren(word(state));
  let part = row.querySelector(".split");
  if (!part && split) {
    part = made("li", { class: "split" });
    row.querySelector(".facts").insertBefore(part, row.querySelector("li.tags"));
  }
  if (part) part.textContent = split;
  if (part) part.hidden = !split;
}

export function word(state) {
  return made("span", { class: `state ${state}` }, made("span", { "aria-hidden": "true" }, MARKS[state]), ` ${state}`);
}

/** The number of the last decision on the story: the end of the target. */
export function stamp(row, number) {
  aim(row, row.dataset.target.replace(/\d+$/, String(number)));
}

export function aim(row, target) {
  row.dataset.target = target;
  pick(row).value = target;
}

export function tag(row, words) {
  row.querySelector("li.tags").replaceChildren(...words.map((one) => made("span", { class: "tag" }, made("bdi", {}, one))));
}

/** Words on the line itself: what was not saved, or who was faster; buttons are words and what they do. */
export function complain(row, words, ...buttons) {
  const part = row.querySelector(".unsaved");
  const made_ = buttons.map(([label, does]) => made("button", { type: "button", class: "small", onclick: does }, label));
  part.replaceChildren(words, ...made_);
  part.hidden = !words;
}
