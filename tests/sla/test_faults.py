"""Whatever is killed while thousands of targets are missed: figures and notices as without.

BREACHES=10000 runs it with so many; without, fewer show the same in less time.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from itsm.stack import processes
from tests.stack.running import Maru

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("up")]

BREACHES = int(os.environ.get("BREACHES", "200"))
PATIENCE = 120 + BREACHES * 0.5  # seconds
KILLED = ("worker", "beat", "worker", "valkey", "worker")
EVENTS = """
    SELECT count(*) FROM tickets_event e JOIN tickets_ticket t ON t.id = e.ticket_id
    WHERE e.verb = 'escalated' AND t.title LIKE %s
"""
NOTICES = """
    SELECT count(*) FROM notifications_notice n JOIN tickets_ticket t ON t.id = n.ticket_id
    WHERE t.title LIKE %s
"""
WAITING = """
    SELECT count(*) FROM core_outboxmessage
    WHERE state = 'waiting' AND topic IN ('sla.escalate', 'notify')
"""


@pytest.fixture
def maru(tmp_path: Path) -> Iterator[Maru]:
    running = Maru(tmp_path / "data").start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


@pytest.fixture
def count(maru: Maru) -> Iterator[Callable[..., int]]:
    connection = psycopg2.connect(maru.ask("import os; print(os.environ['DATABASE_URL'])"))
    connection.autocommit = True

    def ask(statement: str, *values: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return int(cursor.fetchone()[0])

    yield ask
    connection.close()


def breach(maru: Maru, prefix: str) -> None:
    maru.ask(f"from tests.sla import breaches; breaches.write({prefix!r}, {BREACHES})")
    released = maru.ask(f"from tests.sla import breaches; print(breaches.let_go({prefix!r}))")
    assert int(released.splitlines()[-1]) == BREACHES


def facts(maru: Maru, prefix: str) -> dict[str, Any]:
    code = (
        f"import json; from tests.sla.breaches import facts; print(json.dumps(facts({prefix!r})))"
    )
    return json.loads(maru.ask(code).splitlines()[-1])


def kill(maru: Maru, name: str) -> None:
    pid = maru.children()[name]
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: maru.children().get(name, pid) != pid, 60, 0.1)


def settled(count: Callable[..., int], prefix: str) -> bool:
    """All are told of, and nothing promised is left to do."""
    return count(EVENTS, f"{prefix} %") >= BREACHES and count(WAITING) == 0


def test_kills_in_the_middle_of_many_breaches_change_nothing(
    maru: Maru, count: Callable[..., int]
) -> None:
    breach(maru, "calm")
    assert processes.wait_until(lambda: settled(count, "calm"), PATIENCE, 0.5)

    breach(maru, "storm")
    assert processes.wait_until(lambda: count(EVENTS, "storm %") > 0, PATIENCE, 0.02)
    for part, name in enumerate(KILLED):
        reached = BREACHES * 2 * part // (len(KILLED) + 1)
        assert processes.wait_until(
            lambda r=reached: count(NOTICES, "storm %") >= r, PATIENCE, 0.05
        )
        kill(maru, name)
    assert processes.wait_until(lambda: settled(count, "storm"), PATIENCE, 0.5)

    calm, storm = facts(maru, "calm"), facts(maru, "storm")
    assert storm == calm
    assert storm["steps"] == BREACHES
    assert storm["notices"] == BREACHES * 2  # whoever works on it, and the team's lead
    for never in ("told_twice", "noticed_twice", "wrong"):
        assert storm[never] == []
    for none in ("sweeping", "late", "failed"):
        assert storm[none] == 0
