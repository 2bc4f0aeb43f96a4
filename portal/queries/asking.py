"""An offering's form as its template shows it: steps, questions, choices, ready to print."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.answers import Cleaned, bound_day, normal
from catalog.conditions import is_empty
from catalog.definition import Definition, Field, Section
from catalog.enums import FieldType
from catalog.wording import money
from cmdb.enums import ItemStatus
from cmdb.models import ConfigurationItem
from knowledge.models import Article
from portal.asked import SEVERAL, SINGLE, file_slot
from portal.models import StagedFile

# A form with more questions than this, in at least so many sections, is asked step by step.
LONG_FORM, FEWEST_STEPS = 12, 3
# More choices than this are a list to open.
MOST_CARDS = 8
MOST_ITEMS = 50


@dataclass(frozen=True)
class Choice:
    """One thing to choose. `price`: what it adds, in words."""

    value: str
    label: str
    price: str
    chosen: bool


@dataclass(frozen=True)
class Question:
    """One question with its control. `hidden`: not asked with the answers so far.

    `source`: where suggestions come from. `sent`: files that are with the request already, each
    with whether it stays.
    """

    key: str
    name: str
    id: str
    type: str
    label: str
    help: str
    optional: bool
    value: str
    shown: str
    choices: tuple[Choice, ...]
    hidden: bool
    depends: bool
    error: str
    low: str
    high: str
    longest: int
    unit: str
    slot: str
    source: str
    files: Sequence[StagedFile]
    sent: tuple[tuple[str, bool], ...]
    most_files: int

    @property
    def described(self) -> str:
        """The ids of what describes the control."""
        parts = [f"{self.id}_help"] if self.help else []
        return " ".join([*parts, f"{self.id}_error"] if self.error else parts)

    @property
    def as_cards(self) -> bool:
        return len(self.choices) <= MOST_CARDS

    @property
    def is_group(self) -> bool:
        """Whether its controls are several, named together by a legend."""
        cards = self.type == FieldType.CHOICE and self.as_cards
        return cards or self.type in (FieldType.CHOICES, FieldType.YES_NO)


@dataclass(frozen=True)
class Block:
    """A section with its questions."""

    key: str
    title: str
    hint: str
    questions: tuple[Question, ...]
    hidden: bool


def is_stepped(definition: Definition) -> bool:
    """Whether it is asked in steps, one section each."""
    asks = sum(field.asks for field in definition.fields)
    return asks > LONG_FORM and len(definition.sections) >= FEWEST_STEPS


def steps_shown(definition: Definition, visible: Iterable[str]) -> list[int]:
    """The sections that have something to show, by their place."""
    seen = set(visible)
    return [
        at
        for at, section in enumerate(definition.sections)
        if any(field.key in seen for field in section.fields)
    ] or [0]


def defaults(definition: Definition, today: date) -> dict[str, Any]:
    """What a fresh form holds, as its controls name it."""
    found: dict[str, Any] = {}
    for field in definition.fields:
        if is_empty(field.default) or not field.asks or field.type == FieldType.FILE:
            continue
        if field.type == FieldType.CHOICES:
            found[SEVERAL + field.key] = normal(field.type, field.default)
        elif field.type == FieldType.DATE:
            found[SINGLE + field.key] = bound_day(field.default, today)
        elif isinstance(field.default, bool):
            found[SINGLE + field.key] = "yes" if field.default else "no"
        else:
            found[SINGLE + field.key] = str(field.default)
    return found


def blocks(
    definition: Definition,
    sections: Sequence[int],
    cleaned: Cleaned,
    errors: Mapping[str, str],
    *,
    whom: User,
    slot: str,
    items_at: Callable[[str], str],
    by: User,
    today: date,
    sent: Mapping[str, Sequence[str]] | None = None,
) -> list[Block]:
    """The sections of a page. People, items and files are read once for all questions.

    `slot`: the form's place; `items_at`: where items are suggested for a question; `sent`: the
    names of files that are with the request already, by question.
    """
    chosen = [definition.sections[at] for at in sections]
    fields = [field for section in chosen for field in section.fields]
    around = Around(
        people=_people(fields, cleaned.values),
        items=_items(fields, cleaned.values),
        own=_own(fields, whom),
        files=_files(fields, slot, by),
        sent=sent or {},
        slot=slot,
        items_at=items_at,
        today=today,
        currency=definition.price.currency,
    )
    return [_block(section, cleaned, errors, around) for section in chosen]


@dataclass(frozen=True)
class Around:
    """What questions need beside their definition and answers."""

    people: Mapping[int, str]
    items: Mapping[int, str]
    own: Sequence[ConfigurationItem]
    files: Mapping[str, list[StagedFile]]
    sent: Mapping[str, Sequence[str]]
    slot: str
    items_at: Callable[[str], str]
    today: date
    currency: str


def _block(section: Section, cleaned: Cleaned, errors: Mapping[str, str], around: Around) -> Block:
    questions = tuple(
        _question(field, cleaned, errors.get(field.key, ""), around) for field in section.fields
    )
    return Block(
        key=section.key,
        title=str(section.title),
        hint=str(section.hint),
        questions=questions,
        hidden=bool(questions) and all(question.hidden for question in questions),
    )


def _question(field: Field, cleaned: Cleaned, error: str, around: Around) -> Question:
    value = cleaned.values.get(field.key)
    several = field.type == FieldType.CHOICES
    is_date = field.type == FieldType.DATE
    return Question(
        key=field.key,
        name=(SEVERAL if several else SINGLE) + field.key,
        id=f"q-{field.key}",
        type=field.type.value,
        label=str(field.label),
        help=str(field.help),
        optional=field.asks and not field.required,
        value=_plain(value),
        shown=_shown(field, value, around),
        choices=_choices(field, value, around),
        hidden=field.key not in cleaned.visible,
        depends=field.shown_if is not None,
        error=error,
        low=bound_day(field.low, around.today) if is_date else "",
        high=bound_day(field.high, around.today) if is_date else "",
        longest=field.longest,
        unit=around.currency if field.type == FieldType.AMOUNT else "",
        slot=file_slot(around.slot, field.key),
        source=around.items_at(field.key) if field.type == FieldType.ITEM else "",
        files=around.files.get(field.key, ()),
        sent=tuple((name, name in (value or ())) for name in around.sent.get(field.key, ())),
        most_files=field.files,
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or isinstance(value, list) else str(value)


def _shown(field: Field, value: Any, around: Around) -> str:
    """What the text box of a picker says."""
    if field.type == FieldType.PERSON:
        return around.people.get(value, _plain(value))
    return around.items.get(value, _plain(value)) if field.type == FieldType.ITEM else ""


def _choices(field: Field, value: Any, around: Around) -> tuple[Choice, ...]:
    if field.type == FieldType.YES_NO:
        return (
            Choice("yes", _("Yes"), "", value is True),
            Choice("no", _("No"), "", value is False),
        )
    if field.type == FieldType.ITEM and field.mine:
        fitting = [
            item for item in around.own if not field.item_types or item.type in field.item_types
        ]
        only = len(fitting) == 1 and value is None
        return tuple(
            Choice(str(item.pk), item.name, item.location, item.pk == value or only)
            for item in fitting
        )
    chosen = value if isinstance(value, list) else [value]
    return tuple(
        Choice(
            option.key,
            str(option.label),
            f"+{money(option.price, around.currency)}" if option.price else "",
            option.key in chosen,
        )
        for option in field.options
    )


def _ids(fields: Iterable[Field], values: Mapping[str, Any], type_: FieldType) -> set[int]:
    given = (values.get(field.key) for field in fields if field.type == type_)
    return {value for value in given if isinstance(value, int)}


def _people(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[int, str]:
    ids = _ids(fields, values, FieldType.PERSON)
    return {user.pk: user.name for user in User.objects.filter(pk__in=ids)} if ids else {}


def _items(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[int, str]:
    ids = _ids(fields, values, FieldType.ITEM)
    rows = ConfigurationItem.objects.filter(pk__in=ids) if ids else ()
    return {item.pk: item.name for item in rows}


def _own(fields: Iterable[Field], whom: User) -> list[ConfigurationItem]:
    if not any(field.type == FieldType.ITEM and field.mine for field in fields):
        return []
    rows = ConfigurationItem.objects.filter(owner=whom).exclude(status=ItemStatus.RETIRED)
    return list(rows.order_by("name")[:MOST_ITEMS])


def _files(fields: Iterable[Field], slot: str, by: User) -> dict[str, list[StagedFile]]:
    slots = {
        file_slot(slot, field.key): field.key for field in fields if field.type == FieldType.FILE
    }
    found: dict[str, list[StagedFile]] = {}
    if slots:
        for row in StagedFile.objects.filter(user=by, slot__in=slots).order_by("id"):
            found.setdefault(slots[row.slot], []).append(row)
    return found


def resolved(definition: Definition, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Answers in which people are named by their address and items by their name, as ids.

    That is how they are written where no script runs. What isn't found stays as it was written.
    """
    found = dict(raw)
    for field in definition.fields:
        said = raw.get(field.key)
        if not isinstance(said, str) or not said or said.isdigit():
            continue
        rows: Any = ()
        if field.type == FieldType.PERSON:
            rows = User.objects.filter(email__iexact=said.strip(), is_active=True)
        elif field.type == FieldType.ITEM:
            rows = ConfigurationItem.objects.filter(name=said.strip())
        found[field.key] = next((str(row.pk) for row in rows), said)
    return found


