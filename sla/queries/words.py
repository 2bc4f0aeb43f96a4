"""What a policy and a calendar say, in the reader's words: by label, to be shown and compared."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import formats
from core.models import pick
from sla import hours
from sla.enums import Metric, OnChange, OnReopen
from sla.queries.names import Names, some
from tickets import kinds

Words = dict[str, str]

WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
WHO = {
    "assignee": gettext_lazy("assignee"),
    "team": gettext_lazy("the whole team"),
    "lead": gettext_lazy("team lead"),
    "owner": gettext_lazy("owner of the service"),
    "manager": gettext_lazy("manager of the assignee"),
    "duty": gettext_lazy("whoever is on duty"),
}
CONDITIONS = {
    "applies_from": gettext_lazy("Records opened from"),
    "kind": gettext_lazy("Kinds"),
    "priority": gettext_lazy("Priorities"),
    "service": gettext_lazy("Services"),
    "offering": gettext_lazy("Offerings"),
    "department": gettext_lazy("Departments"),
    "team": gettext_lazy("Teams"),
    "vip": gettext_lazy("VIP requester"),
    "security": gettext_lazy("Security incident"),
    "tag": gettext_lazy("Tags"),
    "contract": gettext_lazy("Contract"),
}


def hours_of(windows: Any) -> str:
    """The hours of one day."""
    return hours.write(windows) or pgettext("no hours", "Closed")


def goal_of(seconds: int) -> str:
    return hours.write_goal(seconds, formats.is_korean())


def length_of(seconds: int) -> str:
    """A length that was measured: whole minutes that are over, as clocks and cards tell it."""
    return goal_of(seconds // 60 * 60)


def calendar_words(data: Mapping[str, Any]) -> Words:
    """A calendar but for its special days."""
    rules = data["rules"]
    words = {
        _("Name (Korean)"): data["name_ko"],
        _("Name (English)"): data["name_en"],
        _("Time zone"): rules["zone"],
        _("Round the clock"): _yes(rules["always"]),
    }
    if not rules["always"]:
        for label, windows in zip(WEEKDAYS, rules["week"], strict=True):
            words[str(label)] = hours_of(windows)
    return words


def day_words(data: Mapping[str, Any]) -> Words:
    """The special days of a calendar, by day."""
    rules = data["rules"]
    if rules["always"]:
        return {}
    return {
        formats.day(date.fromisoformat(day), date.min): " ".join(
            filter(None, (hours_of(windows), rules["names"].get(day, "")))
        )
        for day, windows in sorted(rules["days"].items())
    }


def condition_words(data: Mapping[str, Any], names: Names) -> Words:
    """The conditions of a policy that are not empty, by `CONDITIONS`."""
    contract = data["contract"]
    from_when = data["applies_from"]
    texts = {
        "applies_from": formats.moment(datetime.fromtimestamp(from_when, UTC)) if from_when else "",
        "kind": some([_kind(key) for key in data["kinds"]]),
        "priority": ", ".join(f"P{level}" for level in data["priorities"]),
        "service": names.listed("service", data["services"]),
        "offering": names.listed("offering", data.get("offerings", ())),
        "department": names.listed("department", data["departments"]),
        "team": names.listed("team", data["teams"]),
        "vip": "" if data["vip"] is None else _yes(data["vip"]),
        "security": "" if data["security"] is None else _yes(data["security"]),
        "tag": some(list(data["tags"])),
        "contract": names("contract", contract["id"]) if contract else "",
    }
    return {str(CONDITIONS[key]): text for key, text in texts.items() if text}


def policy_words(data: Mapping[str, Any], names: Names) -> Words:
    """All of a policy."""
    words = {
        _("Name (Korean)"): data["name_ko"],
        _("Name (English)"): data["name_en"],
        **condition_words(data, names),
        _("When another target fits"): str(OnChange(data["on_change"]).label),
        _("When a record is reopened"): str(OnReopen(data["on_reopen"]).label),
    }
    for target in data["targets"]:
        words[target_label(target)] = _target(target, names)
    for step in data["steps"]:
        label = _("At %(n)s%% of the target") % {"n": step["percent"]}
        words[label] = "; ".join(filter(None, (words.get(label, ""), _step(step, names))))
    return words


def target_label(target: Mapping[str, Any]) -> str:
    level = f" P{target['priority']}" if target["priority"] else ""
    return f"{Metric(target['metric']).label}{level}"


def _target(target: Mapping[str, Any], names: Names) -> str:
    calendar = names.calendars.get(target["calendar"])
    name = pick(calendar["name_ko"], calendar["name_en"]) if calendar else "–"
    parts = [goal_of(target["goal"]), name]
    if target["warn_at"]:
        points = ", ".join(str(point) for point in target["warn_at"])
        parts.append(_("warns at %(points)s%%") % {"points": points})
    return " · ".join(parts)


def _step(step: Mapping[str, Any], names: Names) -> str:
    parts = [some([str(Metric(metric).label) for metric in step["metrics"]])]
    parts += [_action(action, names) for action in step["actions"]]
    if step["repeat_limit"]:
        parts.append(
            _("again every %(every)s, %(n)s times at most")
            % {"every": goal_of(step["repeat_seconds"]), "n": step["repeat_limit"]}
        )
    return " · ".join(filter(None, parts))


def _action(action: Mapping[str, Any], names: Names) -> str:
    if action["do"] == "notify":
        told = [str(WHO[who]) for who in action.get("who", ())]
        told += [names("person", key) for key in action.get("people", ())]
        return _("tell: %(names)s") % {"names": some(told)}
    if action["do"] == "reassign":
        return _("hand over to: %(team)s") % {"team": names("team", action["team"])}
    if action["do"] == "webhook":
        return _("call the webhook: %(name)s") % {"name": names("webhook", action["webhook"])}
    return {
        "raise_priority": _("raise the priority by one"),
        "candidate_major": _("propose a major incident"),
    }[action["do"]]


def _kind(key: str) -> str:
    try:
        return str(kinds.get(key).label)
    except KeyError:
        return key


def _yes(value: Any) -> str:
    return _("Yes") if value else _("No")
