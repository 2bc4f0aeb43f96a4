// A text box with suggestions from the server: people, teams, services, records.
//
// <div class="picker" data-picker="URL"> holds a hidden input (the value), a text input
// .picker__input and an empty .picker__list. The server answers ?q= with <li role="option"
// data-value data-label> lines. Choosing fires "change" on the hidden input.
import { $, $$, announce, on, word } from "./dom.js";

const waiting = new WeakMap();

const parts = (picker) => ({
  hidden: $("input[type=hidden]", picker),
  text: $(".picker__input", picker),
  list: $(".picker__list", picker),
});

function close(picker) {
  const { text, list } = parts(picker);
  list.hidden = true;
  text.setAttribute("aria-expanded", "false");
  text.removeAttribute("aria-activedescendant");
}

function highlight(picker, option) {
  for (const other of $$("[role=option]", picker)) other.setAttribute("aria-selected", String(other === option));
  if (!option) return;
  if (!option.id) option.id = `${parts(picker).list.id}-${$$("[role=option]", picker).indexOf(option)}`;
  parts(picker).text.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

async function suggest(picker) {
  const { text, list } = parts(picker);
  const url = new URL(picker.dataset.picker, location.href);
  const asked = text.value;
  url.searchParams.set("q", asked);
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok) return;
  const found = await answer.text();
  // Something was typed or chosen meanwhile: this answer is about an older question.
  if (document.activeElement !== text || text.value !== asked) return;
  list.innerHTML = found;
  list.hidden = false;
  text.setAttribute("aria-expanded", "true");
  const options = $$("[role=option]", list);
  announce(options.length ? String(options.length) : word("none"));
  highlight(picker, options[0]);
}

function choose(picker, option) {
  const { hidden, text } = parts(picker);
  clearTimeout(waiting.get(picker));
  hidden.value = option.dataset.value;
  text.value = option.dataset.label;
  picker.dataset.label = text.value;
  close(picker);
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

function keys(event, picker) {
  if (event.isComposing || event.keyCode === 229) return;
  const { list } = parts(picker);
  const options = $$("[role=option]", list);
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    event.stopPropagation();
    if (list.hidden) suggest(picker);
    else if (options.length) highlight(picker, options[(at + step + options.length) % options.length]);
  } else if (event.key === "Enter" && !list.hidden && options[at]) {
    event.preventDefault();
    choose(picker, options[at]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.stopPropagation();
    close(picker);
  }
}

export function start() {
  on("input", ".picker__input", (event, text) => {
    const picker = text.closest("[data-picker]");
    clearTimeout(waiting.get(picker));
    if (text.value === "") {
      const { hidden } = parts(picker);
      if (hidden.value && !picker.hasAttribute("data-required")) {
        hidden.value = "";
        picker.dataset.label = "";
        if (!picker.hasAttribute("data-clear-quiet")) hidden.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    waiting.set(picker, setTimeout(() => suggest(picker), event.isComposing ? 400 : 160));
  });
  on("focusin", ".picker__input", (_event, text) => {
    text.select();
    suggest(text.closest("[data-picker]"));
  });
  on("focusout", "[data-picker]", (event, picker) => {
    if (picker.contains(event.relatedTarget)) return;
    close(picker);
    const { text } = parts(picker);
    if (picker.dataset.label !== undefined && !picker.hasAttribute("data-free")) text.value = picker.dataset.label;
  });
  on("keydown", "[data-picker]", keys, true);
  on("pointerdown", ".picker__option", (event, option) => {
    event.preventDefault();
    choose(option.closest("[data-picker]"), option);
  });
  on("click", "[data-fill]", (_event, button) => {
    const form = button.closest("form");
    const hidden = $(`[data-picker] input[name="${button.dataset.fill}"]`, form);
    if (hidden) choose(hidden.closest("[data-picker]"), button);
    button.setAttribute("aria-pressed", "true");
  });
}
