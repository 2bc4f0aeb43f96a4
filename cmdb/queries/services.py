"""Questions that other apps ask about services."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from cmdb.enums import ReviewState, ServiceStatus
from cmdb.models import Service
from cmdb.models.service import SOON

# Everything a page about one service shows comes in these joins.
RELATED = ("owner", "support_team", "contact_person", "reviewed_by")


def live() -> QuerySet[Service]:
    """The services that people can use now, by name; what the portal shows."""
    return Service.objects.filter(status=ServiceStatus.LIVE).select_related(*RELATED).order_by("id")


def matching(text: str) -> Q:
    """Services with these words in their names, summaries, synonyms or tags."""
    found = Q()
    for word in text.split():
        anywhere = Q()
        for name in ("name_ko", "name_en", "summary_ko", "summary_en"):
            anywhere |= Q(**{f"{name}__icontains": word})
        for name in ("synonyms_ko", "synonyms_en", "tags"):
            anywhere |= Q(**{f"{name}__icontains": word})
        found &= anywhere
    return found


def review_filter(state: str, today: date) -> Q:
    """Services whose review stands like that on this day."""
    retired = Q(status=ServiceStatus.RETIRED)
    if state == ReviewState.OVERDUE:
        return ~retired & Q(review_due_on__lt=today)
    if state == ReviewState.SOON:
        return ~retired & Q(review_due_on__gte=today, review_due_on__lte=today + SOON)
    if state == ReviewState.OK:
        return ~retired & Q(review_due_on__gt=today + SOON)
    return retired | Q(review_due_on=None)


def needing_retired(ids: Iterable[int] | None = None) -> dict[int, list[Service]]:
    """For each retired service (of these, or all) the ones in use that still need it; one query."""
    rows = Service.objects.filter(depends_on__status=ServiceStatus.RETIRED)
    rows = rows.exclude(status=ServiceStatus.RETIRED)
    if ids is not None:
        rows = rows.filter(depends_on__in=list(ids))
    found: dict[int, list[Service]] = defaultdict(list)
    for row in rows.annotate(retired_id=F("depends_on")).order_by("name_en", "id"):
        service: Any = row
        found[service.retired_id].append(row)
    return dict(found)


def shown_pair(ko: str, en: str, language: str) -> tuple[str, str]:
    """The text in that language, or the other one with its language named; ("", "") without any.

    `shown_pair("메일", "", "en")` is ("메일", "ko"): the page says that it is shown in Korean.
    """
    own, other, name = (ko, en, "en") if language.startswith("ko") else (en, ko, "ko")
    return (own, "") if own or not other else (other, name)
