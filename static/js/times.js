// Relative times: the text is refreshed once a minute, the element and its place never change.
import { $$, word } from "./dom.js";

const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "always", style: language === "ko" ? "long" : "narrow" });
const day = new Intl.DateTimeFormat(language, { month: "2-digit", day: "2-digit" });

export function ago(then, now = Date.now()) {
  const minutes = Math.floor((now - then) / 60000);
  if (minutes < 1) return word("now");
  if (minutes < 60) return relative.format(-minutes, "minute");
  if (minutes < 60 * 24) return relative.format(-Math.floor(minutes / 60), "hour");
  return "";
}

function refresh() {
  if (document.hidden) return;
  for (const element of $$("time[data-ago]")) {
    const text = ago(Date.parse(element.dateTime));
    if (text && element.textContent !== text) element.textContent = text;
  }
}

export function start() {
  setInterval(refresh, 60000);
  document.addEventListener("visibilitychange", refresh);
}
