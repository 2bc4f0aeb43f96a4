"""Who is on duty and who may be disturbed when, read from the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, prefetch_related_objects

from accounts import quiet
from accounts import rota as turns
from accounts.models import Membership, QuietHours, Rota, RotaLayer, RotaOverride, Team, User


@dataclass(frozen=True)
class Duty:
    """A rota with its plan, as far as it was asked for, and the people in it by their ids."""

    rota: Rota
    plan: turns.Plan
    people: dict[int, User]

    def on_duty(self, at: datetime) -> list[User]:
        return [self.people[key] for key in turns.on_duty(self.plan, at)]


def on_duty(team: Team, at: datetime) -> list[User]:
    """Who of the team is on duty at an instant: the first, then the deputies; [] is nobody."""
    return on_duty_many([team], at)[team.pk]


def on_duty_many(teams: Iterable[Team], at: datetime) -> dict[int, list[User]]:
    """The same for many teams, by their ids, with as many queries as for one."""
    found: dict[int, list[User]] = {team.pk: [] for team in teams}
    for duty in load(Rota.objects.filter(team__in=found, is_active=True), at, at):
        people = found[duty.rota.team_id]
        people += [user for user in duty.on_duty(at) if user not in people]
    return found


def load(rotas: Iterable[Rota], since: datetime, until: datetime) -> list[Duty]:
    """The plans of these rotas, good from `since` to `until` inclusive. Five queries at most.

    Who is no longer active or no longer in the team is in the layers, but gone.
    """
    rotas = list(rotas)
    prefetch_related_objects(rotas, "layers__places")
    changes = RotaOverride.objects.filter(rota__in=rotas, ends_at__gt=since, begins_at__lte=until)
    by_rota: dict[int, list[RotaOverride]] = {rota.pk: [] for rota in rotas}
    for change in changes:
        by_rota[change.rota_id].append(change)
    meant = {rota.pk: _meant(rota, by_rota[rota.pk]) for rota in rotas}
    people = User.objects.in_bulk(set().union(*meant.values()))
    members = Membership.objects.filter(team__in={rota.team_id for rota in rotas}, user__in=people)
    present = {
        (team, user)
        for team, user in members.values_list("team_id", "user_id")
        if people[user].is_active
    }
    return [
        Duty(rota, plan_of(rota, by_rota[rota.pk], _gone(rota, meant[rota.pk], present)), people)
        for rota in rotas
    ]


def plan_of(rota: Rota, changes: Iterable[RotaOverride], gone: Iterable[int]) -> turns.Plan:
    """The rows of a rota as accounts/rota.py wants them."""
    return turns.Plan(
        ZoneInfo(rota.zone),
        tuple(layer_of(layer) for layer in rota.layers.all()),
        tuple(turns.Change(c.begins_at, c.ends_at, c.user_id, c.instead_of_id) for c in changes),
        frozenset(gone),
    )


def layer_of(row: RotaLayer) -> turns.Layer:
    return turns.Layer(
        starts_on=row.starts_on,
        hands_over=row.hands_over,
        every=row.every,
        order=tuple(place.user_id for place in row.places.all()),
        rank=row.rank,
        days=frozenset(row.days),
        begins=row.begins,
        ends=row.ends,
    )


def _meant(rota: Rota, changes: Iterable[RotaOverride]) -> set[int]:
    named = {place.user_id for layer in rota.layers.all() for place in layer.places.all()}
    for change in changes:
        named |= {key for key in (change.user_id, change.instead_of_id) if key is not None}
    return named


def _gone(rota: Rota, named: set[int], present: set[tuple[int, int]]) -> set[int]:
    return {key for key in named if (rota.team_id, key) not in present}


def rotas_of(people: Iterable[User]) -> list[Rota]:
    """The rotas in use in which one of these people has a place or stands in."""
    keys = [user.pk for user in people]
    mine = Q(layers__places__user__in=keys) | Q(overrides__user__in=keys)
    return list(Rota.objects.filter(mine, is_active=True, team__is_active=True).distinct())


def duties_of(user: User, start: datetime, end: datetime) -> list[tuple[Rota, turns.Shift]]:
    """When the person is on duty in [start, end), first or deputy; the earliest first.

    The picks of each shift are the person's own.
    """
    found: list[tuple[Rota, turns.Shift]] = []
    for duty in load(rotas_of([user]), start, end):
        for shift in turns.shifts(duty.plan, start, end):
            own = tuple(pick for pick in shift.picks if pick.user == user.pk)
            last = found[-1] if found and found[-1][0] == duty.rota else None
            if own and last and last[1].ends == shift.begins and last[1].picks == own:
                found[-1] = (duty.rota, replace(last[1], ends=shift.ends))
            elif own:
                found.append((duty.rota, replace(shift, picks=own)))
    return sorted(found, key=lambda part: (part[1].begins, part[0].pk))


def quiet_until(user: User, at: datetime) -> datetime | None:
    """When the person may be told something again; None: now. Nobody is quiet while on duty."""
    return quiet_until_many([user], at)[user.pk]


def quiet_until_many(users: Iterable[User], at: datetime) -> dict[int, datetime | None]:
    """The same for many people, by their ids, with as many queries as for one."""
    people = {user.pk: user for user in users}
    rows = QuietHours.objects.filter(user__in=people).in_bulk()
    until = {
        key: quiet.quiet_until(quiet_of(rows[key], user), at) if key in rows else None
        for key, user in people.items()
    }
    asleep = {key: end for key, end in until.items() if end is not None}
    return {**until, **_woken(at, asleep, [people[key] for key in asleep])}


def _woken(
    at: datetime, asleep: dict[int, datetime], people: Sequence[User]
) -> dict[int, datetime | None]:
    """Until when these people are quiet, if duty does not call earlier."""
    found: dict[int, datetime | None] = dict(asleep)
    if not people:
        return found
    latest = max(asleep.values())
    for duty in load(rotas_of(people), at, latest):
        for shift in turns.shifts(duty.plan, at, latest):
            for pick in shift.picks:
                end = found.get(pick.user)
                if end is not None and shift.begins < end:
                    found[pick.user] = None if shift.begins == at else shift.begins
    return found


def quiet_of(row: QuietHours, user: User) -> quiet.Quiet:
    zone = ZoneInfo(user.time_zone or settings.DEFAULT_USER_TIME_ZONE)
    return quiet.Quiet(zone, row.begins, row.ends, frozenset(row.days), row.work_days_only)
