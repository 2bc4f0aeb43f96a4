// One delegated key handler. Elements declare their key (data-hotkey="r"); pages add commands.
//
// The Hangul rule: with the Korean input mode on, event.key is a jamo, so the physical key
// (event.code) decides whenever event.key is not a Latin letter. Otherwise event.key decides,
// so that AZERTY and Dvorak keep working.
import { $, $$, isTyping } from "./dom.js";

const commands = new Map();
let pending = "";
let pendingTimer = 0;

/** Bind `key` ("j", "Shift+d", "g q", "Escape", "/") to a function; return false to decline. */
export function bind(key, run) {
  if (!commands.has(key)) commands.set(key, []);
  commands.get(key).unshift(run);
}

/** The name of the key that was meant, independent of the input mode. */
export function keyName(event) {
  let key = event.key;
  const latin = /^[\x20-\x7e]$/.test(key);
  if (key.length === 1 && !latin) {
    const code = event.code;
    if (/^Key[A-Z]$/.test(code)) key = code.slice(3).toLowerCase();
    else if (/^Digit\d$/.test(code)) key = code.slice(5);
    else key = { Slash: event.shiftKey ? "?" : "/", Period: ".", BracketLeft: "[", BracketRight: "]" }[code] ?? key;
  } else if (key === "Process" || key === "Unidentified") {
    const match = /^Key([A-Z])$/.exec(event.code);
    key = match ? match[1].toLowerCase() : key;
  }
  if (/^[A-Z]$/.test(key)) return event.shiftKey ? `Shift+${key.toLowerCase()}` : key.toLowerCase();
  if (/^[a-z]$/.test(key) && event.shiftKey) return `Shift+${key}`;
  return key;
}

const enabled = () => document.documentElement.dataset.shortcuts === "on";
const busy = () => $("dialog[open]") || $("details[data-menu][open]") || $(".picker__list:not([hidden])") || $("#pop:popover-open");

function visible(element) {
  return element.getClientRects().length > 0;
}

function activate(key) {
  const target = $$(`[data-hotkey="${CSS.escape(key)}"]`).find(
    (element) => visible(element) && element.getAttribute("aria-disabled") !== "true" && !element.disabled,
  );
  if (!target) return false;
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else if (target.matches("summary")) {
    target.focus();
    target.click();
  } else {
    target.click();
  }
  return true;
}

function run(key, event) {
  for (const command of commands.get(key) ?? []) {
    if (command(event) !== false) return true;
  }
  return activate(key);
}

function startsSequence(key) {
  const prefix = `${key} `;
  return [...commands.keys()].some((name) => name.startsWith(prefix)) || Boolean($(`[data-hotkey^="${CSS.escape(prefix)}"]`));
}

function clearPending() {
  pending = "";
  clearTimeout(pendingTimer);
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = keyName(event);
  const escape = key === "Escape";
  if (busy() || (!escape && (!enabled() || isTyping(event.target)))) return;
  // A focused button or link keeps its own Space and Enter.
  if ((key === " " || key === "Enter") && event.target.closest("a, button, summary, input, [role=option]")) return;
  if (pending) {
    const sequence = `${pending} ${key}`;
    clearPending();
    if (run(sequence, event)) event.preventDefault();
    return;
  }
  if (startsSequence(key)) {
    pending = key;
    pendingTimer = setTimeout(clearPending, 1200);
    event.preventDefault();
    return;
  }
  if (run(key, event)) event.preventDefault();
}

export function start() {
  document.addEventListener("keydown", onKey);
}
