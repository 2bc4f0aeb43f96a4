// The editor of an offering: says what is saved, waits for it before leaving, drags questions.
//
// Forms with data-autosave are sent by htmx on every change. What is typed on while an answer is
// under way stays as it is typed.
import { clean } from "./drafts.js";
import { $, $$, on } from "./dom.js";

// What is being saved: each request with how much had been typed when it was sent.
const underway = new Map();
let typed = 0;
let passedOver = false;
let leaving = "";
let pressed = null;

function say(name) {
  const slot = $("[data-save-state]");
  if (slot) slot.textContent = slot.dataset[name];
}

function go() {
  if (underway.size) return;
  if (passedOver) {
    passedOver = false;
    $("#part form[data-autosave]")?.requestSubmit();
    return;
  }
  if (pressed) {
    const button = document.getElementById(pressed.id) ?? pressed;
    pressed = null;
    if (button.isConnected) button.click();
    return;
  }
  if (!leaving) return;
  const url = leaving;
  leaving = "";
  location.assign(url);
}

const body = document.body;
body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.matches("form[data-autosave]")) return;
  underway.set(detail.xhr, typed);
  say("saving");
});
body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // Drawn anew round the field that has the focus, whose text is only the typist's.
  if (window.Idiomorph) window.Idiomorph.defaults.ignoreActiveValue = true;
  const { xhr, requestConfig } = detail;
  const sent = underway.get(xhr);
  if (sent !== undefined) passedOver = false;
  if (sent === undefined || sent === typed || requestConfig.triggeringEvent?.submitter?.name) return;
  // More was typed since: its own answer follows. This one only says which state was saved.
  const token = /id="token" value="([0-9a-f]+)"/.exec(xhr.status === 200 ? xhr.responseText : "");
  if (token) $("#token").value = token[1];
  detail.shouldSwap = false;
  passedOver = true;
});
on("input", "form[data-autosave]", () => {
  typed += 1;
});
body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!underway.delete(detail.xhr)) return;
  if (detail.successful) {
    for (const form of $$("form[data-autosave]")) clean(form);
    clean(detail.elt);
  } else {
    leaving = "";
    pressed = null;
    passedOver = false;
    say(detail.xhr.status ? "failed" : "offline");
  }
  setTimeout(go);
});

// A link out of a field that was just changed: the change is saved first.
on("click", ".offering a[href]", (event, link) => {
  if (!underway.size || link.hasAttribute("hx-get") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leaving = link.href;
});

// A button pressed meanwhile does its work after that: htmx would forget which one it was.
on(
  "click",
  ".offering button[type=submit]",
  (event, button) => {
    if (!underway.size) return;
    event.preventDefault();
    event.stopPropagation();
    pressed = button;
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
