"""Fills in an offering's form as somebody might, so that the server takes it."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from catalog.conditions import truth
from catalog.definition import Definition, Field
from catalog.enums import FieldType
from cmdb.models import ConfigurationItem

WHY = ("다음 달 과제에 필요합니다.", "지금 것은 5년이 넘어 느립니다.", "새 업무를 맡게 되었습니다.")
WORDS = {
    "name": "최가람", "place": "본사 8층 802", "desk": "8층 815", "room": "한라",
    "company": "한빛시스템", "country": "베트남", "address": "quality@maru.example",
    "path": "\\\\fs01\\영업\\견적.xlsx", "group": "영업 공지", "from": "본사 8층 802",
    "to": "본사 9층 910", "subject": "견적 회신", "mail": "partner@example.com",
    "phone": "010-0000-1234", "where": "파트너 포털",
}  # fmt: skip


def fill(
    definition: Definition,
    rng: random.Random,
    person: User,
    today: date,
    own: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Answers to every question that is shown and must be answered, and to some others.

    `own`: answers that are given.
    """
    answers: dict[str, Any] = dict(own or {})
    for asked in definition.fields:
        if not asked.asks or asked.key in answers:
            continue
        if not truth(asked.shown_if, answers, today):
            continue
        if asked.required or rng.random() < 0.4:
            answer = _answer(asked, rng, person, today)
            if answer is not None:
                answers[asked.key] = answer
    return answers


def _answer(asked: Field, rng: random.Random, person: User, today: date) -> Any:
    kind = asked.type
    if kind == FieldType.CHOICE:
        return rng.choice(asked.options).key
    if kind == FieldType.CHOICES:
        return [rng.choice(asked.options).key]
    if kind == FieldType.YES_NO:
        return rng.random() < 0.6
    if kind == FieldType.NUMBER:
        return _number(asked, rng)
    if kind == FieldType.DATE:
        return (today + timedelta(days=rng.randint(*_days(asked)))).isoformat()
    if kind == FieldType.PERSON:
        return person.pk
    if kind == FieldType.ITEM:
        return _item(asked, person)
    if kind == FieldType.LONG_TEXT:
        return rng.choice(WHY)
    return WORDS.get(asked.key, "업무용") if kind == FieldType.TEXT else None


def _number(asked: Field, rng: random.Random) -> int:
    low = int(asked.low or 1)
    return rng.randint(low, min(int(asked.high or low + 5), low + 8))


def _days(asked: Field) -> tuple[int, int]:
    low = int(asked.low) if asked.low not in (None, "") else 1
    return low, min(int(asked.high) if asked.high not in (None, "") else low + 20, low + 20)


def _item(asked: Field, person: User) -> int | None:
    items: Any = ConfigurationItem.objects.order_by("pk")
    if asked.mine:
        items = items.filter(owner=person)
    if asked.item_types:
        items = items.filter(type__in=asked.item_types)
    return items.values_list("pk", flat=True).first()
