// One popover for all inline editors: filled by the server, placed beside what it edits.
import { $, $$, on } from "./dom.js";

let opener = null;

function place() {
  const pop = $("#pop");
  const box = opener.getBoundingClientRect();
  const own = pop.getBoundingClientRect();
  const left = Math.max(8, Math.min(innerWidth - own.width - 8, box.left));
  const under = box.bottom + 4 + own.height < innerHeight - 4;
  const top = under ? box.bottom + 4 : Math.max(8, box.top - own.height - 4);
  pop.style.left = `${left}px`;
  pop.style.top = `${top}px`;
}

export function closePop() {
  const pop = $("#pop");
  if (pop?.matches(":popover-open")) pop.hidePopover();
}

function keys(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches(".picker__input")) return;
  const items = $$(".menu__item, input:not([type=hidden]), .btn", $("#pop")).filter((item) => item.getClientRects().length);
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

// Panels of menus that are read from the server when first opened.
async function fill(menu) {
  const panel = $("[data-lazy-panel]", menu);
  if (!menu.open || !panel || panel.childElementCount) return;
  await window.htmx.ajax("GET", menu.dataset.lazy, { target: panel, swap: "innerHTML" });
  $("[data-menu-focus]", panel)?.focus();
}

export function start() {
  on("click", "[data-pop]", (_event, button) => {
    opener = button;
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const pop = $("#pop");
    if (detail.target !== pop || !opener?.isConnected) return;
    if (!pop.matches(":popover-open")) pop.showPopover();
    place();
    ($("[data-focus]", pop) ?? $("button, input:not([type=hidden])", pop))?.focus();
  });
  $("#pop")?.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const active = document.activeElement;
    if (!active || active === document.body || event.target.contains(active)) {
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    }
  });
  on("keydown", "#pop", keys);
  on("click", "#pop .menu__item, #pop .btn", () => setTimeout(closePop));
  on("change", "#pop form", () => setTimeout(closePop));
  on("click", "[data-insert-into]", (_event, button) => {
    const text = $(button.dataset.insertInto);
    text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => text.focus());
  });
  document.addEventListener("toggle", (event) => event.target.matches?.("details[data-lazy]") && fill(event.target), true);
}
