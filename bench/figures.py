"""`python -m bench.figures`: what figures cost: a report, counting a day, making all anew.

With --rows so many facts are made up by the database alone, to ask reports of many years' records;
without, records with a past are made (--size), and everything is counted from their events.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from itsm.stack.installation import open_installation

ROUNDS = 30
# What the database makes up: three years, sixty teams, eighty services, one clock in six missed.
FIGURES = """
INSERT INTO sla_figure (ticket_id, kind, priority, team_id, service_id, category_id, opened_at,
  opened_on, responded_at, responded_on, resolved_at, resolved_on, ack_clock, ack_work,
  resolve_raw, resolve_clock, resolve_work, reopened, reassigned, first_contact, spent)
SELECT n, 'incident', priority, team, service, category, opened_at, opened_at::date,
  opened_at + ack * second, (opened_at + ack * second)::date, done, done::date, ack, ack / 3,
  raw, raw * 4 / 5, raw / 4, (mod(n, 19) = 0)::int, mod(n, 3), mod(n, 3) = 0,
  jsonb_build_object(team::text, raw / 2, 'requester', raw / 5, 'supplier', raw / 10)
FROM (SELECT *, interval '1 second' AS second,
    CASE WHEN n <= %(closed)s THEN opened_at + raw * interval '1 second' END AS done FROM
  (SELECT n, 1 + mod(n * 7, 5) AS priority, 1 + mod(n * 13, 60) AS team,
    1 + mod(n * 17, 80) AS service, 1 + mod(n * 11, 12) AS category,
    60 + mod(n::bigint * 7919, 40000)::int AS ack,
    600 + mod(n::bigint * 104729, 900000)::int AS raw,
    now() - interval '3 years' + n * (interval '3 years' / %(rows)s) AS opened_at
  FROM generate_series(1, %(rows)s) n) a) b
"""
SPELLS = """
INSERT INTO sla_spell (ticket_id, sequence, entered_on, left_on)
SELECT ticket_id, 1, opened_on, resolved_on FROM sla_figure
"""
PROMISES = """
INSERT INTO sla_promise (ticket_id, metric, sequence, policy_id, state, started_on, ended_on,
  broke_on, breaks_at)
SELECT ticket_id, metric, 1, 2, CASE WHEN done IS NULL THEN 'running' WHEN broke THEN 'missed'
  ELSE 'met' END, opened_on, done, CASE WHEN broke AND done IS NOT NULL THEN done END,
  CASE WHEN broke OR done IS NULL THEN opened_at + interval '20 hours' END
FROM (SELECT ticket_id, 'resolution' AS metric, opened_on, opened_at, resolved_on AS done,
    mod(ticket_id, 6) = 0 AS broke FROM sla_figure
  UNION ALL SELECT ticket_id, 'first_response', opened_on, opened_at, responded_on,
    mod(ticket_id, 7) = 0 FROM sla_figure) a
"""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.figures", description="Measures figures.")
    parser.add_argument("--rows", type=int, default=0, help="made-up facts instead of records")
    parser.add_argument("--size", choices=("10k", "100k", "1m"), default="10k")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="maru-figures-"))
    try:
        installation = open_installation(folder)
        with installation.servers():
            os.environ.update(installation.environment)
            os.environ.update(
                {"DJANGO_SETTINGS_MODULE": "itsm.settings", "MARU_LOG_LEVEL": "warning"}
            )
            prepare(chosen)
        # The database has just been started: nothing of it is in its memory yet.
        with installation.servers():
            reports()
            if not chosen.rows:
                a_day()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(chosen: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    if chosen.rows:
        told("facts made up", timed(lambda: make_up(chosen.rows)))
        told("all days summed", timed(sum_everything))
    else:
        records(chosen.size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def records(size: str) -> None:
    from bench import generate
    from sla.actions import publish, rebuild
    from sla.actions.rollup import rebuild_figures
    from sla.models import Stale

    told("records made", timed(lambda: generate.fill(generate.SIZES[size])))
    publish(by=None, reach="all")
    told("clocks computed", timed(rebuild))
    Stale.objects.all().delete()
    told("all figures made anew", timed(rebuild_figures))


def make_up(rows: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(FIGURES, {"rows": rows, "closed": rows * 39 // 40})
        cursor.execute(SPELLS)
        cursor.execute(PROMISES)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


def sum_everything() -> None:
    from django.db import connection

    from sla.actions.sums import sum_days
    from sla.models import Figure

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        days = set(Figure.objects.values_list("opened_on", flat=True).distinct())
        days |= set(Figure.objects.values_list("resolved_on", flat=True).distinct()) - {None}
        for month in sorted({day.replace(day=1) for day in days}):
            sum_days({day for day in days if day.replace(day=1) == month})
        cursor.execute("SET session_replication_role = origin")


def reports() -> None:
    from django.db import connection
    from django.utils import timezone

    from sla.queries.periods import Period
    from sla.queries.report import Filters, Report
    from tests.factories import make_user

    reader = make_user(role="manager")
    year = Period.of("year", timezone.localdate())
    asked: dict[str, tuple[Any, str]] = {
        "12 months, by service": (Filters(), "service"),
        "12 months, by metric": (Filters(), "metric"),
        "12 months, one team, by service": (Filters(team=(7,)), "service"),
        "12 months, one priority, by team": (Filters(priority=(2,)), "team"),
    }
    for name, (filters, group_by) in asked.items():

        def ask(filters: Filters = filters, group_by: str = group_by) -> None:
            Report(year, filters, reader=reader, group_by=group_by).to_json()

        connection.close()
        first = timed(ask)
        times = sorted(timed(ask) for _ in range(ROUNDS))
        told(f"{name}: first", first)
        told(f"{name}: p50", statistics.median(times))


def a_day() -> None:
    """Everything that a day's records touch is counted again."""
    from sla.actions.rollup import mark_stale, roll_up
    from sla.actions.sums import sum_days
    from sla.models import Figure

    day = Figure.objects.order_by("-opened_on").values_list("opened_on", flat=True)[1000]
    keys = list(Figure.objects.filter(opened_on=day).values_list("pk", flat=True))
    told("one day summed anew", timed(lambda: sum_days([day])))
    Figure.objects.filter(pk__in=keys).update(priority=1)
    mark_stale(keys)
    told(f"{len(keys)} changed records of one day counted", timed(roll_up))


def told(what: str, seconds: float) -> None:
    length = f"{seconds:.1f} s" if seconds >= 2 else f"{seconds * 1000:.0f} ms"
    print(f"{what:<44} {length:>10}", flush=True)


def timed(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
