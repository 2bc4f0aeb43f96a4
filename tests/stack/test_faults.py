"""Everything acknowledged is there, once, whatever part is killed while people write.

A client opens incidents through the API, each under an idempotency key, and asks again until it is
told 201. Meanwhile every part is killed hard, then the supervisor with all of them. Afterwards:
one record per key, one opening event per record, each person told once of each.
"""

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from itsm.stack import processes
from tests.stack.mailsink import MailSink
from tests.stack.running import Maru

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("up")]

PEOPLE = """
from accounts.actions import tokens
from tests.factories import make_agent, make_team, make_user
team = make_team()
agents = [make_agent(team=team) for _ in range(2)]
user = make_user(role="agent")
print(tokens.issue(user, "faults", ["read", "write"], None, by=user).text, team.pk)
"""
FACTS = """
import json
from collections import Counter
from core.models import OutboxMessage
from notifications.models import Delivery, Notice
from tickets.models import Event, Ticket
titles = list(Ticket.objects.filter(title__startswith="fault-").values_list("title", flat=True))
events = Event.objects.filter(ticket__title__startswith="fault-", verb="opened")
openings = Counter(events.values_list("ticket__title", flat=True))
told = Counter(Notice.objects.filter(event__in=events).values_list("ticket__title", flat=True))
mails = Counter(Delivery.objects.filter(event__in=events).values_list("state", flat=True))
numbers = Ticket.objects.values_list("kind", "serial")
print(json.dumps({
    "titles": titles, "openings": openings, "told": told, "mails": mails,
    "twice": len(numbers) - len(set(numbers)),
    "waiting": OutboxMessage.objects.filter(state="waiting").count(),
    "failed": OutboxMessage.objects.filter(state="failed").count(),
}))
"""


@dataclass
class Client:
    """Opens incidents one after the other until told to stop."""

    port: int
    token: str
    team: str
    name: str
    acknowledged: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            title = f"fault-{self.name}-{number}"
            if self._open_until_acknowledged(title):
                self.acknowledged.append(title)
            number += 1

    def _open_until_acknowledged(self, title: str) -> bool:
        for _ in range(600):
            status = self._post(title)
            if status == 201:
                return True
            assert status in {0, 409, 429, 500, 502, 503}, status
            time.sleep(0.1)  # a client that waits a moment before it asks again
        return False

    def _post(self, title: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": title,
        }
        body = json.dumps({"title": title, "team": int(self.team)})
        try:
            connection.request("POST", "/api/v1/incidents/", body, headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink() as found:
        yield found


@pytest.fixture
def maru(tmp_path: Path, sink: MailSink) -> Iterator[Maru]:
    running = Maru(
        tmp_path / "data",
        MARU_SMTP_HOST="127.0.0.1",
        MARU_SMTP_PORT=str(sink.port),
        MARU_SMTP_SECURITY="none",
        MARU_API_WRITES_PER_MINUTE="100000",
    ).start()
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


def _facts(maru: Maru) -> dict[str, object]:
    return json.loads(maru.ask(FACTS).splitlines()[-1])


def _kill(maru: Maru, name: str) -> None:
    pid = maru.children()[name]
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: maru.children().get(name, pid) != pid, 30, 0.1)


def _went_on(clients: list[Client]) -> None:
    """Each client is acknowledged a few more."""
    before = [len(client.acknowledged) for client in clients]
    assert processes.wait_until(
        lambda: all(
            len(client.acknowledged) >= count + 3
            for client, count in zip(clients, before, strict=True)
        ),
        60,
        0.1,
    ), "nothing is acknowledged any more"


def test_nothing_acknowledged_is_lost_and_nobody_is_told_twice(maru: Maru, sink: MailSink) -> None:
    token, team = maru.ask(PEOPLE).splitlines()[-1].split()
    clients = [Client(maru.port, token, team, name) for name in ("a", "b")]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        _went_on(clients)
        for name in ("web", "worker", "valkey", "beat", "postgres", "web", "postgres"):
            _kill(maru, name)
            _went_on(clients)
        maru.stop(signal.SIGKILL)
        maru.start()
        _went_on(clients)
    finally:
        for client in clients:
            client.stop.set()
        for thread in threads:
            thread.join(90)

    acknowledged = {title for client in clients for title in client.acknowledged}
    assert processes.wait_until(lambda: _facts(maru)["waiting"] == 0, 90, 1.0), _facts(maru)
    facts = _facts(maru)
    titles = facts["titles"]
    assert isinstance(titles, list)
    assert acknowledged <= set(titles)
    assert len(titles) == len(set(titles)), "one key made two records"
    assert facts["twice"] == 0
    assert facts["failed"] == 0
    assert facts["openings"] == dict.fromkeys(titles, 1)
    # The two agents of the team, once each.
    assert facts["told"] == dict.fromkeys(titles, 2)
    assert set(sink.taken.values()) <= {1}, "a mail was sent twice"
