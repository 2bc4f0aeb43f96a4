"""What somebody may ask for, listed and found."""

from typing import Any

from accounts.models import User
from accounts.reach import reach_of
from catalog.access import OFFERED, departments_of, teams_of
from catalog.audience import may_ask
from catalog.models import Offering
from core import fuzzy

# What a name weighs beside the words people use for it, and its one sentence.
NAME, SYNONYMS, SUMMARY = 3.0, 2.5, 1.2


def offered_to(user: User) -> Any:
    """The offerings that the person may ask for. The rule is asked of each, in memory."""
    reach, departments, teams = reach_of(user), departments_of(user), teams_of(user)
    rows = Offering.objects.filter(OFFERED).values_list("pk", "audience")
    ids = [pk for pk, audience in rows if may_ask(audience, reach, departments, teams)]
    return Offering.objects.filter(pk__in=ids)


def find(user: User, text: str, most: int) -> list[Offering]:
    """Those that the words mean, misspelt or in other words, best first."""
    offered = offered_to(user).select_related("shelf")
    rows = {row.pk: row for row in offered.order_by("-asked_count", "pk")}
    documents = [
        fuzzy.Document(
            row.pk,
            (
                (row.name_ko, NAME),
                (row.name_en, NAME),
                (row.synonyms, SYNONYMS),
                (row.summary_ko, SUMMARY),
                (row.summary_en, SUMMARY),
            ),
        )
        for row in rows.values()
    ]
    return [rows[pk] for pk, _score in fuzzy.rank(text, documents)[:most]]
