// The portal's forms: files go up as they are chosen, and a form is sent once.
import { $, announce, csrfToken, on, toast } from "./dom.js";
import { expired } from "./session.js";

const busy = new WeakMap();
const waiting = new WeakSet();

const formOf = (zone) => zone.closest("form");

function body(zone) {
  const data = new FormData();
  data.set("slot", zone.dataset.slot ?? $("[name=slot]", formOf(zone)).value);
  return data;
}

/** POST with progress; resolves to the markup of the list, rejects with the status. */
function send(url, data, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("X-Requested-With", "fetch");
    if (progress) request.upload.onprogress = ({ loaded, total }) => (progress.value = loaded / total);
    request.onload = () => (request.status === 200 ? resolve(request.responseText) : reject(request.status));
    request.onerror = () => reject(0);
    request.send(data);
  });
}

function show(zone, markup) {
  const fresh = new DOMParser().parseFromString(markup, "text/html").querySelector("[data-staged]");
  $("[data-staged]", zone).replaceWith(fresh);
  zone.dispatchEvent(new Event("change", { bubbles: true }));
}

function pending(zone, file) {
  const item = document.createElement("p");
  item.className = "p-file";
  const name = document.createElement("span");
  name.className = "p-file__name";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.className = "progress";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  item.append(name, bar);
  $("[data-staged]", zone).append(item);
  return bar;
}

/** A file that could not go up now goes with the form instead. */
function keep(zone, file) {
  const input = $("input[type=file]", zone);
  const bag = new DataTransfer();
  for (const other of [...input.files, file]) bag.items.add(other);
  input.files = bag.files;
  toast(`${file.name} ${zone.dataset.failed}`, "error");
}

async function addOne(zone, file) {
  if (file.size > Number(zone.dataset.maxBytes)) {
    toast(`${file.name} ${zone.dataset.tooBig}`, "error");
    return;
  }
  const bar = pending(zone, file);
  const data = body(zone);
  data.append("files", file);
  try {
    show(zone, await send(zone.dataset.stage, data, bar));
  } catch (status) {
    bar.parentElement.remove();
    if (status === 401) expired();
    keep(zone, file);
  }
}

async function add(zone, files) {
  const form = formOf(zone);
  busy.set(form, (busy.get(form) ?? 0) + 1);
  announce(zone.dataset.adding);
  for (const file of files) await addOne(zone, file);
  busy.set(form, busy.get(form) - 1);
  announce(zone.dataset.added);
  if (!busy.get(form) && waiting.delete(form)) form.requestSubmit($("[data-submit]", form));
}

async function remove(button) {
  const zone = button.closest("[data-stage]");
  try {
    show(zone, await send(button.getAttribute("formaction"), body(zone)));
    $("input[type=file]", zone).focus();
  } catch {
    formOf(zone).requestSubmit(button);
  }
}

on("change", "[data-stage] input[type=file]", (_event, input) => {
  const files = [...input.files];
  input.value = "";
  add(input.closest("[data-stage]"), files);
});
on("click", "[data-remove-file]", (event, button) => {
  event.preventDefault();
  remove(button);
});
on("paste", "form", (event, form) => {
  const zone = $("[data-stage]", form);
  if (!zone || !event.clipboardData?.files.length) return;
  event.preventDefault();
  add(zone, [...event.clipboardData.files]);
});
for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, "[data-stage]", (event, zone) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("is-over", type === "dragover");
    if (type === "drop") add(zone, [...event.dataTransfer.files]);
  });
}
on("submit", "form[data-once]", (event, form) => {
  if (busy.get(form)) {
    event.preventDefault();
    waiting.add(form);
    return;
  }
  if (form.dataset.once) {
    event.preventDefault();
    return;
  }
  form.dataset.once = "sent";
});
// A page that stays open asks now and then whether there is something new, while it is looked at.
const look = () => {
  const place = $("[data-look]");
  if (place && !place.firstElementChild && !document.hidden) htmx.trigger(place, "look");
};
setInterval(look, 60000);
document.addEventListener("visibilitychange", look);
// A page that comes back from the browser's memory may be sent again; the server knows the copy.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) form.dataset.once = "";
});
