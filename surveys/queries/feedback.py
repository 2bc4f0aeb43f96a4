"""What people think of services: one's own word, what an owner reads, and the average."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from cmdb.models import Service
from sla.queries.extent import Extent
from surveys.models import Feedback, Survey
from surveys.rules import FEEDBACK_EVERY, FEWEST_FOR_AVERAGE


def own_feedback(service: Service, user: User, now: datetime) -> Feedback | None:
    """What the person said within the last 90 days, which they may change."""
    found = Feedback.objects.filter(service=service, user=user, given_at__gt=now - FEEDBACK_EVERY)
    return found.order_by("-given_at", "-id").first()


def feedback_in(extent: Extent, user: User) -> QuerySet[Feedback]:
    """Feedback on the services that a person answers for, newest first; of everything for those
    who read everything.
    """
    rows = Feedback.objects.select_related("service", "user", "hidden_by")
    if not extent.everything:
        rows = rows.filter(service__owner=user)
    return rows


def service_rating(service_ids: Iterable[int]) -> dict[int, tuple[float | None, int]]:
    """{service: (average from 1 to 5, how many)} of feedback and of answered surveys together.

    The average is None below five. Hidden feedback and restricted records don't count, since
    everybody may read this. Services that nobody has said anything of are not in it. One query.
    """
    answers = Survey.objects.filter(score__isnull=False, ticket__restricted=False)
    rows = Service.objects.filter(pk__in=set(service_ids)).annotate(
        feedback_n=_of(Feedback.objects.filter(hidden_at=None), Count("pk")),
        feedback_sum=_of(Feedback.objects.filter(hidden_at=None), Sum("stars")),
        answers_n=_of(answers, Count("pk")),
        answers_sum=_of(answers, Sum("score")),
    )
    totals = rows.order_by().values_list(
        "pk", F("feedback_n") + F("answers_n"), F("feedback_sum") + F("answers_sum")
    )
    return {pk: (total / n if n >= FEWEST_FOR_AVERAGE else None, n) for pk, n, total in totals if n}


def _of(rows: QuerySet[Any], value: Any) -> Coalesce:
    """One number of the rows of a service; 0 where there are none."""
    found = rows.filter(service=OuterRef("pk")).order_by().values("service")
    return Coalesce(
        Subquery(found.annotate(value=value).values("value"), output_field=IntegerField()), 0
    )
