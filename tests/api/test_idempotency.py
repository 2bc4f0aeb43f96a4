"""A request that is sent again is done once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from core.idempotency import forget_expired
from core.models import IdempotencyRecord
from tests.api.conftest import Api
from tests.factories import make_agent, make_team, open_incident
from tickets.models import Comment, Ticket

KEY = {"Idempotency_Key": "order-66"}


@pytest.mark.django_db
def test_the_second_request_gets_the_first_answer(agent):
    first = agent.post("/incidents/", {"title": "VPN"}, **KEY)
    again = agent.post("/incidents/", {"title": "VPN"}, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_for_one_request(agent):
    agent.post("/incidents/", {"title": "VPN"}, **KEY)
    other = agent.post("/incidents/", {"title": "Mail"}, **KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    ticket = Ticket.objects.get()
    other = agent.post(f"/tickets/{ticket.number}/comments/", {"body": "x"}, **KEY)
    assert other.status_code == 422
    assert Comment.objects.count() == 0


@pytest.mark.django_db
def test_a_key_is_one_persons_own(agent, team):
    agent.post("/incidents/", {"title": "VPN"}, **KEY)
    other = Api(make_agent(team=team)).post("/incidents/", {"title": "VPN"}, **KEY)
    assert other.status_code == 201
    assert Ticket.objects.count() == 2


@pytest.mark.django_db
def test_a_refusal_is_not_kept(agent):
    assert agent.post("/incidents/", {"title": ""}, **KEY).status_code == 400
    ticket = open_incident()
    move = f"/tickets/{ticket.number}/transitions/"
    assert agent.post(move, {"transition": "resume"}, **KEY).status_code == 422
    assert IdempotencyRecord.objects.count() == 0
    assert agent.post("/incidents/", {"title": "VPN"}, **KEY).status_code == 201


@pytest.mark.django_db
def test_after_a_day_the_key_is_free(agent):
    agent.post("/incidents/", {"title": "VPN"}, **KEY)
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert agent.post("/incidents/", {"title": "VPN"}, **KEY).status_code == 201
    assert Ticket.objects.count() == 2
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_expired() == 1


@pytest.mark.django_db
def test_files_are_part_of_what_must_be_the_same(agent):
    ticket = open_incident()
    agent.headers["Idempotency-Key"] = "upload"
    where = f"/tickets/{ticket.number}/attachments/"
    assert agent.upload(where, "a.txt", b"one").status_code == 201
    assert agent.upload(where, "a.txt", b"one")["Idempotency-Replayed"] == "true"
    assert agent.upload(where, "a.txt", b"two").status_code == 422
    assert ticket.attachments.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a b", "é"])
def test_keys_that_can_be_none(agent, key):
    answer = agent.post("/incidents/", {"title": "VPN"}, Idempotency_Key=key)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once():
    api = Api(make_agent(team=make_team()))
    together = threading.Barrier(6)

    def send(_number):
        other = Api.__new__(Api)
        other.client, other.headers = type(api.client)(), api.headers
        together.wait()
        try:
            return other.post("/incidents/", {"title": "VPN"}, **KEY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert len(bodies) == 1
    assert Ticket.objects.count() == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "in_progress"


@pytest.mark.django_db(transaction=True)
def test_while_the_first_still_runs_the_second_is_told_so():
    from core.api import idempotency

    api = Api(make_agent(team=make_team()))
    held, done = threading.Event(), threading.Event()

    def hold():
        from django.db import transaction

        with transaction.atomic():
            assert idempotency._hold(f"{api.user.pk} order-66")
            held.set()
            done.wait(10)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    answer = api.post("/incidents/", {"title": "VPN"}, **KEY)
    done.set()
    other.join()
    assert (answer.status_code, answer.json()["code"]) == (409, "in_progress")
    assert answer["Retry-After"] == "1"
    assert api.post("/incidents/", {"title": "VPN"}, **KEY).status_code == 201
    assert connection.in_atomic_block is False
