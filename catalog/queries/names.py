"""Names of the rows that definitions refer to: one question a table, however many are named."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, Team, User
from catalog.models import Offering
from core.models import pick
from tickets.models import ApprovalPolicy

Data = Mapping[str, Any]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class Names:
    """The names of what these definitions mention, in the reader's language."""

    def __init__(self, definitions: Iterable[Data]) -> None:
        wanted: dict[str, set[int]] = {}

        def note(table: str, *ids: Any) -> None:
            wanted.setdefault(table, set()).update(pk for pk in ids if isinstance(pk, int))

        for data in definitions:
            audience = data.get("audience") or {}
            note("policy", (data.get("approval") or {}).get("policy"))
            note("team", data.get("team"), *_list(audience.get("teams")))
            note("team", *(one.get("team") for one in _list(data.get("tasks"))))
            note("department", *_list(audience.get("departments")))
            note("person", *_list(audience.get("people")))
            note("offering", *(one.get("offering") for one in _list(data.get("bundle"))))
            note("article", *_list(data.get("articles")))
        self._known = {table: _names(table, ids) for table, ids in wanted.items() if ids}

    def name(self, table: str, pk: Any) -> str:
        """The row's name; one that is not there is said to be missing. Empty for none."""
        if pk is None:
            return ""
        found = self._known.get(table, {}).get(pk)
        return found or _("missing (%(id)s)") % {"id": pk}

    def several(self, table: str, ids: Any) -> str:
        return ", ".join(sorted(self.name(table, pk) for pk in _list(ids)))

    def audience(self, said: Data) -> str:
        """Who may ask, in one line."""
        if not said or said.get("everybody"):
            return _("Everybody")
        parts = [
            self.several("department", said.get("departments")),
            self.several("team", said.get("teams")),
            ", ".join(str(Role(role).label) for role in _list(said.get("roles")) if role in Role),
            self.several("person", said.get("people")),
        ]
        return " · ".join(part for part in parts if part) or _("Nobody")


def _names(table: str, ids: set[int]) -> dict[int, str]:
    if table == "person":
        return {row.pk: row.name for row in User.objects.filter(pk__in=ids)}
    if table == "article":
        return _articles(ids)
    model: Any = {
        "policy": ApprovalPolicy,
        "team": Team,
        "department": Department,
        "offering": Offering,
    }[table]
    rows = model.objects.filter(pk__in=ids).values_list("pk", "name_ko", "name_en")
    return {pk: pick(ko, en) for pk, ko, en in rows}


def _articles(ids: set[int]) -> dict[int, str]:
    """Titles of articles, where articles are kept at all."""
    if not apps.is_installed("knowledge"):
        return {}
    model = apps.get_model("knowledge", "Article")
    return {row.pk: str(row) for row in model.objects.filter(pk__in=ids)}
