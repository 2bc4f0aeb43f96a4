// Small helpers shared by every module.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Listen on the document for events whose target lies in `selector`; survives every swap. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const hit = event.target instanceof Element && event.target.closest(selector);
      if (hit) handler(event, hit);
    },
    options,
  );
}

/** A translated sentence from templates/ui/_words.html. */
export function word(name) {
  return $("#words")?.dataset[name] ?? "";
}

export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? cookie[1] : ($('meta[name="csrf-token"]')?.content ?? "");
}

let announcement = 0;

/** Say something politely, at most one message every two seconds: the last one wins. */
export function announce(text) {
  clearTimeout(announcement);
  announcement = setTimeout(() => {
    const region = $("#status");
    if (region) region.textContent = text;
  }, 150);
}

/** Show a toast. `tone` is "error", "success" or nothing; `detail` a smaller second line. */
export function toast(text, tone = "", detail = "") {
  const item = $("#toast-template").content.firstElementChild.cloneNode(true);
  const slot = $(".toast__text", item);
  slot.textContent = text;
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    slot.append(small);
  }
  if (tone) item.classList.add(`toast--${tone}`);
  $("#toasts").append(item);
  $(tone === "error" ? "#alert" : "#status").textContent = text;
  expire(item, tone === "error" ? 12000 : 5000);
  return item;
}

export function expire(item, milliseconds) {
  let timer = setTimeout(() => item.remove(), milliseconds);
  const hold = () => clearTimeout(timer);
  const release = () => {
    timer = setTimeout(() => item.remove(), milliseconds);
  };
  item.addEventListener("pointerenter", hold);
  item.addEventListener("pointerleave", release);
  item.addEventListener("focusin", hold);
  item.addEventListener("focusout", release);
}

/** POST a form body; resolves to the Response, rejects only without a connection. */
export function post(url, body = new FormData()) {
  return fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
  });
}

export const isTyping = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable ||
    element.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select"));
