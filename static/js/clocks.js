// Service level clocks: text, shape and tone follow the time; rows never move.
// The server says what is left, when the face changes and which hours count; here it is only told on.
import { $, $$, announce, on, word } from "./dom.js";

const ICONS = { safe: "chart-pie-2", soon: "clock-hour-9", imminent: "alert-triangle", breached: "alert-square-filled", paused: "player-pause" };
const LOUD = ["soon", "imminent", "breached"];
const skews = new WeakMap();
const said = new Set();
let timer = 0;

const say = (name, values) => Object.entries(values).reduce((text, [key, value]) => text.replace(new RegExp(`%\\(${key}\\)[ds]`), value), word(name));

/** At most two units, rounded down; the same as core.formats.duration, brief. */
function duration(seconds, fine = false) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (fine && !hours && minutes < 10) {
    const tens = Math.floor(rest / 10) * 10;
    if (!minutes) return say("slaS", { s: tens || rest });
    return tens ? say("slaMs", { m: minutes, s: tens }) : say("slaM", { n: minutes });
  }
  if (!hours) return minutes ? say("slaM", { n: minutes }) : word("slaNone");
  if (!minutes || hours >= 10) return say("slaH", { n: hours });
  return say("slaHm", { h: hours, m: minutes });
}

function spans(text) {
  const [before, ...parts] = text.split(";");
  return { before, all: parts.map((part) => {
    const [range, after] = part.split("|");
    const [start, end] = range.split("-").map(Number);
    return { start, end, after };
  }) };
}

/** The page's own clock may be wrong: count from the server's. */
function serverNow(element) {
  const { at } = element.dataset;
  let known = skews.get(element);
  if (known?.at !== at) {
    const skew = Number(at) * 1000 - Date.now();
    known = { at, skew: Math.abs(skew) < 3000 ? 0 : skew };
    skews.set(element, known);
  }
  return Math.floor((Date.now() + known.skew) / 1000);
}

/** What to show now: {stage, first, second?, left}. */
function reading(data, now) {
  const { before, all } = spans(data.hours);
  let worked = 0;
  let closed = before;
  let working = false;
  for (const { start, end, after } of all) {
    worked += Math.max(0, Math.min(now, end) - start);
    if (start <= now && now < end) working = true;
    if (end <= now) closed = after;
  }
  const left = Number(data.remaining) - worked;
  const time = { time: duration(Math.abs(left), left >= 0 && left < 600) };
  if (data.dueAt && now > Number(data.dueAt)) return { stage: "breached", first: say("slaOver", { time: duration(-left) }), left, working };
  if (!working) return { stage: "paused", first: word("slaPaused"), second: closed, left, working };
  if (!data.urgentAt || now >= Number(data.urgentAt)) return { stage: "imminent", first: say("slaLeft", time), left, working };
  if (!data.warnAt || now >= Number(data.warnAt)) return { stage: "soon", first: say("slaLeft", time), left, working };
  return { stage: "safe", first: time.time, left, working };
}

function put(element, text) {
  if (element && text !== undefined && element.textContent !== text) element.textContent = text;
}

