"""Asking for an offering: its form is filled in over days and steps, then sent once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from catalog.actions.changes import resubmit
from catalog.actions.requests import submit
from catalog.definition import Definition, parse
from catalog.enums import FieldType
from catalog.models import Offering
from portal.actions.drafts import discard
from portal.actions.files import uploads
from portal.actions.once import once
from portal.asked import file_slot, mend_slot
from portal.queries.asking import resolved
from portal.queries.filled import beneficiary_of, kept, place_of, raw_answers, staged_names
from tickets.actions.attach import Upload
from tickets.enums import Channel
from tickets.models import Ticket


@transaction.atomic
def ask(
    offering: Offering,
    *,
    by: User,
    token: UUID | None,
    version: int | None,
    price_seen: str,
    requester: User | None = None,
    channel: str = Channel.PORTAL,
) -> Ticket:
    """Send the form that was checked, with its files; the draft is gone after.

    `requester`: who called, when the desk writes it down for them; `channel`: how they reached it.
    Sent twice with the same token it gives the request of the first time.
    """
    slot = place_of(offering, by, requester or by)

    def do() -> Ticket:
        definition = parse(offering.live.data if offering.live else {})
        typed = kept(slot, definition, by=by)
        names = staged_names(slot, by=by)
        return submit(
            offering,
            resolved(definition, raw_answers(definition, typed, names)),
            by=by,
            requester=requester,
            beneficiary=beneficiary_of(typed),
            version=version,
            price_seen=price_seen,
            files=_files(slot, definition, by),
            channel=channel,
        )

    ticket = once(token, by, do)
    discard(slot, by=by)
    return ticket


@transaction.atomic
def mend(
    ticket: Ticket,
    definition: Definition,
    answers: Mapping[str, Any],
    *,
    by: User,
    seen: int | None,
    token: UUID | None,
) -> Ticket:
    """Send a request again with its changed answers and files; the draft is gone after.

    `seen`: the record's version that the person had before them.
    """
    slot = mend_slot(ticket.number)

    def do() -> Ticket:
        files = _files(slot, definition, by)
        return resubmit(ticket, answers, by=by, seen=seen, files=files)

    sent = once(token, by, do)
    discard(slot, by=by)
    return sent


def _files(slot: str, definition: Definition, by: User) -> list[Upload]:
    """The files added to the questions of a form, in the order of its questions."""
    return [
        upload
        for field in definition.fields
        if field.type == FieldType.FILE
        for upload in uploads(file_slot(slot, field.key), by=by)
    ]
