"""One small file of each format, taken row by row."""

from datetime import UTC, datetime

import pytest

from accounts.models import Team, User
from imports.models import Counterpart, LogRun
from tests.factories import make_agent, open_incident
from tests.imports.running import (
    ITALY_HEAD,
    ONE_LIFE,
    RABOBANK,
    RABOBANK_ACTIVITY,
    RABOBANK_RAW,
    VOLVO,
    italy_row,
    look,
    servicenow_file,
    servicenow_row,
    take,
    write,
)
from tickets import history
from tickets.models import Event, ExternalReference, Ticket
from tickets.search import search

pytestmark = pytest.mark.django_db


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)


def verbs(ticket: Ticket) -> list[str]:
    return list(ticket.events.values_list("verb", flat=True))


def only_ticket() -> Ticket:
    return Ticket.objects.select_related("team", "assignee", "requester", "category").get()


def test_a_life_in_servicenow_becomes_a_record_with_its_real_history(tmp_path):
    outcome = take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    assert outcome.counts["taken"] == 8
    ticket = only_ticket()
    assert ticket.number.startswith("INC-")
    assert (ticket.status, ticket.phase, ticket.priority) == ("closed", "closed", 1)
    assert (ticket.reopen_count, ticket.reassign_count) == (1, 1)
    assert ticket.opened_at == at(2016, 3, 1, 8, 55)
    assert ticket.resolved_at == at(2016, 3, 3, 12, 0)
    assert ticket.closed_at == at(2016, 3, 8, 12, 0)
    assert ticket.team.name_en == "Group 2"
    assert ticket.assignee.display_name == "Resolver 4"
    assert ticket.title == "Category 5 · Subcategory 6 · Symptom 7"
    assert verbs(ticket) == [
        "opened", "assigned", "transitioned", "assigned", "transitioned", "transitioned",
        "edited", "transitioned", "transitioned", "transitioned",
    ]  # fmt: skip
    reopened = ticket.events.get(data__name="reopen")
    assert reopened.at == at(2016, 3, 3, 9, 0)
    assert reopened.actor.display_name == "Updated by 9"
    assert reopened.data["references"] == {"problem": [None, "Problem ID 14"]}
    assert not ticket.events.filter(data__has_key="jump").exists()


def test_references_and_the_old_number_stay_with_the_record(tmp_path):
    take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    kept = set(ExternalReference.objects.values_list("system", "type", "value"))
    assert kept == {
        ("servicenow", "record", "INC0000001"),
        ("servicenow", "problem", "Problem ID 14"),
    }


def test_people_come_without_a_way_to_sign_in_and_with_a_mark_of_origin(tmp_path):
    take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    caller = User.objects.get(display_name="Caller 7")
    assert not caller.is_active
    assert not caller.has_usable_password()
    mark = Counterpart.objects.get(type="person", name="Caller 7")
    assert (mark.object_id, mark.made_here) == (caller.pk, True)


def test_a_second_run_changes_nothing(tmp_path):
    path = servicenow_file(tmp_path, ONE_LIFE)
    take(path, "servicenow")
    before = [model.objects.count() for model in (Ticket, Event, User, Team, Counterpart, LogRun)]
    again = take(path, "servicenow")
    assert (again.counts["taken"], again.counts["skipped: imported before"]) == (0, 8)
    after = [model.objects.count() for model in (Ticket, Event, User, Team, Counterpart, LogRun)]
    assert before == after


