"""rules.md section 3 as stories: what happens to a record, and when its promises are due.

Monday is 2026-11-23. Office hours are 09:00–12:00 and 13:00–18:00 in Seoul, Monday to Friday.
"""

from dataclasses import replace
from datetime import date

import pytest

from sla.book import Contract
from sla.publicdays import public_days
from sla.worktime import Calendar
from tests.sla.story import (
    ALWAYS,
    OFFICE,
    OTHER,
    SUPPLIER,
    H,
    M,
    Story,
    book,
    office,
    policy,
    said,
    ts,
)

STANDARD = book(policy(goals={"resolution": 8 * H, "first_response": 2 * H, "next_reply": 4 * H}))


# Pauses ---------------------------------------------------------------------------------------


def test_waiting_for_the_requester_stops_the_clock_and_the_rest_counts_afterwards():
    story = Story("2026-11-23 09:00", (STANDARD,)).pends("2026-11-23 11:00")
    paused = story.clock()
    assert (paused.state, paused.due, paused.left) == ("paused", None, 6 * H)
    story.resumes("2026-11-25 15:00")
    assert story.due() == "11-26 12:00"


def test_waiting_for_the_supplier_does_not_stop_the_clock_but_starts_theirs():
    contract = policy(
        2,
        {"supplier": 4 * H},
        agreement="uc",
        contract=Contract(5, frozenset({7}), 0, None),
    )
    agreed = book(policy(), contract)
    story = Story("2026-11-23 09:00", (agreed,), columns={"service": 7})
    story.pends("2026-11-23 10:00", SUPPLIER)
    assert story.clock().state == "running"
    assert (story.due("supplier"), story.clock("supplier").terms.contract) == ("11-23 15:00", 5)
    story.resumes("2026-11-23 16:00")
    assert story.clock("supplier").state == "missed"
    story.pends("2026-11-24 09:00", SUPPLIER).resumes("2026-11-24 10:00")
    assert story.clock("supplier", 2).state == "met"


def test_a_reason_that_does_not_pause_changes_nothing():
    story = Story("2026-11-23 09:00", (STANDARD,)).pends("2026-11-23 10:00", OTHER)
    assert (story.clock().state, story.due()) == ("running", "11-23 18:00")


def test_the_response_clock_does_not_stop_while_pending():
    story = Story("2026-11-23 09:00", (STANDARD,)).pends("2026-11-23 09:10")
    assert story.due("first_response") == "11-23 11:00"


# First response and replies ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "state"),
    [
        ("desk", "met"),
        ("desk internally", "running"),
        ("requester", "running"),
        ("colleague", "running"),
    ],
)
def test_the_first_response_is_the_first_public_reply_of_the_desk(who, state):
    story = Story("2026-11-23 09:00", (STANDARD,)).says("2026-11-23 10:00", who)
    assert story.clock("first_response").state == state


def test_a_reply_taken_back_is_no_response():
    story = Story("2026-11-23 09:00", (STANDARD,))
    story.says("2026-11-23 10:00", "desk").takes_back("2026-11-23 10:00")
    assert story.clock("first_response").state == "running"


def test_resolution_without_a_word_is_a_response_too():
    story = Story("2026-11-23 09:00", (STANDARD,)).resolves("2026-11-23 10:00")
    assert story.clock("first_response").state == "met"


def test_each_question_of_the_requester_after_the_first_response_is_owed_a_reply():
    story = Story("2026-11-23 09:00", (STANDARD,)).says("2026-11-23 09:30", "requester")
    assert "next_reply 1" not in story.states()
    story.says("2026-11-23 10:00", "desk").says("2026-11-23 11:00", "requester")
    story.says("2026-11-23 11:30", "requester")
    assert story.due("next_reply") == "11-23 16:00"
    story.says("2026-11-23 15:00", "desk").says("2026-11-23 16:30", "requester")
    assert story.clock("next_reply").state == "met"
    assert story.due("next_reply", 2) == "11-24 11:30"


