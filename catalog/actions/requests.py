"""Asking for something: the one way in, for the portal, the desk and the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from catalog.access import can_ask
from catalog.actions import deciding, making
from catalog.answers import Cleaned, clean
from catalog.definition import Definition, parse
from catalog.models import Offering, OfferingVersion
from catalog.pricing import Quote, quote, token
from catalog.queries.answered import known_for
from catalog.wording import price_words
from cmdb.enums import ServiceStatus
from core.errors import ActionError, NotAllowed, NotFound
from tickets import actions as kernel
from tickets.actions.attach import Upload
from tickets.models import Ticket


@transaction.atomic
def submit(
    offering: Offering,
    answers: Mapping[str, Any],
    *,
    by: User,
    requester: User | None = None,
    beneficiary: User | None = None,
    version: int | None = None,
    price_seen: str = "",
    files: Sequence[Upload] = (),
    channel: str = "",
) -> Ticket:
    """Ask for an offering.

    `requester`: who asks, when somebody of the desk writes it down for them. `beneficiary`: whom
    it is for, when not for themselves. `version`: the one whose form was filled in, `price_seen`:
    the token of the price that was shown; where either is another one now, what changed is said
    and nothing is made.
    Effects in order: the record with its answers; its files; approval asked for, or accepted.
    """
    requester = requester or by
    _check_people(by, requester, beneficiary)
    offering = Offering.objects.select_related("live", "service").get(pk=offering.pk)
    live = _offered(offering, requester)
    definition = parse(live.data)
    if beneficiary is not None and beneficiary.pk != requester.pk and not definition.for_others:
        raise ActionError(
            _("This can be asked for oneself only."), field="beneficiary", code="not_for_others"
        )
    _refuse_other_version(offering, live, version, answers)
    cleaned = checked(definition, answers, beneficiary or requester)
    _refuse_other_price(live, definition, cleaned, price_seen)
    ticket = making.make(
        offering,
        live,
        cleaned.values,
        by=by,
        requester=requester,
        beneficiary=beneficiary,
        channel=channel,
    )
    for upload in files:
        kernel.attach(ticket, upload, by=by)
    return deciding.set_off(ticket, by=by)


def checked(definition: Definition, answers: Mapping[str, Any], person: User) -> Cleaned:
    """The answers in their stored form; ActionError that names every question to mend."""
    cleaned = clean(
        definition,
        answers,
        today=timezone.localdate(),
        known=known_for(definition, answers),
        beneficiary_id=person.pk,
    )
    if cleaned.errors:
        raise ActionError(
            _("Some answers are missing or can't be used."), code="answers", errors=cleaned.errors
        )
    return cleaned


def _check_people(by: User, requester: User, beneficiary: User | None) -> None:
    if requester.pk != by.pk and not reach_of(by).works:
        raise NotAllowed(_("You can ask in your own name only."), field="requester")
    if not requester.is_active:
        raise ActionError(_("This person has left. Choose another requester."), field="requester")
    if beneficiary is not None and (not beneficiary.is_active or beneficiary.is_machine):
        raise ActionError(_("This person has left. Choose somebody else."), field="beneficiary")


def _offered(offering: Offering, requester: User) -> OfferingVersion:
    """The version that counts. What is not for the person does not exist for them."""
    live: OfferingVersion | None = offering.live
    if live is None or not can_ask(requester, offering):
        raise NotFound(_("There is no such offering."))
    retired = offering.service is not None and offering.service.status == ServiceStatus.RETIRED
    if not offering.is_active or retired:
        raise ActionError(
            _("“%(name)s” is no longer offered. Your answers are kept.") % {"name": offering.name},
            code="not_offered",
        )
    return live


def _refuse_other_version(
    offering: Offering, live: OfferingVersion, seen: int | None, answers: Mapping[str, Any]
) -> None:
    if seen is None or seen == live.pk:
        return
    before = OfferingVersion.objects.filter(pk=seen, offering=offering).first()
    parts = _changes(before, live, answers) if before is not None else []
    raise ActionError(
        " ".join(
            [
                _("“%(name)s” was changed meanwhile. Look through it and send it again.")
                % {"name": offering.name},
                *parts,
            ]
        ),
        code="version_changed",
        errors={},
    )


def _changes(
    before: OfferingVersion, live: OfferingVersion, answers: Mapping[str, Any]
) -> list[str]:
    """What is new, gone and dearer, in sentences."""
    old, new = parse(before.data), parse(live.data)
    parts = []
    added = [str(field.label) for field in new.fields if field.asks and not old.field(field.key)]
    gone = [str(field.label) for field in old.fields if field.asks and not new.field(field.key)]
    if added:
        parts.append(_("New: %(questions)s.") % {"questions": ", ".join(added)})
    if gone:
        parts.append(_("No longer asked: %(questions)s.") % {"questions": ", ".join(gone)})
    today = timezone.localdate()
    was, now = quote(old, answers, today), quote(new, answers, today)
    if (was.amount, was.currency, was.period) != (now.amount, now.currency, now.period):
        parts.append(_price_changed(was, now))
    return parts


def _refuse_other_price(
    live: OfferingVersion, definition: Definition, cleaned: Cleaned, seen: str
) -> None:
    """The price that was shown is the price: nobody agrees to another one by sending."""
    price = quote(definition, cleaned.values, timezone.localdate())
    if seen and seen != token(live.pk, price):
        raise ActionError(
            _("The price is now %(price)s. Look at it and send it again.")
            % {"price": price_words(price.amount, price.currency, price.period)},
            code="price_changed",
        )


def _price_changed(was: Quote, now: Quote) -> str:
    return _("The price was %(was)s and is now %(now)s.") % {
        "was": price_words(was.amount, was.currency, was.period),
        "now": price_words(now.amount, now.currency, now.period),
    }
