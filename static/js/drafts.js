// Every keystroke of work is a draft on the server: saved two seconds after the last one.
import { $, $$, on, post, word } from "./dom.js";
import { expired } from "./session.js";

const timers = new WeakMap();
const dirty = new Set();

function mark(form, text) {
  const slot = $("[data-draft-state]", form);
  if (slot) slot.textContent = text;
}

export async function saveDraft(form) {
  clearTimeout(timers.get(form));
  if (!dirty.has(form) || !form.isConnected) return;
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  mark(form, word("saving"));
  try {
    const answer = await post(form.dataset.draft, body);
    if (answer.status === 401) expired();
    if (!answer.ok) throw new Error(String(answer.status));
    mark(form, word("saved"));
    form.dataset.draftSaved = "";
    dirty.delete(form);
  } catch {
    mark(form, word("unsaved"));
    timers.set(form, setTimeout(() => saveDraft(form), 8000));
  }
}

/** Forget that a form was touched: it has been sent or thrown away. */
export function clean(form) {
  clearTimeout(timers.get(form));
  dirty.delete(form);
}

export const isDirty = (root = document) => $$("form[data-draft], form[data-dirty]", root).some((form) => dirty.has(form));

export function start() {
  on("input", "form[data-draft]", (_event, form) => {
    dirty.add(form);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => saveDraft(form), 2000));
  });
  on("input", "form[data-dirty]", (_event, form) => dirty.add(form));
  on("submit", "form[data-draft], form[data-dirty]", (_event, form) => clean(form));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const form of dirty) if (form.dataset.draft) saveDraft(form);
  });
  addEventListener("beforeunload", (event) => {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form);
    if (dirty.size) event.preventDefault();
  });
}
