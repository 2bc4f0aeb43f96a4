// The form of an offering: questions appear right after what caused them, and keep their values.
import { $, $$, announce, on } from "./dom.js";
import { normal, visible } from "./conditions.js";

const rulesOf = () => JSON.parse($("#form-rules")?.textContent ?? "null");
let rules = rulesOf();

const box = (key) => $(`[data-question="${CSS.escape(key)}"]`);

/** What the page's controls hold, in the stored form; other steps' answers come with the page. */
function values() {
  const found = { ...rules.values };
  for (const field of rules.fields) {
    const place = box(field.key);
    if (place) found[field.key] = normal(field.type, read(place, field.type));
  }
  return found;
}

function read(place, type) {
  if (type === "file") {
    const stay = $$(".p-file__name", place).filter((name) => !name.parentElement.querySelector("input:not(:checked)"));
    return stay.map((name) => name.textContent);
  }
  const ticked = $$("input[type=radio], input[type=checkbox]", place);
  if (ticked.length) return ticked.filter((input) => input.checked).map((input) => input.value);
  return $("input:not([name=has]):not([role=combobox]), select, textarea", place)?.value ?? "";
}

function update() {
  const asked = new Set(visible(rules.fields, values(), rules.today));
  const fresh = [];
  for (const field of rules.fields) {
    const place = box(field.key);
    if (!place || place.hidden === !asked.has(field.key)) continue;
    place.hidden = !place.hidden;
    if (!place.hidden) fresh.push(place);
  }
  for (const block of $$("[data-block]")) {
    const questions = $$("[data-question]", block);
    block.hidden = questions.length > 0 && questions.every((place) => place.hidden);
  }
  if (fresh.length) announce(`${$("[data-asks]").dataset.appeared}: ${fresh.map(title).join(", ")}`);
}

const title = (place) => ($(".field__label, .q-text__title", place)?.firstChild?.textContent ?? "").trim();

function whom() {
  const other = $("[data-whom-other]");
  if (!other) return;
  other.hidden = !$("#id_for_other").checked;
  if (!other.hidden) $("#id_beneficiary").focus();
}

if (rules) {
  for (const type of ["input", "change"]) on(type, "[data-asks]", update);
  on("change", "[data-whom]", whom);
  addEventListener("pageshow", () => {
    rules = rulesOf();
    update();
  });
  update();
}
