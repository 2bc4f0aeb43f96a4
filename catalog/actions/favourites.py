"""Offerings that somebody keeps at hand."""

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.access import can_ask
from catalog.models import Favourite, Offering
from core.errors import NotFound


def keep(offering: Offering, *, by: User) -> None:
    """Keep it among the person's favourites; once is enough. Only what they may ask for."""
    if not can_ask(by, offering):
        raise NotFound(_("There is no such offering."))
    Favourite.objects.bulk_create([Favourite(user=by, offering=offering)], ignore_conflicts=True)


def drop(offering: Offering, *, by: User) -> None:
    """Keep it there no longer."""
    Favourite.objects.filter(user=by, offering=offering).delete()
