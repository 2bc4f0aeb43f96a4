"""Reading a file of offerings in: as drafts, so that somebody looks before they count."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from catalog.access import require_editor
from catalog.actions import offerings
from catalog.definition import words
from catalog.models import Offering, Shelf
from catalog.queries.carrying import Entry, Package, current, lookups, preview, services, settled
from cmdb.models import Service
from core.errors import ActionError

LONGEST = 120


@transaction.atomic
def read_in(
    package: Package, *, by: User | None, only: Collection[str] | None = None
) -> list[Entry]:
    """Put offerings of a file into drafts here; `only`: the slugs to take, all when None.

    Categories that aren't here are made, by administrators. What the file names and isn't here is
    left open; publishing says where. Reading the same file in again changes nothing. What was
    done is returned as the preview told it.
    """
    taken = [row for row in package.offerings if only is None or row["slug"] in only]
    chosen = Package(package.shelves, tuple(taken))
    done = preview(chosen)
    shelves = _shelves(chosen, by)
    served = services(chosen)
    made = {row["slug"]: _made(row, shelves, served, by) for row in taken}
    known = lookups(chosen)
    texts = current(made.values())
    for row in taken:
        data, _missing = settled(row["data"], known)
        offering = made[row["slug"]]
        if texts.get(offering.pk) != data:
            offerings.save_draft(offering, data, edition=None, by=by)
    return done


def _shelves(package: Package, by: User | None) -> dict[str, Shelf]:
    here = {row.slug: row for row in Shelf.objects.all()}
    wanted = {row.get("shelf") for row in package.offerings}
    parents = {row["slug"]: row.get("parent") for row in package.shelves}
    wanted |= {parents.get(slug) for slug in wanted if isinstance(slug, str)}
    for row in package.shelves:
        slug = row["slug"]
        if slug not in here and slug in wanted:
            here[slug] = _new_shelf(row, here, by)
    return here


def _new_shelf(row: Mapping[str, Any], here: Mapping[str, Shelf], by: User | None) -> Shelf:
    require_administrator(by)
    parent = here.get(str(row.get("parent")))
    shelf = Shelf.objects.create(
        slug=row["slug"],
        name_ko=_text(row.get("name_ko")),
        name_en=_text(row.get("name_en")) or ("" if row.get("name_ko") else row["slug"]),
        icon=_text(row.get("icon"))[:40] or "folder",
        position=_position(row),
        parent=parent if parent is not None and parent.parent_id is None else None,
    )
    audit.record(shelf, AuditVerb.CREATED, by=by)
    return shelf


def _made(
    row: Mapping[str, Any],
    shelves: Mapping[str, Shelf],
    served: Mapping[str, Service],
    by: User | None,
) -> Offering:
    found = Offering.objects.select_related("service").filter(slug=row["slug"]).first()
    if found is not None:
        require_editor(by, found.service)
        return found
    shelf = shelves.get(str(row.get("shelf")))
    if shelf is None:
        raise ActionError(
            _("“%(slug)s” stands in a category that neither the file nor this catalog has.")
            % {"slug": row["slug"]},
            field="file",
        )
    name = words(row["data"].get("name"))
    values = {
        "slug": row["slug"],
        "shelf": shelf,
        "service": served.get(str(row.get("service"))),
        "icon": _text(row.get("icon"))[:40] or "package",
        "position": _position(row),
        "name_ko": name.ko[:LONGEST],
        "name_en": name.en[:LONGEST] or ("" if name.ko else row["slug"]),
    }
    return offerings.create(values, by=by, data={})


def _text(said: Any) -> str:
    return said.replace("\x00", "").strip()[:LONGEST] if isinstance(said, str) else ""


def _position(row: Mapping[str, Any]) -> int:
    given = row.get("position")
    return given if isinstance(given, int) and 0 <= given < 32_000 else 0
