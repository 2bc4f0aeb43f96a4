"""The catalog as its reader sees it: what they may ask for, as cards of ready-made words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import BooleanField, F, Func, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.reach import reach_of
from catalog.access import OFFERED, departments_of, teams_of
from catalog.audience import may_ask
from catalog.definition import DEFAULT_CURRENCY
from catalog.models import Favourite, Offering, Shelf, Use
from catalog.wording import price_words
from core import fuzzy
from core.models import pick
from portal.enums import Sort

ON_SHELF = 6
# What a name weighs beside the words people use for it, and its one sentence.
NAME, SYNONYMS, SUMMARY = 3.0, 2.5, 1.2
# An option that costs something: the price on the card is then the lowest.
_PRICED = (
    "$.form.sections[*].fields[*].options[*].price ? "
    '((@.type() == "string" && @ like_regex "[1-9]") || (@.type() == "number" && @ > 0))'
)
_COLUMNS = (
    "id", "slug", "name_ko", "name_en", "summary_ko", "summary_en", "synonyms", "icon",
    "shelf_id", "service_id", "audience", "asked_count", "days", "policy", "price", "priced",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One offering. `delivery`: empty where nothing is promised; `favourite_at`: its place."""

    id: int
    slug: str
    url: str
    name: str
    summary: str
    icon: str
    shelf_id: int
    service_id: int | None
    delivery: str
    price: str
    is_free: bool
    needs_approval: bool
    asked: int
    favourite_at: int | None
    found_by: tuple[tuple[str, float], ...]

    @property
    def is_favourite(self) -> bool:
        return self.favourite_at is not None


@dataclass(frozen=True)
class Heading:
    """A shelf with what stands on it, and the shelves below. `count`: cards of both levels."""

    slug: str
    name: str
    icon: str
    cards: Sequence[Card]
    below: "Sequence[Heading]"
    count: int

    @property
    def first(self) -> list[Card]:
        """What of both levels is shown where all shelves are."""
        both = [*self.cards, *(card for one in self.below for card in one.cards)]
        return both[:ON_SHELF]


def cards(user: User, **conditions: Any) -> list[Card]:
    """What the person may ask for, in the catalog's order. Three queries at most."""
    rows = Offering.objects.filter(OFFERED, shelf__is_active=True, **conditions).annotate(
        days=F("live__data__delivery_days"),
        policy=F("live__data__approval__policy"),
        price=F("live__data__price"),
        priced=Func(
            F("live__data"),
            Value(_PRICED),
            template="%(function)s(%(expressions)s::jsonpath)",
            function="jsonb_path_exists",
            output_field=BooleanField(),
        ),
    )
    reach, above, joined = reach_of(user), departments_of(user), teams_of(user)
    kept = favourites(user)
    return [
        _card(row, kept)
        for row in rows.order_by("shelf__position", "position", "id").values(*_COLUMNS)
        if may_ask(row["audience"], reach, above, joined)
    ]


def favourites(user: User) -> dict[int, int]:
    """{offering: its place}, the one that was kept first at the front."""
    ids = Favourite.objects.filter(user=user).order_by("created_at", "id")
    return {pk: place for place, pk in enumerate(ids.values_list("offering_id", flat=True))}


def at_hand(user: User, found: Sequence[Card], most: int) -> list[Card]:
    """The tiles of the home page: favourites, what the department asks for most, then everybody."""
    by_department: dict[int, int] = {}
    if user.department_id is not None:
        uses = Use.objects.filter(department_id=user.department_id, count__gt=0)
        by_department = dict(uses.order_by("-count").values_list("offering_id", "count")[:100])

    def place(card: Card) -> tuple[Any, ...]:
        first = len(found) if card.favourite_at is None else card.favourite_at
        return (first, -by_department.get(card.id, 0), -card.asked)

    return sorted(found, key=place)[:most]


