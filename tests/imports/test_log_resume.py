"""An import that is killed goes on where it was, and ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from imports.models import LogRun
from tests.imports.running import ONE_LIFE, servicenow_file, take
from tickets.models import Event, ExternalReference, Ticket

ROOT = Path(__file__).resolve().parents[2]
CASES = 3_000


def lives(count: int) -> list[str]:
    return [
        row.replace("INC0000001", f"INC{n:07d}").replace("Caller 7", f"Caller {n % 90}")
        for n in range(1, count + 1)
        for row in ONE_LIFE
    ]


def picture() -> list[Any]:
    """Everything imported, by the other tool's number; our own numbers and keys left out."""
    own = ExternalReference.objects.filter(type="record").order_by("value")
    tickets = own.values_list(
        "value", "ticket__status", "ticket__priority", "ticket__team__name_en",
        "ticket__assignee__display_name", "ticket__requester__display_name",
        "ticket__reopen_count", "ticket__resolved_at", "ticket__version",
    )  # fmt: skip
    events = Event.objects.filter(ticket__references__type="record").order_by(
        "ticket__references__value", "id"
    )
    said = events.values_list("ticket__references__value", "verb", "at", "actor__display_name")
    return [list(tickets), list(said)]


@pytest.mark.slow
@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_resumes_and_equals_an_undisturbed_one(tmp_path):
    path = servicenow_file(tmp_path, lives(CASES))
    server = os.environ["DATABASE_URL"]
    name = connection.settings_dict["NAME"]
    address = server.replace("/maru?", f"/{name}?", 1)
    assert address != server, server
    command = [
        sys.executable, "manage.py", "import_log", str(path), "--mapping", "servicenow",
        "--batch", "50",
    ]  # fmt: skip
    settings = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "itsm.settings.test"}
    child = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while not LogRun.objects.filter(cases_done__gte=200).exists():
            assert child.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    there = Ticket.objects.count()
    assert 0 < there < CASES
    assert LogRun.objects.get().finished_at is None
    assert LogRun.objects.get().cases_done == there

    outcome = take(path, "servicenow", batch=50)
    assert outcome.counts["cases here already"] == there
    run = LogRun.objects.get()
    assert (run.cases_done, run.finished_at is None) == (CASES, False)
    resumed = picture()

    for model in (Event, ExternalReference):
        connection.cursor().execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    connection.cursor().execute("TRUNCATE tickets_ticket CASCADE")
    take(path, "servicenow")
    assert picture() == resumed


@pytest.mark.django_db
def test_a_grown_file_adds_its_new_cases_only(tmp_path):
    take(servicenow_file(tmp_path, lives(2)), "servicenow")
    outcome = take(servicenow_file(tmp_path, lives(3)), "servicenow", batch=1)
    assert (outcome.counts["cases taken"], Ticket.objects.count()) == (1, 3)
