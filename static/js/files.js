// Files dropped, chosen or pasted into a form: shown as a list, taken out one by one.
import { $, on, toast, word } from "./dom.js";

const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

function show(input) {
  const list = $(input.dataset.files);
  if (!list) return;
  list.replaceChildren(
    ...[...input.files].map((file, index) => {
      const item = document.createElement("span");
      item.className = "file";
      const name = document.createElement("span");
      name.className = "truncate";
      name.textContent = file.name;
      const info = document.createElement("small");
      info.textContent = size(file.size);
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "btn btn--ghost btn--sm";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `${word("remove")}: ${file.name}`);
      remove.addEventListener("click", () => {
        set(input, [...input.files].filter((_file, at) => at !== index), true);
        input.focus();
      });
      item.append(name, info, remove);
      return item;
    }),
  );
}

function set(input, files, replace = false) {
  const limit = Number(input.dataset.maxBytes || Infinity);
  const bag = new DataTransfer();
  for (const file of [...(replace ? [] : input.files), ...files]) {
    if (file.size > limit) toast(`${file.name}: ${word("tooBig")}`, "error");
    else bag.items.add(file);
  }
  input.files = bag.files;
  show(input);
}

export function start() {
  on("change", "input[type=file][data-files]", (_event, input) => set(input, [...input.files], true));
  on("paste", "form", (event, form) => {
    const input = $("input[type=file][data-files]", form);
    if (input && event.clipboardData?.files.length) {
      set(input, [...event.clipboardData.files]);
      event.preventDefault();
    }
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    on(type, "[data-drop]", (event, zone) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("is-over", type === "dragover");
      if (type === "drop") set($("input[type=file][data-files]", zone), [...event.dataTransfer.files]);
    });
  }
}
