"""Duty rotas: kept by the team's lead or an administrator; a member may take duty on themselves."""

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import duty
from accounts import rota as turns
from accounts.actions import audit
from accounts.enums import AuditVerb, Role
from accounts.models import Membership, Rota, RotaLayer, RotaMember, RotaOverride, Team, User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed, NotFound

FIELDS = ("name_ko", "name_en", "zone", "is_active")
MOST_LAYERS, MOST_RANKS, LONGEST_TURN = 10, 5, 366
LONGEST_CHANGE = timedelta(days=366)
# How far around an instant the ends of its shift are looked for.
AROUND = timedelta(days=35)


@dataclass(frozen=True)
class LayerValues:
    """A layer as somebody wants it; what the fields mean says accounts/rota.py."""

    starts_on: date
    hands_over: time
    every: int
    members: tuple[User, ...]
    rank: int = turns.FIRST
    days: tuple[int, ...] = tuple(range(7))
    begins: time | None = None
    ends: time | None = None

    def line(self) -> dict[str, Any]:
        """For the audit log."""
        title = f"{self.starts_on} {self.hands_over:%H:%M} +{self.every}d"
        if self.begins and self.ends:
            title += f" {self.begins:%H:%M}–{self.ends:%H:%M}"
        order = [user.pk for user in self.members]
        return {"title": title, "rank": self.rank, "days": list(self.days), "members": order}


def keeps(user: User, team: Team) -> bool:
    """Whether the person keeps the team's rotas: its lead, or an administrator."""
    reach = reach_of(user)
    if reach.administers or team.lead_id == user.pk:
        return True
    return Role.TEAM_LEAD in reach.roles and team.pk in reach.team_ids


@transaction.atomic
def create_rota(
    team: Team, values: Mapping[str, Any], layers: Sequence[LayerValues], *, by: User | None
) -> Rota:
    """Give a team a rota. Layers come in the order in which they are asked."""
    _require_keeper(team, by)
    rota = Rota(team=team)
    changes = audit.put(rota, _cleaned(rota, values))
    _check_layers(team, layers)
    rota.save()
    _put_layers(rota, layers)
    changes["layers"] = [[], [layer.line() for layer in layers]]
    audit.record(rota, AuditVerb.CREATED, by=by, changes=changes)
    return rota


@transaction.atomic
def change_rota(
    rota: Rota, values: Mapping[str, Any], layers: Sequence[LayerValues] | None, *, by: User | None
) -> Rota:
    """Change a rota; `layers` None leaves them as they are. Stand-ins stay."""
    _require_keeper(rota.team, by)
    rota = Rota.objects.select_for_update(of=("self",)).select_related("team").get(pk=rota.pk)
    changes = audit.put(rota, _cleaned(rota, values))
    if changes:
        rota.save(update_fields=sorted(changes))
    if layers is not None:
        old, new = _layers_of(rota), list(layers)
        if old != new:
            _check_layers(rota.team, new)
            rota.layers.all().delete()
            _put_layers(rota, new)
            changes["layers"] = [[x.line() for x in old], [x.line() for x in new]]
    if changes:
        audit.record(rota, AuditVerb.CHANGED, by=by, changes=changes)
    return rota


@transaction.atomic
def add_override(
    rota: Rota,
    *,
    user: User | None,
    begins_at: datetime,
    ends_at: datetime,
    by: User | None,
    instead_of: User | None = None,
    reason: str = "",
) -> RotaOverride:
    """For a while `user` is on duty: in the place of `instead_of`, or of whoever is first.

    Without `user`, `instead_of` is away and the next in order comes. The lead and administrators
    may; a member of the team may take duty on themselves, and say that they are away.
    """
    _require_keeper(rota.team, by, unless=_own(user, instead_of, by))
    if user is None and instead_of is None:
        raise ActionError(_("Choose who is on duty."), field="user", code="required")
    if user is not None and instead_of is not None and user.pk == instead_of.pk:
        raise ActionError(_("Nobody stands in for themselves."), field="user")
    for name, somebody in (("user", user), ("instead_of", instead_of)):
        if somebody is not None:
            _check_members(rota.team, [somebody], name)
    now = timezone.now()
    if ends_at <= begins_at:
        raise ActionError(_("It ends before it begins."), field="ends_at")
    if ends_at <= now:
        raise ActionError(_("This is over already. Choose a later end."), field="ends_at")
    if ends_at - begins_at > LONGEST_CHANGE:
        raise ActionError(_("Choose at most a year."), field="ends_at")
    Rota.objects.select_for_update().get(pk=rota.pk)  # the later of two at once is the later row
    change = RotaOverride.objects.create(
        rota=rota,
        user=user,
        instead_of=instead_of,
        # What was, stays: nobody was on duty before they said so.
        begins_at=max(begins_at, now.replace(microsecond=0)),
        ends_at=ends_at,
        reason=reason.strip()[:200],
        created_by=by,
        created_at=now,
    )
    audit.record(change, AuditVerb.CREATED, by=by, changes=_facts(change, new=True))
    return change


@transaction.atomic
def remove_override(change: RotaOverride, *, by: User | None) -> None:
    """Take a change back. One that has begun ends now, so that what was stays true.

    The lead and administrators may, and whoever entered it for themselves.
    """
    rota = change.rota
    own = by is not None and change.created_by_id == by.pk
    _require_keeper(rota.team, by, unless=own)
    change = RotaOverride.objects.select_for_update().filter(pk=change.pk).first() or _missing()
    now = timezone.now()
    if change.ends_at <= now:
        raise ActionError(_("This is over already."))
    audit.record(change, AuditVerb.REMOVED, by=by, changes=_facts(change, new=False))
    if change.begins_at < now:
        change.ends_at = now
        change.save(update_fields=["ends_at"])
    else:
        change.delete()