def shelves(found: Iterable[Card], sort: str = Sort.ASKED) -> list[Heading]:
    """The shelves that hold something for the reader, two levels deep. One query."""
    on: dict[int, list[Card]] = defaultdict(list)
    for card in found:
        on[card.shelf_id].append(card)
    rows = list(Shelf.objects.filter(is_active=True).order_by("position", "id"))
    by_parent: dict[int | None, list[Shelf]] = defaultdict(list)
    known = {shelf.pk: shelf for shelf in rows}
    for shelf in rows:
        by_parent[shelf.parent_id if shelf.parent_id in known else None].append(shelf)

    def heading(shelf: Shelf, level: int) -> Heading:
        below = [heading(child, level + 1) for child in by_parent[shelf.pk]] if level < 2 else []
        below = [one for one in below if one.count]
        own = ordered(on[shelf.pk] + _deeper(shelf, by_parent, on, level), sort)
        total = len(own) + sum(one.count for one in below)
        return Heading(shelf.slug, shelf.name, shelf.icon, own, below, total)

    found_shelves = [heading(shelf, 1) for shelf in by_parent[None]]
    return [one for one in found_shelves if one.count]


def _deeper(
    shelf: Shelf, by_parent: dict[int | None, list[Shelf]], on: dict[int, list[Card]], level: int
) -> list[Card]:
    """What stands below the second level is shown on it."""
    if level < 2:
        return []
    found: list[Card] = []
    for child in by_parent[shelf.pk]:
        found += on[child.pk] + _deeper(child, by_parent, on, level + 1)
    return found


def ordered(found: Iterable[Card], sort: str) -> list[Card]:
    """By how often each is asked for, or by name."""
    if sort == Sort.NAME:
        return sorted(found, key=lambda card: card.name.casefold())
    return sorted(found, key=lambda card: -card.asked)


def find(found: Sequence[Card], text: str, most: int) -> list[Card]:
    """The cards that match what is typed, best first, however it is spelt."""
    known = {card.id: card for card in found}
    documents = [fuzzy.Document(card.id, card.found_by) for card in found]
    return [known[key] for key, _score in fuzzy.rank(text, documents)[:most]]


def _card(row: dict[str, Any], kept: dict[int, int]) -> Card:
    price = row["price"] if isinstance(row["price"], dict) else {}
    amount = _amount(price.get("amount"))
    words = price_words(
        amount, str(price.get("currency") or DEFAULT_CURRENCY), str(price.get("period") or "")
    )
    if row["priced"]:
        words = _("from %(price)s") % {"price": words} if amount else _("depends on your choice")
    return Card(
        id=row["id"],
        slug=row["slug"],
        url=reverse("portal:request", args=[row["slug"]]),
        name=pick(row["name_ko"], row["name_en"]),
        summary=pick(row["summary_ko"], row["summary_en"]),
        icon=row["icon"],
        shelf_id=row["shelf_id"],
        service_id=row["service_id"],
        delivery=delivery_words(row["days"]),
        price=words,
        is_free=not amount and not row["priced"],
        needs_approval=row["policy"] is not None,
        asked=row["asked_count"],
        favourite_at=kept.get(row["id"]),
        found_by=(
            (row["name_ko"], NAME),
            (row["name_en"], NAME),
            (row["synonyms"], SYNONYMS),
            (row["summary_ko"], SUMMARY),
            (row["summary_en"], SUMMARY),
        ),
    )


def delivery_words(days: Any) -> str:
    """Within how many working days; empty where the offering promises nothing."""
    if not isinstance(days, int) or days < 1:
        return ""
    return ngettext("within %(n)d working day", "within %(n)d working days", days) % {"n": days}


def _amount(said: Any) -> Decimal:
    try:
        amount = Decimal(str(said or 0))
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() else Decimal(0)


def on_shelf(found: Sequence[Heading], slug: str) -> Heading | None:
    """The shelf of that name among those shown, on either level."""
    both = [one for heading in found for one in (heading, *heading.below)]
    return next((one for one in both if one.slug == slug), None)