def test_a_question_that_reopens_is_owed_a_reply_from_then():
    story = Story("2026-11-23 09:00", (STANDARD,)).resolves("2026-11-23 10:00")
    story.says("2026-11-24 10:00", "requester").reopens("2026-11-24 10:00")
    assert story.due("next_reply") == "11-24 15:00"


# Retargeting ------------------------------------------------------------------------------------

BY_PRIORITY = book(
    policy(goals={("resolution", 1): 2 * H, ("resolution", 3): 8 * H, ("resolution", 4): 16 * H})
)


def test_a_higher_priority_counts_from_the_start_so_nobody_gains_time():
    story = Story("2026-11-23 09:00", (BY_PRIORITY,)).gets("2026-11-23 10:00", priority=1)
    assert story.due() == "11-23 11:00"
    assert [change.terms.goal for change in story.clock().changes] == [8 * H, 2 * H]


def test_a_target_whose_due_instant_has_passed_is_breached_as_of_that_instant():
    story = Story("2026-11-23 09:00", (BY_PRIORITY,)).gets("2026-11-23 17:00", priority=1)
    assert said(story.clock().breached_at(ts("2026-11-23 17:00"))) == "11-23 11:00"
    story.resolves("2026-11-23 17:30")
    assert (story.clock().state, said(story.clock().breached)) == ("missed", "11-23 11:00")


def test_lowering_the_priority_takes_a_breach_back_which_stays_in_the_history():
    story = Story("2026-11-23 09:00", (BY_PRIORITY,), columns={"priority": 1})
    assert said(story.clock().breached_at(ts("2026-11-23 15:00"))) == "11-23 11:00"
    story.gets("2026-11-23 15:00", priority=4)
    assert (story.due(), story.clock().breached) == ("11-24 18:00", None)
    assert [change.terms.goal for change in story.clock().changes] == [2 * H, 16 * H]


def test_pauses_are_kept_when_the_target_changes():
    story = Story("2026-11-23 09:00", (BY_PRIORITY,)).pends("2026-11-23 10:00")
    story.gets("2026-11-23 11:00", priority=1)
    assert story.clock().left == H
    story.resumes("2026-11-23 14:00")
    assert story.due() == "11-23 15:00"


@pytest.mark.parametrize(
    ("mode", "due", "started"),
    [
        ("keep", "11-23 11:00", "11-23 09:00"),
        ("restart", "11-23 16:00", "11-23 14:00"),
        ("old", "11-23 18:00", "11-23 09:00"),
    ],
)
def test_the_policy_says_what_a_change_of_priority_means(mode, due, started):
    agreed = book(
        policy(goals={("resolution", 1): 2 * H, ("resolution", 3): 8 * H}, on_change=mode)
    )
    story = Story("2026-11-23 09:00", (agreed,)).gets("2026-11-23 14:00", priority=1)
    assert (story.due(), said(story.clock().started)) == (due, started)


def test_another_service_brings_its_own_policy_and_calendar():
    agreed = book(policy(1, {"resolution": 2 * H}, services=frozenset({7}), calendar=2), policy(2))
    story = Story("2026-11-23 20:00", (agreed,))
    assert story.due() == "11-24 18:00"
    story.gets("2026-11-23 20:30", service=7)
    assert story.due() == "11-23 22:00"
    assert [change.terms.policy for change in story.clock().changes] == [2, 1]


def test_first_match_wins_and_the_order_decides():
    narrow = policy(1, {"resolution": H}, teams=frozenset({1}))
    wide = policy(2, {"resolution": 8 * H})
    assert Story("2026-11-23 09:00", (book(narrow, wide),)).due() == "11-23 10:00"
    assert Story("2026-11-23 09:00", (book(wide, narrow),)).due() == "11-23 18:00"


def test_conditions_are_asked_of_the_record_as_it_was():
    agreed = book(policy(1, {"resolution": H}, vip=True), policy(2, {"resolution": 8 * H}))
    assert Story("2026-11-23 09:00", (agreed,), columns={"vip": True}).due() == "11-23 10:00"
    assert Story("2026-11-23 09:00", (agreed,)).due() == "11-23 18:00"


