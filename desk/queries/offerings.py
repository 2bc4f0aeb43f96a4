"""What a caller may ask for, as an agent finds it while they are on the phone."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from catalog.models import Offering
from catalog.queries.offered import find, offered_to
from core.models import pick

MOST = 30


@dataclass(frozen=True)
class Row:
    """One offering. `url`: its form, filled in for the caller."""

    url: str
    name: str
    summary: str
    icon: str
    shelf: str


def offerings(requester: User, text: str, *, by: User) -> list[Row]:
    """Those that the words mean, best first; without words those asked for most."""
    if text:
        found = find(requester, text, MOST)
    else:
        most_asked = offered_to(requester).select_related("shelf").order_by("-asked_count", "pk")
        found = list(most_asked[:MOST])
    caller = "" if requester == by else f"?requester={requester.pk}"
    return [_row(offering, caller) for offering in found]


def _row(offering: Offering, caller: str) -> Row:
    return Row(
        url=reverse("portal:request", args=[offering.slug]) + caller,
        name=offering.name,
        summary=pick(offering.summary_ko, offering.summary_en),
        icon=offering.icon,
        shelf=offering.shelf.name,
    )
