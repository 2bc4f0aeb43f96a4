"""Outages of services: entered, ended, corrected, withdrawn; each change stays in the audit log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from accounts.reach import reach_of
from cmdb.models import Service
from core.errors import ActionError, NotAllowed
from sla.enums import OutageKind, OutageSource
from sla.models import Outage
from tickets.models import Ticket

CORRECTED = frozenset({"kind", "started_at", "ended_at", "announced_at", "note"})
YEARS = (1990, 2199)  # of which calendars know
# Clocks of two machines differ a little.
LENIENT = timedelta(minutes=2)


def may_keep(user: User | None, service: Service) -> bool:
    """Who answers for a service says when it was down: its owner, its team, administrators."""
    if user is None:
        return True
    reach = reach_of(user)
    in_team = reach.works and service.support_team_id in reach.team_ids
    return reach.administers or service.owner_id == user.pk or in_team


def _require(user: User | None, service: Service) -> None:
    if not may_keep(user, service):
        raise NotAllowed(_("Only the owner and the team of the service keep its outages."))


@transaction.atomic
def open_outage(
    service: Service,
    *,
    by: User | None,
    kind: str = OutageKind.UNPLANNED,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    note: str = "",
    source: str = OutageSource.HAND,
    ticket: Ticket | None = None,
) -> Outage:
    """Say that a service was, is, or (planned work) will be down. Planned work entered before it
    begins is announced by that.
    """
    _require(by, service)
    now = timezone.now()
    outage = Outage(
        service=service,
        kind=OutageKind(kind),
        started_at=started_at or now,
        ended_at=ended_at,
        note=note.strip()[:300],
        source=OutageSource(source),
        ticket=ticket,
        created_by=by,
        created_at=now,
    )
    if outage.kind == OutageKind.PLANNED and outage.started_at >= now:
        outage.announced_at = now
    _check(outage, now)
    _refuse_second(outage)
    outage.save()
    audit.record(outage, AuditVerb.CREATED, by=by, changes={"kind": [None, outage.kind]})
    return outage


@transaction.atomic
def end_outage(outage: Outage, *, by: User | None, at: datetime | None = None) -> Outage:
    """The service is back. One that has ended already stays as it is."""
    outage = Outage.objects.select_for_update().select_related("service").get(pk=outage.pk)
    _require(by, outage.service)
    if outage.ended_at is not None:
        return outage
    return _put(outage, {"ended_at": at or timezone.now()}, by)


@transaction.atomic
def correct_outage(outage: Outage, values: Mapping[str, Any], *, by: User | None) -> Outage:
    """Set right what was entered; the figures of its months follow."""
    outage = Outage.objects.select_for_update().select_related("service").get(pk=outage.pk)
    _require(by, outage.service)
    unknown = set(values) - CORRECTED
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    return _put(outage, values, by)


@transaction.atomic
def withdraw_outage(outage: Outage, *, by: User | None) -> Outage:
    """Entered by mistake: it counts for nothing from now on."""
    outage = Outage.objects.select_for_update().select_related("service").get(pk=outage.pk)
    _require(by, outage.service)
    if outage.withdrawn_at is None:
        outage.withdrawn_at = timezone.now()
        outage.save(update_fields=["withdrawn_at"])
        audit.record(outage, AuditVerb.REMOVED, by=by)
    return outage


def _put(outage: Outage, values: Mapping[str, Any], by: User | None) -> Outage:
    changes = audit.put(outage, values)
    if changes:
        _check(outage, timezone.now())
        _refuse_second(outage)
        outage.save(update_fields=sorted(changes))
        audit.record(outage, AuditVerb.CHANGED, by=by, changes=changes)
    return outage


def _check(outage: Outage, now: datetime) -> None:
    for name in ("started_at", "ended_at", "announced_at"):
        instant = getattr(outage, name)
        if instant is not None and not YEARS[0] <= instant.year <= YEARS[1]:
            raise ActionError(_("Choose a time between 1990 and 2199."), field=name)
    if outage.ended_at is not None and outage.ended_at < outage.started_at:
        raise ActionError(_("It can't end before it begins."), field="ended_at")
    if outage.kind == OutageKind.PLANNED:
        if outage.ended_at is None and outage.started_at > now:
            raise ActionError(_("Say until when the work is planned."), field="ended_at")
        return
    if outage.started_at > now + LENIENT:
        raise ActionError(_("Only planned maintenance lies in the future."), field="started_at")
    if outage.ended_at is not None and outage.ended_at > now + LENIENT:
        raise ActionError(_("It can't have ended in the future."), field="ended_at")


def _refuse_second(outage: Outage) -> None:
    """An outage that goes on is one outage: the second report of it belongs to the first."""
    if outage.ended_at is not None:
        return
    Service.objects.select_for_update().get(pk=outage.service_id)
    same = Outage.objects.filter(
        service=outage.service_id, kind=outage.kind, ended_at=None, withdrawn_at=None
    ).exclude(pk=outage.pk)
    if same.exists():
        raise ActionError(
            _("An outage of this service is going on already. End or correct that one."),
            code="going_on",
        )