def test_when_no_policy_fits_any_more_the_clock_is_cancelled_and_may_come_back():
    agreed = book(policy(tags=frozenset({"gold"})))
    story = Story("2026-11-23 09:00", (agreed,), columns={"tags": ["gold"]})
    story.gets("2026-11-23 10:00", tags=[])
    assert story.clock().state == "cancelled"
    story.gets("2026-11-23 11:00", tags=["gold"])
    assert (story.clock().state, story.due()) == ("running", "11-23 18:00")


# Ends and reopening -----------------------------------------------------------------------------


def test_reopened_the_clock_continues_and_the_time_while_resolved_does_not_count():
    story = Story("2026-11-23 09:00", (STANDARD,)).resolves("2026-11-23 11:00")
    assert story.clock().state == "met"
    story.reopens("2026-11-25 09:00")
    assert story.due() == "11-25 16:00"


def test_policy_may_say_that_a_reopened_record_starts_anew():
    agreed = book(policy(on_reopen="anew"))
    story = Story("2026-11-23 09:00", (agreed,)).resolves("2026-11-23 11:00")
    story.reopens("2026-11-25 09:00")
    assert (story.clock().state, story.due(sequence=2)) == ("met", "11-25 18:00")


def test_a_withdrawn_record_keeps_no_promise_and_breaks_none():
    story = Story("2026-11-23 09:00", (STANDARD,)).cancels("2026-11-24 15:00")
    assert {state.state for state in story.states().values()} == {"cancelled"}


def test_a_merge_that_is_undone_goes_on_without_the_time_in_between():
    story = Story("2026-11-23 09:00", (STANDARD,)).cancels("2026-11-23 10:00")
    assert story.clock().state == "cancelled"
    story.reopens("2026-11-24 09:00")
    assert (story.clock().state, story.due()) == ("running", "11-24 17:00")


# Teams ------------------------------------------------------------------------------------------


def test_each_stay_in_a_team_has_a_clock_of_its_own():
    ola = policy(2, {"team": 2 * H}, agreement="ola")
    second = policy(3, {"team": 4 * H}, agreement="ola", teams=frozenset({2}))
    story = Story("2026-11-23 09:00", (book(policy(), second, ola),))
    story.gets("2026-11-23 10:30", team=2).gets("2026-11-23 16:00", team=1)
    first, other, again = (story.clock("team", number) for number in (1, 2, 3))
    assert [(c.state, c.team, c.terms.goal) for c in (first, other)] == [
        ("met", 1, 2 * H),
        ("missed", 2, 4 * H),
    ]
    assert (again.team, said(again.due)) == (1, "11-23 18:00")
    assert story.due() == "11-23 18:00"


# Books ------------------------------------------------------------------------------------------


def edited(reach: str, at: str, **fields: object):
    return book(policy(goals={"resolution": 4 * H}), id=2, reach=reach, published=ts(at), **fields)


def test_new_agreements_count_for_new_records_only():
    books = (STANDARD, edited("new", "2026-11-23 10:00"))
    assert Story("2026-11-23 09:00", books).due() == "11-23 18:00"
    assert Story("2026-11-23 10:00", books).due() == "11-23 15:00"


def test_agreements_that_reach_open_records_move_them_from_their_publishing():
    books = (STANDARD, edited("open", "2026-11-23 16:00"))
    story = Story("2026-11-23 09:00", books)
    assert said(story.clock().breached_at(ts("2026-11-23 16:00"))) == "11-23 14:00"
    ended = Story("2026-11-23 09:00", books).resolves("2026-11-23 15:00")
    assert (ended.clock().state, ended.clock().terms.goal) == ("met", 8 * H)


def test_agreements_for_all_count_as_if_they_had_always_been_so():
    books = (STANDARD, edited("all", "2026-11-25 10:00"))
    ended = Story("2026-11-23 09:00", books).resolves("2026-11-23 15:00")
    assert (ended.clock().state, said(ended.clock().breached)) == ("missed", "11-23 14:00")


