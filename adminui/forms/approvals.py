"""An approval policy as typed: stages, who decides, rules of delegated final approval."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.enums import Role
from accounts.models import Department, Team, User
from adminui.forms.catalog_values import plain_number
from catalog.queries import words
from cmdb.models import Service
from core.text import row_id, without_nul
from tickets.approvals import needed
from tickets.enums import DecidedBy, StageKind

Data = dict[str, Any]
MOST = 30
WHO = (
    ("manager", gettext_lazy("Manager of the requester")),
    ("head", gettext_lazy("Head of the department")),
    ("person", gettext_lazy("A person")),
    ("team", gettext_lazy("Everybody in a team")),
    ("team_lead", gettext_lazy("Lead of a team")),
    ("role", gettext_lazy("Everybody with a role")),
    ("service_owner", gettext_lazy("Owner of the service")),
)
# What a condition may look at, and how.
COMPARED = ("lt", "le", "ge", "gt")
SAME = ("eq", "ne")
FACTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "amount": (pgettext_lazy("condition", "Amount"), COMPARED),
    "department": (pgettext_lazy("condition", "Department of the requester"), SAME),
    "service": (pgettext_lazy("condition", "Service"), SAME),
    "risk": (pgettext_lazy("condition", "Risk"), SAME),
}
RISKS = (
    ("low", pgettext_lazy("risk", "Low")),
    ("medium", pgettext_lazy("risk", "Medium")),
    ("high", pgettext_lazy("risk", "High")),
)


def blank() -> Data:
    """What a new policy begins with: the requester's manager."""
    return {"stages": [new_stage()], "finals": [], "fallback": []}


def new_stage() -> Data:
    return {
        "name": {},
        "kind": StageKind.APPROVE.value,
        "who": [{"type": "manager", "level": 1}],
        "decided_by": DecidedBy.FIRST.value,
        "share": 50,
        "days": 3,
        "remind": 1,
        "if": None,
    }


def read(posted: QueryDict) -> Data:
    """The values of a policy as a page sends them. What can't be read is left for the checks."""
    return {
        "name_ko": _text(posted, "name_ko"),
        "name_en": _text(posted, "name_en"),
        "kind": posted.get("kind", ""),
        "data": {
            "stages": [_stage(posted, f"s{at}") for at in range(_count(posted, "stages"))],
            "finals": [_final(posted, f"f{at}") for at in range(_count(posted, "finals"))],
            "fallback": _who(posted, "b"),
        },
    }


def _count(posted: QueryDict, name: str) -> int:
    return min(row_id(posted.get(name)) or 0, MOST)


def _text(posted: QueryDict, name: str) -> str:
    return without_nul(posted.get(name, "")).strip()[:120]


def _named(posted: QueryDict, base: str) -> Data:
    both = {language: _text(posted, f"{base}-{language}") for language in ("ko", "en")}
    return {language: said for language, said in both.items() if said}


def _whole(posted: QueryDict, name: str) -> Any:
    """A whole number; None where nothing stands; what is none stays as typed."""
    text = _text(posted, name)
    return int(text) if re.fullmatch(r"\d{1,6}", text) and text.isascii() else text or None


def _stage(posted: QueryDict, base: str) -> Data:
    share = _whole(posted, f"{base}-share")
    return {
        "name": _named(posted, base),
        "kind": posted.get(f"{base}-kind", ""),
        "who": _who(posted, base),
        "decided_by": posted.get(f"{base}-decided", ""),
        "share": 100 if share is None else share,
        "days": _whole(posted, f"{base}-days"),
        "remind": _whole(posted, f"{base}-remind"),
        "if": _condition(posted, base),
    }


def _who(posted: QueryDict, base: str) -> list[Data]:
    found = []
    for at in range(_count(posted, f"{base}-who")):
        name = f"{base}-w{at}"
        kind = posted.get(f"{name}-type", "")
        selector: Data = {"type": kind}
        if kind == "person":
            selector["id"] = row_id(posted.get(f"{name}-person"))
        elif kind in ("team", "team_lead"):
            selector["id"] = row_id(posted.get(f"{name}-team"))
        elif kind == "role":
            selector["role"] = posted.get(f"{name}-role", "")
        elif kind in ("manager", "head"):
            level = _whole(posted, f"{name}-level")
            selector["level"] = (1 if kind == "manager" else 0) if level is None else level
        found.append(selector)
    return found


