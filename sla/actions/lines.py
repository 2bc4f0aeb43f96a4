"""The lines of a policy: its targets and its escalation steps, checked and put as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.models import Team, User
from core.errors import ActionError
from sla import hours
from sla.enums import Metric, agreement_of
from sla.models import Calendar, Policy, Step, Target
from sla.models.agreement import warn_points
from tickets import priority

LINES = ("targets", "steps")
WHO = ("assignee", "team", "lead", "owner", "manager", "duty")
DOES = ("notify", "reassign", "raise_priority", "candidate_major", "webhook")
MOST_STEPS = 20
MOST_WARNINGS = 8
MOST_REPEATS = 50
LONGEST_PAUSE = 60 * 24 * 60  # minutes

Line = dict[str, Any]


def checked_lines(policy: Policy, values: Mapping[str, Any]) -> dict[str, list[Line]]:
    """The lines that are named in `values`, checked. ActionError says which is wrong."""
    found: dict[str, list[Line]] = {}
    if "targets" in values:
        found["targets"] = _targets(policy, values["targets"])
    if "steps" in values:
        found["steps"] = _steps(policy, values["steps"])
    return found


def put_lines(policy: Policy, values: Mapping[str, Any]) -> audit.Changes:
    """Make the policy's lines these; what differs, in words for the audit log."""
    changes: audit.Changes = {}
    if "targets" in values:
        changes |= _put_targets(policy, values["targets"])
    if "steps" in values:
        changes |= _put_steps(policy, values["steps"])
    return changes


def _targets(policy: Policy, lines: Sequence[Mapping[str, Any]]) -> list[Line]:
    offered = set(Calendar.objects.filter(is_active=True).values_list("pk", flat=True))
    offered |= {target.calendar_id for target in policy.targets.all()} if policy.pk else set()
    found: dict[tuple[str, int | None], Line] = {}
    for line in lines:
        target = _target(policy, line, offered)
        key = (target["metric"], target["priority"])
        if key in found:
            raise ActionError(
                _("There are two targets for %(target)s.") % {"target": name_of(*key)},
                field="targets",
            )
        found[key] = target
    return list(found.values())


def _target(policy: Policy, line: Mapping[str, Any], offered: set[int]) -> Line:
    metric, level = line.get("metric"), line.get("priority")
    if metric not in Metric.values or agreement_of(metric) != policy.agreement:
        raise ActionError(_("This is not measured under this agreement."), field="targets")
    if level is not None and level not in priority.LEVELS:
        raise ActionError(_("There is no such priority."), field="targets")
    named = {"target": name_of(metric, level)}
    goal = line.get("goal")
    if type(goal) is not int or not 0 < goal <= hours.LONGEST_GOAL:
        raise ActionError(
            _("%(target)s: give a goal of at least a minute.") % named, field="targets"
        )
    calendar = getattr(line.get("calendar"), "pk", line.get("calendar"))
    if calendar not in offered:
        raise ActionError(_("%(target)s: choose the calendar.") % named, field="targets")
    warn_at = sorted(set(line["warn_at"] if "warn_at" in line else warn_points()))
    if len(warn_at) > MOST_WARNINGS or not all(
        type(point) is int and 0 < point < 100 for point in warn_at
    ):
        raise ActionError(
            _("%(target)s: warn points are whole percents below 100.") % named, field="targets"
        )
    return {
        "metric": str(metric),
        "priority": level,
        "goal": goal,
        "calendar": calendar,
        "warn_at": warn_at,
    }


def name_of(metric: str, level: int | None) -> str:
    """What a target is about, for messages."""
    name = str(Metric(metric).label)
    return f"{name} P{level}" if level else name


def _steps(policy: Policy, lines: Sequence[Mapping[str, Any]]) -> list[Line]:
    if len(lines) > MOST_STEPS:
        raise ActionError(
            _("A policy can have %(n)s steps at most.") % {"n": MOST_STEPS}, field="steps"
        )
    steps = [_step(policy, line) for line in lines]
    return sorted(steps, key=lambda step: step["percent"])


def _step(policy: Policy, line: Mapping[str, Any]) -> Line:
    percent = line.get("percent")
    if type(percent) is not int or not 1 <= percent <= 100:
        raise ActionError(_("A step is at 1 to 100 percent of the target."), field="steps")
    metrics = sorted(set(line.get("metrics") or ()))
    if any(m not in Metric.values or agreement_of(m) != policy.agreement for m in metrics):
        raise ActionError(_("This is not measured under this agreement."), field="steps")
    every, times = line.get("repeat_minutes") or 0, line.get("repeat_limit") or 0
    if times and (percent != 100 or not every):
        raise ActionError(
            _("Only a step at 100 percent can be repeated, every so many minutes."), field="steps"
        )
    if not 0 <= times <= MOST_REPEATS or not 0 <= every <= LONGEST_PAUSE:
        raise ActionError(
            _("A step is repeated %(n)s times at most.") % {"n": MOST_REPEATS}, field="steps"
        )
    actions = [_action(each) for each in line.get("actions") or ()]
    if not actions:
        raise ActionError(_("Say what is done at %(n)s percent.") % {"n": percent}, field="steps")
    return {
        "metrics": metrics,
        "percent": percent,
        "repeat_minutes": every if times else 0,
        "repeat_limit": times,
        "actions": actions,
    }


