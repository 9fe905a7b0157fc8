// Deciding on lines of the list: shown at once, saved behind, taken back with undo, and never lost in silence.

import { made } from "./dom.js";
import { complain, headline, aim, stamp, stand, standing, tag } from "./rows.js";
import { drop, retry, save } from "./saves.js";
import { say } from "./status.js";

const WORDS = { relevant: "Relevant", irrelevant: "Irrelevant", starred: "Starred", new: "New again" };
const done = [];
const undone = [];
const fresh = document.getElementById("fresh");
const changed = new EventTarget();

/** Told with a line whenever what is stored of it has changed. */
export const onChange = (does) => changed.addEventListener("row", (event) => does(event.detail));
const tell = (row) => changed.dispatchEvent(new CustomEvent("row", { detail: row }));

/** Decide on lines: `{ state }`, or `{ tag, do }`. With `target` it is about that one hit of the line alone. */
export function decide(rows, said, target = "") {
  const one = new Decision(rows, said, target);
  one.show();
  done.push(one);
  undone.length = 0;
  save(one);
}

export function undo() {
  const last = done.pop();
  if (!last) return say("There is nothing to undo.");
  if (drop(last)) return last.forget();
  save(new Back(last, undone, "Undone", { word: "Redo", does: redo }));
}

export function redo() {
  const last = undone.pop();
  if (!last) return say("There is nothing to redo.");
  save(new Back(last, done, "Done again", { word: "Undo", does: undo }));
}

class Decision {
  path = "/decide";

  constructor(rows, said, target) {
    this.rows = rows;
    this.said = said;
    this.target = target;
    this.before = new Map(rows.map((row) => [row, standing(row)]));
    this.numbers = "";
  }

  fields() {
    const targets = this.target ? [this.target] : this.rows.map((row) => row.dataset.target);
    return [...targets.map((one) => ["target", one]), ...Object.entries(this.said)];
  }

  show() {
    for (const row of this.rows) {
      row.classList.add("waiting");
      if (this.said.state) stand(row, { state: this.said.state });
    }
  }

  forget() {
    for (const row of this.rows) {
      row.classList.remove("waiting");
      complain(row, "");
      stand(row, this.before.get(row));
    }
    say("Undone; it had not been saved yet.");
  }

  saved(answer) {
    this.numbers = answer.done;
    count(answer);
    const inWay = new Map(answer.overtaken.map((one) => [String(one.hit), one]));
    for (const row of this.rows) this.settle(row, answer, inWay.get(row.dataset.hit));
    others(this.rows, answer);
    if (!answer.done) done.splice(done.indexOf(this), 1);
    else say([...this.words(), left(answer)], { word: "Undo", does: undo });
  }

  settle(row, answer, inWay) {
    row.classList.remove("waiting");
    complain(row, "");
    const gone = answer.missing.map(String).includes(row.dataset.hit);
    if (inWay) {
      stand(row, { state: inWay.state });
      aim(row, inWay.target);
      complain(row, `${inWay.words}. Your decision was not made.`, ["Overrule", () => decide([row], this.said)]);
      say(`${inWay.words}. Your decision was not made.`);
    } else if (gone) {
      stand(row, this.before.get(row));
      complain(row, "This hit is not stored any more; nothing was changed.");
    } else {
      follow(row, answer);
    }
    tell(row);
  }

  refused(words) {
    for (const row of this.rows) {
      complain(row, `Not saved. ${words}`, ["Try again", retry], ["Give up", () => this.giveUp()]);
    }
    say(`Not saved. ${words}`);
  }

  giveUp() {
    if (!drop(this)) return;
    done.splice(done.indexOf(this), 1);
    this.forget();
  }

  words() {
    const what = this.said.state ? WORDS[this.said.state] : this.said.do === "untag" ? "Tag taken off" : "Tagged";
    if (this.rows.length > 1) return [`${what}: ${this.rows.length} stories.`];
    return [`${what}: `, made("bdi", {}, headline(this.rows[0]))];
  }
}

/** Taking back, and taking the taking back back. */
class Back {
  path = "/undo";

  constructor(made, stack, words, button) {
    this.made = made;
    this.stack = stack;
    this.words = words;
    this.button = button;
  }

  fields() {
    return [["done", this.made.numbers]];
  }

  saved(answer) {
    count(answer);
    for (const row of this.made.rows) {
      const before = standing(row);
      if (answer.done) follow(row, answer, this.made.before.get(row).split);
      this.made.before.set(row, before);
      tell(row);
    }
    others(this.made.rows, answer);
    if (answer.kept.length) say(`${answer.kept[0]}; that was left as it is.`);
    else say(`${this.words}.`, this.button);
    if (answer.done) this.stack.push(Object.assign(this.made, { numbers: answer.done }));
    this.made.rows[0].dispatchEvent(new CustomEvent("monitor:back", { bubbles: true }));
  }

  refused(words) {
    say(`Not undone. ${words}`, { word: "Try again", does: retry });
  }
}

/** What the server says of the hit that the line shows. */
function follow(row, answer, split = "") {
  const now = answer.changed[row.dataset.hit];
  if (now) {
    stand(row, { state: now.state, split });
    tag(row, now.tags);
  }
  if (answer.stamp) stamp(row, answer.stamp);
}

/** Lines of hits that were decided on with those of the story. */
function others(rows, answer) {
  for (const hit of Object.keys(answer.changed)) {
    const row = document.getElementById(`hit-${hit}`);
    if (!row || rows.includes(row)) continue;
    follow(row, answer);
    tell(row);
  }
}

function left(answer) {
  return answer.overtaken.length ? ` ${answer.overtaken.length} left as they are: somebody was faster.` : "";
}

function count(answer) {
  if (fresh && "fresh" in answer) fresh.textContent = answer.fresh || "0";
}
