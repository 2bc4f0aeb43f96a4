"""A request out of an offering: the record and its own row."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, override

from accounts.models import Department, Team, User
from catalog.definition import Definition, parse, shown
from catalog.enums import FieldType
from catalog.models import Offering, OfferingVersion, Use
from catalog.pricing import quote
from cmdb.models import ConfigurationItem
from tickets.actions import open as opening
from tickets.actions import watch
from tickets.models import Ticket


@transaction.atomic
def make(
    offering: Offering,
    version: OfferingVersion,
    answers: Mapping[str, Any],
    *,
    by: User,
    requester: User,
    beneficiary: User | None,
    channel: str = "",
) -> Ticket:
    """Open the record of a request whose answers are checked.

    Effects in order: record and row with what it is made with, its answers and price; items that
    the answers name are linked; the person it is for follows it; its use is counted for their
    department.
    """
    definition = parse(version.data)
    today = timezone.localdate()
    price = quote(definition, answers, today)
    other = beneficiary if beneficiary is not None and beneficiary.pk != requester.pk else None
    ticket = opening.create(
        "request",
        by=by,
        title=_title(definition, offering, requester, other),
        description="",
        requester=requester,
        impact=definition.impact,
        urgency=definition.urgency,
        service=offering.service,
        category=None,
        team=Team.objects.filter(pk=definition.team or 0, is_active=True).first(),
        items=_items(definition, answers),
        channel=channel,
        detail={
            "offering": offering,
            "made_with": version,
            "beneficiary": other,
            "answers": dict(answers),
            "amount": price.amount or None,
            "currency": price.currency if price.amount else "",
            "period": price.period if price.amount else "",
        },
    )
    if other is not None:
        watch(ticket, other, by=None)
    _count(offering, (other or requester).department)
    return ticket


def _title(definition: Definition, offering: Offering, requester: User, other: User | None) -> str:
    """In the requester's language, whoever decides on it or opens it for them."""
    with override(requester.language or get_language()):
        name = str(definition.name) or offering.name
        return f"{name[:180]} – {other.name}" if other else name[:250]


def _items(definition: Definition, answers: Mapping[str, Any]) -> Sequence[ConfigurationItem]:
    asked = shown(definition, answers, timezone.localdate())
    wanted = {
        asked[field.key]
        for field in definition.fields
        if field.type == FieldType.ITEM and isinstance(asked.get(field.key), int)
    }
    return list(ConfigurationItem.objects.filter(pk__in=wanted)) if wanted else []


def _count(offering: Offering, department: Department | None) -> None:
    Offering.objects.filter(pk=offering.pk).update(asked_count=F("asked_count") + 1)
    if department is not None:
        Use.objects.get_or_create(department=department, offering=offering)
        Use.objects.filter(department=department, offering=offering).update(count=F("count") + 1)
