"""Offerings as a file, and what a file would change here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from accounts.models import Department, Team, User
from catalog.definition import words
from catalog.models import Offering, OfferingVersion, Shelf
from catalog.portable import references, turned
from catalog.problems import problems
from catalog.tidy import tidied
from cmdb.models import ConfigurationItem, Service
from core.errors import ActionError
from knowledge.models import Article
from tickets.models import ApprovalPolicy

KIND, FORMAT = "maru-offerings", 1
LARGEST = 8_000_000
MOST = 500
LONGEST_NAME = 120
_BILINGUAL = Coalesce(NullIf(F("name_en"), Value("")), F("name_ko"))
# By what a row of each table is known in a file.
_NAMES: Mapping[str, tuple[Any, Any]] = {
    "team": (Team, F("slug")),
    "policy": (ApprovalPolicy, _BILINGUAL),
    "department": (Department, _BILINGUAL),
    "person": (User, F("email")),
    "offering": (Offering, F("slug")),
    "article": (Article, F("slug")),
    "item": (ConfigurationItem, F("name")),
}


@dataclass(frozen=True)
class Package:
    """What a file holds, read and found to be in order."""

    shelves: tuple[Mapping[str, Any], ...]
    offerings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Missing:
    """Something that a file names and that isn't here (or more than once)."""

    table: str
    name: str


@dataclass(frozen=True)
class Entry:
    """What would become of one offering of a file. state: new, changed, same."""

    slug: str
    name: str
    state: str
    data: Mapping[str, Any]
    missing: tuple[Missing, ...] = ()
    problems: tuple[Any, ...] = ()
    overwrites: bool = False
    before: Mapping[str, Any] = field(default_factory=dict)


def export(offerings: Iterable[Offering]) -> dict[str, Any]:
    """A file of these offerings: of each the draft, or else what counts now."""
    rows = list(offerings)
    texts = current(rows)
    ids: dict[str, set[Any]] = {}
    for data in texts.values():
        for table, named in references(data).items():
            ids.setdefault(table, set()).update(named)
    names = {table: _names(table, wanted) for table, wanted in ids.items()}
    shelves = {row.shelf_id for row in rows}
    return {
        "kind": KIND,
        "format": FORMAT,
        "shelves": _shelves(shelves),
        "offerings": [
            {
                "slug": row.slug,
                "shelf": row.shelf.slug,
                "service": row.service.slug if row.service else None,
                "icon": row.icon,
                "position": row.position,
                "data": turned(texts[row.pk], lambda table, pk: names[table].get(pk)),
            }
            for row in rows
            if row.pk in texts
        ],
    }


def current(offerings: Iterable[Offering]) -> dict[int, Any]:
    """The text of each offering that is worked on: its draft, else what counts now."""
    wanted = OfferingVersion.objects.filter(
        offering__in=[row.pk for row in offerings], state__in=("draft", "published")
    )
    # Drafts come first by their state, and so last into the dictionary when turned round.
    rows = wanted.order_by("-state").values_list("offering_id", "data")
    return dict(rows)


def _shelves(ids: set[int]) -> list[dict[str, Any]]:
    """These and what is above them, those above first."""
    rows = list(Shelf.objects.filter(pk__in=ids).select_related("parent"))
    every = {row.parent.pk: row.parent for row in rows if row.parent}
    every |= {row.pk: row for row in rows}
    ordered = sorted(every.values(), key=lambda row: (row.parent_id is not None, row.position))
    return [
        {
            "slug": row.slug,
            "name_ko": row.name_ko,
            "name_en": row.name_en,
            "icon": row.icon,
            "position": row.position,
            "parent": row.parent.slug if row.parent else None,
        }
        for row in ordered
    ]


def read(raw: bytes) -> Package:
    """The offerings of a file; ActionError that says what is wrong with it."""
    if len(raw) > LARGEST:
        raise _refused(_("This file is too large for a file of offerings."))
    try:
        said = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _refused(_("This is no file of offerings: it can't be read.")) from None
    if not isinstance(said, dict) or said.get("kind") != KIND:
        raise _refused(_("This is no file of offerings. Choose one that was exported here."))
    if said.get("format") != FORMAT:
        raise _refused(_("This file was made by another version of the product."))
    offerings, shelves = said.get("offerings"), said.get("shelves")
    if not isinstance(offerings, list) or not isinstance(shelves, list):
        raise _refused(_("This is no file of offerings: parts of it are missing."))
    if len(offerings) > MOST or len(shelves) > MOST:
        raise _refused(_("At most %(most)s offerings in one file.") % {"most": MOST})
    if any(not isinstance(row, dict) for row in [*offerings, *shelves]):
        raise _refused(_("This is no file of offerings: parts of it are missing."))
    rows = [{**_outside(row), "data": tidied(row.get("data"))} for row in offerings]
    kept = [_outside(row) for row in shelves]
    if any(not _is_named(row) for row in [*rows, *kept]):
        raise _refused(_("This is no file of offerings: parts of it are missing."))
    slugs = [row["slug"] for row in rows]
    if len(slugs) != len(set(slugs)):
        raise _refused(_("The file holds an offering twice."))
    return Package(tuple(kept), tuple(rows))


