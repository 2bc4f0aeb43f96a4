"""The schema of what the API answers about records; the answers themselves are plain dicts.

Where a field is called like an attribute of DRF's own, its metaclass takes it out of the class.
"""

from typing import Any

from rest_framework import serializers

from core.api.shapes import Named
from core.states import Phase
from tickets import kinds
from tickets.api import own
from tickets.enums import Channel, LinkType, TaskState, Verb, Visibility

Base = serializers.Serializer


def statuses() -> list[str]:
    """Every status of every kind, once."""
    return list(
        dict.fromkeys(state.key for kind in kinds.all_kinds() for state in kind.machine.states)
    )


class TicketSummary(Base[Any]):
    """A record as lists show it. What is not required is told to the desk only."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.key for kind in kinds.all_kinds()])
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=statuses())
    status_label = serializers.CharField()
    phase = serializers.ChoiceField(choices=[phase.value for phase in Phase])
    impact = serializers.IntegerField(min_value=1, max_value=3)
    urgency = serializers.IntegerField(min_value=1, max_value=3)
    priority = serializers.IntegerField(min_value=1, max_value=5)
    channel = serializers.ChoiceField(choices=Channel.values)
    requester = Named()
    opened_by = Named()
    team = Named()
    assignee = Named(allow_null=True)
    service = Named(allow_null=True)
    category = Named(allow_null=True)
    pending_reason = Named(allow_null=True)
    resume_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    responded_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopen_count = serializers.IntegerField()
    version = serializers.IntegerField()
    url = serializers.CharField(help_text="Where the API answers for it, own fields included.")
    web_url = serializers.CharField(help_text="The page people open.")
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    restricted = serializers.BooleanField(required=False)
    priority_overridden = serializers.BooleanField(required=False)
    reassign_count = serializers.IntegerField(required=False)
    requester_waits = serializers.BooleanField(required=False)


class Ticket(TicketSummary):
    """A record with the fields that all kinds share."""

    description = serializers.CharField(allow_blank=True)
    parent = serializers.CharField(allow_null=True, help_text="Number of the record above.")  # type: ignore[assignment]
    merged_into = serializers.CharField(
        allow_null=True, help_text="Number of the record that a merged one goes on in."
    )
    items = Named(many=True, required=False)
    field_versions = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How often each was changed."
    )


def of_kind(kind: kinds.Kind) -> type[Ticket]:
    """The schema of one kind's record."""
    fields = own.outputs(kind)
    about = {"__doc__": "A record with the fields of its kind."}
    return type(kind.key.title(), (Ticket,), {**about, **fields})


class TransitionField(Base[Any]):
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]


class Transition(Base[Any]):
    """A step the reader may take now."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    target = serializers.ChoiceField(choices=statuses())
    target_label = serializers.CharField()
    fields = TransitionField(many=True)  # type: ignore[assignment]


class Transitions(Base[Any]):
    results = Transition(many=True)


class Comment(Base[Any]):
    id = serializers.IntegerField()
    ticket = serializers.CharField(help_text="Differs when an answer opened a follow-up.")
    author = Named()
    body = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.values)
    channel = serializers.ChoiceField(choices=Channel.values)
    by_requester = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class Attachment(Base[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    content_type = serializers.CharField(help_text="What its bytes show.")
    sha256 = serializers.CharField()
    visibility = serializers.ChoiceField(choices=Visibility.values)
    comment = serializers.IntegerField(allow_null=True)
    uploaded_by = Named()
    created_at = serializers.DateTimeField()
    url = serializers.CharField(help_text="Download it here.")


class LinkedTicket(Base[Any]):
    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=statuses())
    phase = serializers.ChoiceField(choices=[phase.value for phase in Phase])


class Link(Base[Any]):
    id = serializers.IntegerField()
    type = serializers.ChoiceField(choices=[one.value for one in LinkType])
    inverse = serializers.BooleanField(help_text="Read from the other end.")
    label = serializers.CharField()  # type: ignore[assignment]
    ticket = LinkedTicket()
    created_at = serializers.DateTimeField()


class Links(Base[Any]):
    results = Link(many=True)


class Task(Base[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=TaskState.values)
    team = Named(allow_null=True)
    assignee = Named(allow_null=True)
    position = serializers.IntegerField()
    depends_on = serializers.ListField(child=serializers.CharField())
    planned_start = serializers.DateTimeField(allow_null=True)
    planned_end = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class Tasks(Base[Any]):
    results = Task(many=True)


class ChecklistLine(Base[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    position = serializers.IntegerField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = Named(allow_null=True)


class Checklist(Base[Any]):
    results = ChecklistLine(many=True)


class Watcher(Base[Any]):
    user = Named()
    added_at = serializers.DateTimeField()


class Watchers(Base[Any]):
    results = Watcher(many=True)


class Event(Base[Any]):
    """One entry of the append-only log. Values are ids, as they were stored."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.ChoiceField(choices=Verb.values)
    label = serializers.CharField()  # type: ignore[assignment]
    actor = Named(allow_null=True, help_text="null: Maru itself.")
    channel = serializers.ChoiceField(choices=Channel.values)
    comment = serializers.IntegerField(allow_null=True)
    changes = serializers.DictField(
        child=serializers.ListField(), help_text="Field → [old value, new value]."
    )
    data = serializers.DictField(help_text="What else belongs to it, by verb.")  # type: ignore[assignment]
    request_id = serializers.CharField(required=False)