def related(definition: Definition, reader: User) -> list[dict[str, str]]:
    """The articles that the offering names, as far as the reader is meant to read them."""
    if not definition.articles:
        return []
    rows = Article.objects.meant_for(reader).filter(pk__in=definition.articles)
    return [
        {"slug": row.slug, "title": row.live.title}
        for row in rows.select_related("live").order_by("pk")
        if row.live
    ]


def listening(definition: Definition, sections: Iterable[int]) -> str:
    """The question of a page whose words articles are suggested for: the first that takes any."""
    texts = (
        field.key
        for at in sections
        if at < len(definition.sections)
        for field in definition.sections[at].fields
        if field.type in (FieldType.TEXT, FieldType.LONG_TEXT)
    )
    return next(texts, "")


def people_options(found: Iterable[User]) -> list[dict[str, Any]]:
    """People as suggestions. Homonyms are common: department, title and number tell them apart."""
    return [
        {
            "value": user.pk,
            "label": user.name,
            "hint": " · ".join(
                part
                for part in (
                    user.department.name if user.department else "",
                    user.job_title,
                    user.employee_no,
                )
                if part
            ),
            "avatar": user.pk,
        }
        for user in found
    ]


def item_options_for(definition: Definition, key: str, text: str) -> list[dict[str, Any]]:
    """Items as suggestions for one question; none where it asks for something else."""
    field = definition.field(key)
    if field is None or field.type != FieldType.ITEM or field.mine:
        return []
    return item_options(field, text)


def item_options(field: Field, text: str, most: int = 20) -> list[dict[str, Any]]:
    """Items of the types that the question asks for, as suggestions."""
    rows = ConfigurationItem.objects.exclude(status=ItemStatus.RETIRED)
    if field.item_types:
        rows = rows.filter(type__in=field.item_types)
    rows = rows.filter(name__icontains=text).order_by("name")[:most]
    return [
        {"value": row.pk, "label": row.name, "hint": row.location or row.get_type_display()}
        for row in rows
    ]