def _outside(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says beside its definition, as the database can hold it."""
    return tidied({name: said for name, said in row.items() if name != "data"})


def _is_named(row: Mapping[str, Any]) -> bool:
    slug = row.get("slug")
    return isinstance(slug, str) and 0 < len(slug) <= 80


def _refused(message: str) -> ActionError:
    return ActionError(message, field="file", code="unreadable")


def preview(package: Package) -> list[Entry]:
    """What reading the file in would do to each of its offerings."""
    here = {row.slug: row for row in Offering.objects.filter(slug__in=_slugs(package))}
    texts = current(here.values())
    drafts = set(
        OfferingVersion.objects.filter(
            offering__in=here.values(), state="draft", offering__live__isnull=False
        ).values_list("offering_id", flat=True)
    )
    known = lookups(package)
    return [_entry(row, here.get(row["slug"]), texts, drafts, known) for row in package.offerings]


def _entry(
    row: Mapping[str, Any],
    offering: Offering | None,
    texts: Mapping[int, Any],
    drafts: set[int],
    known: Mapping[str, Mapping[Any, Any]],
) -> Entry:
    data, missing = settled(row["data"], known)
    before = texts.get(offering.pk, {}) if offering else {}
    state = "new" if offering is None else "same" if data == before else "changed"
    return Entry(
        slug=row["slug"],
        name=str(words(data.get("name"))) or row["slug"],
        state=state,
        data=data,
        missing=missing,
        problems=tuple(problems(data)),
        overwrites=offering is not None and offering.pk in drafts and state == "changed",
        before=before,
    )


def lookups(package: Package) -> dict[str, dict[Any, Any]]:
    """The ids here of everything that a file names, one question a table.

    An offering of the file that isn't here yet is known by its slug until it is made.
    """
    wanted: dict[str, set[Any]] = {}
    for row in package.offerings:
        for table, names in references(row["data"]).items():
            wanted.setdefault(table, set()).update(names)
    known = {table: _ids(table, names) for table, names in wanted.items()}
    coming = {slug: slug for slug in _slugs(package)}
    known["offering"] = {**coming, **known.get("offering", {})}
    return known


def settled(
    data: Mapping[str, Any], known: Mapping[str, Mapping[Any, Any]]
) -> tuple[dict[str, Any], tuple[Missing, ...]]:
    """A definition of a file with the ids of here, and what it names that isn't here."""
    missing: list[Missing] = []

    def find(table: str, name: Any) -> Any:
        found = known.get(table, {}).get(name)
        if found is None:
            missing.append(Missing(table, str(name)))
        return found

    return turned(data, find), tuple(dict.fromkeys(missing))


def services(package: Package) -> dict[str, Service]:
    """The services that a file names, by slug."""
    slugs = [row.get("service") for row in package.offerings]
    named = [slug for slug in slugs if isinstance(slug, str)]
    return {row.slug: row for row in Service.objects.filter(slug__in=named)}


def _slugs(package: Package) -> list[str]:
    return [row["slug"] for row in package.offerings]


def _names(table: str, ids: set[Any]) -> dict[Any, Any]:
    model, name = _NAMES[table]
    wanted = [pk for pk in ids if isinstance(pk, int)]
    rows = model.objects.filter(pk__in=wanted).annotate(known_as=name)
    return dict(rows.values_list("pk", "known_as"))


def _ids(table: str, names: set[Any]) -> dict[Any, Any]:
    """The id of each name that exactly one row has."""
    model, name = _NAMES[table]
    wanted = [said for said in names if isinstance(said, str)]
    rows = model.objects.annotate(known_as=name).filter(known_as__in=wanted)
    found: dict[Any, Any] = {}
    for pk, said in rows.values_list("pk", "known_as"):
        found[said] = None if said in found else pk
    return {said: pk for said, pk in found.items() if pk is not None}
