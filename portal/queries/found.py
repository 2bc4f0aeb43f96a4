"""What the portal's one search box finds: answers, things to ask for, services, own requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from cmdb.models import Service
from cmdb.queries.services import live
from core import fuzzy
from knowledge.search import Hit
from knowledge.search import find as find_articles
from portal.queries import catalogue, lists
from portal.queries.catalogue import Card
from portal.queries.lists import Row

# Shown of each group: while one types, and on the page of results.
FEW, MANY = 3, 20
SHORTEST = 2


@dataclass(frozen=True)
class Place:
    """A service, as a result."""

    url: str
    name: str
    summary: str


@dataclass(frozen=True)
class Found:
    """The groups of one search; `is_empty` when nothing at all was found."""

    articles: Sequence[Hit]
    offerings: Sequence[Card]
    services: Sequence[Place]
    requests: Sequence[Row]

    @property
    def count(self) -> int:
        return sum(map(len, (self.articles, self.offerings, self.services, self.requests)))

    @property
    def is_empty(self) -> bool:
        return not self.count


NOTHING = Found((), (), (), ())


def find(user: User, text: str, most: int = MANY) -> Found:
    """Everything the person may see that the words mean. The number of queries is fixed."""
    text = text.strip()
    if len(text) < SHORTEST:
        return NOTHING
    return Found(
        articles=find_articles(user, text, limit=most),
        offerings=catalogue.find(catalogue.cards(user), text, most),
        services=services(text, most),
        requests=lists.search(user, text, most),
    )


def services(text: str, most: int) -> list[Place]:
    """Live services by name, what they are for, and what people call them."""
    rows: dict[int, Service] = {row.pk: row for row in live()}
    ranked = fuzzy.rank(text, map(_document, rows.values()), least=1.0)
    return [_place(rows[key]) for key, _score in ranked[:most]]


def _document(service: Service) -> fuzzy.Document:
    fields: tuple[tuple[Any, float], ...] = (
        (service.name_ko, 3.0),
        (service.name_en, 3.0),
        (" ".join([*service.synonyms_ko, *service.synonyms_en, *service.tags]), 2.5),
        (service.summary_ko, 1.2),
        (service.summary_en, 1.2),
    )
    return fuzzy.Document(service.pk, fields)


def _place(service: Service) -> Place:
    return Place(reverse("portal:service", args=[service.slug]), service.name, service.summary)
