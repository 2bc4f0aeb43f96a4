"""What the people who can sign in are asking for right now: made by the actions, as they would."""

import random
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from catalog.actions import requests
from catalog.definition import parse
from catalog.models import Offering
from core import context
from demo.filling import fill
from demo.organisation import DOMAIN
from tickets import actions as kernel
from tickets.enums import SeatState
from tickets.models import ApprovalSeat, Ticket

# who, what, some answers of their own, how far it goes
PLAN: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    ("user", "laptop", {"model": "power", "apps": ["cad"], "old": "none"}, "asked"),
    ("user", "vpn", {"why": "home", "device": "company"}, "approved"),
    ("user", "guest-wifi", {"count": 4}, "fulfilled"),
    ("user", "monitor", {"size": "wide"}, "rejected"),
    ("guest", "phone", {"model": "ios", "abroad": True, "countries": "Germany"}, "asked"),
    ("guest", "peripherals", {}, "made"),
    ("guest", "data-access", {"agree": "yes"}, "first"),
    ("engineer", "virtual-server", {"use": "dev", "size": "m"}, "asked"),
    ("agent", "software", {"which": "pdf"}, "approved"),
    ("lead", "new-joiner", {"laptop": "light", "phone": True, "vpn": True, "erp": False}, "asked"),
)
NO = "다음 분기 예산에서 검토하겠습니다."


def make(seed: int) -> None:
    """Each asks for something, and it goes as far as the plan says."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, no secrets
    with context.work("portal"):
        for key, slug, own, until in PLAN:
            person = User.objects.get(email=f"{key}@{DOMAIN}")
            with override(person.language):
                _one(rng, person, slug, own, until)


def _one(rng: random.Random, person: User, slug: str, own: dict[str, Any], until: str) -> None:
    offering = Offering.objects.select_related("live").get(slug=slug)
    definition = parse(offering.live.data if offering.live else {})
    answers = fill(definition, rng, person, timezone.localdate(), own)
    ticket = requests.submit(offering, answers, by=person)
    if until in ("approved", "fulfilled", "first", "rejected"):
        _decide(ticket, until)
    ticket = Ticket.objects.get(pk=ticket.pk)
    if until == "fulfilled":
        for task in ticket.tasks.order_by("position"):
            kernel.change_task(task, {"state": "done"}, by=None)


def _decide(ticket: Ticket, until: str) -> None:
    for _stage in range(9):
        turn = ApprovalSeat.objects.filter(ticket=ticket, state=SeatState.PENDING)
        seat = turn.select_related("user").order_by("pk").first()
        if seat is None:
            return
        if until == "rejected":
            kernel.decide(seat, "reject", by=seat.user, opinion=NO)
            return
        kernel.decide(seat, "approve", by=seat.user)
        if until == "first":
            return
