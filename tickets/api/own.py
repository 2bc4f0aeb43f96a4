"""A kind's own fields in the API, read from the registry: a new kind needs no line here."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from rest_framework import serializers

from core.api.fields import Flag, Input, Instant, Reference, Text
from core.api.shapes import Named
from core.models import pick
from tickets.actions.checks import LONGEST_TEXT
from tickets.kinds import Kind
from tickets.models import PendingReason

OFFERED = models.Q(is_active=True)
# Why it was needed is written for the desk; the requester reads the resolution itself.
DESK_ONLY = frozenset({"cause_category"})


class NamedChoice(Named):
    """A choice that also has a key for programs."""

    key = serializers.CharField()


def folder(kind: Kind) -> str:
    """The kind's part of the address: incident → incidents."""
    return f"{kind.key}s"


def _column(kind: Kind, name: str) -> Any:
    return kind.detail_model._meta.get_field(name)


def _asked_later(kind: Kind) -> set[str]:
    """The fields that a transition asks for: they are not given when opening."""
    return {name for move in kind.machine.transitions for name in move.detail}


def inputs(kind: Kind, names: Iterable[str]) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Input fields, none of them required: what must be there is the action's to say."""
    return {name: _input(_column(kind, name)) for name in names}


def _input(column: Any) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(column, models.BooleanField):
        return Flag(required=False)
    if isinstance(column, models.ForeignKey):
        return Reference(
            column.related_model,
            key="key",
            offered=OFFERED,
            required=False,
            allow_null=column.null,
            help_text="Id or key.",
        )
    return Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)


def opening(kind: Kind) -> list[str]:
    """Names of the own fields that can be given when opening."""
    later = _asked_later(kind)
    return [one.name for one in kind.details if one.editable and one.name not in later]


def editing(kind: Kind) -> list[str]:
    return [one.name for one in kind.details if one.editable]


def transition_form(several: Iterable[Kind], name: str) -> type[Input]:
    """The body that executes a transition of these kinds."""
    several = list(several)
    moves = [move for kind in several for move in kind.machine.transitions if not move.automatic]
    names = list(dict.fromkeys(move.name for move in moves))
    fields: dict[str, Any] = {
        "__doc__": "Which transition, and the data it asks for (see the GET of the same address).",
        "transition": serializers.ChoiceField(choices=names),
        "reason": Text(required=False, allow_blank=True, max_length=LONGEST_TEXT),
        "pending_reason": Reference(
            PendingReason, key="key", offered=OFFERED, required=False, help_text="Id or key."
        ),
        "resume_at": Instant(required=False, allow_null=True),
        "anyway": Flag(
            required=False, help_text="Go on although tasks or checklist lines are open."
        ),
        "children": Flag(required=False, help_text="Children follow, where their table allows it."),
    }
    for kind in several:
        fields |= inputs(kind, sorted(_asked_later(kind)))
    return type(name, (Input,), fields)


def outputs(kind: Kind) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The schema of the own fields in an answer."""
    return {one.name: _output(_column(kind, one.name)) for one in kind.details}


def _output(column: Any) -> serializers.Field[Any, Any, Any, Any]:
    required = column.name not in DESK_ONLY
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(required=required)
    if isinstance(column, models.ForeignKey):
        return NamedChoice(allow_null=True, required=required)
    return serializers.CharField(allow_blank=True, required=required)


def values(kind: Kind, pk: int, *, desk: bool) -> dict[str, Any]:
    """The own fields of one record; one query."""
    names = [one.name for one in kind.details if desk or one.name not in DESK_ONLY]
    related = [name for name in names if _column(kind, name).is_relation]
    columns = [f"{name}__{part}" for name in related for part in ("key", "name_ko", "name_en")]
    row = kind.detail_model.objects.values(*names, *columns).get(pk=pk)
    return {name: _choice(row, name) if name in related else row[name] for name in names}


def _choice(row: dict[str, Any], name: str) -> dict[str, Any] | None:
    if row[name] is None:
        return None
    shown = pick(row[f"{name}__name_ko"], row[f"{name}__name_en"])
    return {"id": row[name], "name": shown, "key": row[f"{name}__key"]}
