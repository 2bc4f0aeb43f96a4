// The ticket page: timeline filter, side tabs, where to start reading, news from others.
import { $, $$, announce, on } from "./dom.js";
import { bind } from "./keys.js";

function show(button) {
  const list = $("#timeline");
  if (!list) return;
  list.dataset.showing = button.dataset.show;
  for (const other of $$("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
}

function selectTab(tab) {
  for (const other of $$("[data-tab]")) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
  }
  $("#panel").setAttribute("aria-labelledby", tab.id);
}

function tabKeys(event, tab) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = $$("[data-tab]");
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
  event.preventDefault();
}

/** Open at the first unread message, else at the newest. */
function startReading() {
  const thread = $("#thread");
  if (!thread || location.hash) return;
  const unread = $("[data-unread]", thread);
  const scrolls = thread.scrollHeight > thread.clientHeight + 4 && getComputedStyle(thread).overflowY === "auto";
  if (!scrolls) return;
  if (unread) unread.scrollIntoView({ block: "start" });
  else thread.scrollTop = thread.scrollHeight;
}

// News ------------------------------------------------------------------------------------------
let timer = 0;

function ask() {
  const head = $("#ticket-head[data-news]");
  plan();
  // Nothing is swapped under an open menu, a form in the header or a dialog.
  if (!head || $("dialog[open]") || $("#pop:popover-open") || $("form", $("#ticket-title"))) return;
  const thread = $("#thread");
  const atEnd = thread && thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const before = $$("#timeline .msg").length;
  const focused = document.activeElement?.id;
  window.htmx
    .ajax("GET", `${head.dataset.news}?version=${head.dataset.version}`, { target: "#ticket-head", swap: "outerHTML" })
    .then(() => {
      if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
      const added = $$("#timeline .msg").length - before;
      if (added <= 0) return;
      announce($("#words").dataset.news);
      if (atEnd) thread.scrollTop = thread.scrollHeight;
      else if ($("#jump")) $("#jump").hidden = false;
    })
    .catch(() => {});
}

function plan() {
  clearTimeout(timer);
  if ($("#ticket-head[data-news]")) timer = setTimeout(ask, document.hidden ? 120000 : 15000);
}

// Priority preview of the new-ticket form -----------------------------------------------------------
function previewPriority() {
  const output = $("[data-priority]");
  const cells = $("#matrix");
  if (!output || !cells) return;
  const level = JSON.parse(cells.textContent)[`${$("#id_impact").value}-${$("#id_urgency").value}`];
  const mark = $(`[data-for="${level}"]`, $("#prio-marks").content);
  output.replaceChildren(...[...mark.cloneNode(true).childNodes]);
}

export function start() {
  on("click", "[data-show]", (_event, button) => show(button));
  on("click", "[data-tab]", (_event, tab) => selectTab(tab));
  on("keydown", "[data-tab]", tabKeys);
  on("click", "[data-jump]", (_event, button) => {
    const thread = $("#thread");
    thread.scrollTop = thread.scrollHeight;
    button.hidden = true;
  });
  on("change", "[data-matrix]", previewPriority);
  const menuKey = (key, what) =>
    bind(key, () => {
      const head = $("#ticket-head");
      if (!head) return false;
      window.htmx.ajax("GET", head.dataset.news.replace("news/", what), { target: "#modal-body", swap: "innerHTML" });
      return true;
    });
  menuKey("l", "links/");
  bind("w", () => {
    const head = $("#ticket-head");
    if (!head) return false;
    $("#act-more").click();
    return true;
  });
  previewPriority();
  startReading();
  plan();
  document.addEventListener("visibilitychange", () => !document.hidden && ask());
  // A side panel's answer replaces the panel alone: what it moved elsewhere is asked for at once.
  document.body.addEventListener("ticket:changed", ({ target }) => target.closest("#panel") && setTimeout(ask, 300));
}
