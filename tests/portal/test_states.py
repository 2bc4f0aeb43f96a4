"""The bar of steps is read from a kind's table, whatever the kind."""

import pytest

from core.states import Machine, Phase, State
from incidents.states import MACHINE
from portal.states import steps

REQUEST = Machine(
    initial="submitted",
    states=(
        State("submitted", "Submitted", Phase.NEW, "Received"),
        State("awaiting_approval", "Awaiting approval", Phase.WAITING, "Approval"),
        State("approved", "Approved", Phase.ACTIVE, "Approved"),
        State("in_progress", "In progress", Phase.ACTIVE, "Being handled"),
        State("pending", "Pending", Phase.WAITING, "Waiting"),
        State("fulfilled", "Fulfilled", Phase.RESOLVED, "Delivered"),
        State("closed", "Closed", Phase.CLOSED, "Finished"),
        State("rejected", "Rejected", Phase.CLOSED, "Returned"),
    ),
    transitions=(),
)


def read(machine, status):
    return [(str(step.label), step.state) for step in steps(machine, status)]


def test_an_incident_is_received_worked_on_checked_and_done():
    assert read(MACHINE, "new") == [
        ("Received", "current"),
        ("In work", "todo"),
        ("Your check", "todo"),
        ("Done", "todo"),
    ]
    assert [state for _label, state in read(MACHINE, "resolved")] == [
        "done",
        "done",
        "current",
        "todo",
    ]


@pytest.mark.parametrize("status", ["assigned", "in_progress", "pending"])
def test_waiting_interrupts_the_work_and_is_no_step(status):
    assert read(MACHINE, status)[1] == ("In work", "current")


def test_a_finished_record_has_every_step_done():
    assert {state for _label, state in read(MACHINE, "closed")} == {"done"}


def test_a_withdrawn_record_stops():
    assert read(MACHINE, "cancelled") == [("Received", "done"), ("Withdrawn", "stopped")]
    assert read(REQUEST, "rejected")[-1] == ("Returned", "stopped")


def test_an_approval_before_the_work_is_a_step_of_its_own():
    labels = [label for label, _state in read(REQUEST, "submitted")]
    assert labels == ["Received", "Approval", "In work", "Your check", "Done"]
    assert read(REQUEST, "awaiting_approval")[1] == ("Approval", "current")
    assert read(REQUEST, "pending")[2] == ("In work", "current")


def test_every_state_of_the_incident_has_exactly_one_place():
    for state in MACHINE.states:
        marks = [mark for _label, mark in read(MACHINE, state.key)]
        assert marks.count("current") <= 1
        assert len(marks) >= 2
