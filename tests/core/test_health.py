"""/healthz, /readyz and /metrics: what they ask, and whom they answer."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import health, metrics, outbox
from core.models import Heartbeat, OutboxMessage
from tests.factories import open_incident


@pytest.fixture(autouse=True)
def _fresh_figures():
    metrics._kept.clear()


def beats(seconds_ago=0.0):
    for name in ("worker", "beat"):
        at = timezone.now() - timedelta(seconds=seconds_ago)
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at})


def test_alive_asks_no_database_and_no_host_name(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_everything_answers(client):
    beats()
    response = client.get("/readyz")
    answer = response.json()
    assert (response.status_code, answer["status"]) == (200, "ready")
    assert set(answer["checks"]) == {"database", "migrations", "redis", "worker", "beat", "outbox"}


@pytest.mark.django_db
def test_a_silent_worker_only_degrades(client):
    beats(seconds_ago=61)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["worker"]["detail"] == "silent for 61 s"


@pytest.mark.django_db
def test_redis_away_only_degrades_and_is_noticed_quickly(client, settings):
    beats()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    redis = response.json()["checks"]["redis"]
    assert not redis["ok"]
    assert redis["ms"] < 1000
    assert "127.0.0.1" not in json.dumps(redis)


@pytest.mark.django_db
def test_a_migration_that_is_missing_makes_it_unready(client, monkeypatch):
    beats()
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert "not applied, first core" in response.json()["checks"]["migrations"]["detail"]


@pytest.mark.django_db
def test_a_backlog_that_grows_old_is_told(client):
    beats()
    outbox.put("test", {}, key="late", due_at=timezone.now() - timedelta(minutes=10))
    assert "1 due" in client.get("/readyz").json()["checks"]["outbox"]["detail"]


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "10.1.2.3", 403),
        ({"X-Forwarded-For": "10.1.2.3"}, "127.0.0.1", 403),
        ({"Authorization": f"Bearer {'t' * 40}"}, "10.1.2.3", 200),
        ({"Authorization": "Bearer wrong"}, "10.1.2.3", 403),
        ({"Authorization": "Bearer "}, "10.1.2.3", 403),
    ],
)
@pytest.mark.django_db
def test_metrics_are_for_this_machine_or_whoever_has_the_token(
    client, settings, headers, address, status
):
    settings.METRICS_TOKEN = "t" * 40
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status


@pytest.mark.django_db
def test_without_a_token_setting_no_token_opens_the_metrics(client):
    response = client.get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="10.1.2.3")
    assert response.status_code == 403


@pytest.mark.django_db
def test_metrics_show_requests_and_the_backlog(client):
    beats()
    client.get("/no-such-page/")
    OutboxMessage.objects.create(topic="test", key="a", state=OutboxMessage.State.FAILED)
    text = client.get("/metrics").content.decode()
    assert 'maru_requests_total{method="GET",status=' in text
    assert 'maru_outbox_messages{state="set_aside"} 1.0' in text
    assert 'maru_up{part="database"} 1.0' in text


@pytest.mark.django_db
def test_metrics_count_open_records_by_kind_and_phase(client):
    open_incident()
    open_incident()
    text = client.get("/metrics").content.decode()
    assert 'maru_open_records{kind="incident",phase="new"} 2.0' in text


@pytest.mark.django_db
def test_a_figure_that_cant_be_read_is_left_out_and_the_rest_shown(client, monkeypatch):
    def read():
        raise RuntimeError("broken")

    monkeypatch.setattr(metrics, "_gauges", dict(metrics._gauges))
    metrics.register_gauge("maru_broken", "Never", (), read)
    text = client.get("/metrics").content.decode()
    assert "maru_broken" not in text
    assert "maru_outbox_messages" in text


COUNT = """
from core import metrics
metrics.count_request("desk:queue", "GET", 200, 0.01, 3)
"""
READ = """
from core import metrics
print(metrics.text().decode())
"""


@pytest.mark.slow
def test_counts_of_several_web_processes_add_up(tmp_path):
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}

    def run(code):
        start = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'itsm.settings.test'\n"
        start += "import django; django.setup()\n"
        return subprocess.run(
            [sys.executable, "-c", start + code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    run(COUNT)
    run(COUNT)
    text = run(READ)
    assert 'maru_requests_total{method="GET",status="200",view="desk:queue"} 2.0' in text
    assert 'maru_request_queries_total{view="desk:queue"} 6.0' in text
