// Decisions on their way to the server, one after another, so that each knows what the one before it made of its line.
// One that could not be saved is kept and shown until it is saved or given up; leaving the page meanwhile is asked back.

import { Problem, change } from "./dom.js";

const AGAIN = 15_000;

const queue = [];
const failed = new Set();
let busy = false;

/** A save has `path`, `fields()`, `saved(answer)` and `refused(words)`. */
export function save(one) {
  queue.push(one);
  void work();
}

/** Give up what was not sent yet; true when it was still here. */
export function drop(one) {
  const at = queue.indexOf(one);
  const waits = at > 0 || (at === 0 && !busy);
  if (waits) queue.splice(at, 1);
  return waits || failed.delete(one);
}

export function retry() {
  const again = [...failed];
  failed.clear();
  queue.push(...again);
  void work();
}

export const unsaved = () => failed.size + queue.length;

async function work() {
  if (busy) return;
  busy = true;
  try {
    while (queue.length) await tried(queue[0]).finally(() => queue.shift());
  } finally {
    busy = false;
    if (queue.length) setTimeout(work);
  }
}

async function tried(one) {
  let answer;
  try {
    answer = await change(one.path, one.fields());
  } catch (error) {
    failed.add(one);
    one.refused(error instanceof Problem ? error.message : "It could not be saved.");
    return;
  }
  one.saved(answer);
}

addEventListener("online", retry);
setInterval(() => { if (failed.size) retry(); }, AGAIN);
addEventListener("beforeunload", (event) => {
  if (failed.size || queue.length > 1) event.preventDefault();
});