def test_a_dry_run_writes_nothing(tmp_path):
    outcome = look(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    assert outcome.counts["to take"] == 8
    assert outcome.names["team"] == (3, 0)
    assert not Ticket.objects.exists()
    assert not Counterpart.objects.exists()


def test_copies_with_other_dates_or_without_prefixes_are_the_same_incidents(tmp_path):
    take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    stripped = "\n".join(ONE_LIFE)
    for prefix in (
        "INC", "Caller ", "Opened by  ", "Updated by ", "Resolver ", "Group ", "Category ",
        "Subcategory ", "Symptom ", "Problem ID  ", "code ", "Resolved by ", " - High",
        " - Medium", " - Moderate", " - Critical",
    ):  # fmt: skip
        stripped = stripped.replace(prefix, "")
    other = servicenow_file(tmp_path, stripped.split("\n"), "stripped.csv")
    text = other.read_text().replace("incident_state", "ident_state")
    other.write_text(text.replace("subcategory", "category"))
    assert take(other, "servicenow").counts["skipped: imported before"] == 8
    Counterpart.objects.all()
    fresh = text.replace("0000001", "0000002").replace("subcategory", "category")
    other.write_text(fresh.replace("/3/2016", "-03-2016"))
    before = User.objects.count()
    assert take(other, "servicenow").counts["taken"] == 8
    assert User.objects.count() == before
    one, two = Ticket.objects.order_by("pk")
    for column in ("title", "priority", "team_id", "assignee_id", "resolved_at", "category_id"):
        assert getattr(one, column) == getattr(two, column), column


def test_rows_that_make_no_sense_are_named_and_the_rest_is_taken(tmp_path):
    rows = [
        servicenow_row(),
        servicenow_row(state="Lost", at="1/3/2016 10:00"),
        servicenow_row(state="-100", at="1/3/2016 10:30"),
        servicenow_row(state="Active", at="31/2/2016 10:00"),
        "INC0000001,Active,true",
        servicenow_row(number="?"),
        servicenow_row(state="Active", at="1/3/2016 11:00", resolved="yesterday"),
    ]
    outcome = take(servicenow_file(tmp_path, rows), "servicenow")
    assert (outcome.counts["taken"], outcome.counts["bad"]) == (3, 4)
    reasons = {(problem.line, problem.column, problem.effect) for problem in outcome.problems}
    assert reasons == {
        (3, "state", "row skipped"),
        (5, "at", "row skipped"),
        (6, "", "row skipped"),
        (7, "case", "row skipped"),
        (8, "resolved_at", "value left out"),
    }
    assert only_ticket().status == "in_progress"


def test_a_log_that_starts_late_makes_a_marked_jump_and_no_states_in_between(tmp_path):
    take(servicenow_file(tmp_path, [servicenow_row(state="Closed")]), "servicenow")
    ticket = only_ticket()
    assert verbs(ticket) == ["opened", "transitioned"]
    jump = ticket.events.last()
    assert jump.changes["status"] == ["new", "closed"]
    assert jump.data["jump"] is True


def test_what_nobody_was_given_goes_to_a_team_that_says_so(tmp_path):
    take(servicenow_file(tmp_path, [servicenow_row(group="?")]), "servicenow")
    assert only_ticket().team.name_en == "No group (ServiceNow)"


def test_volvo_keeps_offsets_waits_and_the_machine_that_closes(tmp_path):
    take(write(tmp_path, "log.xes.gz", VOLVO, zipped=True), "volvo")
    ticket = only_ticket()
    assert ticket.opened_at == at(2012, 3, 24, 22, 30)
    assert ticket.resolved_at == at(2012, 3, 26, 10, 0)
    assert (ticket.status, ticket.priority, ticket.team.name_en) == ("resolved", 1, "V30 2nd")
    assert ticket.assignee.display_name == "Siebel" or ticket.assignee.display_name == "Zoë"
    wait = ticket.events.get(changes__status__1="pending")
    assert wait.at == at(2012, 3, 25, 10, 0)
    assert User.objects.get(display_name="Siebel").is_machine


def test_problems_are_skipped_while_there_is_no_such_kind(tmp_path):
    outcome = take(write(tmp_path, "log.xes", VOLVO), "volvo_problems")
    skipped = [key for key in outcome.counts if key.startswith("skipped: no records of kind")]
    assert outcome.counts[skipped[0]] == 3
    assert not Ticket.objects.exists()


def test_rabobank_joins_two_files_and_sorts_activities_by_time(tmp_path):
    main = write(tmp_path, "Detail_Incident.csv", RABOBANK)
    activity = write(tmp_path, "Detail_Incident_Activity.csv", RABOBANK_ACTIVITY)
    outcome = take(main, "rabobank", activity)
    assert outcome.counts["skipped: no such case in the main file"] == 1
    ticket = only_ticket()
    assert (ticket.status, ticket.priority, ticket.reassign_count) == ("closed", 5, 2)
    assert ticket.opened_at == at(2013, 2, 6, 13, 7, 43)
    assert ticket.resolved_at == at(2013, 2, 7, 13, 0, 26)
    assert ticket.team.name_en == "TEAM2"
    opened = ticket.events.first()
    assert opened.data["source"]["handle_hours"] == "3.885555556"
    assert [event.data.get("activity") for event in ticket.events.all()] == [
        None, "Open", "Reassignment", None, None, "Closed",
    ]  # fmt: skip
    references = set(ExternalReference.objects.values_list("type", "value"))
    assert ("change", "C00000056") in references
    assert ("interaction", "#MULTIVALUE") not in references


def test_a_destroyed_number_is_reported_and_not_guessed(tmp_path):
    outcome = take(write(tmp_path, "ITSM_data.csv", RABOBANK_RAW), "rabobank")
    (problem,) = outcome.problems
    assert (problem.column, problem.value) == ("handle_hours", "3,87,16,91,111")
    assert problem.effect == "value left out"
    ticket = only_ticket()
    assert "handle_hours" not in ticket.events.first().data["source"]
    assert outcome.counts["assumed: impact"] == 1
    assert (ticket.status, ticket.priority) == ("closed", 5)


def test_italian_activities_move_the_ticket_and_doubled_rows_count_once(tmp_path):
    rows = [
        italy_row("Assign seriousness", "2012/10/09 14:50:17.000"),
        italy_row("Take in charge ticket", "2012/10/09 14:51:01.000", "Value 2"),
        italy_row("Take in charge ticket", "2012/10/09 14:51:01.000", "Value 2"),
        italy_row("Wait", "2012/10/10 14:51:01.000", "Value 2"),
        italy_row("Resolve ticket", "2012/10/11 14:51:01.000", "Value 2"),
        italy_row("VERIFIED", "2012/10/12 14:51:01.000", "Value 2"),
    ]
    path = write(tmp_path, "log.csv", "\n".join([ITALY_HEAD, *rows, ""]))
    outcome = take(path, "helpdesk_italy")
    assert outcome.counts["skipped: the same row again"] == 1
    ticket = only_ticket()
    assert (ticket.status, ticket.assignee.display_name) == ("resolved", "Resource 2")
    assert (ticket.team.name_en, ticket.requester.display_name) == ("Workgroup 4", "Customer 5")


def test_replaying_the_events_of_an_import_gives_its_row(tmp_path):
    take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    ticket = only_ticket()
    assert ticket.version == 1 + ticket.events.count()
    for event in ticket.events.all():
        for name, (_old, new) in event.changes.items():
            last = ticket.events.filter(changes__has_key=name).last()
            if event == last:
                assert getattr(ticket, ticket._meta.get_field(name).attname) == new


def test_a_record_that_the_database_refuses_is_named_and_the_others_come(tmp_path, monkeypatch):
    rows = [servicenow_row(number=f"INC000000{n}") for n in (1, 2, 3)]
    write_all = history.write

    def refuse_two(pasts, **more):
        if any("INC0000002" in str(past.references) for past in pasts):
            raise ValueError("not this one")
        return write_all(pasts, **more)

    monkeypatch.setattr(history, "write", refuse_two)
    outcome = take(servicenow_file(tmp_path, rows), "servicenow")
    assert (outcome.counts["taken"], outcome.counts["bad"]) == (2, 1)
    assert [(p.case, p.reason) for p in outcome.problems] == [("INC0000002", "not this one")]


def test_the_old_number_finds_the_record_even_where_we_have_that_number_too(tmp_path):
    take(servicenow_file(tmp_path, ONE_LIFE), "servicenow")
    agent = make_agent()
    imported = only_ticket()
    assert [hit["number"] for hit in search(agent, "inc0000001").hits] == [imported.number]
    ours = open_incident(by=agent)
    ExternalReference.objects.filter(type="record").update(value=f"INC{ours.serial:07d}")
    found = search(agent, f"INC{ours.serial:07d}").hits
    assert [(hit["number"], hit["why"]) for hit in found] == [
        (ours.number, "number"),
        (imported.number, "reference"),
    ]
