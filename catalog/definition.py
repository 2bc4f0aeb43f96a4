"""Everything about an offering, as written in OfferingVersion.data.

`parse` takes any JSON and never fails: what it can't read it leaves out, since drafts are often
half done. What is wrong with one is told by catalog.problems, and only what has no problem is
published.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.conditions import number, truth
from catalog.enums import FieldType, Fulfil, Payer, Period
from core.models import pick

Condition = Mapping[str, Any] | None
EVERYBODY: Mapping[str, Any] = {"everybody": True}
DEFAULT_CURRENCY = "KRW"
LONGEST = {FieldType.TEXT: 300, FieldType.LONG_TEXT: 10_000}
MOST_FILES = 5


@dataclass(frozen=True)
class Words:
    """A text in Korean and English, of which one may be missing."""

    ko: str = ""
    en: str = ""

    def __str__(self) -> str:
        return pick(self.ko, self.en)

    def __bool__(self) -> bool:
        return bool(self.ko or self.en)


@dataclass(frozen=True)
class Option:
    """One thing to choose, and what it adds to the price."""

    key: str
    label: Words
    price: Decimal | None = None


@dataclass(frozen=True)
class Field:
    """One question. `low` and `high` are as written: numbers, ISO dates or ±days from today."""

    key: str
    type: FieldType
    label: Words
    help: Words = Words()
    required: bool = False
    default: Any = None
    options: tuple[Option, ...] = ()
    low: Any = None
    high: Any = None
    longest: int = 0
    pattern: str = ""
    pattern_help: Words = Words()
    item_types: tuple[str, ...] = ()
    mine: bool = False
    files: int = MOST_FILES
    shown_if: Condition = None

    @property
    def asks(self) -> bool:
        """Whether it takes an answer; a note is only read."""
        return self.type != FieldType.NOTE

    def option(self, key: Any) -> Option | None:
        """The option of that key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True)
class Section:
    """Questions that belong together."""

    key: str
    title: Words
    hint: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class PlannedTask:
    """Work that fulfils the request: whose, after what, only if, within how many hours."""

    key: str
    title: Words
    description: Words
    team: int | None
    after: tuple[str, ...]
    condition: Condition
    hours: int | None


@dataclass(frozen=True)
class Price:
    """What it costs before options, how often, and who pays."""

    amount: Decimal = Decimal(0)
    currency: str = DEFAULT_CURRENCY
    period: Period = Period.ONCE
    payer: Payer = Payer.NOBODY


@dataclass(frozen=True)
class Part:
    """An offering that a bundle orders too. `answers`: field there → field here, or a value."""

    offering: int
    condition: Condition
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Definition:
    """Everything about an offering at one time."""

    name: Words
    summary: Words
    description: Words
    outcome: Words
    synonyms: str
    sections: tuple[Section, ...]
    policy: int | None
    tasks: tuple[PlannedTask, ...]
    fulfil: Fulfil
    team: int | None
    impact: int
    urgency: int
    delivery_days: int | None
    price: Price
    audience: Mapping[str, Any]
    articles: tuple[int, ...]
    bundle: tuple[Part, ...]
    for_others: bool

    @property
    def fields(self) -> tuple[Field, ...]:
        """All questions and notes, in the order they are asked."""
        return tuple(field for section in self.sections for field in section.fields)

    def field(self, key: str) -> Field | None:
        """The question of that key."""
        return next((field for field in self.fields if field.key == key), None)


