// The editor of an offering: says what is saved, waits for it before leaving, drags questions.
//
// Forms with data-autosave are sent by htmx on every change. An answer never replaces what was
// typed after it was asked for: it is passed over, and the part is drawn when the typing rests.
import { clean } from "./drafts.js";
import { $, $$, on } from "./dom.js";

const AUTOSAVE = "form[data-autosave]";
const TYPED_INTO = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";
const REST = 500;

// Requests that draw the part anew, each with how much had been typed when it was sent.
const underway = new Map();
let typed = 0;
let typedAt = -REST;
let passedOver = false;
let leaving = "";
let pressed = null;
let waiting = 0;

function say(name) {
  const slot = $("[data-save-state]");
  if (slot) slot.textContent = slot.dataset[name];
}

/** What had to wait for an answer: drawing the part, then the button or link pressed meanwhile. */
function go() {
  clearTimeout(waiting);
  if (underway.size || !(passedOver || pressed || leaving)) return;
  const rest = leaving ? 0 : typedAt + REST - performance.now();
  if (rest > 0) {
    waiting = setTimeout(go, rest);
    return;
  }
  const form = $(`#part ${AUTOSAVE}`);
  if (passedOver && form) {
    passedOver = false;
    form.requestSubmit();
  } else if (pressed) {
    const control = document.getElementById(pressed.id) ?? pressed;
    pressed = null;
    if (control.isConnected) control.click();
  } else if (leaving) {
    const url = leaving;
    leaving = "";
    location.assign(url);
  }
}

on("input", "#part :is(input, select, textarea)", () => {
  typed += 1;
  typedAt = performance.now();
});

const body = document.body;
// htmx sends the button that has the focus along, pressed or not, and not one pressed by a script.
body.addEventListener("htmx:configRequest", ({ detail }) => {
  const { elt, formData, triggeringEvent } = detail;
  if (!elt.matches("#part form")) return;
  const button = triggeringEvent?.submitter;
  for (const other of elt.elements) if (other.type === "submit" && other.name) formData.delete(other.name);
  if (button?.name) formData.set(button.name, button.value);
});
body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id !== "part") return;
  underway.set(detail.xhr, typed);
  if (detail.elt.matches(AUTOSAVE)) say("saving");
});
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, requestConfig } = detail;
  const saving = requestConfig.elt.matches(AUTOSAVE);
  const sent = underway.get(xhr);
  if (window.Idiomorph) drawAround(saving || sent === undefined, saving);
  if (sent === undefined) return;
  if (sent === typed || !$(`#part ${AUTOSAVE}`)) {
    passedOver = false;
    return;
  }
  detail.shouldSwap = false;
  passedOver = true;
  if (!saving || xhr.status !== 200) return;
  // It still says which state was saved. A button's work is done again on what was typed since.
  const token = /id="token" value="([0-9a-f]+)"/.exec(xhr.responseText);
  if (token) $("#token").value = token[1];
  const button = requestConfig.triggeringEvent?.submitter;
  if (button?.name === "over") $(".clash")?.remove();
  else if (button?.name) pressed ??= button;
});

/** How the next answer is drawn: round the text being typed, and past forms that were not sent. */
function drawAround(focused, unsent) {
  const { defaults } = window.Idiomorph;
  defaults.ignoreActiveValue = focused && Boolean(document.activeElement?.matches(TYPED_INTO));
  defaults.callbacks.beforeNodeMorphed = (old, fresh) =>
    !(unsent && old instanceof HTMLFormElement && old.hasAttribute("action") && !fresh.matches(AUTOSAVE));
}

body.addEventListener("htmx:afterSwap", ({ detail }) => {
  const { requestConfig, xhr } = detail;
  if (!underway.has(xhr) || xhr.status !== 200 || requestConfig.triggeringEvent?.submitter?.name) return;
  // What was saved by itself draws no focus to it.
  if (requestConfig.elt.matches(AUTOSAVE)) for (const one of $$("#part [data-focus]")) one.removeAttribute("data-focus");
});
body.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { requestConfig, successful, xhr } = detail;
  const sent = underway.get(xhr);
  if (!underway.delete(xhr)) return;
  const saving = requestConfig.elt.matches(AUTOSAVE);
  if (successful && xhr.status < 400) {
    if (sent === typed) for (const form of [requestConfig.elt, ...$$(AUTOSAVE)]) if (form.matches("form")) clean(form);
  } else {
    // Not saved: nothing that would lose it.
    leaving = "";
    if (!successful || !pressed?.closest(AUTOSAVE)) pressed = null;
    if (!successful) passedOver = false;
    if (saving || !successful) say(xhr.status ? "failed" : "offline");
  }
  setTimeout(go);
});

// A link or a button pressed meanwhile does its work after that: the change is saved first, and
// htmx would forget which button it was.
on(
  "click",
  ".offering :is(a[href], button[type=submit])",
  (event, control) => {
    if (!underway.size || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    typedAt = -REST;
    if (control.matches("a:not([hx-get])")) leaving = control.href;
    else pressed = control;
  },
  true,
);

on("change", "select[data-redraw]", (_event, select) => {
  const asked = document.createElement("input");
  asked.type = "hidden";
  asked.name = "redraw";
  asked.value = "1";
  select.form.append(asked);
  select.form.requestSubmit();
});

// Dragging: a short way for what the arrows do.
let dragged = null;

on("dragstart", "[data-question]", (event, row) => {
  dragged = row;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.dataset.question);
});
on("dragover", "[data-section]", (event, section) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest("[data-question]");
  for (const row of $$(".is-over")) row.classList.remove("is-over");
  (over ?? section).classList.add("is-over");
});
on("drop", "[data-section]", (event, section) => {
  if (!dragged) return;
  event.preventDefault();
  const rows = $$("[data-question]", section).filter((row) => row !== dragged);
  const over = event.target.closest("[data-question]");
  const at = over && over !== dragged ? rows.indexOf(over) : rows.length;
  const button = document.createElement("button");
  button.name = "do";
  button.value = `place:${dragged.dataset.question}@${section.dataset.section}.${at}`;
  button.hidden = true;
  const form = $("form[data-arrange]");
  form.append(button);
  form.requestSubmit(button);
  button.remove();
});
on("dragend", "[data-question]", () => {
  dragged = null;
  for (const row of $$(".is-over")) row.classList.remove("is-over");
});
