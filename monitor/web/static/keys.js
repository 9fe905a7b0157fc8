// Single keys, as WCAG 2.1.4 wants them: never while somebody types, never with a modifier, and they can be switched off.

import { keysOn } from "./dom.js";

const actions = new Map();
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);
const WAIT = 1200;
let first = "";
let timer = 0;

/** Add what keys do: `{ j: action, "g h": action }`. An action that returns false leaves the key to the browser. */
export function keys(map) {
  for (const [key, action] of Object.entries(map)) actions.set(key, action);
}

/** The key by its letter; where another alphabet is switched on, by its place on the keyboard. */
export function letter(event) {
  if (event.key === " ") return event.shiftKey ? "ShiftSpace" : "Space";
  if (event.code === "Slash" && (event.key === "." || event.key === ",")) return event.shiftKey ? "?" : "/";
  const place = /^Key([A-Z])$/.exec(event.code);
  if (event.key.length !== 1 || event.key <= "\u007f" || !place) return event.key;
  return event.shiftKey ? place[1] : place[1].toLowerCase();
}

/** Whether the key belongs to what has the focus. */
function taken(event, key) {
  const at = event.target instanceof Element ? event.target : document.body;
  const box = at.matches('input[type="checkbox"], input[type="radio"], button, summary');
  if (box) return key.endsWith("Space") || key === "Enter";
  return at.closest("input, textarea, select, [contenteditable]") !== null;
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = letter(event);
  if (document.querySelector("dialog[open]")) return;
  if (key === "Escape") return void actions.get("Escape")?.(event);
  if (!keysOn() || taken(event, key)) return;
  if (MODIFIERS.has(key)) return;
  const action = actions.get(first ? `${first} ${key}` : key);
  clearTimeout(timer);
  const begins = !first && key.length === 1 && [...actions.keys()].some((known) => known.startsWith(`${key} `));
  first = begins ? key : "";
  timer = setTimeout(() => { first = ""; }, WAIT);
  if (begins || (action && action(event) !== false)) event.preventDefault();
}

document.addEventListener("keydown", pressed);
