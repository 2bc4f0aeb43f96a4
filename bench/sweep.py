"""`python -m bench.sweep`: what a sweep costs with nothing due, and with many breaches at once.

Makes a throw-away database with so many open clocks, of which so many are due. The due ones belong
to records with a real past; the others are rows that only stand there, as they do for a sweep.
Mails are queued, not sent.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from itsm.stack.installation import open_installation

LOOKS = 200
FOUND = "{what:<44} {value:>10}"


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.sweep", description="Measures the sweep.")
    parser.add_argument("--clocks", type=int, default=1_000_000, help="open clocks (1000000)")
    parser.add_argument("--due", type=int, default=10_000, help="of these due at once (10000)")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="maru-sweep-"))
    try:
        installation = open_installation(folder)
        with installation.servers():
            os.environ.update(installation.environment)
            os.environ.update(
                {"DJANGO_SETTINGS_MODULE": "itsm.settings", "MARU_LOG_LEVEL": "warning"}
            )
            run(chosen.clocks, chosen.due)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(clocks: int, due: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told("filled in", f"{timed(lambda: fill(clocks, due)):.0f} s")
    look()
    breach(due)


def told(what: str, value: str) -> None:
    print(FOUND.format(what=what, value=value), flush=True)


def timed(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def fill(clocks: int, due: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from sla.models import Clock
    from tests.sla import breaches
    from tickets import bulk

    breaches.write("bench", due)
    settle()
    row = Clock.objects.filter(metric="resolution")[0]
    plain = {field.name: getattr(row, field.attname) for field in Clock._meta.concrete_fields}
    later = timezone.now() + timedelta(days=30)
    tickets = list(Clock.objects.filter(metric="resolution").values_list("ticket_id", flat=True))
    for sequence, left in enumerate(range(clocks - due, 0, -len(tickets)), 1):
        rest = [
            {**plain, "ticket": pk, "metric": "patch", "sequence": sequence, "next_at": later}
            for pk in tickets[:left]
        ]
        bulk.copy(Clock, rest, without_key=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def settle() -> None:
    """Do what was promised so far."""
    from core import outbox

    while outbox.dispatch_due().total:
        pass


def look() -> None:
    """Nothing is due: a sweep is one look at the index."""
    from django.db import connection
    from django.utils import timezone

    from sla.actions import sweep_due
    from sla.models import Clock

    told("open clocks", f"{Clock.objects.filter(next_at__isnull=False).count():,}")
    looks = sorted(timed(sweep_due) * 1000 for _ in range(LOOKS))
    told("nothing due, p50", f"{statistics.median(looks):.2f} ms")
    told("nothing due, p95", f"{looks[int(LOOKS * 0.95)]:.2f} ms")
    due = Clock.objects.filter(next_at__lte=timezone.now())
    print(due.order_by()[:1].explain(analyze=True, buffers=True))
    connection.close()


def breach(number: int) -> None:
    """So many first responses are missed at once."""
    from core import outbox
    from notifications.models import Notice
    from sla.actions import sweep_due
    from sla.actions.escalate import TOGETHER
    from tests.sla import breaches
    from tickets.models import Event

    breaches.let_go("bench")

    def sweep() -> None:
        while sweep_due():
            pass

    outbox.register("mail", lambda _payload: None)
    outbox.register("digest", lambda _payload: None)
    busy = time.process_time()
    swept = timed(sweep)
    told(f"{number:,} due: events", f"{swept:.1f} s")
    escalated = timed(lambda: outbox.dispatch_due(limit=-(-number // TOGETHER)))
    told(f"{number:,} due: who is told", f"{escalated:.1f} s")
    notified = timed(settle)
    told(f"{number:,} due: notices", f"{notified:.1f} s")
    told("in all", f"{swept + escalated + notified:.1f} s")
    told("of this Python", f"{time.process_time() - busy:.1f} s")
    told("events", f"{Event.objects.filter(verb='escalated').count():,}")
    told("notices", f"{Notice.objects.filter(event__verb='escalated').count():,}")


if __name__ == "__main__":
    main()
