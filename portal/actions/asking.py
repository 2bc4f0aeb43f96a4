"""Asking for an offering: its form is filled in over days and steps, then sent once."""

from uuid import UUID

from django.db import transaction

from accounts.models import User
from catalog.actions.requests import submit
from catalog.definition import parse
from catalog.enums import FieldType
from catalog.models import Offering
from portal.actions.drafts import discard
from portal.actions.files import uploads
from portal.actions.once import once
from portal.asked import file_slot, slot_of
from portal.queries.asking import resolved
from portal.queries.filled import beneficiary_of, kept, raw_answers, staged_names
from tickets.enums import Channel
from tickets.models import Ticket


@transaction.atomic
def ask(
    offering: Offering, *, by: User, token: UUID | None, version: int | None, price_seen: str
) -> Ticket:
    """Send the form that was checked, with its files; the draft is gone after.

    Sent twice with the same token it gives the request of the first time.
    """

    def do() -> Ticket:
        definition = parse(offering.live.data if offering.live else {})
        typed = kept(offering, definition, by=by)
        names = staged_names(offering, by=by)
        files = [
            upload
            for field in definition.fields
            if field.type == FieldType.FILE
            for upload in uploads(file_slot(offering.pk, field.key), by=by)
        ]
        return submit(
            offering,
            resolved(definition, raw_answers(definition, typed, names)),
            by=by,
            beneficiary=beneficiary_of(typed),
            version=version,
            price_seen=price_seen,
            files=files,
            channel=Channel.PORTAL,
        )

    ticket = once(token, by, do)
    discard(slot_of(offering.pk), by=by)
    return ticket
