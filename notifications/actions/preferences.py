"""What a person wants to be told, through which channel, and of which record nothing more."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from notifications.enums import Level
from notifications.models import Mute, Preference
from notifications.queries import matrix
from tickets import access
from tickets.models import Ticket


@transaction.atomic
def set_preferences(wanted: Mapping[str, Level], *, by: User) -> None:
    """Keep the person's answers, by Choice.name; those equal to the default need no row."""
    Preference.objects.filter(user=by).delete()
    rows = []
    for _what, choices in matrix(by):
        for choice in choices:
            level = wanted.get(choice.name, choice.default)
            if level != choice.default and level in choice.levels:
                rows.append(
                    Preference(user=by, what=choice.what, channel=choice.channel, level=level)
                )
    Preference.objects.bulk_create(rows)


def reset_preferences(*, by: User) -> None:
    """Back to the defaults of the person's roles."""
    Preference.objects.filter(user=by).delete()


def mute(ticket: Ticket, *, by: User) -> None:
    """Hear nothing more of a record, except when it is about oneself."""
    access.require(by, "view", ticket)
    Mute.objects.get_or_create(user=by, ticket=ticket)


def unmute(ticket: Ticket, *, by: User) -> None:
    """Hear of a record again."""
    access.require(by, "view", ticket)
    Mute.objects.filter(user=by, ticket=ticket).delete()
