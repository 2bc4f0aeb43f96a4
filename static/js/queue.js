// The queue: keyboard rows, peek pane, selection, and updates that never move a row.
import { $, $$, announce, isTyping, on, word } from "./dom.js";
import { isDirty } from "./drafts.js";
import { bind } from "./keys.js";

const rows = () => $$("#queue [data-row]");
const linkOf = (row) => $("[data-row-link]", row);
const wide = () => matchMedia("(min-width: 64rem)").matches;
let anchor = null;
let replaying = false;
let shownPath = "";

function currentRow() {
  const focused = document.activeElement?.closest?.("[data-row]");
  return focused ?? $("#queue [data-row].is-current");
}

function focusRow(row) {
  if (!row) return false;
  for (const other of $$("[data-row].is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
  linkOf(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(currentRow());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))];
  focusRow(next);
  if (peeked()) openPeek(next, { focus: false });
  return true;
}

// Peek ------------------------------------------------------------------------------------------
const pane = () => $("#peek");
const peeked = () => pane()?.dataset.number || "";

function remember(url, push) {
  const state = { row: currentRow()?.id ?? "" };
  history[push ? "pushState" : "replaceState"](state, "", url);
}

async function openPeek(row, { focus = true, record = true } = {}) {
  const target = pane();
  if (!target || !row) return false;
  if (isDirty(target) && !confirm(word("leave"))) return true;
  const number = row.dataset.row;
  if (record) {
    const url = new URL(location.href);
    const open = Boolean(peeked());
    url.searchParams.set("peek", number);
    remember(url, !open);
  }
  for (const other of $$("[data-row].is-open")) other.classList.remove("is-open");
  row.classList.add("is-open");
  target.dataset.number = number;
  target.hidden = false;
  $("#desk-split")?.classList.add("has-peek");
  await window.htmx.ajax("GET", row.dataset.peek, { target: "#peek", swap: "innerHTML" });
  if (focus) $("[data-peek-title]", target)?.focus();
  else linkOf(row).focus({ preventScroll: true });
  return true;
}

function closePeek(record = true) {
  const target = pane();
  const number = peeked();
  if (!target || !number) return false;
  if (isDirty(target) && !confirm(word("leave"))) return true;
  target.replaceChildren();
  target.hidden = true;
  delete target.dataset.number;
  $("#desk-split")?.classList.remove("has-peek");
  for (const row of $$("[data-row].is-open")) row.classList.remove("is-open");
  if (record) {
    const url = new URL(location.href);
    url.searchParams.delete("peek");
    remember(url, false);
  }
  focusRow(document.getElementById(`row-${number}`));
  return true;
}

function syncPeek() {
  const wanted = new URL(location.href).searchParams.get("peek");
  if (!wanted) closePeek(false);
  else if (wanted !== peeked()) openPeek(document.getElementById(`row-${wanted}`), { record: false });
}

function notePath() {
  const url = new URL(location.href);
  url.searchParams.delete("peek");
  shownPath = url.pathname + url.search;
}

