"""How lists of records can be narrowed."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.api.filters import (
    Filters,
    IdsFilter,
    MomentFilter,
    TextFilter,
    WordsFilter,
    YesNoFilter,
)
from core.states import Phase
from core.wording import as_typed
from tickets import kinds
from tickets.api.answers import statuses
from tickets.enums import Channel, LinkType
from tickets.filters import SLA, promised
from tickets.models import Link, Ticket
from tickets.numbering import candidates


class CategoryFilter(IdsFilter):
    """A category with those below it."""

    def condition(self, ids: set[int]) -> Q:
        return Q(category_id__in=ids) | Q(category__parent_id__in=ids)


class PromiseFilter(WordsFilter):
    """By what service levels say of the open records."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return qs.filter(promised(value)) if value else qs


class TicketFilters(Filters):
    """Several conditions are joined by “and”, the values of one by “or”."""

    kind = WordsFilter("kind", offered=lambda: [kind.key for kind in kinds.all_kinds()])
    status = WordsFilter("status", offered=statuses)
    phase = WordsFilter("phase", offered=lambda: [phase.value for phase in Phase])
    priority = WordsFilter("priority", offered=lambda: range(1, 6))
    sla = PromiseFilter(
        offered=lambda: SLA,
        about="Open records by their nearest target; today: still to come before midnight.",
    )
    channel = WordsFilter("channel", offered=lambda: Channel.values)
    team = IdsFilter("team_id")
    assignee = IdsFilter("assignee_id", specials=("me", "none"))
    requester = IdsFilter("requester_id", specials=("me",))
    opened_by = IdsFilter("opened_by_id", specials=("me",))
    service = IdsFilter("service_id", specials=("none",))
    category = CategoryFilter("category_id", specials=("none",), about="Those below it too.")
    tag = TextFilter(method="with_tag")
    restricted = YesNoFilter("restricted")
    has_parent = YesNoFilter(method="with_parent")
    opened_after = MomentFilter("opened_at", lookup_expr="gte", about="From this instant on.")
    opened_before = MomentFilter("opened_at", lookup_expr="lt")
    updated_after = MomentFilter("updated_at", lookup_expr="gte", about="From this instant on.")
    updated_before = MomentFilter("updated_at", lookup_expr="lt")
    resolved_after = MomentFilter("resolved_at", lookup_expr="gte", about="From this instant on.")
    resolved_before = MomentFilter("resolved_at", lookup_expr="lt")
    q = TextFilter(
        method="matching",
        about="Its number, or words of title and description; see /search/ for more.",
    )

    class Meta:
        model = Ticket
        fields: list[str] = []

    def with_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(tags__contains=[value])

    def with_parent(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        above = Exists(Link.objects.filter(target=OuterRef("pk"), type=LinkType.PARENT_OF))
        return rows.filter(above if value else ~above)

    def matching(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        found = Q()
        for word in as_typed(value):
            found &= word.within("title", "description")
        numbers = candidates(value)
        return rows.filter(found | Q(number__in=numbers) if numbers else found)
