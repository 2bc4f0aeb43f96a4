"""Rounds of approval for tests: who decides is named person by person."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actions import delegation
from accounts.models import Delegation, Team, User
from tests.factories import make_team, make_user, open_incident
from tickets import actions
from tickets.models import Approval, ApprovalPolicy, ApprovalSeat


def make_policy(*stages: dict[str, Any], **more: Any) -> ApprovalPolicy:
    data = {"stages": list(stages), "finals": [], "fallback": [], **more}
    return ApprovalPolicy.objects.create(name_ko="지출", name_en="Spending", data=data)


def stage(*people: User, decided_by: str = "first", **more: Any) -> dict[str, Any]:
    """A stage of these people."""
    who = [{"type": "person", "id": user.pk} for user in people]
    return {"who": who, "decided_by": decided_by, **more}


def ask(*stages: dict[str, Any], by: User | None = None, **more: Any) -> Approval:
    """A round on a new record of `by`."""
    if not Team.objects.exists():
        make_team()
    by = by or make_user("김요청")
    title = more.pop("title", "개발용 노트북")
    ticket = open_incident(title, by=by)
    content = more.pop("content", [["품목", title], ["금액", "1,500,000원"]])
    found = actions.ask(ticket, policy=make_policy(*stages), by=by, content=content, **more)
    assert found is not None
    return found


def seat_of(approval: Approval, user: User) -> ApprovalSeat:
    return ApprovalSeat.objects.get(stage__approval=approval, user=user)


def away(user: User, to: User, *, hours: int = 24) -> Delegation:
    """`to` stands in for `user` from now on."""
    now = timezone.now()
    return delegation.delegate(
        user, to, now - timedelta(minutes=1), now + timedelta(hours=hours), "연차", by=user
    )