@transaction.atomic
def swap(rota: Rota, one_at: datetime, other_at: datetime, *, by: User | None) -> None:
    """Two people take each other's shift: those that last at these two instants, wholly."""
    _require_keeper(rota.team, by)
    one, other = shift_at(rota, one_at), shift_at(rota, other_at)
    if one is None or other is None:
        raise ActionError(_("Nobody is on duty then."), field="one" if one is None else "other")
    if one.picks[0].user == other.picks[0].user:
        raise ActionError(_("Choose the shifts of two people."), field="other")
    people = User.objects.in_bulk([one.picks[0].user, other.picks[0].user])
    for mine, theirs in ((one, other), (other, one)):
        add_override(
            rota,
            user=people[theirs.picks[0].user],
            instead_of=people[mine.picks[0].user],
            begins_at=mine.begins,
            ends_at=mine.ends,
            by=by,
        )


def shift_at(rota: Rota, at: datetime) -> turns.Shift | None:
    """The whole shift of whoever is first at an instant; None in a gap."""
    start, end = at - AROUND, at + AROUND
    (loaded,) = duty.load([rota], start, end)
    for shift in turns.firsts(turns.shifts(loaded.plan, start, end)):
        if shift.begins <= at < shift.ends:
            return shift if shift.picks else None
    return None


def _require_keeper(team: Team, by: User | None, *, unless: bool = False) -> None:
    if by is not None and not unless and not keeps(by, team):
        raise NotAllowed(_("Only the team lead or an administrator may do this."))


def _own(user: User | None, instead_of: User | None, by: User | None) -> bool:
    """A person taking duty on themselves, or saying that they are away."""
    if by is None:
        return False
    return by.pk == (user.pk if user else instead_of.pk if instead_of else None)


def _missing() -> Any:
    raise NotFound(_("There is no such change of duty."))


def _cleaned(rota: Rota, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
    if not any(cleaned.get(name, getattr(rota, name)) for name in ("name_ko", "name_en")):
        raise ActionError(
            _("Enter the name in at least one language."), field="name_ko", code="required"
        )
    if cleaned.get("zone", rota.zone) not in zoneinfo.available_timezones():
        raise ActionError(_("Choose one of the values offered."), field="zone")
    return cleaned


def _check_layers(team: Team, layers: Sequence[LayerValues]) -> None:
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise ActionError(_("A rota has one to ten layers."), field="layers", code="required")
    for number, layer in enumerate(layers):
        _check_layer(layer, f"layers.{number}.")
        _check_members(team, layer.members, f"layers.{number}.members")


def _check_layer(layer: LayerValues, at: str) -> None:
    wrong = _("Choose one of the values offered.")
    if not layer.members:
        raise ActionError(_("Choose at least one person."), field=at + "members", code="required")
    if len(set(layer.members)) < len(layer.members):
        raise ActionError(_("Everybody has one place in the order."), field=at + "members")
    if not 1 <= layer.rank <= MOST_RANKS:
        raise ActionError(wrong, field=at + "rank")
    if not 1 <= layer.every <= LONGEST_TURN:
        raise ActionError(_("A turn lasts 1 to 366 days."), field=at + "every")
    if not layer.days:
        raise ActionError(_("Choose at least one day."), field=at + "days", code="required")
    if not set(layer.days) <= turns.EVERY_DAY:
        raise ActionError(wrong, field=at + "days")
    if (layer.begins is None) != (layer.ends is None):
        name = "begins" if layer.begins is None else "ends"
        raise ActionError(_("Give both times, or neither."), field=at + name)


def _check_members(team: Team, people: Sequence[User], field: str) -> None:
    present = set(
        Membership.objects.filter(team=team, user__in=people, user__is_active=True).values_list(
            "user_id", flat=True
        )
    )
    absent = [user.name for user in people if user.pk not in present]
    if absent:
        raise ActionError(
            _("Not in this team, or no longer here: %(names)s.") % {"names": ", ".join(absent)},
            field=field,
        )


def _put_layers(rota: Rota, layers: Sequence[LayerValues]) -> None:
    rows = RotaLayer.objects.bulk_create(
        RotaLayer(
            rota=rota,
            position=position,
            rank=layer.rank,
            starts_on=layer.starts_on,
            hands_over=layer.hands_over,
            every=layer.every,
            days=sorted(set(layer.days)),
            begins=layer.begins,
            ends=layer.ends,
        )
        for position, layer in enumerate(layers)
    )
    RotaMember.objects.bulk_create(
        RotaMember(layer=row, user=user, position=position)
        for row, layer in zip(rows, layers, strict=True)
        for position, user in enumerate(layer.members)
    )


def _layers_of(rota: Rota) -> list[LayerValues]:
    rows = rota.layers.prefetch_related("places__user")
    return [
        LayerValues(
            starts_on=row.starts_on,
            hands_over=row.hands_over,
            every=row.every,
            members=tuple(place.user for place in row.places.all()),
            rank=row.rank,
            days=tuple(row.days),
            begins=row.begins,
            ends=row.ends,
        )
        for row in rows
    ]


def _facts(change: RotaOverride, *, new: bool) -> audit.Changes:
    """What the log keeps of a change. Not its reason, which may be about somebody's health."""
    facts = {
        "user": change.user_id,
        "instead_of": change.instead_of_id,
        "begins_at": change.begins_at.isoformat(),
        "ends_at": change.ends_at.isoformat(),
    }
    return {name: [None, value] if new else [value, None] for name, value in facts.items()}