def _action(action: Mapping[str, Any]) -> Line:
    does = action.get("do")
    if does not in DOES:
        raise ActionError(_("There is no such escalation."), field="steps")
    if does == "notify":
        return _notice(action)
    if does == "reassign":
        team = action.get("team")
        if type(team) is not int or not Team.objects.filter(pk=team, is_active=True).exists():
            raise ActionError(_("Choose the team that takes over."), field="steps")
        return {"do": does, "team": team}
    if does == "webhook":
        if type(action.get("webhook")) is not int:
            raise ActionError(_("Choose the webhook."), field="steps")
        return {"do": does, "webhook": action["webhook"]}
    return {"do": does}


def _notice(action: Mapping[str, Any]) -> Line:
    who = [name for name in WHO if name in (action.get("who") or ())]
    people = sorted(set(action.get("people") or ()))
    if set(action.get("who") or ()) - set(WHO):
        raise ActionError(_("Choose one of the values offered."), field="steps")
    if User.objects.filter(pk__in=people, is_active=True).count() != len(people):
        raise ActionError(_("Somebody who is to be told is no longer active."), field="steps")
    if not who and not people:
        raise ActionError(_("Say who is to be told."), field="steps")
    return {"do": "notify", "who": who} | ({"people": people} if people else {})


def _put_targets(policy: Policy, lines: Sequence[Line]) -> audit.Changes:
    rows = {(row.metric, row.priority): row for row in policy.targets.all()}
    before = sorted(words(_line_of(row)) for row in rows.values())
    for line in lines:
        row = rows.pop((line["metric"], line["priority"]), None) or Target(policy=policy)
        if row.pk is None or _line_of(row) != line:
            row.metric, row.priority, row.goal = line["metric"], line["priority"], line["goal"]
            row.calendar_id, row.warn_at = line["calendar"], line["warn_at"]
            row.save()
    Target.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()
    after = sorted(words(line) for line in lines)
    return {"targets": _only_different(before, after)} if before != after else {}


def _line_of(row: Target) -> Line:
    return {
        "metric": row.metric,
        "priority": row.priority,
        "goal": row.goal,
        "calendar": row.calendar_id,
        "warn_at": list(row.warn_at),
    }


def _put_steps(policy: Policy, lines: Sequence[Line]) -> audit.Changes:
    rows = sorted(policy.steps.all(), key=lambda row: (row.percent, row.pk))
    names = ("metrics", "percent", "repeat_minutes", "repeat_limit", "actions")
    kept = [{name: getattr(row, name) for name in names} for row in rows]
    wanted = [{name: line[name] for name in names} for line in lines]
    if kept == wanted:
        return {}
    policy.steps.all().delete()
    Step.objects.bulk_create(Step(policy=policy, **line) for line in wanted)
    return {
        "steps": _only_different(
            [step_words(line) for line in kept], [step_words(line) for line in wanted]
        )
    }


def _only_different(before: list[str], after: list[str]) -> list[Any]:
    return [
        [line for line in before if line not in after],
        [line for line in after if line not in before],
    ]


def words(line: Mapping[str, Any]) -> str:
    """A target as the audit log keeps it."""
    level = f" P{line['priority']}" if line["priority"] else ""
    warnings = ",".join(map(str, line["warn_at"]))
    goal = hours.write_goal(line["goal"])
    return f"{line['metric']}{level}: {goal} (#{line['calendar']}; {warnings} %)"


def step_words(line: Mapping[str, Any]) -> str:
    """A step as the audit log keeps it."""
    does = "; ".join(
        " ".join([each["do"], *map(str, each.get("who", ())), *_keys(each)])
        for each in line["actions"]
    )
    repeat = f" +{line['repeat_limit']}×{line['repeat_minutes']}m" if line["repeat_limit"] else ""
    return f"{line['percent']} %{repeat} {','.join(line['metrics'])}: {does}"


def _keys(action: Mapping[str, Any]) -> list[str]:
    keys = [*action.get("people", ()), action.get("team"), action.get("webhook")]
    return [f"#{key}" for key in keys if key is not None]
