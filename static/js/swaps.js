// What htmx needs to behave: token, busy state, refusals as toasts, focus that never gets lost.
import { $, csrfToken, toast, word } from "./dom.js";
import { expired } from "./session.js";

// By request, not by element: an element that the answer removes never hears that it has ended.
const busyTimers = new WeakMap();
let focusedBefore = null;

function refused(xhr) {
  if (xhr.status === 401) return expired();
  const id = xhr.getResponseHeader("X-Request-ID");
  const detail = id ? `${word("reference")} ${id.slice(0, 12)}` : "";
  const said = xhr.getResponseHeader("X-Message");
  const text = said
    ? decodeURIComponent(said)
    : { 0: word("offline"), 403: word("denied"), 404: word("gone"), 429: word("slow") }[xhr.status] || word("failed");
  toast(text, "error", detail);
}

function focusInto(root) {
  const target =
    $("[data-focus]", root) ?? (root.matches?.("[data-focus]") ? root : null) ?? $("[autofocus]", root);
  if (!target) return false;
  target.focus({ preventScroll: target.hasAttribute("data-focus-quiet") });
  return true;
}

export function start() {
  const body = document.body;
  body.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = csrfToken();
  });
  body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const { elt, target, xhr } = detail;
    focusedBefore = document.activeElement;
    body.dataset.lastFocus = elt.dataset.focusAfter ?? focusedBefore?.id ?? "";
    // A form that saves as one types stays open for more.
    if (!elt.matches("form[data-autosave]")) elt.setAttribute("aria-disabled", "true");
    busyTimers.set(
      xhr,
      setTimeout(() => {
        target?.setAttribute("aria-busy", "true");
        if (elt.matches(".btn")) elt.setAttribute("aria-busy", "true");
      }, 150),
    );
  });
  body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const { elt, target, xhr } = detail;
    clearTimeout(busyTimers.get(xhr));
    elt.removeAttribute("aria-disabled");
    elt.removeAttribute("aria-busy");
    target?.removeAttribute("aria-busy");
  });
  body.addEventListener("htmx:responseError", ({ detail }) => refused(detail.xhr));
  body.addEventListener("htmx:sendError", () => toast(word("offline"), "error"));
  body.addEventListener("htmx:timeout", () => toast(word("offline"), "error"));
  // A signed-out request is answered with the sign-in page: never swap that into a fragment.
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname.startsWith("/login/")) {
      event.detail.shouldSwap = false;
      expired();
    }
  });
  body.addEventListener("htmx:afterSettle", ({ detail }) => {
    const root = detail.elt;
    if (!root?.isConnected) return;
    const active = document.activeElement;
    const lost = !active || active === body;
    // A quiet part takes no focus, but gives back what its own swap has taken away.
    if (root.hasAttribute("data-quiet") && (!lost || !focusedBefore || focusedBefore === body)) return;
    if (!root.hasAttribute("data-quiet") && focusInto(root)) return;
    if (!lost) return;
    const known = body.dataset.lastFocus && document.getElementById(body.dataset.lastFocus);
    const fallback = known || root.closest("[data-focus-fallback]") || $("[data-focus-fallback]", root);
    if (!fallback) return;
    if (!fallback.matches("a, button, input, select, textarea, summary, [tabindex]")) fallback.tabIndex = -1;
    fallback.focus({ preventScroll: true });
  });
  document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail.tone ?? ""));
  const summary = $(".error-summary, [data-focus]");
  if (summary) summary.focus();
}
