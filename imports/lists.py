"""People, services, items and their relations as rows of a file.

The headings are those that the import understands.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from cmdb.models import ConfigurationItem, Relation, Service
from core.models import pick
from imports.tables import Table

CHUNK = 1000


def headings(table: Table) -> list[str]:
    return [str(entry.label) for entry in table.fields]


def rows(table: str) -> Iterator[list[Any]]:
    """All rows, read through a cursor on the server; words are looked up before it starts."""
    yes = _("Yes")
    korean = pick("ko", "en") == "ko"
    known = {"people": _people, "services": _services, "items": _items, "relations": _relations}
    return known[table](yes, korean)


def _name(row: Any, korean: bool) -> str:
    if row is None:
        return ""
    return str((row.name_ko or row.name_en) if korean else (row.name_en or row.name_ko))


def _people(yes: str, korean: bool) -> Iterator[list[Any]]:
    people = User.objects.filter(anonymised_at=None).select_related("department", "manager")
    for user in people.order_by("display_name", "pk").iterator(chunk_size=CHUNK):
        yield [
            user.email, user.display_name, user.roman_name, user.employee_no, user.job_title,
            user.job_grade, _name(user.department, korean),
            user.manager.email if user.manager else "", user.phone, user.extension,
            user.location, yes if user.is_vip else "", user.language,
        ]  # fmt: skip


def _services(_yes: str, korean: bool) -> Iterator[list[Any]]:
    services = Service.objects.select_related("owner", "support_team").order_by("name_en", "pk")
    for service in services.iterator(chunk_size=CHUNK):
        yield [
            service.name_ko, service.name_en, service.summary_ko, service.summary_en,
            service.status, service.criticality, service.owner.email if service.owner else "",
            _name(service.support_team, korean),
        ]  # fmt: skip


def _items(_yes: str, korean: bool) -> Iterator[list[Any]]:
    items = ConfigurationItem.objects.select_related("owner", "support_team")
    items = items.prefetch_related("services").order_by("name")
    for item in items.iterator(chunk_size=CHUNK):
        yield [
            item.name, item.type, item.status, item.serial, item.location,
            item.owner.email if item.owner else "", _name(item.support_team, korean),
            ", ".join(_name(service, korean) for service in item.services.all()),
        ]  # fmt: skip


def _relations(_yes: str, _korean: bool) -> Iterator[list[Any]]:
    relations = Relation.objects.select_related("source", "target")
    ordered = relations.order_by("source__name", "type", "target__name")
    for relation in ordered.iterator(chunk_size=CHUNK):
        yield [relation.source.name, relation.type, relation.target.name]
