"""Who may decide, when, and by which door: the rules of approvals as one table.

Only who holds the decision, or stands in for them just now, decides; only while it is open or on
hold; and never what they ask for, benefit from or carry out. Every door says the same.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Delegation, User
from tests.api.conftest import Api
from tests.approving import ask, seat_of, stage
from tests.factories import join, make_agent, make_team, make_user
from tickets import actions
from tickets.models import ApprovalSeat, Event, Ticket

pytestmark = pytest.mark.django_db

DECIDES, REFUSED, UNKNOWN = "decides", "is refused, with the reason", "learns nothing of it"
OPEN, NOT_OPEN = ("open", "on hold"), ("not yet its turn", "decided", "recalled", "void")

# who → (while it can be decided, after its turn)
PEOPLE = {
    "holds it": (DECIDES, REFUSED),
    "stands in now": (DECIDES, REFUSED),
    "stood in last week": (UNKNOWN, UNKNOWN),
    "stands in from next week": (UNKNOWN, UNKNOWN),
    "stands in, but asked for it": (REFUSED, REFUSED),
    "stands in, but benefits from it": (REFUSED, REFUSED),
    "holds it, but carries it out": (REFUSED, REFUSED),
    "asked for it": (REFUSED, REFUSED),
    "benefits from it": (UNKNOWN, UNKNOWN),
    "administers": (REFUSED, REFUSED),
    "has nothing to do with it": (UNKNOWN, UNKNOWN),
}
# Whose turn has not come knows of it only by what else they are.
BEFORE_ITS_TURN = {
    "holds it": UNKNOWN,
    "stands in now": UNKNOWN,
    "stands in, but benefits from it": UNKNOWN,
}
STATES = (*OPEN, *NOT_OPEN)


class Case:
    """One round with its people; `seat` is the decision in question."""

    def __init__(self, who: str, state: str) -> None:
        self.team = make_team()
        self.holder, self.before, self.asker = make_user(), make_user(), make_user()
        self.beneficiary = make_user()
        stages = [stage(self.holder), stage(make_user())]
        if state == "not yet its turn":
            stages = [stage(self.before), stage(self.holder)]
        self.approval = ask(*stages, by=self.asker, involved=[self.beneficiary.pk])
        self.person = self._person(who)
        self._bring_to(state)

    @property
    def seat(self) -> ApprovalSeat:
        return seat_of(self.approval, self.holder)

    def _person(self, who: str) -> User:
        now, week = timezone.now(), timedelta(days=7)
        away = {
            "stands in now": (make_user(), now - week, now + week),
            "stood in last week": (make_user(), now - 2 * week, now - week),
            "stands in from next week": (make_user(), now + week, now + 2 * week),
            "stands in, but asked for it": (self.asker, now - week, now + week),
            "stands in, but benefits from it": (self.beneficiary, now - week, now + week),
        }
        if who in away:
            to, start, end = away[who]
            Delegation.objects.create(user=self.holder, to=to, starts_at=start, ends_at=end)
            return to
        if who == "holds it, but carries it out":
            actions.assign(self.approval.ticket, by=None, assignee=self._worker())
            return self.holder
        return {
            "holds it": self.holder,
            "asked for it": self.asker,
            "benefits from it": self.beneficiary,
            "administers": make_agent(role=Role.ADMINISTRATOR),
            "has nothing to do with it": make_user(),
        }[who]

    def _worker(self) -> User:
        self.holder.grants.create(role=Role.AGENT)
        join(self.approval.ticket.team, self.holder)
        return self.holder

    def _bring_to(self, state: str) -> None:
        holder = User.objects.get(pk=self.holder.pk)
        works = Ticket.objects.get(pk=self.approval.ticket_id).assignee_id
        if state in ("on hold", "decided") and works == holder.pk:
            # Given the work afterwards: what they did before stays.
            change = {"state": "held" if state == "on hold" else "approved"}
            ApprovalSeat.objects.filter(pk=self.seat.pk).update(**change)
        elif state == "on hold":
            actions.hold(self.seat, "견적 대기", by=holder)
        elif state == "decided":
            actions.decide(self.seat, "approve", by=holder)
        elif state == "recalled":
            actions.recall(self.approval, by=self.asker)
        elif state == "void":
            actions.void(self.approval.ticket, "일정 변경", by=None)


def by_web(case: Case) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=case.person.pk))
    where = reverse("portal:approval_decide", args=[case.approval.pk])
    sent = client.post(where, {"seat": case.seat.pk, "answer": "approve"})
    return {302: DECIDES, 409: REFUSED, 404: UNKNOWN}[sent.status_code]


def by_api(case: Case) -> str:
    person = Api(User.objects.get(pk=case.person.pk))
    body = {"answer": "approve", "seat": case.seat.pk}
    sent = person.post(f"/approvals/{case.approval.pk}/decide/", body)
    return {200: DECIDES, 403: REFUSED, 404: UNKNOWN}[sent.status_code]


def by_mail(case: Case) -> str:
    """By a key of their own, even if nobody would ever have sent them one."""
    client = Client()
    client.force_login(User.objects.get(pk=case.person.pk))
    key = actions.make_key(case.seat, case.person)
    sent = client.post(reverse("portal:approve", args=[key]), {"answer": "approve"})
    return {302: DECIDES, 409: REFUSED, 410: UNKNOWN}[sent.status_code]


DOORS = {"web": by_web, "API": by_api, "mail link": by_mail}


def expected(who: str, state: str) -> str:
    while_open, afterwards = PEOPLE[who]
    if state in OPEN:
        return while_open
    if state == "not yet its turn":
        return BEFORE_ITS_TURN.get(who, afterwards)
    return afterwards


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", PEOPLE)
def test_who_decides(who, state, door):
    case = Case(who, state)
    before = (case.seat.state, Event.objects.count())
    outcome = DOORS[door](case)
    assert outcome == expected(who, state)
    if outcome == DECIDES:
        assert case.seat.state == "approved"
        assert case.seat.decided_by == case.person
        assert case.seat.in_proxy == (who == "stands in now")
        assert case.seat.channel == {"web": "portal", "API": "api", "mail link": "mail"}[door]
    else:
        assert (case.seat.state, Event.objects.count()) == before


def test_only_a_substitutes_substitute_is_followed_and_no_further():
    """대결의 대결: two steps, so that nobody is surprised by what they may decide."""
    one, two, three, four = (make_user() for _each in range(4))
    approval = ask(stage(one), stage(make_user()))
    now, day = timezone.now(), timedelta(days=1)
    for away, to in ((one, two), (two, three), (three, four)):
        Delegation.objects.create(user=away, to=to, starts_at=now - day, ends_at=now + day)
    client = Client()
    where = reverse("portal:approval", args=[approval.pk])
    seen = []
    for person in (two, three, four):
        client.force_login(User.objects.get(pk=person.pk))
        seen.append(client.get(where).status_code)
    assert seen == [200, 200, 404]
