"""A request reads in its requester's language, and its approval in each approver's."""

import pytest
from django.utils.translation import override

from catalog.actions import changes
from tests.catalog.kit import ask, make_offering, make_policy, publish, question
from tests.factories import make_user
from tickets import decisions
from tickets.actions import approving

pytestmark = pytest.mark.django_db

NAME = {"ko": "노트북 신청", "en": "New laptop"}
MODEL = question(
    "model",
    "choice",
    label={"ko": "기종", "en": "Model"},
    options=[{"key": "light", "label": {"ko": "가벼운 노트북", "en": "Light laptop"}}],
)


def asked(requester, boss):
    offering = make_offering(fields=[MODEL], approval={"policy": make_policy([boss]).pk})
    publish(offering, name=NAME, fields=[MODEL], approval=offering.live.data["approval"])
    return ask(offering, requester, answers={"model": "light"})


def test_a_request_is_titled_in_its_requesters_language():
    with override("en"):
        assert asked(make_user(language="ko"), make_user()).title == NAME["ko"]
    with override("ko"):
        assert asked(make_user(language="en"), make_user()).title == NAME["en"]


@pytest.mark.parametrize(
    ("language", "line"), [("ko", ("기종", "가벼운 노트북")), ("en", ("Model", "Light laptop"))]
)
def test_approvers_read_what_is_asked_in_their_own_language(language, line):
    ticket = asked(make_user(language="ko"), make_user())
    with override(language):
        assert line in ticket.approvals.get().told


def test_a_further_round_asked_in_another_language_differs_in_nothing():
    boss, requester = make_user(), make_user()
    with override("ko"):
        ticket = asked(requester, boss)
    first = ticket.approvals.get()
    approving.recall(first, by=requester)
    with override("en"):
        changes.resubmit(ticket, {"model": "light"}, by=requester)
    last = ticket.approvals.order_by("number").last()
    assert last.number == 2
    assert decisions.differences_to_last(last) == []
