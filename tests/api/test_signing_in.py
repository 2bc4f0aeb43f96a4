"""Who gets in: tokens with their scopes, sessions with their CSRF token, and how often."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from tests.api.conftest import V1, Api
from tests.factories import PASSWORD, make_agent, make_user, open_incident

pytestmark = pytest.mark.django_db


def test_a_reading_token_reads_and_writes_nothing(team):
    reader = Api(make_agent(team=team), "read")
    ticket = open_incident()
    assert reader.get(f"/tickets/{ticket.number}/").status_code == 200
    for answer in (
        reader.post("/incidents/", {"title": "x"}),
        reader.patch(f"/tickets/{ticket.number}/", {"title": "x"}),
        reader.delete(f"/tickets/{ticket.number}/watchers/1/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_a_writing_token_also_reads(team):
    assert Api(make_agent(team=team), "write").get("/tickets/").status_code == 200


@pytest.mark.parametrize("field", ["expires_at", "revoked_at"])
def test_ended_tokens_are_refused(agent, field):
    ApiToken.objects.update(**{field: timezone.now() - timedelta(seconds=1)})
    assert agent.get("/tickets/").status_code == 401


def test_the_token_of_somebody_who_left_is_refused(agent):
    User.objects.filter(pk=agent.user.pk).update(is_active=False)
    assert agent.get("/tickets/").status_code == 401


def test_a_bad_token_is_not_replaced_by_the_session(agent):
    agent.client.force_login(agent.user, "accounts.backends.EmailBackend")
    answer = agent.client.get(f"{V1}/tickets/", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


def test_a_session_reads_and_needs_its_csrf_token_to_write(team):
    user = make_agent(team=team)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user, "accounts.backends.EmailBackend")
    assert browser.get(f"{V1}/tickets/").status_code == 200
    body = {"title": "x"}
    answer = browser.post(f"{V1}/incidents/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    answer = browser.post(
        f"{V1}/incidents/", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 201, answer.content


def test_a_token_needs_no_csrf_token(team):
    user = make_agent(team=team)
    api = Api(user)
    api.client = Client(enforce_csrf_checks=True)
    assert api.post("/incidents/", {"title": "x"}).status_code == 201


def test_a_password_in_the_header_is_no_way_in():
    user = make_user()
    from base64 import b64encode

    basic = b64encode(f"{user.email}:{PASSWORD}".encode()).decode()
    answer = Client().get(f"{V1}/tickets/", headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 401


def test_limits_are_told_and_kept(agent, settings):
    settings.API_READS_PER_MINUTE = 3
    answers = [agent.get("/tickets/") for _ in range(4)]
    # A minute may turn over meanwhile: then the count starts anew, and a fifth is not refused.
    limits = [int(answer["RateLimit-Limit"]) for answer in answers]
    assert set(limits) == {3}
    left = [int(answer["RateLimit-Remaining"]) for answer in answers]
    assert left[0] == 2
    if left == [2, 1, 0, 0]:
        assert answers[3].status_code == 429
        assert answers[3].json()["code"] == "throttled"
        assert 1 <= int(answers[3]["Retry-After"]) <= 60
        assert 1 <= int(answers[3]["RateLimit-Reset"]) <= 60


def test_reads_and_writes_are_counted_apart(agent, settings):
    settings.API_READS_PER_MINUTE = 1
    settings.API_WRITES_PER_MINUTE = 0
    assert agent.get("/tickets/").status_code == 200
    answer = agent.post("/incidents/", {"title": "x"})
    assert answer.status_code == 201
    assert "RateLimit-Limit" not in answer


def test_nobody_waits_for_a_redis_that_is_away(agent, settings, monkeypatch):
    import time

    from core.api import throttling

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(throttling, "counter", throttling.Counter())
    start = time.monotonic()
    answers = [agent.get("/tickets/") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert time.monotonic() - start < 1.5
