// Putting an article into a message: the picker's buttons, and Ctrl/⌘+Shift+K while writing.
import { $, announce, on } from "./dom.js";
import { insert } from "./composer.js";

function put(button) {
  if (button.dataset.kbWarn && !confirm(button.dataset.kbWarn)) return;
  const text = $(button.closest("[data-kb-picker]")?.dataset.into ?? "");
  if (!text) return;
  button.closest("dialog")?.close();
  insert(text, button.dataset.kbPut);
  announce(button.textContent.trim());
}

export function start() {
  on("click", "[data-kb-put]", (_event, button) => put(button));
  on("keydown", "form[data-mode] textarea", (event, text) => {
    if (event.key.toLowerCase() !== "k" || !event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    $("[data-kb-open]", text.form)?.click();
  });
}
