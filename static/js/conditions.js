// When a question is asked. The same as catalog/conditions.py, line by line: a test holds the two
// together. Answers are stored values (normal below brings them there, as catalog/answers.py does).

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MOST_DIGITS = 15;
const FARTHEST_DAYS = 36500;
const ORDER = new Set(["gt", "ge", "lt", "le"]);
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const parts = (value) => (Array.isArray(value) ? value : []);

/** Whether the condition holds for these answers. A spoilt condition never does. */
export function truth(condition, answers, today) {
  if (isNothing(condition)) return true;
  if (!isObject(condition)) return false;
  if ("all" in condition) return parts(condition.all).every((part) => truth(part, answers, today));
  if ("any" in condition) return parts(condition.any).some((part) => truth(part, answers, today));
  if ("not" in condition) return !truth(condition.not, answers, today);
  const key = String(condition.field);
  return holds(String(condition.is), Object.hasOwn(answers, key) ? answers[key] : null, condition.value ?? null, today);
}

/** The keys of the questions that are asked given these answers, in their order. */
export function visible(fields, values, today) {
  const seen = {};
  for (const field of fields) {
    if (truth(field.shown_if, seen, today)) seen[field.key] = values[field.key] ?? null;
  }
  return Object.keys(seen);
}

function isNothing(value) {
  return !value || (Array.isArray(value) && !value.length) || (isObject(value) && !Object.keys(value).length);
}

const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

const plain = (value) => (value === null || value === undefined ? "" : String(value));

function number(value) {
  const said = plain(value);
  return NUMBER.test(said) && said.replace(/[^0-9]/g, "").length <= MOST_DIGITS ? Number(said) : null;
}

function day(value, today) {
  if (isObject(value)) {
    if (!Number.isInteger(value.days) || Math.abs(value.days) > FARTHEST_DAYS) return "";
    const at = new Date(`${today}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() + value.days);
    return at.toISOString().slice(0, 10);
  }
  const said = plain(value);
  return DATE.test(said) ? said : "";
}

function holds(operator, given, value, today) {
  if (operator === "filled") return !isEmpty(given);
  if (operator === "empty") return isEmpty(given);
  if (operator === "ne") return !holds("eq", given, value, today);
  if (operator === "not_in") return !holds("in", given, value, today);
  if (isEmpty(given)) return false;
  if (ORDER.has(operator)) return inOrder(operator, given, value, today);
  const held = Array.isArray(given) ? given.map(plain) : [plain(given)];
  const said = (one) => (isObject(one) ? day(one, today) : plain(one));
  if (operator === "in") return parts(value).some((one) => held.includes(said(one)));
  if (operator === "has") return held.includes(said(value));
  return operator === "eq" && held.length === 1 && held[0] === said(value);
}

function inOrder(operator, given, value, today) {
  let one = number(given);
  let other = isObject(value) ? null : number(value);
  if (one === null || other === null) {
    one = day(given, today);
    other = day(value, today);
    if (isObject(given) || !one || !other) return false;
  }
  if (operator === "gt") return one > other;
  if (operator === "ge") return one >= other;
  return operator === "lt" ? one < other : one <= other;
}

// What is typed → the stored form -----------------------------------------------------------------

const LONGEST_KEPT = 50000;
const MOST_KEPT = 200;
const YES = new Set(["yes", "true", "on", "1"]);
const NO = new Set(["no", "false", "off", "0"]);
const SPACE = /^[ \t\n\r\v\f\u00a0\u3000\ufeff]+|[ \t\n\r\v\f\u00a0\u3000\ufeff]+$/g;

/** A value of a control in the stored form. What can't be read stays as it was typed. */
export function normal(type, raw) {
  if (type === "choices" || type === "file") {
    const many = Array.isArray(raw) ? raw : [raw];
    return [...new Set(many.slice(0, MOST_KEPT).map(trimmed).filter(Boolean))];
  }
  const one = Array.isArray(raw) ? (raw[0] ?? "") : raw;
  if (typeof one === "boolean" && type === "yes_no") return one;
  return (NORMAL[type] ?? ((said) => said))(trimmed(one));
}

function trimmed(raw) {
  if (raw === null || raw === undefined || typeof raw === "object") return "";
  const said = String(raw).replaceAll("\0", "").replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  return [...said].slice(0, LONGEST_KEPT).join("").normalize("NFC").replace(SPACE, "");
}

function yesNo(said) {
  const low = said.toLowerCase();
  return YES.has(low) ? true : NO.has(low) ? false : said;
}

function decimal(said) {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?$/.exec(said.normalize("NFKC").replace(/[\s,_₩￦$€£원]/g, ""));
  if (!match || !(match[2] || match[3])) return said;
  const head = match[2].replace(/^0+/, "") || "0";
  const tail = (match[3] ?? "").replace(/0+$/, "");
  const digits = tail ? `${head}.${tail}` : head;
  return (match[1] === "-" && digits !== "0" ? "-" : "") + digits;
}

function date(said) {
  const match = /^([0-9]{4})[-./]?\s*([0-9]{1,2})[-./]?\s*([0-9]{1,2})\.?$/.exec(said.normalize("NFKC"));
  if (!match) return said;
  const iso = `${match[1]}-${match[2].padStart(2, "0")}-${match[3].padStart(2, "0")}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return match[1] !== "0000" && !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === iso ? iso : said;
}

const id = (said) => (/^[0-9]{1,18}$/.test(said) ? Number(said) : said);

const NORMAL = { yes_no: yesNo, number: decimal, amount: decimal, date, person: id, item: id };
