// The portal's search: arrow keys go from the box through the results, Esc back to the box.
import { $, $$, on } from "./dom.js";

const box = () => $("#portal-search");
const hits = () => $$("#found [data-hit]");

function step(event) {
  if (event.isComposing) return;
  const { key, target } = event;
  const all = hits();
  const at = all.indexOf(target);
  const inBox = target === box();
  if (!inBox && at < 0) return;
  if (key === "ArrowDown" && at + 1 < all.length) all[at + 1].focus();
  else if (key === "ArrowUp" && at >= 0) (at ? all[at - 1] : box()).focus();
  else if (key === "Escape" && at >= 0) box().focus();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", step);
// What was typed last counts: an answer to earlier letters never comes after a cleared box.
on("input", "#portal-search", (_event, input) => {
  if (!input.value.trim()) $("#found").replaceChildren();
});
