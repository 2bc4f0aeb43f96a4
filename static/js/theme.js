// Light or dark: at once on the page, then kept in the person's preferences.
import { on, post } from "./dom.js";
import { bind } from "./keys.js";

function toggle() {
  const root = document.documentElement;
  const dark =
    root.dataset.theme === "dark" || (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  const body = new FormData();
  body.set("theme", root.dataset.theme);
  if (document.body.dataset.appearance) post(document.body.dataset.appearance, body);
}

export function start() {
  on("click", "[data-theme-toggle]", toggle);
  bind("Shift+d", toggle);
}
