"""What a record contributes to figures, told as stories."""

from sla.book import Shelf
from sla.facts import read
from sla.measures import EDGES, Calendars, Measured, Spell, measure
from tests.sla.story import (
    ALWAYS,
    MACHINE,
    OFFICE,
    OTHER,
    REQUESTER,
    SUPPLIER,
    H,
    M,
    Story,
    book,
    ts,
)

OFFICE_HOURS = Calendars(OFFICE, OFFICE)


def told(story: Story, reassigned: int = 0, calendars: Calendars = OFFICE_HOURS) -> Measured:
    history = read("incident", story.now, story.rows)
    return measure(history, MACHINE, Shelf(story.books or (book(),)), calendars, reassigned)


def test_nothing_is_measured_before_it_happened():
    found = told(Story("2026-11-23 09:00"))
    assert (found.responded, found.resolved) == (None, None)
    assert (found.ack_clock, found.ack_work, found.resolve_raw, found.resolve_clock) == (None,) * 4
    assert found.resolve_work is None
    assert (found.spent, found.first_contact) == ({}, False)
    assert found.spells == (Spell(ts("2026-11-23 09:00"), None),)


def test_the_first_public_reply_of_the_desk_is_the_response():
    story = Story("2026-11-20 17:30").says("2026-11-20 17:40", "requester")
    story.says("2026-11-20 17:45", "desk internally").says("2026-11-23 09:30", "desk")
    found = told(story.says("2026-11-23 10:00", "desk"))
    assert found.ack_clock == ts("2026-11-23 09:30") - ts("2026-11-20 17:30")
    assert found.ack_work == H


def test_a_reply_taken_back_is_none():
    story = (
        Story("2026-11-23 09:00").says("2026-11-23 09:10", "desk").takes_back("2026-11-23 09:11")
    )
    assert told(story).responded is None


def test_resolving_answers_too():
    found = told(Story("2026-11-23 09:00").resolves("2026-11-23 09:20"))
    assert found.ack_clock == found.resolve_raw == 20 * M


def test_waiting_for_the_requester_is_left_out_of_the_time_to_restore():
    story = Story("2026-11-23 09:00").pends("2026-11-23 10:00").resumes("2026-11-23 11:00")
    found = told(story.resolves("2026-11-23 14:00"))
    assert found.resolve_raw == 5 * H
    assert found.resolve_clock == 4 * H
    assert found.resolve_work == 3 * H  # and lunch
    assert found.spent == {"1": 4 * H, "requester": H}


def test_waiting_for_a_supplier_or_anything_else_is_not():
    story = Story("2026-11-23 09:00").pends("2026-11-23 10:00", SUPPLIER)
    story.resumes("2026-11-23 11:00").pends("2026-11-23 11:10", OTHER)
    found = told(story.resolves("2026-11-23 11:40"))
    assert found.resolve_clock == found.resolve_raw == 160 * M
    assert found.spent == {"1": 100 * M, "supplier": H}


def test_each_team_has_its_own_share():
    story = (
        Story("2026-11-23 09:00").gets("2026-11-23 09:30", team=2).gets("2026-11-23 10:30", team=1)
    )
    found = told(story.resolves("2026-11-23 11:00"))
    assert found.spent == {"1": 60 * M, "2": H}
    assert sum(found.spent.values()) == found.resolve_raw


def test_the_time_it_stood_resolved_before_it_was_reopened_does_not_count():
    story = Story("2026-11-23 09:00").resolves("2026-11-23 10:00").reopens("2026-11-23 15:00")
    found = told(story.resolves("2026-11-23 16:00"))
    assert (found.resolve_raw, found.resolve_clock, found.resolve_work) == (7 * H, 2 * H, 2 * H)
    assert found.reopened == 1
    assert [spell.left for spell in found.spells] == [
        ts("2026-11-23 10:00"),
        ts("2026-11-23 16:00"),
    ]


def test_a_reopened_record_is_not_resolved():
    found = told(Story("2026-11-23 09:00").resolves("2026-11-23 10:00").reopens("2026-11-23 15:00"))
    assert (found.resolved, found.resolve_clock, found.reopened) == (None, None, 1)
    assert found.spells[-1] == Spell(ts("2026-11-23 15:00"), None)


def test_closing_what_is_resolved_moves_nothing():
    found = told(
        Story("2026-11-23 09:00").resolves("2026-11-23 10:00").moves("2026-11-24 10:00", "closed")
    )
    assert found.resolved == ts("2026-11-23 10:00")
    assert len(found.spells) == 1


def test_a_withdrawn_record_left_without_being_resolved():
    found = told(Story("2026-11-23 09:00").cancels("2026-11-23 10:00"))
    assert (found.resolved, found.responded, found.reopened) == (None, None, 0)
    assert found.spells == (Spell(ts("2026-11-23 09:00"), ts("2026-11-23 10:00")),)


def test_first_contact_is_one_reply_and_one_pair_of_hands():
    story = Story("2026-11-23 09:00").says("2026-11-23 09:10", "desk").resolves("2026-11-23 09:20")
    assert told(story).first_contact
    assert not told(story, reassigned=1).first_contact
    twice = Story("2026-11-23 09:00").says("2026-11-23 09:10", "desk")
    twice.says("2026-11-23 09:12", "desk").resolves("2026-11-23 09:20")
    assert not told(twice).first_contact
    thanked = story.says("2026-11-23 10:00", "desk")
    assert told(thanked).first_contact


def test_reasons_are_those_of_the_book_in_force():
    late = book(
        id=2,
        published=ts("2026-11-23 11:00"),
        reach="open",
        requesters=frozenset({REQUESTER, OTHER}),
    )
    story = Story("2026-11-23 09:00", (book(), late)).pends("2026-11-23 10:00", OTHER)
    found = told(story.resolves("2026-11-23 12:00"))
    assert found.spent == {"1": 2 * H, "requester": H}


def test_round_the_clock_is_clock_time():
    story = Story("2026-11-21 09:00").resolves("2026-11-22 09:00")
    found = told(story, calendars=Calendars(ALWAYS, ALWAYS))
    assert found.resolve_work == found.resolve_clock == 24 * H


def test_edges_rise_and_begin_with_nothing():
    assert EDGES[:4] == (0, 1, 2, 3)
    assert list(EDGES) == sorted(set(EDGES))
    assert EDGES[-1] >= 2**30
