// One hit on its own page: the keys press its buttons; a note that was typed is saved before the page is left.

import { keys } from "./keys.js";
import { dirty, guard, store, watch } from "./notes.js";

const decide = document.querySelector("form.decide");
const notes = document.querySelector("form.note");
const press = (state) => () => decide.requestSubmit(decide.querySelector(`button[value="${state}"]`));
const follow = (selector) => () => document.querySelector(selector)?.click();

watch(notes);
guard(() => notes);

decide.addEventListener("submit", async (event) => {
  if (!dirty(notes)) return;
  event.preventDefault();
  const answer = await store(notes);
  if (!answer) return notes.scrollIntoView({ block: "center" });
  for (const field of [decide.elements.target, decide.elements.whole]) {
    if (field) field.value = field.value.replace(/\d+$/, String(answer.stamp));
  }
  decide.requestSubmit(event.submitter);
});

notes.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await store(notes);
  if (answer) decide.elements.target.value = notes.elements.target.value;
});

keys({
  r: press("relevant"),
  i: press("irrelevant"),
  s: press("starred"),
  b: press("new"),
  j: follow("[data-next]"),
  k: follow("[data-back]"),
  o: follow("a.out"),
  v: follow("a.out"),
  n: () => {
    notes.scrollIntoView({ block: "center" });
    notes.elements.note.focus();
  },
  u: () => document.querySelector("#status form")?.requestSubmit(),
});
if (location.hash === "#noted") notes.elements.note.focus();
