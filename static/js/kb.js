// Writing an article: pictures pasted or dropped into a text go up and stand where the cursor is.
import { $, announce, csrfToken, on, toast, word } from "./dom.js";
import { expired } from "./session.js";

let last = null;

function put(text, words) {
  const area = text ?? $("[data-kb-body]");
  if (!area) return;
  area.focus();
  const at = area.selectionStart;
  const gap = at > 0 && !/\n$/.test(area.value.slice(0, at)) ? "\n" : "";
  area.setRangeText(`${gap}${words}\n`, at, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

function fits(form, files) {
  const limit = Number(form.dataset.maxBytes || Infinity);
  for (const file of files) if (file.size > limit) toast(`${file.name}: ${word("tooBig")}`, "error");
  return files.filter((file) => file.size <= limit);
}

async function send(form, files, text) {
  for (const file of fits(form, files)) {
    const data = new FormData();
    data.append("files", file);
    try {
      const answer = await fetch(form.dataset.kbFiles, {
        method: "POST",
        body: data,
        headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
      });
      if (answer.status === 401) expired();
      const said = await answer.json();
      if (!answer.ok) {
        toast(said.error ?? file.name, "error");
        continue;
      }
      const fresh = new DOMParser().parseFromString(said.list, "text/html").body;
      $("[data-kb-list]", form).replaceChildren(...fresh.childNodes);
      if (text) put(text, said.text);
      announce(file.name);
    } catch {
      toast(`${file.name}: ${word("unsaved")}`, "error");
    }
  }
}

on("focusin", "[data-kb-body]", (_event, text) => (last = text));
on("click", "[data-kb-insert]", (_event, button) => put(last, button.dataset.kbInsert));
on("change", "[data-kb-choose]", (_event, input) => {
  const files = [...input.files];
  input.value = "";
  send(input.form, files, null);
});
on("paste", "[data-kb-body]", (event, text) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  send(text.form, files, text);
});
for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, "[data-kb-body]", (event, text) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    text.classList.toggle("is-over", type === "dragover");
    if (type === "drop") send(text.form, [...event.dataTransfer.files], text);
  });
}
