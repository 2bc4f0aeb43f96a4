"""Real logs of other organisations, where they are at hand: the product's figures are the file's.

The figures to compare with are counted here from the file itself, with nothing of the importer.
"""

import csv
import gzip
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median

import pytest
from django.db.models import Count, Sum

from tests.imports.running import SHARED, look, take
from tickets.models import Event, ExternalReference, Ticket

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not here"),
]
UCI = SHARED / "uci_servicenow"
LOG = UCI / "incident_event_log_part1.csv.gz"
STATES = {
    "New": "new", "Active": "in_progress", "Awaiting User Info": "pending",
    "Awaiting Vendor": "pending", "Awaiting Problem": "pending", "Awaiting Evidence": "pending",
    "Resolved": "resolved", "Closed": "closed",
}  # fmt: skip


def last_rows(path: Path) -> dict[str, dict[str, str]]:
    """The final picture of each incident: its last row in the file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return {row["number"]: row for row in csv.DictReader(stream)}


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)


def counted(column: str) -> dict[str, int]:
    rows = Ticket.objects.order_by().values_list(column).annotate(n=Count("id"))
    return dict(rows)


def test_every_figure_of_the_servicenow_log_equals_an_independent_count():
    outcome = take(LOG, "servicenow")
    assert outcome.counts["rows"] == 102_588
    assert (outcome.counts["taken"], outcome.counts["bad"]) == (102_588, 0)
    last = last_rows(LOG).values()

    assert counted("status") == Counter(STATES[row["incident_state"]] for row in last)
    assert counted("priority") == Counter(int(row["priority"][0]) for row in last)
    groups = Counter(row["assignment_group"] for row in last)
    groups["No group (ServiceNow)"] = groups.pop("?")
    assert counted("team__name_en") == groups
    assert counted("reassign_count") == Counter(int(row["reassignment_count"]) for row in last)
    assert counted("reopen_count") == Counter(int(row["reopen_count"]) for row in last)
    totals = Ticket.objects.aggregate(moves=Sum("reassign_count"), reopens=Sum("reopen_count"))
    assert totals == {
        "moves": sum(int(row["reassignment_count"]) for row in last),
        "reopens": sum(int(row["reopen_count"]) for row in last),
    }
    resolved = Ticket.objects.filter(resolved_at__isnull=False)
    ours = [
        (done - opened).total_seconds()
        for done, opened in resolved.values_list("resolved_at", "opened_at")
    ]
    theirs = [
        (moment(row["resolved_at"]) - moment(row["opened_at"])).total_seconds()
        for row in last
        if row["resolved_at"] != "?"
    ]
    assert len(ours) == len(theirs)
    assert (fmean(ours), median(ours)) == pytest.approx((fmean(theirs), median(theirs)))

    problems = {number for number, row in last_rows(LOG).items() if row["problem_id"] != "?"}
    assert ExternalReference.objects.filter(type="problem").count() == len(problems)
    reopens = Event.objects.filter(changes__status__0__in=["resolved", "closed"]).exclude(
        changes__status__1__in=["resolved", "closed"]
    )
    assert reopens.count() == totals["reopens"]

    _nothing_new_in(LOG)
    _nothing_new_in(UCI / "variant_dd-mm-yyyy_TRUE.csv.gz")
    _nothing_new_in(UCI / "variant_prefixes_stripped_sample.csv.gz")


def _nothing_new_in(path: Path) -> None:
    before = Event.objects.count()
    again = take(path, "servicenow")
    assert again.counts["skipped: imported before"] == again.counts["rows"]
    assert Event.objects.count() == before


def test_dirty_copies_of_the_log_say_what_the_clean_one_says():
    path = UCI / "variant_prefixes_stripped_sample.csv.gz"
    take(path, "servicenow")
    real = last_rows(LOG)
    seen = Counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            seen[f"INC{row[0]}"] += 1
    complete = {n for n, count in _rows_per_case(LOG).items() if seen.get(n) == count}
    for own in ExternalReference.objects.filter(type="record").select_related("ticket__team"):
        if own.value in complete:
            row, ticket = real[own.value], own.ticket
            assert ticket.status == STATES[row["incident_state"]]
            assert ticket.priority == int(row["priority"][0])
            if row["assignment_group"] != "?":
                assert ticket.team.name_en == row["assignment_group"]


def _rows_per_case(path: Path) -> dict[str, int]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return Counter(row["number"] for row in csv.DictReader(stream))


def test_volvo_incidents_come_whole():
    outcome = take(SHARED / "bpi2013_volvo/incidents_part1.xes.gz", "volvo")
    assert (outcome.counts["cases taken"], outcome.counts["taken"]) == (5_288, 51_936)
    assert outcome.counts["bad"] == 0
    expected = {"closed": 4_220, "resolved": 1_066, "cancelled": 1, "in_progress": 1}
    assert counted("status") == expected
    assert Ticket.objects.aggregate(n=Sum("reopen_count"))["n"] == 501


def test_volvo_problems_are_named_as_skipped():
    outcome = look(SHARED / "bpi2013_volvo/open_problems.xes.gz", "volvo_problems")
    assert sum(n for key, n in outcome.counts.items() if key.startswith("skipped")) == 2_351


def test_rabobank_incidents_come_with_their_activities():
    folder = SHARED / "bpi2014_rabobank"
    outcome = take(
        folder / "Detail_Incident_sample_part1.csv.gz",
        "rabobank",
        folder / "Detail_Incident_Activity_sample_part1.csv.gz",
    )
    assert (outcome.counts["cases taken"], outcome.counts["taken"]) == (2_800, 32_279)
    with gzip.open(folder / "Detail_Incident_sample_part1.csv.gz", "rt", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert counted("priority") == Counter(int(row["Priority"]) for row in rows)
    assert counted("reassign_count") == Counter(int(row["# Reassignments"]) for row in rows)
    changes = {row["Related Change"] for row in rows} - {"", "#MULTIVALUE"}
    kept = ExternalReference.objects.filter(type="change").values_list("value", flat=True)
    assert set(kept) == changes


def test_the_destroyed_rabobank_export_is_reported():
    outcome = take(SHARED / "bpi2014_rabobank/ITSM_data_40rows.csv", "rabobank")
    assert outcome.counts["taken"] == 40
    assert {problem.column for problem in outcome.problems} == {"handle_hours"}
    assert all(problem.effect == "value left out" for problem in outcome.problems)
    hours = [
        event.data["source"].get("handle_hours") for event in Event.objects.filter(verb="opened")
    ]
    assert [text for text in hours if text and float(text) > 20_000] == []


def test_italian_cases_come_once():
    path = SHARED / "helpdesk_italy/helpdesk_part1.csv.gz"
    outcome = take(path, "helpdesk_italy")
    rows_of = defaultdict(set)
    with gzip.open(path, "rt", newline="") as stream:
        for row in list(csv.reader(stream))[1:]:
            rows_of[row[0]].add(tuple(row))
    assert outcome.counts["cases taken"] == len(rows_of)
    assert outcome.counts["taken"] == sum(len(rows) for rows in rows_of.values())
