"""Offerings: made, written as drafts, published, withdrawn. By owners and administrators.

Each writes its line of the audit log. A version is written as a draft; publishing makes it the
one that new requests are made with, and requests made before keep theirs.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions import audit
from accounts.actions.teams import free_slug
from accounts.enums import AuditVerb
from accounts.models import User
from catalog.access import require_editor
from catalog.definition import EVERYBODY, parse
from catalog.enums import VersionState
from catalog.models import Offering, OfferingVersion
from catalog.queries.references import all_problems
from catalog.tidy import tidied
from core.errors import ActionError, Clash, Conflict

FIELDS = frozenset({"shelf", "service", "icon", "position", "name_ko", "name_en"})
LONGEST_SLUG = 80


@transaction.atomic
def create(values: Mapping[str, Any], *, by: User | None, data: Any = None) -> Offering:
    """Add an offering with a first draft. `values`: of FIELDS; it is offered once published."""
    require_editor(by, values.get("service"))
    if not (values.get("name_ko") or values.get("name_en")):
        raise ActionError(_("Give it a name."), field="name_ko", code="required")
    offering = Offering(audience=dict(EVERYBODY))
    changes = audit.put(offering, _known(values))
    slug = str(values.get("slug") or "")
    name = slug or offering.name_en or offering.name_ko
    offering.slug = free_slug(Offering, name, LONGEST_SLUG)
    offering.save()
    named = {"name": {"ko": offering.name_ko, "en": offering.name_en}}
    _new_draft(offering, tidied(data) if data is not None else named, by)
    audit.record(offering, AuditVerb.CREATED, by=by, changes=changes)
    return offering


@transaction.atomic
def edit(offering: Offering, values: Mapping[str, Any], *, by: User | None) -> Offering:
    """Change where an offering stands: shelf, service, icon, position. The rest is its version."""
    offering = _locked(offering, by)
    if "service" in values:
        require_editor(by, values["service"])
    changes = audit.put(offering, _known(values))
    if changes:
        _save(offering, *changes)
        audit.record(offering, AuditVerb.CHANGED, by=by, changes=changes)
    return offering


@transaction.atomic
def begin_draft(
    offering: Offering, *, by: User | None, based_on: OfferingVersion | None = None
) -> OfferingVersion:
    """The draft of an offering: the one there is, else a copy of the live version.

    `based_on` puts the text of an earlier version into it: that is how one is taken back.
    """
    offering = _locked(offering, by)
    draft = OfferingVersion.objects.filter(offering=offering, state=VersionState.DRAFT).first()
    source = based_on or offering.live
    data = deepcopy(source.data) if source else {}
    if draft is None:
        return _new_draft(offering, data, by)
    return _write(draft, data, by) if based_on is not None else draft


@transaction.atomic
def save_draft(
    offering: Offering, data: Any, *, edition: int | None, by: User | None, note: str | None = None
) -> OfferingVersion:
    """Keep what is written. Half done is fine; what is wrong is told by the queries.

    `edition` is the one that was looked at. When somebody saved meanwhile it is refused with a
    Conflict that holds both texts, and nothing is lost. None writes whatever there was.
    """
    draft = begin_draft(offering, by=by)
    draft = OfferingVersion.objects.select_for_update().get(pk=draft.pk)
    data = tidied(data)
    _same_edition(draft, edition, data)
    if note is not None:
        draft.note = note.replace("\x00", "").strip()[:300]
    return _write(draft, data, by)


@transaction.atomic
def publish(
    offering: Offering, *, by: User | None, edition: int | None = None, note: str = ""
) -> OfferingVersion:
    """Make the draft the version that counts. Refused while anything is wrong with it.

    The error's `errors` are {path: message}. Name, summary, synonyms and audience are copied to
    the offering, for lists; the version before is kept as replaced.
    """
    offering = _locked(offering, by)
    draft = _draft(offering)
    _same_edition(draft, edition, draft.data)
    found = all_problems(draft.data, offering)
    if found:
        raise ActionError(
            _("It can't be published yet: %(problem)s") % {"problem": found[0].message},
            code="problems",
            errors={problem.path: problem.message for problem in found},
        )
    before = offering.live
    if before is not None:
        before.state = VersionState.REPLACED
        before.save(update_fields=["state"])
    draft.state = VersionState.PUBLISHED
    draft.published_by, draft.published_at = by, timezone.now()
    draft.note = note.replace("\x00", "").strip()[:300] or draft.note
    draft.save(update_fields=["state", "published_by", "published_at", "note"])
    _take_over(offering, draft)
    versions = [before.number if before else None, draft.number]
    audit.record(offering, AuditVerb.CHANGED, by=by, changes={"live": versions})
    return draft


@transaction.atomic
def discard_draft(offering: Offering, *, by: User | None) -> None:
    """Throw the draft away. One that was never published keeps its only one."""
    offering = _locked(offering, by)
    if offering.live_id is None:
        raise ActionError(_("It was never published: there is nothing else to go back to."))
    draft = _draft(offering)
    number = draft.number
    draft.delete()
    audit.record(offering, AuditVerb.CHANGED, by=by, changes={"draft": [number, None]})


@transaction.atomic
def retire(offering: Offering, *, by: User | None) -> Offering:
    """Stop offering it. Requests that were made go on."""
    return _switch(offering, on=False, by=by)


@transaction.atomic
def offer_again(offering: Offering, *, by: User | None) -> Offering:
    """Offer again what was withdrawn."""
    return _switch(offering, on=True, by=by)


@transaction.atomic
def copy(offering: Offering, *, by: User | None) -> Offering:
    """A new offering with the same definition, as a draft under a name that says so."""
    source = _draft(offering, required=False) or offering.live
    data = deepcopy(source.data) if source else {}
    name = parse(data).name
    ko = name.ko or offering.name_ko
    en = name.en or offering.name_en
    data["name"] = {"ko": _copied(ko, "ko"), "en": _copied(en, "en")}
    values = {
        "name_ko": data["name"]["ko"][:120],
        "name_en": data["name"]["en"][:120],
        "shelf": offering.shelf,
        "service": offering.service,
        "icon": offering.icon,
        "position": offering.position,
    }
    return create(values, by=by, data=data)


def _copied(name: str, language: str) -> str:
    """The name of a copy, in the language of the name whichever the reader has."""
    with override(language):
        return _("%(name)s (copy)") % {"name": name} if name else ""


def _locked(offering: Offering, by: User | None) -> Offering:
    found = Offering.objects.select_for_update(of=("self",)).select_related("live", "service")
    offering = found.get(pk=offering.pk)
    require_editor(by, offering.service)
    return offering


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - FIELDS - {"slug"}
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    if "shelf" in values and values["shelf"] is None:
        raise ActionError(_("Choose where in the catalog it stands."), field="shelf")
    return {name: value for name, value in values.items() if name != "slug"}


def _draft(offering: Offering, *, required: bool = True) -> Any:
    drafts = OfferingVersion.objects.filter(offering=offering, state=VersionState.DRAFT)
    draft = drafts.select_for_update().first() if required else drafts.first()
    if draft is None and required:
        raise ActionError(_("There is no draft. Somebody may have published it."), code="no_draft")
    return draft


def _new_draft(offering: Offering, data: Any, by: User | None) -> OfferingVersion:
    versions = OfferingVersion.objects.filter(offering=offering)
    last = versions.aggregate(last=Max("number"))["last"] or 0
    return OfferingVersion.objects.create(
        offering=offering, number=last + 1, data=data, written_by=by
    )


def _write(draft: OfferingVersion, data: Any, by: User | None) -> OfferingVersion:
    draft.data = data
    draft.edition += 1
    draft.written_by, draft.written_at = by, timezone.now()
    draft.save(update_fields=["data", "edition", "note", "written_by", "written_at"])
    return draft


def _same_edition(draft: OfferingVersion, edition: int | None, wanted: Any) -> None:
    if edition is None or draft.edition == edition:
        return
    message = _("Somebody else changed this draft meanwhile. Look at both and choose.")
    clash = Clash("data", edition, draft.data, wanted, draft.written_by_id)
    raise Conflict(message, [clash])


def _take_over(offering: Offering, version: OfferingVersion) -> None:
    said = parse(version.data)
    offering.live = version
    offering.name_ko, offering.name_en = said.name.ko, said.name.en
    offering.summary_ko, offering.summary_en = said.summary.ko, said.summary.en
    offering.synonyms, offering.audience = said.synonyms, dict(said.audience)
    names = ("live", "name_ko", "name_en", "summary_ko", "summary_en", "synonyms", "audience")
    _save(offering, *names)


def _save(offering: Offering, *names: str) -> None:
    offering.updated_at = timezone.now()
    offering.save(update_fields=[*names, "updated_at"])


def _switch(offering: Offering, *, on: bool, by: User | None) -> Offering:
    offering = _locked(offering, by)
    if offering.is_active != on:
        offering.is_active = on
        _save(offering, "is_active")
        audit.record(offering, AuditVerb.SWITCHED_ON if on else AuditVerb.SWITCHED_OFF, by=by)
    return offering
