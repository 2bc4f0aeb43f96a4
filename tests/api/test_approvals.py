"""Approvals through the API: the same door, the same rules, and safe to send again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.conftest import Api
from tests.approving import ask, away, seat_of, stage
from tests.factories import make_team, make_user
from tickets.models import Approval, ApprovalSeat, Comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    make_team()
    return Api(make_user("김하늘", language="en"))


def test_the_list_has_what_i_can_decide_and_what_i_decided(boss):
    approval = ask(stage(boss.user, days=2))
    (row,) = boss.get("/approvals/").json()["results"]
    assert row["id"] == approval.pk
    assert row["ticket"] == approval.ticket.number
    assert row["holder"]["id"] == boss.user.pk
    boss.post(f"/approvals/{approval.pk}/decide/", {"answer": "approve"})
    assert boss.get("/approvals/").json()["results"] == []
    (done,) = boss.get("/approvals/?show=decided").json()["results"]
    assert done["state"] == "approved"
    assert boss.get("/approvals/?show=nonsense").status_code == 400


def test_a_round_is_read_with_its_line_and_what_is_mine(boss):
    approval = ask(stage(boss.user), stage(make_user("정대표")))
    shown = boss.get(f"/approvals/{approval.pk}/").json()
    assert shown["your_seat"] == seat_of(approval, boss.user).pk
    assert [one["state"] for one in shown["stages"]] == ["open", "waiting"]
    assert shown["content"][1] == {"label": "금액", "text": "1,500,000원"}


def test_deciding_answers_the_round_as_it_is_then(boss):
    approval = ask(stage(boss.user))
    where = f"/approvals/{approval.pk}/decide/"
    refused = boss.post(where, {"answer": "reject"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "opinion"
    done = boss.post(where, {"answer": "reject", "opinion": "예산 없음"})
    assert done.status_code == 200
    assert done.json()["state"] == "rejected"
    assert seat_of(approval, boss.user).channel == "api"
    again = boss.post(where, {"answer": "approve"})
    assert again.status_code == 403
    assert again.json()["code"] == "not_yours_to_decide"


def test_sent_again_with_the_same_key_it_decides_once(boss):
    approval = ask(stage(boss.user), stage(boss.user, make_user()))
    where = f"/approvals/{approval.pk}/decide/"
    first = boss.post(where, {"answer": "approve"}, Idempotency_Key="one")
    second = boss.post(where, {"answer": "approve"}, Idempotency_Key="one")
    assert first.json() == second.json()
    assert ApprovalSeat.objects.filter(state="approved").count() == 1


def test_hold_ask_back_hand_over_and_recall(boss):
    other, person = Api(make_user()), Api(make_user())
    approval = ask(stage(boss.user), by=person.user)
    where = f"/approvals/{approval.pk}"
    assert boss.post(f"{where}/hold/", {"reason": "견적 대기"}).status_code == 200
    assert boss.post(f"{where}/question/", {"text": "왜요?"}).status_code == 200
    assert Comment.objects.get().body == "왜요?"
    to_asker = boss.post(f"{where}/hand-over/", {"to": person.user.pk})
    assert to_asker.status_code == 422
    assert boss.post(f"{where}/hand-over/", {"to": other.user.pk}).status_code == 204
    assert boss.get(f"{where}/").status_code == 404
    assert other.post(f"{where}/recall/").status_code == 403
    assert person.post(f"{where}/recall/").json()["state"] == "recalled"


def test_strangers_learn_nothing_and_the_requester_may_only_look(boss):
    person = Api(make_user(language="en"))
    approval = ask(stage(boss.user), by=person.user)
    stranger = Api(make_user())
    for end in ("", "decide/", "hold/", "question/", "hand-over/", "recall/"):
        place = f"/approvals/{approval.pk}/{end}"
        body = {"answer": "approve"} if end == "decide/" else {}
        said = stranger.post(place, body) if end else stranger.get(place)
        assert said.status_code == 404
    assert person.get(f"/approvals/{approval.pk}/").json()["your_seat"] is None
    refused = person.post(f"/approvals/{approval.pk}/decide/", {"answer": "approve"})
    assert refused.status_code == 403
    assert Approval.objects.get().state == "pending"


def test_a_seat_of_another_round_is_none_of_this_one(boss):
    one, two = ask(stage(boss.user)), ask(stage(boss.user))
    seat = seat_of(two, boss.user).pk
    refused = boss.post(f"/approvals/{one.pk}/decide/", {"answer": "approve", "seat": seat})
    assert refused.status_code == 404


def test_a_token_that_only_reads_decides_nothing(boss):
    approval = ask(stage(boss.user))
    reader = Api(boss.user, "read")
    assert (
        reader.post(f"/approvals/{approval.pk}/decide/", {"answer": "approve"}).status_code == 403
    )
    assert reader.get("/approvals/").status_code == 200


def test_the_list_costs_the_same_for_thirty_as_for_one(boss):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert boss.get("/approvals/").status_code == 200
        return len(seen)

    ask(stage(boss.user))
    boss.get("/approvals/")
    one = cost()
    for _more in range(29):
        ask(stage(boss.user))
    assert cost() == one
    assert len(boss.get("/approvals/").json()["results"]) == 30


def test_delegations_are_made_read_and_taken_back(boss):
    deputy, stranger = Api(make_user()), Api(make_user())
    now = timezone.now()
    values = {
        "to": deputy.user.pk,
        "starts_at": (now + timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(days=2)).isoformat(),
        "reason": "연차",
    }
    made = boss.post("/delegations/", values)
    assert made.status_code == 201
    where = made["Location"].split("/api/v1")[1]
    assert deputy.get(where).json()["user"]["id"] == boss.user.pk
    assert stranger.get(where).status_code == 404
    assert stranger.get("/delegations/").json()["results"] == []
    twice = boss.post("/delegations/", values)
    assert twice.status_code == 422
    circle = deputy.post("/delegations/", {**values, "to": boss.user.pk})
    assert circle.json()["code"] == "circle"
    assert stranger.post("/delegations/", {**values, "user": boss.user.pk}).status_code == 403
    assert deputy.delete(where).status_code == 403
    assert boss.delete(where).status_code == 204
    assert boss.get(where).json()["cancelled_at"] is not None


def test_a_substitute_decides_in_the_others_place(boss):
    deputy = Api(make_user())
    approval = ask(stage(boss.user))
    away(boss.user, deputy.user)
    (row,) = deputy.get("/approvals/").json()["results"]
    assert row["holder"]["id"] == boss.user.pk
    assert (
        deputy.post(f"/approvals/{approval.pk}/decide/", {"answer": "approve"}).status_code == 200
    )
    assert seat_of(approval, boss.user).in_proxy
