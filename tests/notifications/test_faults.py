"""Real workers, killed; a real broker, away: nothing lost, nobody mailed twice."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from celery import Celery
from django.db import connection

from core.models import Heartbeat, OutboxMessage
from itsm.stack import processes
from itsm.stack.paths import ROOT
from itsm.stack.valkey import Valkey
from notifications.enums import DeliveryState
from notifications.models import Delivery, Notice
from tests.factories import make_agent, make_team, make_user, open_incident
from tests.stack.mailsink import MailSink

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WRITE = """
import time
from accounts.models import User
from tests.factories import open_incident
slowest = 0
people = list(User.objects.filter(grants=None).order_by("pk"))
open_incident("Warm", by=people.pop())
for person in people:
    start = time.perf_counter()
    open_incident("Written while the broker was away", by=person)
    slowest = max(slowest, time.perf_counter() - start)
print(slowest)
"""


class HoldingSink(MailSink):
    """Holds the client that brings the `hold`-th mail, and never takes that copy of it."""

    def __init__(self, hold: int) -> None:
        super().__init__()
        self.hold = hold
        self.reached, self.go = threading.Event(), threading.Event()
        self._lock, self._brought = threading.Lock(), 0

    def keep(self, receivers: list[str], content: bytes) -> None:
        with self._lock:
            self._brought += 1
            held = self._brought == self.hold
        if held:
            self.reached.set()
            self.go.wait(60)
            raise ConnectionAbortedError("the client was killed")
        super().keep(receivers, content)

    def handle_error(self, request, client_address) -> None:
        """Broken connections are what these tests are about."""


class Worker:
    """A real Celery worker on the test's database."""

    def __init__(self, log: Path, redis_url: str, mail_port: int) -> None:
        self.log = log
        at = {name: quote(str(value)) for name, value in connection.settings_dict.items()}
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "itsm.settings",
            "MARU_SECRET_KEY": "only-for-tests-and-never-anywhere-else-0123456789",
            "DATABASE_URL": f"postgres://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}"
            f"?host={at['HOST']}&port={at['PORT']}",
            "REDIS_URL": redis_url,
            "MARU_SMTP_HOST": "127.0.0.1",
            "MARU_SMTP_PORT": str(mail_port),
            "MARU_SMTP_SECURITY": "none",
        }
        self.child: processes.Child | None = None

    def start(self) -> "Worker":
        celery = [sys.executable, "-m", "celery", "--app", "itsm.celery", "--quiet", "worker"]
        celery += ["--concurrency", "2", "--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.child = processes.spawn(
                "worker", celery, output=log, environment=self.environment, folder=ROOT
            )
        return self

    def kill(self) -> None:
        assert self.child
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.process.wait(10)

    def stop(self) -> None:
        if self.child:
            self.child.stop(20)

    def run(self, code: str) -> str:
        """Run Python in another process of the same installation; what it prints."""
        setup = "import django; django.setup()\n"
        done = subprocess.run(
            [sys.executable, "-c", setup + code],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1] if done.stdout else ""

    def kick(self) -> None:
        """Ask for dispatching, as beat does."""
        broker = self.environment["REDIS_URL"].replace("unix://", "redis+socket://")
        with Celery(broker=broker, set_as_current=False) as app:
            app.send_task("core.tasks.dispatch_outbox")

    def drain(self) -> None:
        """Kick until nothing waits."""

        def nothing_waits() -> bool:
            self.kick()
            return not OutboxMessage.objects.filter(state="waiting").exists()

        assert processes.wait_until(nothing_waits, 90, 1.0), self.log.read_text()[-3000:]


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path / "valkey", Path(f"/tmp/maru-{os.getpid()}.sock"), tmp_path / "log")
    children = [server.start()]
    yield server, children
    children[-1].stop(10)
    server.socket.unlink(missing_ok=True)


def everybody_was_told_once(people, sink):
    received = sorted(receiver for _identity, receiver in sink.taken.elements())
    assert received == sorted(person.email for person in people)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert not OutboxMessage.objects.exclude(state="done").exists()


def test_a_worker_killed_while_it_mails_loses_nothing_and_repeats_nothing(tmp_path, valkey):
    server, _children = valkey
    agent = make_agent(team=make_team())
    people = [make_user() for _ in range(8)]
    for person in people:
        open_incident(by=person)
    with HoldingSink(hold=3) as sink:
        worker = Worker(tmp_path / "worker.log", server.url, sink.port).start()
        try:
            worker.kick()
            assert sink.reached.wait(60), worker.log.read_text()[-3000:]
            worker.kill()
            sink.go.set()
            assert OutboxMessage.objects.filter(state="waiting").exists()
            worker.start()
            worker.drain()
        finally:
            worker.stop()
        everybody_was_told_once(people, sink)
    assert Notice.objects.filter(user=agent).count() == len(people)
    assert Heartbeat.objects.filter(name="worker").exists()


def test_while_the_broker_is_away_writing_is_quick_and_people_are_told_after(tmp_path, valkey):
    server, children = valkey
    make_agent(team=make_team())
    people = [make_user() for _ in range(6)]
    with MailSink() as sink:
        worker = Worker(tmp_path / "worker.log", server.url, sink.port)
        os.kill(children[-1].pid, signal.SIGKILL)
        children[-1].process.wait(10)
        slowest = float(worker.run(WRITE))
        assert slowest < 1.0
        assert OutboxMessage.objects.filter(state="waiting").count() == len(people)
        children.append(server.start())
        worker.start()
        try:
            worker.drain()
        finally:
            worker.stop()
        everybody_was_told_once(people, sink)
