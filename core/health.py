"""Whether Maru is alive and ready, for front servers, containers and people.

/healthz: the process answers; nothing else is asked. /readyz: each thing Maru stands on, by name.
Only what no page works without makes it unready (503): the database and its tables. Without
Redis or a worker pages work and writes succeed, mails and notices wait; taking the web servers out
as well would turn a delay into an outage, so that is "degraded", with 200.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from core import metrics, outbox
from core.models import Heartbeat

log = logging.getLogger("maru.health")
# A worker that was not heard of for so long counts as away.
HEARTBEAT_FRESH = timedelta(seconds=60)
# A message overdue for so long says that workers do not keep up.
BACKLOG_LATE = 300.0  # seconds
REDIS_SECONDS = 0.5


class Trouble(Exception):
    """A check failed; the text is shown to whoever asks, so it names no address and no secret."""


@dataclass(frozen=True)
class Check:
    """One line of /readyz. `needed`: without it no page works."""

    name: str
    run: Callable[[], str]
    needed: bool = False


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    needed: bool
    detail: str
    ms: float


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


_migrated = False


def check_migrations() -> str:
    """Once everything was applied it stays so: later ones belong to newer code."""
    global _migrated  # noqa: PLW0603 - what this very code needs is found once per process
    if not _migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            raise Trouble(f"{len(missing)} not applied, first {missing[0][0]}")
        _migrated = True
    return ""


def check_redis() -> str:
    options = {"socket_connect_timeout": REDIS_SECONDS, "socket_timeout": REDIS_SECONDS}
    client = redis.Redis.from_url(settings.REDIS_URL, retry=None, **options)
    try:
        client.ping()
    finally:
        client.close()
    return ""


def check_heartbeat(name: str) -> str:
    at = Heartbeat.objects.filter(pk=name).values_list("at", flat=True).first()
    if at is None:
        raise Trouble("never heard of")
    silent = timezone.now() - at
    if silent > HEARTBEAT_FRESH:
        raise Trouble(f"silent for {silent.total_seconds():.0f} s")
    return ""


def check_outbox() -> str:
    backlog = outbox.backlog()
    said = f"{backlog.due} due, {backlog.set_aside} set aside"
    if backlog.oldest_seconds > BACKLOG_LATE:
        raise Trouble(f"{said}, oldest {backlog.oldest_seconds:.0f} s late")
    return said


CHECKS = (
    Check("database", check_database, needed=True),
    Check("migrations", check_migrations, needed=True),
    Check("redis", check_redis),
    Check("worker", lambda: check_heartbeat("worker")),
    Check("beat", lambda: check_heartbeat("beat")),
    Check("outbox", check_outbox),
)


def find() -> list[Finding]:
    """Run every check."""
    return [_run(check) for check in CHECKS]


def _run(check: Check) -> Finding:
    start = time.perf_counter()
    try:
        ok, detail = True, check.run()
    except Trouble as trouble:
        ok, detail = False, str(trouble)
    except Exception as error:  # noqa: BLE001 - whatever is wrong is what was asked
        log.warning("not ready", extra={"check": check.name, "reason": str(error)})
        ok, detail = False, type(error).__name__
    ms = round((time.perf_counter() - start) * 1000, 1)
    return Finding(check.name, ok, check.needed, detail, ms)


def live(request: HttpRequest) -> HttpResponse:
    """/healthz"""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(request: HttpRequest) -> HttpResponse:
    """/readyz"""
    findings = find()
    unready = any(finding.needed and not finding.ok for finding in findings)
    degraded = any(not finding.ok for finding in findings)
    body: dict[str, Any] = {
        "status": "unavailable" if unready else "degraded" if degraded else "ready",
        "checks": {
            finding.name: {
                "ok": finding.ok,
                "needed": finding.needed,
                "ms": finding.ms,
                **({"detail": finding.detail} if finding.detail else {}),
            }
            for finding in findings
        },
    }
    return JsonResponse(body, status=503 if unready else 200)


PAGES = {"/healthz": live, "/readyz": ready, "/metrics": metrics.page}


# These answers pass no later middleware, so they carry what every answer carries by themselves.
_GUARD = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class ProbeMiddleware:
    """Answers machines before anything else looks at the request.

    They ask by address rather than by name, so the Host header must not matter; and without
    session or database a process that lives can say so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path_info)
        if page is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = page(request)
        response["Cache-Control"] = "no-store"
        for name, value in _GUARD.items():
            response[name] = value
        return response


def gauges() -> None:
    """Name the core's own figures to /metrics."""
    metrics.register_gauge("maru_up", "Whether what Maru stands on works", ("part",), _parts)
    metrics.register_gauge("maru_outbox_messages", "Outbox messages not done", ("state",), _backlog)
    metrics.register_gauge(
        "maru_outbox_oldest_seconds",
        "How late the oldest due outbox message is",
        (),
        lambda: [((), outbox.backlog().oldest_seconds)],
    )


def _parts() -> list[metrics.Sample]:
    return [((finding.name,), float(finding.ok)) for finding in find()]


def _backlog() -> list[metrics.Sample]:
    backlog = outbox.backlog()
    return [
        (("waiting",), backlog.waiting),
        (("due",), backlog.due),
        (("set_aside",), backlog.set_aside),
    ]
