"""Corners of a clock's life that a simulation found: the stories behind test_clock_properties."""

from dataclasses import replace

import pytest

from sla.book import Contract
from tests.sla.story import SUPPLIER, H, Story, book, policy, said, ts


def test_what_no_agreement_fits_any_more_stays_cancelled_when_the_record_is_resolved():
    agreed = book(policy(tags=frozenset({"gold"})))
    story = Story("2026-11-23 09:00", (agreed,), columns={"tags": ["gold"]})
    story.gets("2026-11-24 15:00", tags=[]).resolves("2026-11-24 16:00")
    state = story.clock()
    assert (state.state, said(state.ended), state.marks) == ("cancelled", "11-24 15:00", ())
    story.reopens("2026-11-25 09:00").gets("2026-11-25 09:00", tags=["gold"])
    assert story.clock().state == "running"


def test_a_pause_within_one_second_hides_no_breach():
    """The goal is used up exactly when it pauses, and it runs for no time at all in between."""
    agreed = book(policy(goals={"resolution": 2 * H}))
    story = Story("2026-11-23 09:00", (agreed,)).pends("2026-11-23 11:00")
    story.resumes("2026-11-23 14:00").pends("2026-11-23 14:00")
    story.resumes("2026-11-23 15:00").resolves("2026-11-23 16:00")
    state = story.clock()
    assert (state.state, said(state.breached)) == ("missed", "11-23 15:00")


@pytest.mark.parametrize("first", [frozenset({SUPPLIER}), frozenset()])
def test_a_book_that_calls_a_reason_something_else_ends_or_begins_the_suppliers_turn(first):
    contract = policy(2, {"supplier": 4 * H}, agreement="uc", contract=Contract(5, {7}, 0, None))
    agreed = book(policy(), contract, suppliers=first)
    other = replace(
        agreed,
        id=2,
        reach="open",
        published=ts("2026-11-23 11:00"),
        suppliers=frozenset({SUPPLIER}) - first,
    )
    story = Story("2026-11-23 09:00", (agreed, other), columns={"service": 7})
    story.pends("2026-11-23 10:00", SUPPLIER).resumes("2026-11-23 12:00")
    state = story.clock("supplier")
    stay = ("10:00", "11:00") if first else ("11:00", "12:00")
    assert (said(state.started)[6:], said(state.ended)[6:], state.state) == (*stay, "met")


def test_reopened_by_another_team_it_begins_one_stay():
    agreed = book(policy(), policy(2, {"team": 2 * H}, agreement="ola"))
    story = Story("2026-11-23 09:00", (agreed,)).resolves("2026-11-23 10:00")
    changes = story._put(status="in_progress", team=2)
    story._add("2026-11-23 11:00", "transitioned", changes, {})
    stays = {name: s.team for name, s in story.states().items() if s.metric == "team"}
    assert stays == {"team 1": 1, "team 2": 2}


@pytest.mark.parametrize("mode", ["keep", "restart", "old"])
def test_other_warnings_start_no_clock_anew(mode):
    """Publishing a policy whose warn points were edited gave every open record new time."""
    first = book(policy(on_change=mode, warn_at=(50,)))
    other = replace(
        book(policy(on_change=mode, warn_at=(80,))),
        id=2,
        reach="open",
        published=ts("2026-11-23 11:00"),
    )
    state = Story("2026-11-23 09:00", (first, other)).clock()
    assert (said(state.started), said(state.due), state.cycle) == ("11-23 09:00", "11-23 18:00", 0)
    assert [step for step, _at in state.marks] == ["80", "100"]
