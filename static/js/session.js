// When the session has ended: sign in again in a dialog over the page; what is typed stays.
import { $, post, toast, word } from "./dom.js";

let asking = false;

export function expired() {
  const dialog = $("#session");
  if (!dialog) {
    toast(word("expired"), "error");
    return;
  }
  if (!asking) {
    asking = true;
    dialog.showModal();
  }
}

async function renew(event) {
  event.preventDefault();
  const form = event.target;
  const answer = await post(form.action, new FormData(form));
  if (answer.ok && !new URL(answer.url).pathname.startsWith("/login/")) {
    asking = false;
    $("#session").close();
    form.reset();
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
    if (token) for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    return;
  }
  $("[data-session-error]", form).hidden = false;
  $("[type=password]", form).select();
}

export function start() {
  $("#session form")?.addEventListener("submit", renew);
  $("#session")?.addEventListener("cancel", (event) => event.preventDefault());
}
