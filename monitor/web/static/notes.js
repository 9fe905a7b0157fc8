// Note and tags of one hit: saved with a button, or when the reader goes on, so that nothing typed is lost.

import { Problem, change } from "./dom.js";

const said = (form) => [form.elements.note.value, form.elements.tags.value].join("\u0000");
const first = new WeakMap();

/** Watch the note form of a hit that is shown. */
export function watch(form) {
  if (form && !first.has(form)) first.set(form, said(form));
}

export const dirty = (form) => Boolean(form) && first.has(form) && first.get(form) !== said(form);

/** Save it; returns the server's answer, null when it was not saved. */
export async function store(form) {
  const fields = ["target", "note", "tags"].map((name) => [name, form.elements[name].value]);
  const told = form.querySelector(".saving");
  const now = said(form);
  told.textContent = "Saving …";
  try {
    const answer = await change("/decide", fields);
    const inWay = answer.overtaken[0];
    if (inWay) {
      form.elements.target.value = inWay.target;
      told.textContent = `Not saved. ${inWay.words}. Save again to overrule.`;
      return null;
    }
    first.set(form, now);
    form.elements.target.value = form.elements.target.value.replace(/\d+$/, String(answer.stamp));
    told.textContent = "Saved.";
    return answer;
  } catch (error) {
    told.textContent = `Not saved. ${error instanceof Problem ? error.message : ""}`;
    return null;
  }
}

/** Ask back before what was typed is lost. */
export function guard(find, more = () => false) {
  addEventListener("beforeunload", (event) => {
    if (dirty(find()) || more()) event.preventDefault();
  });
}
