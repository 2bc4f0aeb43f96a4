"""What every answer says to browsers and caches, and what no answer tells."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.factories import join, make_team, make_user, open_incident
from tests.security.addresses import addresses

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def admin(client):
    person = make_user(role="administrator", is_staff=True, is_superuser=True)
    join(make_team(), person)
    client.force_login(person)
    client.raise_request_exception = False
    return person


@pytest.mark.slow
def test_every_answer_keeps_browsers_and_caches_in_check(client, admin):
    record = open_incident(by=admin)
    words = {"number": record.number, "reference": record.number}
    probes = ["/healthz", "/readyz", "/metrics", "/no/such/page/", "/desk", "/static/none.css"]
    for person in (client, Client()):
        for address in [*addresses(words), *probes]:
            answer = person.get(address)
            assert answer["X-Content-Type-Options"] == "nosniff", address
            assert answer["X-Frame-Options"] == "DENY", address
            assert answer["Referrer-Policy"] == "same-origin", address
            policy = answer["Content-Security-Policy"]
            assert "unsafe-eval" not in policy, address
            scripts = [part for part in policy.split("; ") if part.startswith("script-src")]
            assert not any("unsafe" in part or "*" in part for part in scripts), address
            if not address.startswith("/files/"):
                assert "unsafe-inline" not in policy, address
                assert "frame-ancestors 'none'" in policy, address
            told = answer.get("Cache-Control", "")
            public = ("/api/schema/", "/api/docs/", "/static/")
            assert address.startswith(public) or "private" in told or "no-store" in told, address
            assert "Server" not in answer
            assert "X-Powered-By" not in answer


def test_error_pages_tell_nothing_of_the_inside(client, admin, monkeypatch):
    def broken(*args, **kwargs):
        secret = "kept in a local variable"
        raise RuntimeError(f"SELECT {secret} FROM accounts_user")

    monkeypatch.setattr("desk.queries.listing.Listing.context", broken)
    for answer in (client.get("/desk/q/mine/"), client.get("/no/such/"), client.post("/logout/x")):
        text = answer.content.decode()
        for inside in ("Traceback", "RuntimeError", "SELECT", "local variable", "/work", "urlconf",
                       "settings", "Django"):  # fmt: skip
            assert inside not in text, inside
    assert client.get("/desk/q/mine/").status_code == 500


def test_probes_tell_no_address_and_no_secret(client, settings, monkeypatch):
    monkeypatch.setattr("core.health.check_redis", lambda: 1 / 0)
    text = client.get("/readyz").content.decode()
    for secret in (
        settings.SECRET_KEY,
        settings.REDIS_URL,
        str(settings.DATABASES["default"]["HOST"]),
    ):
        assert not secret or secret not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "", "::ffff:192.0.2.7"])
def test_figures_are_not_for_other_machines(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 403
    spoofed = {"X-Forwarded-For": "127.0.0.1"}
    assert client.get("/metrics", REMOTE_ADDR=address, headers=spoofed).status_code == 403


@pytest.mark.parametrize("role", ["", "agent", "auditor", "manager", "administrator"])
def test_the_technical_administration_is_for_superusers(client, role):
    client.force_login(make_user(role=role, is_staff=True))
    for address in ("/djadmin/", "/djadmin/accounts/user/", "/djadmin/accounts/user/1/change/"):
        answer = client.get(address)
        assert answer.status_code in (302, 403, 404) or "Users" not in answer.content.decode()
    assert client.post("/djadmin/accounts/user/1/change/", {"is_superuser": "on"}).status_code in (
        302, 403, 404,
    )  # fmt: skip


_ASK = """
import django, json
from django.conf import settings
names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "DEBUG",
         "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def _settings(**environment):
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "itsm.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_behind_tls_cookies_are_secure_and_browsers_stay_with_it():
    told = _settings(MARU_PUBLIC_URL="https://desk.example.org", MARU_DEBUG="1")
    assert told["SESSION_COOKIE_SECURE"]
    assert told["CSRF_COOKIE_SECURE"]
    assert told["SESSION_COOKIE_HTTPONLY"]
    assert told["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert told["SECURE_HSTS_SECONDS"] >= 31_536_000 // 2
    assert not told["DEBUG"], "never in public, whatever the environment says"


def test_cookies_are_out_of_reach_of_scripts(client):
    person = make_user()
    client.post("/login/", {"username": person.email, "password": "correct horse battery"})
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    client.post("/language/", {"language": "ko"})
    assert client.cookies["django_language"]["httponly"]
