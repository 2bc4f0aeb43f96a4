"""What requesters said afterwards, what they think of services, and what everybody is told."""

import random
from datetime import datetime, timedelta
from typing import Any

from core.states import Phase
from demo.organisation import Organisation
from notifications.models import Announcement
from surveys.models import Feedback, Survey
from surveys.rules import LASTS
from tickets.enums import Verb
from tickets.models import Event, Ticket

DAYS, PAUSE = 150, timedelta(days=14)
SCORES, SHARES = (1, 2, 3, 4, 5), (3, 6, 14, 39, 38)
WORDS = {
    1: ("세 번이나 다시 설명해야 했습니다.", "Nobody told me what was going on."),
    2: ("해결은 되었지만 너무 오래 걸렸습니다.", "Slow, and I had to ask twice."),
    3: ("보통입니다.", "It was all right."),
    4: ("친절하게 설명해 주셨습니다.", "Good, thank you."),
    5: ("10분 만에 해결됐어요. 감사합니다!", "Solved within minutes. Great."),
}
ANNOUNCED: tuple[dict[str, Any], ...] = (
    {
        "title_ko": "ERP 월말 마감 안내",
        "title_en": "End of month in the ERP",
        "body_ko": "마지막 업무일 18시에 전표 입력이 닫힙니다. "
        "늦은 전표는 다음 날 정오까지 받습니다.",
        "body_en": "Vouchers close at 18:00 of the last working day. "
        "Late ones are taken until noon.",
        "level": "info",
    },
    {
        "title_ko": "피싱 메일이 돌고 있습니다",
        "title_en": "A phishing mail is going round",
        "body_ko": "“급여 명세서 확인” 메일의 링크를 누르지 마세요. "
        "이미 눌렀다면 바로 보안 신고를 해 주세요.",
        "body_en": "Don't open links in “Check your payslip”. If you did, report it at once.",
        "level": "warning",
        "pinned": True,
    },
)


def make(rng: random.Random, here: Organisation, now: datetime) -> None:
    """Surveys of the last months, feedback on services, and two announcements."""
    _surveys(rng, now)
    _feedback(rng, here, now)
    for values in ANNOUNCED:
        Announcement.objects.create(
            **values,
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=9),
            created_at=now - timedelta(days=1),
            created_by=here.people["lead"],
        )


def _surveys(rng: random.Random, now: datetime) -> None:
    """One for each person in fourteen days at most; about two in five answer."""
    closed = Ticket.objects.filter(
        phase=Phase.CLOSED, status="closed", closed_at__gte=now - timedelta(days=DAYS)
    ).order_by("closed_at", "pk")
    events = dict(
        Event.objects.filter(
            ticket__in=closed, verb=Verb.TRANSITIONED, changes__status__1="closed"
        ).values_list("ticket_id", "pk")
    )
    asked: dict[int, datetime] = {}
    rows = []
    for ticket in closed:
        at = ticket.closed_at
        last = asked.get(ticket.requester_id)
        if ticket.pk not in events or at is None or (last is not None and at - last < PAUSE):
            continue
        asked[ticket.requester_id] = at
        rows.append(_survey(rng, ticket, events[ticket.pk], at, now))
    Survey.objects.bulk_create(rows, batch_size=1000)


def _survey(rng: random.Random, ticket: Ticket, event: int, at: datetime, now: datetime) -> Survey:
    row = Survey(
        ticket=ticket,
        event_id=event,
        user_id=ticket.requester_id,
        kind=ticket.kind,
        team_id=ticket.team_id,
        service_id=ticket.service_id,
        digest=rng.randbytes(32).hex(),
        asked_at=at,
        mailed_at=at,
        expires_at=at + LASTS,
    )
    answered = at + timedelta(minutes=rng.randrange(5, 3000))
    if rng.random() < 0.42 and answered < now:
        # Whoever waited long is less pleased, as everywhere.
        shares = SHARES if ticket.reopen_count == 0 else (20, 30, 30, 15, 5)
        row.score = row.first_score = rng.choices(SCORES, shares)[0]
        row.answered_at = answered
        if rng.random() < 0.3:
            row.comment = rng.choice(WORDS[row.score])
    return row


def _feedback(rng: random.Random, here: Organisation, now: datetime) -> None:
    rows = []
    for service in here.services.values():
        if service.status != "live":
            continue
        liked = rng.choice((3, 4, 4, 5))
        for user in rng.sample(here.staff, rng.randrange(2, 14)):
            stars = min(5, max(1, liked + rng.choice((-1, 0, 0, 1))))
            at = now - timedelta(days=rng.randrange(1, 170), minutes=rng.randrange(600))
            said = rng.choice(WORDS[stars]) if rng.random() < 0.4 else ""
            rows.append(
                Feedback(
                    service=service, user=user, stars=stars, comment=said, given_at=at,
                    changed_at=at,
                )
            )  # fmt: skip
    Feedback.objects.bulk_create(rows)