def _condition(posted: QueryDict, base: str) -> Data | None:
    field = posted.get(f"{base}-if-field", "")
    if not field:
        return None
    known = FACTS.get(field, ("", SAME))[1]
    op = posted.get(f"{base}-if-is", "")
    value = _text(posted, f"{base}-if-value")
    if field == "amount":
        value = plain_number(value)
    return {"field": field, "is": op if op in known else known[0], "value": value}


def _final(posted: QueryDict, base: str) -> Data:
    return {
        "name": _named(posted, base),
        "if": _condition(posted, base),
        "stage": _whole(posted, f"{base}-stage"),
    }


def act(values: Data, do: str) -> str:
    """Do what a button of the page asks for with the values; the id to focus."""
    data = values["data"]
    verb, _colon, at = do.partition(":")
    stages, finals = data["stages"], data["finals"]
    if verb == "stage-add":
        stages.append(new_stage())
        return f"s{len(stages) - 1}-ko"
    if verb == "final-add":
        condition = {"field": "amount", "is": "lt", "value": ""}
        finals.append({"name": {}, "if": condition, "stage": 0})
        return f"f{len(finals) - 1}-if-value"
    where, _dot, line = at.partition(".")
    if verb == "who-add":
        rows = _rows_of(data, where)
        if rows is not None:
            rows.append({"type": "manager", "level": 1})
        return f"{where}-w{len(rows or ()) - 1}-type"
    place, number = row_id(line), row_id(at)
    if verb == "who-drop" and place is not None:
        rows = _rows_of(data, where)
        if rows is not None and place < len(rows):
            rows.pop(place)
        return f"{where}-who-add"
    if number is not None and verb.startswith("stage-") and number < len(stages):
        return _arrange(stages, finals, verb, number)
    if verb == "final-drop" and number is not None and number < len(finals):
        finals.pop(number)
        return "final-add"
    return ""


def _rows_of(data: Data, where: str) -> list[Data] | None:
    if where == "b":
        rows: list[Data] = data["fallback"]
        return rows
    at = row_id(where[1:])
    known = where[:1] == "s" and at is not None and at < len(data["stages"])
    return data["stages"][at]["who"] if known else None


def _arrange(stages: list[Data], finals: list[Data], verb: str, at: int) -> str:
    """Move or take out a stage; rules of final approval follow the stage they name."""
    order = list(range(len(stages)))
    if verb == "stage-drop":
        order.remove(at)
    elif verb in ("stage-up", "stage-down"):
        to = min(max(at + (-1 if verb == "stage-up" else 1), 0), len(stages) - 1)
        order.insert(to, order.pop(at))
    for rule in finals:
        rule["stage"] = order.index(rule["stage"]) if rule.get("stage") in order else None
    stages[:] = [stages[was] for was in order]
    if verb == "stage-drop":
        return "stage-add"
    return f"s{order.index(at)}-{verb.removeprefix('stage-')}"