def shown(definition: Definition, values: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The questions that are asked given these answers, each with its answer (None without).

    A hidden question counts as not answered for those after it, whatever it once held.
    """
    seen: dict[str, Any] = {}
    for field in definition.fields:
        if truth(field.shown_if, seen, today):
            seen[field.key] = values.get(field.key)
    return seen


def parse(data: Any) -> Definition:
    """The definition that JSON says."""
    said = _object(data)
    form, approval = _object(said.get("form")), _object(said.get("approval"))
    return Definition(
        name=words(said.get("name")),
        summary=words(said.get("summary")),
        description=words(said.get("description")),
        outcome=words(said.get("outcome")),
        synonyms=_text(said.get("synonyms")),
        sections=tuple(_section(one) for one in _objects(form.get("sections"))),
        policy=whole(approval.get("policy")),
        tasks=tuple(_task(one) for one in _objects(said.get("tasks"))),
        fulfil=_one_of(Fulfil, said.get("fulfil"), Fulfil.BY_HAND),
        team=whole(said.get("team")),
        impact=_level(said.get("impact")),
        urgency=_level(said.get("urgency")),
        delivery_days=whole(said.get("delivery_days")),
        price=_price(_object(said.get("price"))),
        audience=_object(said.get("audience")) or EVERYBODY,
        articles=tuple(pk for one in _list(said.get("articles")) if (pk := whole(one))),
        bundle=tuple(part for one in _objects(said.get("bundle")) if (part := _part(one))),
        for_others=bool(said.get("for_others")),
    )


def words(said: Any) -> Words:
    """A text in two languages; a bare one is both."""
    if isinstance(said, str):
        return Words(said, said)
    given = _object(said)
    return Words(_text(given.get("ko")), _text(given.get("en")))


def whole(said: Any) -> int | None:
    """A whole number not below 0 (an id, a count), however it is written."""
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 19:
        return int(said)
    fits = isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 10**18
    return said if fits else None


def money(said: Any) -> Decimal | None:
    """An amount of money; None when it is none."""
    return None if said is None else number(said)


def _section(said: Mapping[str, Any]) -> Section:
    fields = (_field(one) for one in _objects(said.get("fields")))
    return Section(
        key=_text(said.get("key")),
        title=words(said.get("title")),
        hint=words(said.get("hint")),
        fields=tuple(field for field in fields if field),
    )


def _field(said: Mapping[str, Any]) -> Field | None:
    key, type_ = _text(said.get("key")), said.get("type")
    if not key or type_ not in FieldType.values:
        return None
    return Field(
        key=key,
        type=FieldType(type_),
        label=words(said.get("label")),
        help=words(said.get("help")),
        required=bool(said.get("required")),
        default=said.get("default"),
        options=tuple(
            Option(_text(one.get("key")), words(one.get("label")), money(one.get("price")))
            for one in _objects(said.get("options"))
            if _text(one.get("key"))
        ),
        low=said.get("low"),
        high=said.get("high"),
        longest=whole(said.get("longest")) or LONGEST.get(FieldType(type_), 0),
        pattern=_text(said.get("pattern")),
        pattern_help=words(said.get("pattern_help")),
        item_types=tuple(_text(one) for one in _list(said.get("item_types"))),
        mine=bool(said.get("mine")),
        files=whole(said.get("files")) or MOST_FILES,
        shown_if=_object(said.get("shown_if")) or None,
    )


def _task(said: Mapping[str, Any]) -> PlannedTask:
    return PlannedTask(
        key=_text(said.get("key")),
        title=words(said.get("title")),
        description=words(said.get("description")),
        team=whole(said.get("team")),
        after=tuple(_text(one) for one in _list(said.get("after"))),
        condition=_object(said.get("if")) or None,
        hours=whole(said.get("hours")),
    )


def _price(said: Mapping[str, Any]) -> Price:
    return Price(
        amount=money(said.get("amount")) or Decimal(0),
        currency=_text(said.get("currency")) or DEFAULT_CURRENCY,
        period=_one_of(Period, said.get("period"), Period.ONCE),
        payer=_one_of(Payer, said.get("payer"), Payer.NOBODY),
    )


def _part(said: Mapping[str, Any]) -> Part | None:
    offering = whole(said.get("offering"))
    if offering is None:
        return None
    return Part(offering, _object(said.get("if")) or None, _object(said.get("answers")))


def _one_of(enum: Any, said: Any, otherwise: Any) -> Any:
    return enum(said) if isinstance(said, str) and said in enum.values else otherwise


def _level(said: Any) -> int:
    level = whole(said)
    return level if level in (1, 2, 3) else 3


def _object(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {}


def _list(said: Any) -> Sequence[Any]:
    return said if isinstance(said, list | tuple) else ()


def _objects(said: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in _list(said) if isinstance(one, Mapping))


def _text(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""
