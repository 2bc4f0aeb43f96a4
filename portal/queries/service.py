"""One service as the people who use it read it."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.wording import price_words
from cmdb.enums import CostPeriod
from cmdb.models import Service
from cmdb.queries.services import live
from core.errors import NotFound
from core.markdown import render
from knowledge.search import Hit, alike
from portal.queries import agreed, catalogue
from portal.queries.catalogue import Card
from portal.queries.status import Component, Maintenance, Page
from surveys.queries.feedback import service_rating

ARTICLES = 6


@dataclass(frozen=True)
class Facts:
    """Everything of the page. `rating`: the average, None while too few have said something."""

    service: Service
    description: SafeString
    policy: SafeString
    now: Component
    ahead: list[Maintenance]
    outages: list[Any]
    promises: list[tuple[str, str]]
    uptimes: list[agreed.Uptime]
    cost: str
    offerings: list[Card]
    articles: list[Hit]
    rating: float | None
    ratings: int


def service_page(user: User, slug: str) -> Facts:
    """A live service with what there is to know of it. NotFound for any other."""
    service = live().filter(slug=slug).first()
    if service is None:
        raise NotFound(_("There is no such service."))
    now = timezone.now()
    status = Page(user, now, only=service)
    rating, ratings = service_rating([service.pk]).get(service.pk, (None, 0))
    return Facts(
        service=service,
        description=render(service.description, shift=2),
        policy=render(service.support_policy, shift=2),
        now=status.components[0],
        ahead=status.maintenance[:3],
        outages=[one for one in status.notices if one.service_id == service.pk],
        promises=agreed.promises(service, user, now),
        uptimes=agreed.uptimes(service, now),
        cost=cost_words(service),
        offerings=catalogue.ordered(catalogue.cards(user, service=service), "asked"),
        articles=alike(user, "", service=service, limit=ARTICLES),
        rating=rating,
        ratings=ratings,
    )


def cost_words(service: Service) -> str:
    """The price of one unit, and how often; empty where nothing is said."""
    if service.cost_amount is None:
        return ""
    words = price_words(service.cost_amount, service.cost_currency, "")
    if not service.cost_amount:
        return words
    if service.cost_period != CostPeriod.ONCE:
        words = f"{words} {CostPeriod(service.cost_period).label}"
    if service.cost_unit:
        return _("%(price)s for each: %(unit)s") % {"price": words, "unit": service.cost_unit}
    return words
