// The composer: no mode until one is chosen, sent by Ctrl/⌘+Enter only, held for Undo.
import { $, $$, announce, on } from "./dom.js";
import { clean, saveDraft } from "./drafts.js";
import { bind } from "./keys.js";

const composing = new WeakSet();

function open(mode) {
  const composer = $("[data-composer]");
  const form = $(`form[data-mode="${mode}"]`, composer);
  if (!form) return false;
  for (const other of $$("form[data-mode]", composer)) other.hidden = other !== form;
  $(".composer__choose", composer).hidden = true;
  const text = $("textarea", form);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  composer.scrollIntoView({ block: "nearest" });
  return true;
}

function close(composer) {
  for (const form of $$("form[data-mode]", composer)) {
    if (!form.hidden) saveDraft(form);
    form.hidden = true;
    const note = $(`[data-compose="${form.dataset.mode}"] [data-has-draft]`, composer);
    if (note) note.hidden = !$("textarea", form).value.trim();
  }
  $(".composer__choose", composer).hidden = false;
  $("[data-compose]", composer)?.focus();
}

function submit(form, then = "") {
  if (!$("textarea", form)?.value.trim() && form.matches("[data-mode]")) return;
  const button = then ? $(`[name=then][value="${then}"]`, form) : $("[data-submit]", form) ?? $("[type=submit], button:not([type])", form);
  form.requestSubmit(button ?? undefined);
}

function onCtrlEnter(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest("form[data-mode], form[data-ctrl-enter], dialog form");
  if (!form) return;
  event.preventDefault();
  if (event.shiftKey) {
    $("[data-send-menu] > summary", form)?.click();
    return;
  }
  // A half-composed syllable is committed first, then the form is sent once.
  if (event.isComposing || composing.has(event.target)) {
    event.target.addEventListener("compositionend", () => setTimeout(() => submit(form)), { once: true });
  } else {
    submit(form);
  }
}

/** Put text where the cursor is. */
export function insert(textarea, text) {
  textarea.focus();
  const at = textarea.selectionStart;
  const gap = at > 0 && !/\s$/.test(textarea.value.slice(0, at)) ? "\n" : "";
  textarea.setRangeText(gap + text, at, textarea.selectionEnd, "end");
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The time to undo is over: who still stands on the button is put on the next one. */
function expire(bar) {
  const held = bar.contains(document.activeElement);
  const composer = bar.closest("[data-composer]");
  bar.remove();
  if (held) $("[data-compose]", composer ?? document)?.focus({ preventScroll: true });
}

export function start() {
  on("click", "[data-compose]", (_event, button) => open(button.dataset.compose));
  on("click", "[data-compose-close]", (_event, button) => close(button.closest("[data-composer]")));
  on("click", "[data-insert]:not([data-insert-into])", (_event, button) => {
    const form = button.closest("form");
    insert($("textarea", form), button.dataset.insert);
    announce(button.textContent.trim());
  });
  // The dialog takes the text along: nothing may be saved behind it later.
  on("click", "[data-send-menu] [hx-get]", (_event, button) => saveDraft(button.closest("form")));
  bind("r", () => ($("[data-composer]") ? open("reply") : false));
  bind("m", () => ($("[data-composer]") ? open("memo") : false));
  document.addEventListener("keydown", onCtrlEnter);
  document.addEventListener("compositionstart", ({ target }) => composing.add(target));
  document.addEventListener("compositionend", ({ target }) => composing.delete(target));
  on("keydown", "[data-composer] form", (event, form) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    close(form.closest("[data-composer]"));
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.matches?.("form[data-mode]")) clean(detail.elt);
  });
  // An answer to something else never takes away what is being typed; a sent reply does.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "composer" || fragment.querySelector("[data-undo]")) return;
    const open = $("form[data-mode]:not([hidden])", target);
    if (open && $("textarea", open).value.trim()) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:load", ({ detail }) => {
    const bar = detail.elt.matches?.("[data-undo]") ? detail.elt : $("[data-undo]", detail.elt);
    if (bar) setTimeout(() => expire(bar), Number(bar.dataset.undo) * 1000);
  });
}
