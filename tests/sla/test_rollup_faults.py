"""Counting is killed, and done twice at once: the figures are those of an undisturbed run."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, connections

from sla.actions import publish
from sla.actions.rollup import check_figures, mark_stale, roll_up
from sla.models import Counted, Stale
from tests.factories import waiting_for_requester, waiting_for_supplier
from tests.sla.lives import write_lives
from tests.sla.test_rollup import KEPT, everything
from tickets.models import Ticket

ROOT = Path(__file__).resolve().parents[2]
RECORDS = 600
COUNT = """
from sla.actions.rollup import roll_up
while roll_up(limit=40):
    print("counted", flush=True)
"""
pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting():
    """Records that are named, but not counted."""
    waiting_for_requester(), waiting_for_supplier()
    publish(by=None, reach="all")
    write_lives(RECORDS)


def start() -> "subprocess.Popen[str]":
    server, name = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
    address = server.replace("/maru?", f"/{name}?", 1)
    assert address != server, server
    settings = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "itsm.settings.test"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", COUNT],
        cwd=ROOT, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def undisturbed() -> list[list[tuple]]:
    """What one run, left alone, counts of the same records."""
    for model in (*KEPT, Counted, Stale):
        model.objects.all().delete()
    mark_stale(Ticket.objects.values_list("pk", flat=True))
    while roll_up():
        pass
    return everything()


def test_a_killed_count_loses_nothing_and_counts_nothing_twice(waiting):
    for batches in (1, 2, 3, 1):
        child = start()
        try:
            for _ in range(batches):
                assert child.stdout.readline() == "counted\n"
            assert child.poll() is None, "it ended before it could be killed"
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert Stale.objects.exists()
    while roll_up():
        pass
    found = everything()
    assert list(check_figures()) == []
    assert undisturbed() == found


def test_two_at_once_count_as_one(waiting):
    problems: list[BaseException] = []

    def count() -> None:
        try:
            while Stale.objects.exists():
                roll_up(limit=30)
        except BaseException as problem:  # noqa: BLE001 - told by the test
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems
    found = everything()
    assert list(check_figures()) == []
    assert undisturbed() == found
