"""Figures for Prometheus: counted per request, or read from the database when asked.

Requests are counted by every process; with PROMETHEUS_MULTIPROC_DIR set their counts are added up
over all of them. What the database knows (backlog, open records) is read at the scrape, at most
every few seconds per process, so it is right with any number of processes.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

log = logging.getLogger("maru.metrics")
Sample = tuple[Sequence[str], float]
Read = Callable[[], Iterable[Sample]]
# Seconds for which figures out of the database are kept.
FRESH = 10.0

SHARED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
if SHARED:
    Path(SHARED).mkdir(parents=True, exist_ok=True)

REQUESTS = Counter("maru_requests", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram(
    "maru_request_seconds",
    "Seconds to answer a request",
    ["view"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0),
)
QUERIES = Counter("maru_request_queries", "Database queries of requests", ["view"])


@dataclass(frozen=True)
class Gauge:
    """A figure read from the database: `read` gives (label values, value) pairs."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    read: Read


_gauges: dict[str, Gauge] = {}
_kept: dict[str, tuple[float, list[Sample]]] = {}


def register_gauge(name: str, meaning: str, labels: tuple[str, ...], read: Read) -> None:
    """Add a figure to /metrics. Called in apps.ready; `read` must be a cheap query."""
    _gauges[name] = Gauge(name, meaning, labels, read)


def count_request(view: str, method: str, status: int, seconds: float, queries: int) -> None:
    """Note one answered request."""
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view).observe(seconds)
    QUERIES.labels(view).inc(queries)


class _DatabaseCollector(Collector):
    """The registered gauges; one that can't be read is left out rather than shown as nought."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for gauge in _gauges.values():
            try:
                samples = _read(gauge)
            except Exception:
                log.exception("a figure could not be read", extra={"figure": gauge.name})
                continue
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
            for labels, value in samples:
                family.add_metric(list(labels), value)
            yield family


def _read(gauge: Gauge) -> list[Sample]:
    until, samples = _kept.get(gauge.name, (0.0, []))
    if time.monotonic() >= until:
        samples = list(gauge.read())
        _kept[gauge.name] = (time.monotonic() + FRESH, samples)
    return samples


def text() -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    if SHARED:
        MultiProcessCollector(registry)
    registry.register(_DatabaseCollector())
    counted = b"" if SHARED else generate_latest(REGISTRY)
    return counted + generate_latest(registry)


def page(request: HttpRequest) -> HttpResponse:
    """/metrics: for this machine, or for whoever has the token."""
    if not _may_read(request):
        return HttpResponse(
            "Ask from this machine, or with the header Authorization: Bearer METRICS_TOKEN.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    # What came through a proxy on this machine is not from this machine.
    relayed = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers)
    return not relayed and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
