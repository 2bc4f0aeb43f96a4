"""rules.md section 3: a clock is a function of what happened to it."""

from datetime import UTC, datetime

import pytest

from sla.book import Terms
from sla.clocks import Stopwatch
from sla.worktime import Calendar

H = 3600
WEEKDAY = ((9 * H, 12 * H), (13 * H, 18 * H))
OFFICE = Calendar("UTC", (WEEKDAY,) * 5 + ((), ()))
ALWAYS = Calendar("UTC", always=True)


def at(day: int, hour: int, minute: int = 0) -> int:
    """November 2026; the 2nd is a Monday."""
    return int(datetime(2026, 11, day, hour, minute, tzinfo=UTC).timestamp())


def terms(goal: int = 8 * H, calendar: Calendar = OFFICE, **fields: object) -> Terms:
    values: dict[str, object] = {
        "policy": 1, "target": 1, "book": 1, "goal": goal, "calendar_id": 1,
        "calendar": calendar, "warn_at": (50, 75, 90), "repeat_seconds": H, "repeat_limit": 2,
        "on_change": "keep", "on_reopen": "continue",
    }  # fmt: skip
    return Terms(**{**values, **fields})


def watch(begin: int, agreed: Terms | None = None) -> Stopwatch:
    return Stopwatch("resolution", 1, begin, agreed or terms())


def test_a_target_used_up_exactly_at_closing_time_is_due_at_closing_time() -> None:
    state = watch(at(2, 9)).state()
    assert state is not None
    assert state.due == at(2, 18)
    assert state.breached_at(at(2, 18)) is None
    assert state.breached_at(at(2, 18) + 1) == at(2, 18)


def test_ended_at_the_due_instant_is_met_and_a_second_later_is_missed() -> None:
    met, missed = watch(at(2, 9)), watch(at(2, 9))
    met.stop(at(2, 18))
    missed.stop(at(2, 18) + 1)
    assert (met.state().state, met.state().breached) == ("met", None)
    assert (missed.state().state, missed.state().breached) == ("missed", at(2, 18))


def test_a_pause_stops_the_time_and_the_rest_counts_from_the_resumption() -> None:
    clock = watch(at(2, 9))
    clock.pause(at(2, 11), "1")
    paused = clock.state()
    assert (paused.state, paused.consumed, paused.due) == ("paused", 2 * H, None)
    clock.resume(at(4, 14))
    running = clock.state()
    assert (running.due, running.consumed, running.left) == (at(5, 11), 2 * H, 6 * H)


def test_a_clock_paused_when_its_target_is_just_used_up_is_due_when_it_goes_on() -> None:
    clock = watch(at(2, 9))
    clock.pause(at(2, 18), "1")
    assert clock.state().breached is None
    clock.resume(at(4, 9))
    assert clock.state().due == at(4, 9)
    clock.stop(at(4, 9))
    assert clock.state().state == "met"


def test_a_breach_before_a_pause_stays_with_its_instant() -> None:
    clock = watch(at(2, 9), terms(2 * H))
    clock.pause(at(2, 15), "1")
    assert (clock.state().state, clock.state().breached) == ("paused", at(2, 11))
    clock.resume(at(4, 9))
    assert clock.state().due == at(2, 11)
    clock.stop(at(4, 10))
    assert (clock.state().state, clock.state().breached) == ("missed", at(2, 11))


def test_a_new_target_counts_from_the_old_start_with_the_pauses_kept() -> None:
    clock = watch(at(2, 9))
    clock.pause(at(2, 10), "1")
    clock.resume(at(2, 14))
    clock.change(at(2, 15), terms(4 * H))
    assert clock.state().due == at(2, 17)
    assert [change.terms.goal for change in clock.state().changes] == [8 * H, 4 * H]


def test_a_new_target_that_has_passed_is_breached_as_of_its_own_due_instant() -> None:
    clock = watch(at(2, 9))
    clock.change(at(2, 17), terms(H))
    assert clock.state().due == at(2, 10)
    assert clock.state().breached_at(at(2, 17)) == at(2, 10)


def test_a_laxer_target_takes_a_breach_back() -> None:
    clock = watch(at(2, 9), terms(H))
    clock.change(at(2, 14), terms(8 * H))
    clock.stop(at(2, 17))
    assert clock.state().state == "met"


def test_policy_may_start_anew_or_keep_the_old_target() -> None:
    anew, old = watch(at(2, 9)), watch(at(2, 9))
    anew.change(at(2, 14), terms(2 * H, on_change="restart"))
    old.change(at(2, 14), terms(2 * H, on_change="old"))
    assert (anew.state().due, anew.state().started, anew.state().cycle) == (at(2, 16), at(2, 14), 1)
    assert (old.state().due, old.state().terms.goal) == (at(2, 18), 8 * H)


def test_a_reopened_clock_continues_and_the_time_while_resolved_does_not_count() -> None:
    clock = watch(at(2, 9))
    clock.stop(at(2, 11))
    clock.reopen(at(5, 9))
    state = clock.state()
    assert (state.state, state.consumed, state.due) == ("running", 2 * H, at(5, 16))
    assert [(p.start, p.end, p.reason) for p in state.pauses] == [(at(2, 11), at(5, 9), "resolved")]


def test_without_an_agreement_there_is_no_clock_and_one_that_comes_counts_from_the_start() -> None:
    clock = Stopwatch("resolution", 1, at(2, 9), None)
    assert clock.state() is None
    clock.change(at(2, 10), terms())
    assert clock.state().due == at(2, 18)
    clock.change(at(2, 11), None)
    assert (clock.state().state, clock.state().ended) == ("cancelled", at(2, 11))
    clock.change(at(2, 12), terms(4 * H))
    assert (clock.state().state, clock.state().due) == ("running", at(2, 14))


def test_warn_points_the_breach_and_its_repeats_have_instants_of_their_own() -> None:
    marks = dict(watch(at(2, 9)).state().marks)
    assert marks == {
        "50": at(2, 14),
        "75": at(2, 16),
        "90": at(2, 17, 12),
        "100": at(2, 18),
        "100+1": at(3, 10),
        "100+2": at(3, 11),
    }


def test_a_paused_clock_has_only_the_steps_it_reached() -> None:
    clock = watch(at(2, 9))
    clock.pause(at(2, 16, 30), "1")
    assert [step for step, _at in clock.state().marks] == ["50", "75"]


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS])
def test_a_cancelled_clock_is_neither_met_nor_missed(calendar: Calendar) -> None:
    clock = watch(at(2, 9), terms(H, calendar))
    clock.cancel(at(2, 15))
    assert clock.state().state == "cancelled"


def test_a_missed_clock_still_has_its_breach_to_tell_but_no_warnings() -> None:
    clock = watch(at(2, 9), terms(4 * H))
    clock.stop(at(2, 16, 30))
    assert clock.state().marks == (("100", at(2, 14)), ("100+1", at(2, 15)), ("100+2", at(2, 16)))
    met = watch(at(2, 9))
    met.stop(at(2, 17))
    assert met.state().marks == ()
