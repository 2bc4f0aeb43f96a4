"""Requests that another site, a picture or a forged header could make a browser send."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import passwords
from tests.factories import PASSWORD, join, make_team, make_user, open_incident
from tests.security.addresses import addresses

pytestmark = pytest.mark.django_db
UNSAFE = ("post", "put", "patch", "delete")
# Noting when a browser was last used is no change that anybody could want to cause.
OWN_NOTES = ("accounts_signinsession", "django_session", "accounts_apitoken")
JSON = {"content_type": "application/json"}
EVIL = "https://evil.example/"


@pytest.fixture
def everything(db):
    """Somebody for whom every address opens, and a record of theirs."""
    person = make_user(role="administrator", is_staff=True, is_superuser=True)
    team = make_team()
    join(team, person)
    record = open_incident(by=person)
    return person, {"number": record.number, "reference": record.number}


@pytest.mark.slow
def test_no_unsafe_request_without_its_csrf_token(everything):
    person, words = everything
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(person)
    for address in addresses(words):
        for method in UNSAFE:
            body = {"data": {}} if address.endswith("attachments/") else JSON
            response = getattr(client, method)(address, **body)
            allowed = (403, 404, 405) if address.startswith("/api/") else (403, 405)
            assert response.status_code in allowed, (method, address, response.status_code)
    assert client.get("/me/").status_code == 200


@pytest.mark.slow
def test_nothing_is_changed_by_get(everything):
    person, words = everything
    client = Client(raise_request_exception=False)
    client.force_login(person)
    client.get("/")
    given = {"on": "1", "state": "done", "assignee": "@me", "language": "ko", "do": "attach"}
    for address in addresses(words):
        for method in ("get", "head", "options"):
            with CaptureQueriesContext(connection) as queries:
                getattr(client, method)(address, given)
            for query in queries:
                sql = query["sql"]
                writes = sql.startswith(("INSERT", "UPDATE", "DELETE"))
                assert not writes or any(name in sql for name in OWN_NOTES), (address, sql)
        assert client.get("/me/").status_code == 200, address


@pytest.mark.slow
def test_strangers_reach_nothing_but_signing_in(everything):
    _person, words = everything
    client = Client()
    open_to_all = ("/login/", "/password/", "/api/schema/", "/api/docs/", "/djadmin/jsi18n/")
    for address in addresses(words):
        status = client.get(address).status_code
        expected = (200,) if address.startswith(open_to_all) else (302, 401, 404, 405)
        assert status in (*expected, 302), (address, status)
        if status == 302 and not address.startswith("/password/"):
            assert client.get(address)["Location"].startswith(("/login/?next=", "/djadmin/login/"))


def _is_ours(place):
    return place.startswith("/") and not place.startswith(("//", "/\\"))


def test_nobody_is_led_to_another_site(everything):
    person, _words = everything
    headers = {"Referer": EVIL, "HX-Current-URL": EVIL, "Origin": EVIL}
    client = Client(headers=headers)
    for target in (EVIL, "//evil.example", "/\\evil.example", "https:evil.example", "\thttps:/"):
        for address in ("/login/", "/djadmin/login/", "/", "/password/asked/", "/search/"):
            place = client.get(address, {"next": target}).get("Location", "/")
            assert _is_ours(place), (address, place)
        given = {"username": person.email, "password": PASSWORD, "next": target}
        assert client.post("/login/", given)["Location"] == "/"
        assert client.get("/login/", {"next": target})["Location"] == "/"
        for address in ("/language/", "/inbox/read/", "/me/preferences/", "/logout/"):
            place = client.post(address, {"next": target}).get("Location", "/")
            assert _is_ours(place), (address, place)
        client.logout()


def test_a_strange_host_name_gets_no_page_and_no_mail(everything):
    person, _words = everything
    client = Client(headers={"Host": "evil.example"})
    for address in ("/login/", "/api/v1/tickets/", "/password/", "/desk/"):
        answer = client.get(address)
        assert answer.status_code == 400, address
        assert "evil.example" not in answer.content.decode()
    assert client.post("/password/", {"email": person.email}).status_code == 400
    passwords.send_link(person.email)
    (letter,) = mail.outbox
    assert "evil.example" not in letter.body


def test_a_forwarded_host_name_is_not_believed(everything, client, settings):
    person, _words = everything
    client.force_login(person)
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for address in ("/desk/q/mine/", "/api/v1/tickets/", "/login/", "/djadmin/"):
        answer = client.get(address, headers=forged)
        assert "evil.example" not in answer.content.decode() + str(answer.headers), address


def test_the_address_is_only_taken_from_our_own_proxies(client, settings):
    person = make_user()
    wrong = {"username": person.email, "password": "wrong"}
    statuses = [
        client.post("/login/", wrong, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429, "writing oneself another address must not reset the count"


def test_a_proxys_own_entry_counts_not_what_the_browser_wrote(client, settings):
    settings.PROXIES = 1
    person = make_user()
    wrong = {"username": person.email, "password": "wrong"}
    statuses = [
        client.post(
            "/login/", wrong, headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.9"}
        ).status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429


def test_a_forged_request_id_writes_no_line_of_its_own(client):
    for forged in ("x" * 500, "abc\u2028defghijk", "<script>alert(1)</script>", "a b c d e f g"):
        answer = client.get("/login/", headers={"X-Request-ID": forged})
        assert answer["X-Request-ID"] != forged
        assert answer["X-Request-ID"].isalnum()


def test_another_site_may_not_read_the_api(everything, client):
    person, _words = everything
    client.force_login(person)
    for method in (client.get, client.options):
        answer = method("/api/v1/tickets/", headers={"Origin": EVIL})
        assert "Access-Control-Allow-Origin" not in answer
