"""The rota pages as rows of ready-made strings: who is on duty now, two weeks of days, my turns."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import duty, rota
from accounts.actions import rotas
from accounts.duty import Duty
from accounts.models import Rota, RotaOverride, Team, User
from accounts.reach import reach_of
from core import formats
from core.walltime import instant

DAYS = 14
DAY = timedelta(days=1)
# How far ahead the end of a turn, and one's own turns, are looked for.
AHEAD, MINE_AHEAD, MOST_OF_MINE = timedelta(days=15), timedelta(days=28), 6
TONES = 6  # colours of the bars


def rotas_in_use() -> list[Rota]:
    shown = Rota.objects.filter(is_active=True, team__is_active=True)
    return list(shown.select_related("team").order_by("team__name_en", "team_id", "id"))


def rotas_to_see(user: User) -> list[Rota]:
    """Those in use; for whoever keeps them the switched-off ones too, last."""
    off = Rota.objects.filter(is_active=False).select_related("team").order_by("id")
    return [*rotas_in_use(), *(row for row in off if rotas.keeps(user, row.team))]


def chosen(user: User, shown: list[Rota], wanted: int | None) -> Rota | None:
    """The rota asked for, else one of the reader's own teams, else the first."""
    mine = reach_of(user).team_ids
    first = [row for row in shown if row.pk == wanted] or [r for r in shown if r.team_id in mine]
    return next(iter(first or shown), None)


def now_on_duty(shown: Iterable[Rota], at: datetime) -> list[dict[str, Any]]:
    """One row per rota: who is first, until when, who the deputies are."""
    return [_now(row, at) for row in duty.load(shown, at, at + AHEAD)]


def _now(row: Duty, at: datetime) -> dict[str, Any]:
    picks = rota.picks(row.plan, at)
    first = next((pick for pick in picks if pick.rank == rota.FIRST), None)
    current = rota.firsts(_first_only(rota.shifts(row.plan, at, at + AHEAD)))
    known = len(current) > 1
    following = current[1].picks if known else ()
    return {
        "rota": row.rota,
        "person": row.people[first.user] if first else None,
        "for": row.people[first.instead_of].name if first and first.instead_of else "",
        "until": formats.moment(current[0].ends) if known else "",
        "next": row.people[following[0].user].name if following else "",
        "deputies": [row.people[pick.user] for pick in picks if pick.rank > rota.FIRST],
    }


def _first_only(shifts: Iterable[rota.Shift]) -> list[rota.Shift]:
    """The shifts with whoever is first; a gap where only a deputy is there."""
    return [
        rota.Shift(s.begins, s.ends, tuple(p for p in s.picks if p.rank == rota.FIRST))
        for s in shifts
    ]


def planned(row: Rota, first: date, at: datetime) -> Duty:
    """A rota with all that its page shows: the days from `first` on, and the coming weeks."""
    start = datetime.combine(first, time(0), tzinfo=UTC)
    until = max(start + DAY * (DAYS + 2), at + MINE_AHEAD)
    return duty.load([row], min(start - 2 * DAY, at), until)[0]


def days_of(row: Duty, first: date) -> list[dict[str, Any]]:
    """Two weeks of a rota by the reader's days."""
    zone = timezone.get_current_timezone()
    named = ZoneInfo(str(zone))
    edges = [instant(first + DAY * n, time(0), named) for n in range(DAYS + 1)]
    shifts = rota.shifts(row.plan, edges[0], edges[-1])
    firsts = rota.firsts(_first_only(shifts))
    others = _others(shifts)
    tones = _tones(row)
    today = timezone.localdate()
    return [
        {
            "label": formats.day(first + DAY * n),
            "is_today": first + DAY * n == today,
            "is_free": (first + DAY * n).weekday() >= 5,
            "parts": _parts(row, firsts, begins, ends, tones),
            "deputies": _parts(row, others, begins, ends, tones),
        }
        for n, (begins, ends) in enumerate(pairwise(edges))
    ]


def _others(shifts: Iterable[rota.Shift]) -> list[rota.Shift]:
    """One run per stretch with the same deputies."""
    found: list[rota.Shift] = []
    for s in shifts:
        picks = tuple(p for p in s.picks if p.rank > rota.FIRST)
        if found and found[-1].picks == picks:
            found[-1] = rota.Shift(found[-1].begins, s.ends, picks)
        else:
            found.append(rota.Shift(s.begins, s.ends, picks))
    return found


