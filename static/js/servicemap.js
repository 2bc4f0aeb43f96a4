// The map by keyboard: one stop for the tab key, arrow keys along the lines, Enter opens the link.
import { $, $$ } from "./dom.js";

const map = $("[data-map]");

const boxes = () => $$("[data-box]", map);
const named = (ids) => (ids ? ids.split(" ") : []).map((id) => document.getElementById(`box-${id}`)).filter(Boolean);
const at = (box, axis) => Number(box.dataset[axis]);

/** Of several the one that stands nearest to where we are. */
function nearest(box, others) {
  return others.reduce((best, other) => (!best || Math.abs(at(other, "x") - at(box, "x")) < Math.abs(at(best, "x") - at(box, "x")) ? other : best), null);
}

/** The box beside this one in its row. */
function beside(box, step) {
  const row = boxes().filter((other) => at(other, "y") === at(box, "y")).sort((a, b) => at(a, "x") - at(b, "x"));
  return row[row.indexOf(box) + step] || null;
}

const STEPS = {
  ArrowUp: (box) => nearest(box, named(box.dataset.up)),
  ArrowDown: (box) => nearest(box, named(box.dataset.down)),
  ArrowLeft: (box) => beside(box, -1),
  ArrowRight: (box) => beside(box, 1),
  Home: () => boxes()[0],
  End: () => boxes().at(-1),
};

function stop(box) {
  for (const other of boxes()) other.setAttribute("tabindex", other === box ? "0" : "-1");
}

function light(box) {
  const near = new Set(box ? [box, ...named(box.dataset.up), ...named(box.dataset.down)] : []);
  for (const other of boxes()) other.classList.toggle("is-lit", near.has(other));
  for (const line of $$("[data-upper]", map)) {
    const ends = [line.dataset.upper, line.dataset.lower];
    line.classList.toggle("is-lit", Boolean(box) && ends.includes(box.dataset.box));
  }
  map.toggleAttribute("data-lit", Boolean(box));
}

/** In the middle of what can be seen, without moving the page. */
function show(box) {
  const scroll = map.closest("[data-map-scroll]");
  scroll.scrollLeft = at(box, "x") + 90 - scroll.clientWidth / 2;
  if (scroll.scrollHeight > scroll.clientHeight) scroll.scrollTop = at(box, "y") + 28 - scroll.clientHeight / 2;
}

if (map) {
  const start = $(".is-start", map) || boxes()[0];
  stop(start);
  show(start);
  map.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-box]");
    const step = STEPS[event.key];
    if (!box || !step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = step(box);
    if (!next) return;
    stop(next);
    show(next);
    next.focus({ preventScroll: true });
  });
  map.addEventListener("focusin", (event) => {
    const box = event.target.closest("[data-box]");
    if (box) stop(box), light(box);
  });
  map.addEventListener("focusout", () => light(null));
  map.addEventListener("mouseover", (event) => {
    if (!map.contains(document.activeElement)) light(event.target.closest("[data-box]"));
  });
  map.addEventListener("mouseleave", () => {
    if (!map.contains(document.activeElement)) light(null);
  });
}