function onRowClick(event, row) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-row-link]");
  if (!link && event.target.closest("a, button, input, label, summary, select, .menu__panel")) return;
  if (getSelection()?.toString()) return;
  // Enter on the title, touch and narrow screens go to the full page; a click peeks.
  if ((link && event.detail === 0) || !wide() || !pane()) {
    leave(row);
    if (!link) linkOf(row).click();
    return;
  }
  event.preventDefault();
  for (const other of $$("[data-row].is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
  openPeek(row);
}

// Where the reader was, for coming back ------------------------------------------------------------
function leave(row) {
  const scroller = $("#queue-scroll") ?? $("#main");
  const numbers = rows().map((item) => ({ number: item.dataset.row, url: linkOf(item).href }));
  sessionStorage.setItem(
    "queue",
    JSON.stringify({ url: location.href, title: $("#queue-title")?.textContent.trim() ?? "", row: row?.id ?? "", scroll: scroller?.scrollTop ?? 0, numbers }),
  );
}

function saved() {
  try {
    return JSON.parse(sessionStorage.getItem("queue")) ?? {};
  } catch {
    return {};
  }
}

function restore() {
  const state = saved();
  if (!$("#queue") || !state.row || state.url !== location.href) return;
  const scroller = $("#queue-scroll") ?? $("#main");
  if (scroller) scroller.scrollTop = state.scroll;
  focusRow(document.getElementById(state.row));
}

/** On a ticket page: previous, next and "back to the list" of the view it was opened from. */
function neighbours() {
  const bar = $("[data-neighbours]");
  if (!bar || bar.dataset.ready !== undefined) return;
  bar.dataset.ready = "";
  const state = saved();
  const at = (state.numbers ?? []).findIndex(({ number }) => number === bar.dataset.neighbours);
  const back = $("[data-back]", bar);
  if (state.url && back) back.href = state.url;
  if (at < 0) return;
  const place = $("[data-place]", bar);
  if (place) place.textContent = `${at + 1}/${state.numbers.length}`;
  for (const [selector, offset] of [["[data-previous]", -1], ["[data-next]", 1]]) {
    const link = $(selector, bar);
    const target = state.numbers[at + offset];
    if (!link) continue;
    link.hidden = !target;
    if (target) {
      link.href = target.url;
      link.addEventListener("click", () => sessionStorage.setItem("queue", JSON.stringify({ ...state, row: `row-${target.number}` })));
    }
  }
}

// Selection --------------------------------------------------------------------------------------
function select(row, on_, extend = false) {
  const all = rows();
  const range = extend && anchor?.isConnected ? all.slice(...[all.indexOf(anchor), all.indexOf(row)].sort((a, b) => a - b).map((n, i) => n + i)) : [row];
  for (const item of range) {
    const box = $("[data-select]", item);
    if (!box) continue;
    box.checked = on_;
    item.setAttribute("aria-selected", String(on_));
  }
  anchor = row;
  selectionChanged();
}

function selectionChanged() {
  const chosen = rows().filter((row) => $("[data-select]", row)?.checked);
  const bar = $("#selection");
  if (!bar) return;
  bar.hidden = !chosen.length;
  $("[data-selected-count]", bar).textContent = String(chosen.length);
  for (const input of $$("[data-selected-numbers]", bar)) input.value = chosen.map((row) => row.dataset.row).join(",");
  const all = $("[data-select-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === rows().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  announce(chosen.length ? `${chosen.length} ${word("selected")}` : "");
}

// Changes from elsewhere ---------------------------------------------------------------------------
let timer = 0;
let stamp = "";

async function poll() {
  clearTimeout(timer);
  const queue = $("#queue[data-changes]");
  if (!queue) return;
  const url = new URL(queue.dataset.changes, location.href);
  url.searchParams.set("known", rows().map((row) => `${row.dataset.id}.${row.dataset.version}`).join("-"));
  url.searchParams.set("since", queue.dataset.since);
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch", "If-None-Match": stamp } }).catch(() => null);
  connection(answer?.ok || answer?.status === 304);
  if (answer?.ok && queue.isConnected && !answer.redirected) {
    stamp = answer.headers.get("ETag") ?? "";
    apply(await answer.json());
  }
  plan();
}

function apply({ rows: changed, gone, pill, counts }) {
  for (const [id, html] of Object.entries(changed)) {
    const old = document.getElementById(id);
    if (!old || old.contains(document.activeElement) || $("details[open]", old)) continue;
    const checked = $("[data-select]", old)?.checked;
    const box = document.createElement("template");
    box.innerHTML = html;
    const fresh = box.content.firstElementChild;
    for (const name of ["is-open", "is-current"]) fresh.classList.toggle(name, old.classList.contains(name));
    old.replaceWith(fresh);
    window.htmx.process(fresh);
    if (checked) select(fresh, true);
    fresh.classList.add("is-fresh");
    setTimeout(() => fresh.classList.remove("is-fresh"), 2000);
  }
  for (const id of gone) document.getElementById(id)?.classList.add("is-gone");
  const slot = $("#queue-pill");
  if (slot) {
    slot.hidden = !pill;
    if (pill && slot.textContent !== pill) {
      $("[data-pill-text]", slot).textContent = pill;
      announce(pill);
    }
  }
  for (const [key, count] of Object.entries(counts ?? {})) {
    const element = $(`[data-count="${CSS.escape(key)}"]`);
    if (element && element.textContent !== count) element.textContent = count;
  }
}

function connection(alive) {
  const light = $("#connection");
  if (!light) return;
  light.dataset.state = alive ? "live" : "lost";
  const text = alive ? light.dataset.live : light.dataset.lost;
  if (light.textContent !== text) light.textContent = text;
}

function plan() {
  clearTimeout(timer);
  if ($("#queue[data-changes]")) timer = setTimeout(poll, document.hidden ? 120000 : 15000);
}

// ---------------------------------------------------------------------------------------------------
export function start() {
  on("click", "[data-row]", onRowClick);
  on("focusin", "[data-row]", (_event, row) => {
    for (const other of $$("[data-row].is-current")) if (other !== row) other.classList.remove("is-current");
    row.classList.add("is-current");
  });
  on("click", "[data-row] a[href]", (_event, link) => leave(link.closest("[data-row]")));
  on("click", "[data-peek-close]", () => closePeek());
  on("change", "[data-select]", (_event, box) => select(box.closest("[data-row]"), box.checked));
  on("click", "[data-select]", (event, box) => event.shiftKey && select(box.closest("[data-row]"), box.checked, true));
  on("change", "[data-select-all]", (_event, box) => {
    for (const row of rows()) select(row, box.checked);
  });
  on("click", "[data-clear-selection]", () => {
    for (const row of rows()) select(row, false);
  });
  for (const key of ["j", "ArrowDown"]) bind(key, () => step(1));
  for (const key of ["k", "ArrowUp"]) bind(key, () => step(-1));
  bind("x", () => {
    const row = currentRow();
    if (!row) return false;
    select(row, !$("[data-select]", row)?.checked);
    return true;
  });
  bind("Shift+x", () => (currentRow() ? (select(currentRow(), true, true), true) : false));
  bind(" ", () => {
    if (!pane() || !currentRow()) return false;
    return peeked() === currentRow().dataset.row ? closePeek() : openPeek(currentRow());
  });
  for (const key of ["o", "Enter"]) {
    bind(key, () => {
      const row = currentRow() ?? (peeked() && document.getElementById(`row-${peeked()}`));
      if (!row) return false;
      leave(row);
      location.assign(linkOf(row).href);
      return true;
    });
  }
  bind("Escape", () => (isTyping(document.activeElement) ? false : closePeek()));
  bind("u", () => {
    const back = $("[data-back]");
    if (!back) return false;
    location.assign(back.href);
    return true;
  });
  // Row commands act on the row under the cursor, on the ticket page on the ticket.
  for (const key of ["s", "a", "p", "i"]) {
    bind(key, () => {
      const row = currentRow();
      const control = row && $(`[data-row-hotkey="${key}"]`, row);
      if (!control) return false;
      control.focus();
      control.click();
      return true;
    });
  }
  // The title keeps its own Enter; Space on it peeks instead of scrolling.
  on("keydown", "[data-row-link]", (event, link) => {
    if (event.key !== " " || event.isComposing) return;
    event.preventDefault();
    const row = link.closest("[data-row]");
    if (pane()) peeked() === row.dataset.row ? closePeek() : openPeek(row);
  });
  addEventListener("popstate", () => {
    if (!$("#queue")) return;
    const wanted = new URL(location.href);
    wanted.searchParams.delete("peek");
    if (wanted.pathname + wanted.search !== shownPath) {
      replaying = true;
      window.htmx.ajax("GET", wanted.pathname + wanted.search, { target: "#queue", swap: "outerHTML" });
      shownPath = wanted.pathname + wanted.search;
    }
    syncPeek();
  });
  let kept = [];
  let held = "";
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "queue") return;
    kept = $$("#queue [data-keep-open][open]").map(({ id }) => id);
    held = document.activeElement?.closest("[data-keep-open][open]") ? document.activeElement.id : "";
  });
  document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id !== "queue") return;
    for (const id of kept.splice(0)) document.getElementById(id).open = true;
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
    held = "";
    const path = detail.pathInfo?.finalRequestPath;
    const here = location.pathname + location.search;
    const moved = path && detail.requestConfig?.verb === "get" && !here.startsWith(path.split("#")[0] + "&peek") && here !== path;
    if (moved && !replaying) history.pushState({}, "", peeked() ? `${path}${path.includes("?") ? "&" : "?"}peek=${peeked()}` : path);
    replaying = false;
    notePath();
    announce($("#queue caption")?.textContent ?? "");
    stamp = "";
    selectionChanged();
    plan();
  });
  on("change", "#display [name=density]", (_event, input) => {
    document.documentElement.dataset.density = input.value;
  });
  on("click", "[data-copy-selected]", async () => {
    const numbers = rows().filter((row) => $("[data-select]", row)?.checked).map((row) => row.dataset.row);
    await navigator.clipboard?.writeText(numbers.join(" "));
    announce(word("copied"));
  });
  document.body.addEventListener("ticket:changed", () => $("#queue[data-changes]") && setTimeout(poll, 400));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && $("#queue[data-changes]")) poll();
  });
  document.body.addEventListener("htmx:afterSettle", neighbours);
  addEventListener("pageshow", () => {
    restore();
    neighbours();
  });
  notePath();
  if (new URL(location.href).searchParams.has("peek")) syncPeek();
  plan();
}
