// The console of a major incident: timers by the server's clock, and a line that clears once sent.
import { $, $$ } from "./dom.js";

let ahead = 0; // how far this machine's clock is ahead of the server's, in ms

function listen() {
  const said = Date.parse($("[data-now]")?.dataset.now ?? "");
  if (said) ahead = Date.now() - said;
}

const two = (number) => String(number).padStart(2, "0");

function length(ms, withHours) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return withHours || hours ? `${two(hours)}:${rest}` : rest;
}

function tick() {
  if (document.hidden) return;
  const now = Date.now() - ahead;
  for (const timer of $$("[data-timer]")) {
    const { from, until, to, late } = timer.dataset;
    let text;
    if (timer.dataset.timer === "up") {
      text = length((until ? Date.parse(until) : now) - Date.parse(from), true);
    } else {
      const left = Date.parse(to) - now;
      timer.classList.toggle("is-late", left < 0);
      timer.classList.toggle("is-near", left >= 0 && left < 300000);
      text = left < 0 ? `${late} ${length(-left)}` : length(left);
    }
    if (timer.textContent !== text) timer.textContent = text;
  }
}

listen();
tick();
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
document.body.addEventListener("htmx:afterSettle", () => {
  listen();
  tick();
});
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.elt.matches("form[data-clears]")) {
    detail.elt.reset();
    $("input:not([type=hidden])", detail.elt)?.focus();
  }
});
