"""What requests on records may contain. They parse; what is allowed, the actions say."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from accounts.models import Team, User
from accounts.reach import reach_of
from cmdb.enums import ServiceStatus
from cmdb.models import ConfigurationItem, Service
from core.api.fields import (
    Choice,
    Flag,
    Input,
    Instant,
    Reference,
    References,
    Text,
    Whole,
)
from tickets import kinds
from tickets.actions.checks import LONGEST_TEXT, MOST_TAGS
from tickets.api import own
from tickets.enums import LinkType, TaskState, Visibility
from tickets.kinds import Kind
from tickets.models import Category, Task

LEVELS = [1, 2, 3]
FREE: dict[str, Any] = {"required": False, "allow_blank": True, "max_length": LONGEST_TEXT}


class Person(Reference):
    """Somebody by id. The desk may also say their e-mail address; others only know their own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User, key="email", **kwargs)

    def find(self, given: list[Any]) -> list[Any]:
        by = self.context["by"]
        if not isinstance(given[0], str):
            return super().find(given)
        address = given[0].lower()
        if not reach_of(by).opens_desk and address != by.email.lower():
            self.fail("unknown")
        return super().find([address])


def _service(**kwargs: Any) -> Reference:
    offered = ~Q(status=ServiceStatus.RETIRED)
    return Reference(Service, key="slug", offered=offered, help_text="Id or slug.", **kwargs)


def _team(**kwargs: Any) -> Reference:
    return Reference(Team, key="slug", help_text="Id or slug.", **kwargs)


def _category(**kwargs: Any) -> Reference:
    return Reference(Category, key="key", offered=own.OFFERED, help_text="Id or key.", **kwargs)


def _tags() -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=40), max_length=MOST_TAGS, required=False, help_text="Without “#”."
    )


class Shared(Input):
    """Fields of every kind that can be given when opening and changed later."""

    description = Text(**FREE)
    impact = Choice(LEVELS, required=False, help_text="1 high, 2 medium, 3 low.")
    urgency = Choice(LEVELS, required=False, help_text="1 high, 2 medium, 3 low.")
    service = _service(required=False, allow_null=True)
    category = _category(required=False, allow_null=True)
    requester = Person(required=False, help_text="Id, or e-mail address for the desk.")
    items = References(ConfigurationItem, key="name", required=False, help_text="Ids or names.")
    tags = _tags()


class Opening(Shared):
    """A new record. Only the desk may name another requester, team, assignee or restrict it."""

    title = Text(max_length=250)
    team = _team(required=False)
    assignee = Person(required=False, help_text="Id or e-mail address.")
    restricted = Flag(required=False, help_text="Only its team and the people it names see it.")


class OpeningAny(Opening):
    """A new record of the kind named, with the fields that all kinds share."""

    kind = Choice([kind.key for kind in kinds.all_kinds()])


class Editing(Shared):
    """The fields to change. `field_versions`: those you read, so that nobody's change is lost."""

    title = Text(max_length=250, required=False)
    field_versions = serializers.DictField(
        child=Whole(),
        required=False,
        help_text="Field → version you saw. A field changed since answers 409 with both values.",
    )


class Assigning(Input):
    team = _team(required=False)
    assignee = Person(required=False, allow_null=True, help_text="null gives it back to the team.")
    reason = Text(**FREE, help_text="Needed when work in progress goes to another team.")


class Prioritising(Input):
    priority = Choice([1, 2, 3, 4, 5], allow_null=True, help_text="null: back to the matrix.")
    reason = Text(max_length=2000)


class Restricting(Input):
    restricted = Flag()


class FollowingUp(Input):
    body = Text(max_length=LONGEST_TEXT)


class Commenting(Input):
    """A public reply goes to the requester, an internal note stays on the desk."""

    body = Text(max_length=LONGEST_TEXT)
    visibility = Choice(Visibility.values, required=False, help_text="Default: public.")
    mentions = References(User, key="email", required=False, help_text="Ids of people to call in.")
    last_seen = Whole(
        required=False,
        help_text="The newest comment you read. 422 `crossed` when there is a newer one.",
    )


class Attaching(Input):
    """Sent as multipart/form-data."""

    file = serializers.FileField(max_length=400, allow_empty_file=True)
    visibility = serializers.ChoiceField(choices=Visibility.values, required=False)


class Merging(Input):
    """The record that goes on; this one is closed as its duplicate."""

    into = serializers.RegexField(r"^[A-Za-z]{2,5}-?[0-9]{1,15}\Z", help_text="INC-1042")


class Splitting(Input):
    """One public comment of the record; it stays where it is."""

    comment = Whole(min_value=1, help_text="Its id.")
    title = Text(max_length=250, required=False, help_text="Default: the record's own.")


class Linking(Input):
    """This record is … the other one; `inverse`: the other one is … this one."""

    type = Choice([one.value for one in LinkType])
    ticket = serializers.RegexField(r"^[A-Za-z]{2,5}-?[0-9]{1,15}\Z", help_text="INC-1042")
    inverse = Flag(required=False)


class Watching(Input):
    user = Person(help_text="Id, or e-mail address for the desk.")


class TaskFields(Input):
    description = Text(**FREE)
    team = _team(required=False, allow_null=True)
    assignee = Person(required=False, allow_null=True)
    planned_start = Instant(required=False, allow_null=True)
    planned_end = Instant(required=False, allow_null=True)


class AddingTask(TaskFields):
    title = Text(max_length=250)
    depends_on = References(Task, key="number", required=False, help_text="Ids or numbers.")


class ChangingTask(TaskFields):
    title = Text(max_length=250, required=False)
    state = Choice(TaskState.values, required=False)


class AddingLine(Input):
    text = Text(max_length=250)


class Ticking(Input):
    done = Flag()


def opening_form(kind: Kind) -> type[Opening]:
    """The body that opens a record of this kind."""
    fields = own.inputs(kind, own.opening(kind))
    return type(f"Open{kind.key.title()}", (Opening,), {"__doc__": Opening.__doc__, **fields})


def editing_form(kind: Kind) -> type[Editing]:
    fields = own.inputs(kind, own.editing(kind))
    return type(f"Edit{kind.key.title()}", (Editing,), {"__doc__": Editing.__doc__, **fields})
