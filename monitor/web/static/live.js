// Telling that there is more, without moving what is read: a button above the list, a number in the title.

import { root } from "./dom.js";
import { forget } from "./more.js";

const ASK = 60_000;

const place = document.querySelector("ol.hits")?.dataset.newer;
const button = document.getElementById("newer");
const title = document.title;
const query = new URLSearchParams(location.search);
for (const name of ["after", "page", "said", "done"]) query.delete(name);
const first = `${location.pathname}${query.size ? `?${query}` : ""}`;
if (place) query.set("than", place);

let stream = null;
let timer = 0;

function tell(count) {
  const many = count >= 100 ? "100 or more" : String(count);
  document.title = count ? `(${count >= 100 ? "100+" : count}) ${title}` : title;
  button.textContent = `${many} new ${count === 1 ? "hit" : "hits"} – show`;
  button.parentElement.hidden = !count;
}

async function ask() {
  try {
    const answer = await fetch(`${root}/live/count?${query}`, { headers: { accept: "application/json" } });
    if (answer.ok && !answer.redirected) tell((await answer.json()).new);
  } catch {
    // The next minute tries again; a decision that cannot be saved says so itself.
  }
}

function poll() {
  clearInterval(timer);
  timer = setInterval(ask, ASK);
}

function listen() {
  clearInterval(timer);
  stream = new EventSource(`${root}/live?${query}`);
  stream.addEventListener("message", (event) => tell(Number(event.data)));
  stream.addEventListener("error", () => {
    if (stream?.readyState === EventSource.CLOSED) poll();
  });
}

// A browser keeps few connections to one server: a list that is not seen gives its own back.
function seen() {
  stream?.close();
  stream = null;
  if (document.visibilityState === "visible") listen();
  else poll();
}

/** Begin, for a list that starts at its newest hit. */
export function begin() {
  if (!place || !button) return;
  button.addEventListener("click", () => {
    forget();
    location.assign(first);
  });
  document.addEventListener("visibilitychange", seen);
  addEventListener("pagehide", () => stream?.close());
  seen();
}
