"""What is sent of a policy: its conditions, targets and steps; and the record to match."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Department, Team
from cmdb.models import Contract, Service
from core.api.docs import NUMBER_PATTERN
from core.api.fields import Choice, Flag, Input, Instant, Reference, References, Text, Whole
from sla import hours
from sla.actions.lines import DOES, MOST_STEPS, WHO
from sla.api.fields import MOST_TAGS, OPTIONAL, Imagined
from sla.enums import Agreement, Metric, OnChange, OnReopen
from sla.models import Calendar
from tickets import priority

MOST_TARGETS = 100
MOST = 50
FURTHEST = 1000


def _list(child: Any, most: int = MOST, **kwargs: Any) -> Any:
    return serializers.ListField(child=child, required=False, max_length=most, **kwargs)


class PolicyAddingTarget(Input):
    """The goal of a metric, for one priority or for all that have none of their own."""

    metric = Choice(Metric.values)
    priority = Choice(list(priority.LEVELS), required=False, allow_null=True)
    goal = Whole(min_value=1, max_value=hours.LONGEST_GOAL, help_text="Working seconds.")
    calendar = Reference(Calendar, key="key", help_text="Id or key.")
    warn_at = _list(Whole(max_value=99), help_text="Percents; else 50, 75, 90.")


class PolicyAddingDeed(Input):
    """What is done. `who` and `people` with notify, `team` with reassign, `webhook` with it."""

    do = Choice(DOES)
    who = _list(Choice(WHO))
    people = _list(Whole(), help_text="Ids.")
    team = Whole(required=False, help_text="Id.")
    webhook = Whole(required=False, help_text="Id.")


class PolicyAddingStep(Input):
    """What happens at a share of a target; 100 is the breach."""

    percent = Whole(min_value=1, max_value=100)
    metrics = _list(Choice(Metric.values), help_text="Else all of the policy.")
    repeat_minutes = Whole(required=False, max_value=10**6, help_text="Of working time.")
    repeat_limit = Whole(required=False, max_value=1000)
    actions = serializers.ListField(child=PolicyAddingDeed(), max_length=MOST)


class _Policy(Input):
    name_ko = Text(**OPTIONAL, max_length=120)
    name_en = Text(**OPTIONAL, max_length=120)
    note = Text(**OPTIONAL, max_length=4000)
    is_active = Flag(required=False)
    kinds = _list(Text(max_length=20), help_text="Such as incident; empty: any.")
    priorities = _list(Choice(list(priority.LEVELS)))
    tags = _list(Text(max_length=40), MOST_TAGS)
    services = References(Service, key="slug", required=False, help_text="Ids or slugs.")
    offerings = _list(Whole(), help_text="Ids; only requests for one of these.")
    departments = References(
        Department, key="name_en", required=False,
        help_text="Ids, or English names that only one has.",
    )  # fmt: skip
    teams = References(Team, key="slug", required=False, help_text="Ids or slugs.")
    vip = Flag(required=False, allow_null=True, help_text="Null: either.")
    security = Flag(required=False, allow_null=True, help_text="Null: either.")
    contract = Reference(
        Contract, key="number", required=False, allow_null=True,
        help_text="Id or number; only of an underpinning contract.",
    )  # fmt: skip
    applies_from = Instant(required=False, allow_null=True, help_text="Records opened since.")
    on_change = Choice(OnChange.values, required=False)
    on_reopen = Choice(OnReopen.values, required=False)
    targets = _list(PolicyAddingTarget(), MOST_TARGETS, help_text="All it shall have.")
    steps = _list(PolicyAddingStep(), MOST_STEPS, help_text="All it shall have.")


class PolicyAdding(_Policy):
    """One of the two names is needed. It comes before those without a condition."""

    agreement = Choice(Agreement.values, required=False, help_text="Else sla.")


class PolicyChanging(_Policy):
    seen = Text(required=False, max_length=40, help_text="The `version` read; 409 if outdated.")
    move = serializers.IntegerField(
        required=False, min_value=-FURTHEST, max_value=FURTHEST,
        help_text="So many places down in its list; negative: up. The first that fits counts.",
    )  # fmt: skip


class PolicyMatching(Imagined):
    """A record by its `number`, or one described by the other fields."""

    number = Text(required=False, max_length=30)
    draft = Flag(required=False, help_text="true: as edited now; else as published last.")

    def validate_number(self, value: str) -> str:
        return str(serializers.RegexField(f"^{NUMBER_PATTERN}$").run_validation(value))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "number" in attrs and attrs.keys() - {"number", "draft"}:
            raise serializers.ValidationError(
                {"number": [_("Give the number of a record, or describe one; not both.")]}
            )
        return attrs