/** True where the clock is in its last minutes. */
function refresh(element) {
  const now = serverNow(element);
  if (now >= Number(element.dataset.until)) return stale(element);
  if (!element.dataset.hours) return false;
  const { stage, first, second, left, working } = reading(element.dataset, now);
  const due = $(".sla__due", element);
  if (due) {
    put(due, stage === "paused" ? second : element.dataset.dueText);
  }
  put($(".sla__text", element), first);
  if (element.dataset.stage !== stage) {
    element.dataset.stage = stage;
    const use = $("use", element);
    use.setAttribute("href", use.getAttribute("href").replace(/#i-.*/, `#i-${ICONS[stage]}`));
    tell(element, stage, first);
  }
  return working && left > 0 && left <= 630;
}

/** Once a threshold and record, and only of the reader's own. */
function tell(element, stage, first) {
  const { number, mine } = element.dataset;
  if (mine === undefined || !LOUD.includes(stage) || said.has(`${number} ${stage}`)) return;
  said.add(`${number} ${stage}`);
  announce(`${number} · ${first}`);
}

/** Its words were right until midnight: the next look for changes brings the row anew. */
function stale(element) {
  const row = element.closest("[data-row]");
  if (row) row.dataset.version = "0";
  return false;
}

function tick() {
  clearTimeout(timer);
  if (document.hidden) return;
  const close = $$("[data-until][data-at]").map(refresh).some(Boolean);
  timer = setTimeout(tick, close ? 10000 : 60000);
}

// The card that lists every target ------------------------------------------------------------------
let card = null;
let owner = null;
let waiting = 0;
let held = false;

function box() {
  if (card?.isConnected) return card;
  card = document.createElement("div");
  card.className = "slacard menu__panel";
  card.id = "sla-card";
  card.popover = "manual";
  card.setAttribute("role", "group");
  card.addEventListener("pointerenter", () => clearTimeout(waiting));
  card.addEventListener("pointerleave", () => later(close, 250));
  card.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && relatedTarget !== owner && !card.contains(relatedTarget)) close();
  });
  document.body.append(card);
  return card;
}

function later(what, milliseconds) {
  clearTimeout(waiting);
  waiting = setTimeout(what, milliseconds);
}

async function open(button, keep = false) {
  clearTimeout(waiting);
  if (owner === button && card?.matches(":popover-open")) {
    held ||= keep;
    return;
  }
  close();
  owner = button;
  held = keep;
  const answer = await fetch(button.dataset.card, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || owner !== button || !button.isConnected) return;
  const panel = box();
  panel.innerHTML = await answer.text();
  panel.setAttribute("aria-label", button.dataset.number);
  // Beside its button in the order of the keyboard.
  button.after(panel);
  panel.showPopover();
  place(panel, button.getBoundingClientRect());
  button.setAttribute("aria-expanded", "true");
}

function place(panel, at) {
  const own = panel.getBoundingClientRect();
  const under = at.bottom + 4 + own.height < innerHeight - 4;
  panel.style.left = `${Math.max(8, Math.min(innerWidth - own.width - 8, at.left))}px`;
  panel.style.top = `${under ? at.bottom + 4 : Math.max(8, at.top - own.height - 4)}px`;
}

function close() {
  clearTimeout(waiting);
  owner?.setAttribute("aria-expanded", "false");
  const back = card?.contains(document.activeElement) && owner;
  owner = null;
  held = false;
  if (card?.matches(":popover-open")) card.hidePopover();
  if (back) back.focus({ preventScroll: true });
}

export function start() {
  on("pointerover", "[data-card]", (event, button) => {
    if (event.pointerType === "mouse" && owner !== button) later(() => open(button), 350);
    else if (owner === button) clearTimeout(waiting);
  });
  on("pointerout", "[data-card]", (event, button) => {
    if (event.pointerType !== "mouse" || button.contains(event.relatedTarget)) return;
    if (owner !== button) clearTimeout(waiting);
    else if (!held) later(close, 250);
  });
  on("focusin", "[data-card]", (_event, button) => button.matches(":focus-visible") && later(() => open(button), 350));
  on("focusout", "[data-card]", ({ relatedTarget }, button) => {
    if (owner !== button) clearTimeout(waiting);
    else if (!card?.contains(relatedTarget)) close();
  });
  on("click", "[data-card]", (_event, button) => (owner === button && held ? close() : open(button, true)));
  document.addEventListener("pointerdown", ({ target }) => {
    if (owner && !owner.contains(target) && !card?.contains(target)) close();
  });
  // Before the queue's own Escape, which closes the preview.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !owner) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      close();
    },
    true,
  );
  addEventListener("scroll", ({ target }) => owner && !card?.contains(target) && close(), { capture: true, passive: true });
  document.addEventListener("visibilitychange", tick);
  document.body.addEventListener("htmx:afterSettle", tick);
  tick();
}