class PolicyPage:
    """The controls of a policy, ready for its template. `errors`: by place, as the action says."""

    def __init__(self, values: Data, errors: Mapping[str, Any], focus: str = "") -> None:
        self.values, self.errors, self.focus = values, errors, focus
        data = values["data"]
        ids = [one.get("id") for stage in data["stages"] for one in stage["who"]]
        ids += [one.get("id") for one in data["fallback"]]
        wanted = [pk for pk in ids if isinstance(pk, int)]
        self._people = {row.pk: row.name for row in User.objects.filter(pk__in=wanted)}
        self._teams = [
            (row.pk, row.name)
            for row in Team.objects.filter(is_active=True).order_by("name_en", "name_ko")
        ]
        conditions = [one.get("if") or {} for one in (*data["stages"], *data["finals"])]
        asked = {one.get("field") for one in conditions}
        self._tables: dict[str, list[tuple[Any, Any]]] = {
            "department": _choices(Department) if "department" in asked else [],
            "service": _choices(Service) if "service" in asked else [],
            "risk": list(RISKS),
        }

    @property
    def stages(self) -> list[Data]:
        rows = self.values["data"]["stages"]
        return [
            {
                "at": at,
                "base": f"s{at}",
                "number": at + 1,
                "name": self._stage_name(at),
                "ko": (stage.get("name") or {}).get("ko", ""),
                "en": (stage.get("name") or {}).get("en", ""),
                "kind": stage.get("kind"),
                "decided_by": stage.get("decided_by"),
                "share": stage.get("share"),
                "shares": stage.get("decided_by") == DecidedBy.SHARE,
                "rounding": rounding(stage.get("share")),
                "days": _shown(stage.get("days")),
                "remind": _shown(stage.get("remind")),
                "who": self._selectors(stage["who"], f"s{at}", f"stages.{at}.who"),
                "condition": self._condition(stage.get("if"), f"s{at}", f"stages.{at}.if"),
                "is_first": at == 0,
                "is_last": at == len(rows) - 1,
                "errors": {
                    name: self.errors.get(f"stages.{at}.{name}", "")
                    for name in ("share", "days", "remind", "who")
                },
            }
            for at, stage in enumerate(rows)
        ]

    def _stage_name(self, at: int) -> str:
        stage = self.values["data"]["stages"][at]
        kind = stage.get("kind")
        otherwise = str(StageKind(kind).label) if kind in StageKind.values else ""
        return words.text(stage.get("name") or {}, otherwise)

    @property
    def finals(self) -> list[Data]:
        count = len(self.values["data"]["stages"])
        return [
            {
                "at": at,
                "base": f"f{at}",
                "number": at + 1,
                "ko": (rule.get("name") or {}).get("ko", ""),
                "en": (rule.get("name") or {}).get("en", ""),
                "stage": rule.get("stage"),
                "stages": [
                    (n, _("%(number)s. %(name)s") % {"number": n + 1, "name": self._stage_name(n)})
                    for n in range(count)
                ],
                "condition": self._condition(rule.get("if"), f"f{at}", f"finals.{at}.if"),
                "error": self.errors.get(f"finals.{at}.stage", ""),
            }
            for at, rule in enumerate(self.values["data"]["finals"])
        ]

    @property
    def fallback(self) -> list[Data]:
        return self._selectors(self.values["data"]["fallback"], "b", "fallback")

    def _selectors(self, rows: list[Data], base: str, place: str) -> list[Data]:
        return [
            {
                "name": f"{base}-w{at}",
                "at": f"{base}.{at}",
                "number": at + 1,
                "type": row.get("type"),
                "id": row.get("id") or "",
                "label": self._people.get(row.get("id") or 0, ""),
                "role": row.get("role"),
                "level": _shown(row.get("level")),
                "error": self.errors.get(f"{place}.{at}", ""),
            }
            for at, row in enumerate(rows)
        ]

    def _condition(self, kept: Any, base: str, place: str) -> Data:
        said = kept if isinstance(kept, Mapping) else {}
        field = str(said.get("field") or "")
        known = FACTS.get(field, ("", SAME))[1]
        return {
            "name": f"{base}-if",
            "field": field,
            "fields": [(key, label) for key, (label, _ops) in FACTS.items()]
            + [(field, field)] * bool(field and field not in FACTS),
            "op": said.get("is"),
            "ops": [(op, words.operator(op, "")) for op in known],
            "value": "" if said.get("value") is None else str(said["value"]),
            "options": [(str(key), label) for key, label in self._tables.get(field, [])],
            "error": self.errors.get(place, ""),
        }

    kinds = StageKind.choices
    decisions = DecidedBy.choices
    who = WHO
    roles = Role.choices

    @property
    def teams(self) -> list[tuple[int, str]]:
        return self._teams


def _choices(model: Any) -> list[tuple[int, str]]:
    return [(row.pk, row.name) for row in model.objects.order_by("name_en", "name_ko")]


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def rounding(share: Any) -> str:
    """How a share is rounded, in words."""
    if not isinstance(share, int) or not 1 <= share <= 100:
        return ""
    parts = [
        pgettext("share", "%(needed)s of %(people)s")
        % {"needed": needed(DecidedBy.SHARE, people, share), "people": people}
        for people in (2, 3, 5)
    ]
    return _("Rounded up: %(examples)s.") % {"examples": ", ".join(parts)}