def test_an_edited_calendar_moves_open_clocks_with_their_whole_time():
    shorter = Calendar("Asia/Seoul", (((10 * H, 16 * H),),) * 5 + ((), ()))
    books = (STANDARD, edited("open", "2026-11-23 12:00", calendars={1: shorter, 2: ALWAYS}))
    assert Story("2026-11-23 09:00", books).due() == "11-23 14:00"


def test_the_same_promise_in_a_new_book_changes_nothing():
    again = replace(STANDARD, id=2, reach="open", published=ts("2026-11-23 12:00"))
    state = Story("2026-11-23 09:00", (STANDARD, again)).clock()
    assert (state.terms.book, len(state.changes)) == (1, 1)


# Calendars --------------------------------------------------------------------------------------


def test_eight_hours_over_a_lunch_break_and_a_weekend():
    story = Story("2026-11-27 15:00", (STANDARD,))
    assert story.due() == "11-30 15:00"


def test_the_chuseok_week_of_2025_with_its_substitute_holiday():
    days = public_days("KR", "", [2025])
    names = {day: korean for day, (korean, _english) in days.items()}
    assert date(2025, 10, 8) in days
    calendar = Calendar("Asia/Seoul", OFFICE.week, dict.fromkeys(days, ()), names)
    agreed = book(policy(), calendars={1: calendar, 2: ALWAYS})
    # Friday 3 October is the National Foundation Day; 5 to 7 Chuseok, the 8th its substitute,
    # the 9th Hangul Day: what begins on Thursday afternoon goes on on Friday the 10th.
    assert Story("2025-10-02 16:00", (agreed,)).due() == "10-10 16:00"


def test_a_temporary_holiday_added_later_moves_what_is_open():
    plain = book(policy(), calendars={1: OFFICE, 2: ALWAYS})
    given = book(
        policy(),
        id=2,
        reach="open",
        published=ts("2026-11-23 10:00"),
        calendars={1: office(d20261124="임시 공휴일"), 2: ALWAYS},
    )
    story = Story("2026-11-23 15:00", (plain, given))
    assert Story("2026-11-23 15:00", (plain,)).due() == "11-24 15:00"
    assert story.due() == "11-25 15:00"


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-03-08 00:00", "03-08 09:00"),  # 02:00–03:00 does not exist
        ("2026-11-01 00:00", "11-01 07:00"),  # 01:00–02:00 comes twice
    ],
)
def test_a_night_on_which_the_clocks_change(opened, due):
    agreed = book(
        policy(calendar=2), calendars={1: OFFICE, 2: Calendar("America/New_York", always=True)}
    )
    assert Story(opened, (agreed,), zone="America/New_York").due() == due


# Security and major incidents -------------------------------------------------------------------


def test_security_incidents_are_measured_to_containment_and_to_the_patch():
    agreed = book(policy(goals={"contain": 4 * H, "patch": 72 * H}, security=True, calendar=2))
    story = Story("2026-11-23 09:00", (agreed,), columns={"security": True})
    story.marks("2026-11-23 14:00", "milestone", milestone="contained")
    assert (story.clock("contain").state, story.clock("patch").state) == ("missed", "running")
    later = Story("2026-11-23 09:00", (agreed,))
    assert later.states() == {}
    later.gets("2026-11-23 12:00", security=True)
    assert later.due("contain") == "11-23 16:00"


def test_a_major_incident_owes_an_update_when_it_said_so():
    agreed = book(policy(goals={"major_update": 30 * M}, calendar=2))
    story = Story("2026-11-23 09:00", (agreed,)).marks("2026-11-23 09:10", "major", step="declared")
    assert story.due("major_update") == "11-23 09:40"
    story.marks(
        "2026-11-23 09:30", "major", step="update", next_update_at="2026-11-23T09:50:00+09:00"
    )
    assert (story.clock("major_update").state, story.due("major_update", 2)) == (
        "met",
        "11-23 09:50",
    )
    story.marks("2026-11-23 10:00", "major", step="stood_down")
    assert story.clock("major_update", 2).state == "missed"
