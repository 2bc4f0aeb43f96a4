"""What differs between two definitions, in words: what a version changes before it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog.enums import FieldType, Fulfil, Payer, Period
from catalog.queries import words
from catalog.queries.names import Names

Data = Mapping[str, Any]
Items = list[tuple[str, str, str]]
LANGUAGES = (("ko", gettext_lazy("Korean")), ("en", gettext_lazy("English")))
TEXTS = (
    ("name", gettext_lazy("Name")),
    ("summary", gettext_lazy("In one sentence")),
    ("outcome", gettext_lazy("What one gets")),
    ("description", gettext_lazy("Description")),
)
LEVELS = {
    1: pgettext_lazy("impact or urgency", "High"),
    2: pgettext_lazy("impact or urgency", "Medium"),
    3: pgettext_lazy("impact or urgency", "Low"),
}


@dataclass(frozen=True)
class Change:
    """One part that differs. `what`: added, removed or changed; `items`: (label, old, new)."""

    what: str
    kind: str
    name: str
    items: Items


def differences(old: Data, new: Data) -> list[Change]:
    """What `new` changes against `old`, in the order of the editor. Equal ones: nothing."""
    names = Names([old, new])
    found = [
        *_whole("texts", _("Texts"), _texts(old), _texts(new)),
        *_sections(old, new),
        *_rows("question", words.by_key(old), words.by_key(new), _question, (old, new)),
        *_order(old, new),
        *_whole("approval", _("Approval"), _approval(old, names), _approval(new, names)),
        *_rows(
            "task", _tasks(old), _tasks(new), lambda row, data: _task(row, data, names), (old, new)
        ),
        *_whole("work", _("Work"), _work(old, names), _work(new, names)),
        *_whole("promise", _("Promise and price"), _promise(old), _promise(new)),
        *_whole("audience", _("Audience"), _audience(old, names), _audience(new, names)),
        *_whole("articles", _("Articles"), _articles(old, names), _articles(new, names)),
        *_whole("bundle", _("Bundle"), _bundle(old, names), _bundle(new, names)),
    ]
    return [change for change in found if change.items or change.what != "changed"]


def _whole(kind: str, name: str, old: dict[str, str], new: dict[str, str]) -> list[Change]:
    return [Change("changed", kind, name, _items(old, new))]


def _items(old: dict[str, str], new: dict[str, str]) -> Items:
    labels = [*new, *(label for label in old if label not in new)]
    return [
        (label, old.get(label, ""), new.get(label, ""))
        for label in labels
        if old.get(label, "") != new.get(label, "")
    ]


def _rows(kind: str, old: Any, new: Any, tell: Any, whole: tuple[Data, Data]) -> list[Change]:
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        before = tell(old[key], whole[0]) if key in old else {}
        after = tell(new[key], whole[1]) if key in new else {}
        what = "changed" if key in old and key in new else "added" if key in new else "removed"
        row = new.get(key) or old[key]
        name = words.text(row.get("label") or row.get("title"), words.UNNAMED)
        items = _items(before, after) if what != "removed" else []
        found.append(Change(what, kind, name, items))
    return found


def _both(label: Any, value: Any) -> dict[str, str]:
    """A text in both languages as two lines."""
    said = value if isinstance(value, Mapping) else {"ko": value, "en": value}
    return {f"{label} ({word})": str(said.get(code) or "") for code, word in LANGUAGES}


def _texts(data: Data) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, label in TEXTS:
        found |= _both(label, data.get(name))
    return found | {_("Also found as"): str(data.get("synonyms") or "")}


def _sections(old: Data, new: Data) -> list[Change]:
    before, after = _headings(old), _headings(new)
    return _rows("section", before, after, lambda row, _data: _heading(row), (old, new))


def _headings(data: Data) -> dict[str, Data]:
    rows = (data.get("form") or {}).get("sections") or []
    return {str(row.get("key", "")): row for row in rows}


def _heading(row: Data) -> dict[str, str]:
    return _both(_("Heading"), row.get("title")) | _both(_("Sentence below it"), row.get("hint"))


def _order(old: Data, new: Data) -> list[Change]:
    """Questions that are in both, but not in the same order or section."""
    before, after = _places(old), _places(new)
    shared = [key for key in after if key in before]
    same = [key for key in before if key in after] == shared
    if same and all(before[key] == after[key] for key in shared):
        return []
    fields = words.by_key(new)
    line = " · ".join(words.text(fields[key].get("label"), key) for key in shared)
    fields = words.by_key(old)
    was = " · ".join(words.text(fields[key].get("label"), key) for key in before if key in after)
    return [Change("changed", "order", _("Order of the questions"), [(_("Order"), was, line)])]


def _places(data: Data) -> dict[str, str]:
    return {
        str(field.get("key", "")): key
        for key, row in _headings(data).items()
        for field in row.get("fields") or []
    }


def _question(row: Data, data: Data) -> dict[str, str]:
    kind = row.get("type")
    found = _both(_("Question"), row.get("label")) | _both(_("Help"), row.get("help"))
    found[_("Kind of answer")] = str(FieldType(kind).label) if kind in FieldType.values else ""
    found[_("Has to be answered")] = _("Yes") if row.get("required") else _("No")
    found[_("Shown if")] = words.condition(row.get("shown_if"), words.by_key(data))
    found[_("Filled in beforehand")] = words.answer(row.get("default"), row)
    for name, label in (
        ("low", _("Smallest")),
        ("high", _("Largest")),
        ("longest", _("Longest answer, in letters")),
        ("pattern", _("Pattern")),
        ("files", _("Most files")),
    ):
        found[label] = _bound(row.get(name))
    found[_("Types of items")] = ", ".join(map(str, row.get("item_types") or []))
    found[_("Only items of the person it is for")] = _("Yes") if row.get("mine") else ""
    for option in row.get("options") or []:
        label = _("Option: %(name)s") % {"name": words.text(option.get("label"), option.get("key"))}
        said = option.get("label") or {}
        both = " / ".join(str(said.get(code) or "–") for code in ("ko", "en"))
        price = option.get("price")
        found[label] = f"{both} · {price}" if price else both
    return found


def _bound(value: Any) -> str:
    if isinstance(value, Mapping):
        return _("%(days)s days from today") % {"days": f"{value.get('days', 0):+d}"}
    return "" if value is None else str(value)


def _approval(data: Data, names: Names) -> dict[str, str]:
    policy = (data.get("approval") or {}).get("policy")
    return {_("Policy"): names.name("policy", policy) or _("No approval")}


def _tasks(data: Data) -> dict[str, Data]:
    return {str(row.get("key", "")): row for row in data.get("tasks") or []}


def _task(row: Data, data: Data, names: Names) -> dict[str, str]:
    known = _tasks(data)
    after = [words.text(known.get(key, {}).get("title"), key) for key in row.get("after") or []]
    hours = row.get("hours")
    return (
        _both(_("Title"), row.get("title"))
        | _both(_("What is to be done"), row.get("description"))
        | {
            _("Team"): names.name("team", row.get("team")),
            _("Starts after"): ", ".join(sorted(after)),
            _("Within working hours"): str(hours or ""),
            _("Only if"): words.condition(row.get("if"), words.by_key(data)),
        }
    )


def _work(data: Data, names: Names) -> dict[str, str]:
    return {
        _("Team of the request"): names.name("team", data.get("team")),
        _("Impact"): str(LEVELS.get(data.get("impact") or 3, "")),
        _("Urgency"): str(LEVELS.get(data.get("urgency") or 3, "")),
        _("Delivered"): _word(Fulfil, data.get("fulfil") or Fulfil.BY_HAND),
    }


def _word(enum: Any, value: Any) -> str:
    return str(enum(value).label) if value in enum.values else str(value or "")


def _promise(data: Data) -> dict[str, str]:
    price = data.get("price") or {}
    days = data.get("delivery_days")
    amount = str(price.get("amount") or "0")
    return {
        _("Delivered within working days"): "" if days is None else str(days),
        _("Price before options"): f"{amount} {price.get('currency') or 'KRW'}",
        _("Due"): _word(Period, price.get("period") or Period.ONCE),
        _("Who pays"): _word(Payer, price.get("payer") or Payer.NOBODY),
    }


def _audience(data: Data, names: Names) -> dict[str, str]:
    return {
        _("Who may ask for it"): names.audience(data.get("audience") or {}),
        _("On behalf of somebody else"): _("Yes") if data.get("for_others") else _("No"),
    }


def _articles(data: Data, names: Names) -> dict[str, str]:
    return {_("Articles"): names.several("article", data.get("articles"))}


def _bundle(data: Data, names: Names) -> dict[str, str]:
    fields = words.by_key(data)
    found = {}
    for number, row in enumerate(data.get("bundle") or [], 1):
        parts = [names.name("offering", row.get("offering"))]
        condition = words.condition(row.get("if"), fields)
        if condition:
            parts.append(_("if %(condition)s") % {"condition": condition})
        for key, given in sorted((row.get("answers") or {}).items()):
            source = given if isinstance(given, str) else (given or {}).get("value")
            field = fields.get(given, {}) if isinstance(given, str) else {}
            parts.append(f"{key} = {words.text(field.get('label'), source)}")
        found[_("%(number)s. offering") % {"number": number}] = " · ".join(parts)
    return found