def _parts(
    row: Duty, shifts: list[rota.Shift], begins: datetime, ends: datetime, tones: dict[int, int]
) -> list[dict[str, Any]]:
    """The pieces of one day, with their place on a bar of 1000 units."""
    long = (ends - begins) / 1000
    found = []
    for shift in shifts:
        start, end = max(shift.begins, begins), min(shift.ends, ends)
        if start >= end:
            continue
        whole = start == begins and end == ends
        last = "24:00" if end == ends else formats.clock(end)
        found.append(
            {
                "x": round((start - begins) / long),
                "width": round((end - start) / long),
                "tone": tones.get(shift.picks[0].user, 0) if shift.picks else None,
                "time": "" if whole else f"{formats.clock(start)}–{last}",
                "people": [_picked(row, pick) for pick in shift.picks],
            }
        )
    return found


def _picked(row: Duty, pick: rota.Pick) -> dict[str, Any]:
    instead = row.people[pick.instead_of].name if pick.instead_of else ""
    return {"person": row.people[pick.user], "for": instead}


def _tones(row: Duty) -> dict[int, int]:
    """A colour for each person, in the order of the layers."""
    order = dict.fromkeys(user for layer in row.plan.layers for user in layer.order)
    order |= dict.fromkeys(change.user for change in row.plan.changes if change.user)
    return {user: number % TONES for number, user in enumerate(order)}


def my_turns(user: User, at: datetime) -> list[dict[str, Any]]:
    """The reader's own duties, the running one first."""
    found = duty.duties_of(user, at, at + MINE_AHEAD)[:MOST_OF_MINE]
    return [
        {
            "rota": row,
            "is_now": shift.begins <= at,
            "time": _span(shift.begins, shift.ends, shift.ends < at + MINE_AHEAD),
            "is_deputy": all(pick.rank > rota.FIRST for pick in shift.picks),
        }
        for row, shift in found
    ]


def changes_ahead(row: Rota, user: User, at: datetime) -> list[dict[str, Any]]:
    """Who stands in for whom from now on, and whether the reader may take it back."""
    keeper = rotas.keeps(user, row.team)
    ahead = RotaOverride.objects.filter(rota=row, ends_at__gt=at).order_by("begins_at", "id")
    return [
        {
            "pk": change.pk,
            "user": change.user,
            "instead_of": change.instead_of,
            "time": _span(change.begins_at, change.ends_at),
            "reason": change.reason,
            "removable": keeper or change.created_by_id == user.pk,
        }
        for change in ahead.select_related("user", "instead_of")[:50]
    ]


def turns_to_swap(row: Duty, at: datetime) -> list[tuple[str, str]]:
    """The coming turns of whoever is first, as choices of a form."""
    shifts = rota.firsts(_first_only(rota.shifts(row.plan, at, at + MINE_AHEAD)))
    return [
        (
            shift.begins.astimezone(UTC).isoformat(),
            f"{row.people[shift.picks[0].user].name} · {_span(shift.begins, shift.ends)}",
        )
        for shift in shifts
        if shift.picks
    ][:60]


def span_to_take(row: Duty, user: User, at: datetime) -> tuple[datetime, datetime]:
    """What somebody most likely takes over: the rest of another's turn, else the next turn."""
    turns = rota.firsts(_first_only(rota.shifts(row.plan, at, at + AHEAD)))
    others = [turn for turn in turns if [pick.user for pick in turn.picks] != [user.pk]]
    return (others[0].begins, others[0].ends) if len(turns) > 1 else (at, at + DAY)


def _span(begins: datetime, ends: datetime, is_known: bool = True) -> str:
    """From when until when; the day once if it is one, and no end that lies too far ahead."""
    if not is_known:
        return formats.moment(begins)
    same = timezone.localdate(begins) == timezone.localdate(ends)
    return f"{formats.moment(begins)} – {(formats.clock if same else formats.moment)(ends)}"


def teams_kept_by(user: User) -> list[Team]:
    """The teams whose rotas the reader keeps."""
    teams = Team.objects.filter(is_active=True).select_related("lead")
    return [team for team in teams if rotas.keeps(user, team)]
