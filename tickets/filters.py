"""The query object of every list of records: queue, export and API read one address alike.

Tokens (`@me`, `@teams`, `@none`, `today`, `7d`) are kept as tokens and mean something only when
the filter is applied for a reader. A value that means nothing is left out and named in `problems`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.states import Phase
from core.text import row_id, row_ids
from tickets import kinds
from tickets.enums import Channel
from tickets.models.ticket import OPEN
from tickets.paging import Order

ME, MY_TEAMS, NOBODY = "@me", "@teams", "@none"
_OLD_TOKENS = {"me": ME, "mine": MY_TEAMS, "none": NOBODY}
MOST_VALUES = 100
LONGEST_VALUE = 200
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Field:
    """One thing to filter by. `clean`: the canonical value or None; `condition`: its meaning."""

    clean: Callable[[str], str | None]
    condition: Callable[[list[str], User], Q]


@dataclass(frozen=True)
class Problem:
    """A part of an address that was left out, and why, in the reader's language."""

    name: str
    value: str
    message: str


@dataclass(frozen=True)
class Filter:
    """What a list holds, how it is sorted and where it starts. Change it by `having`."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "priority"
    cursor: str = ""
    view: str = ""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def parse(
        cls, query: QueryDict | Mapping[str, Any], *, prefix: str = "", sort: str = "priority"
    ) -> "Filter":
        """Read an address; `prefix` stands before the names of fields, `sort` is the default."""
        given = query if isinstance(query, QueryDict) else _as_querydict(query)
        values: dict[str, tuple[str, ...]] = {}
        problems: list[Problem] = []
        for name, spec in FIELDS.items():
            kept = _read(name, spec, _texts(given, prefix, name), problems)
            if kept:
                values[name] = kept
        order = Order.of(given.get("sort", ""), sort)
        if given.get("sort") and str(order) != given["sort"]:
            message = _("Lists can't be sorted by this.")
            problems.append(Problem("sort", str(given["sort"]), message))
        cursor = given.get("cursor", "")
        if not order.is_cursor(cursor):
            problems.append(Problem("cursor", cursor, _("This page address is not usable.")))
            cursor = ""
        return cls(values, str(order), cursor, given.get("view", "")[:40], tuple(problems))

    @property
    def order(self) -> Order:
        return Order.of(self.sort)

    def having(self, **changes: Any) -> "Filter":
        """A copy with fields set (a list of values) or dropped (None); or sort, cursor, view."""
        own = {name: changes.pop(name) for name in ("sort", "cursor", "view") if name in changes}
        values = {name: kept for name, kept in self.values.items() if name not in changes}
        values |= {name: tuple(kept) for name, kept in changes.items() if kept}
        own.setdefault("cursor", "")
        return replace(self, values=values, **own)

    def query(self, *, prefix: str = "", sort: str = "priority") -> str:
        """The canonical query string: names in fixed order, defaults left out."""
        pairs = [
            (prefix + name, ",".join(self.values[name])) for name in FIELDS if name in self.values
        ]
        pairs += [("view", self.view)] if self.view else []
        pairs += [("sort", self.sort)] if self.sort != sort else []
        pairs += [("cursor", self.cursor)] if self.cursor else []
        return urlencode(pairs, safe=",@~:")

    def apply(self, visible: Any, user: User) -> Any:
        """Those of the `visible` records that match, for this reader; unsorted."""
        return visible.filter(self.condition(user)) if self.values else visible

    def condition(self, user: User) -> Q:
        """What the fields mean for this reader."""
        condition = Q()
        for name, values in self.values.items():
            condition &= FIELDS[name].condition(list(values), user)
        return condition


def _as_querydict(mapping: Mapping[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in mapping.items():
        texts = value if isinstance(value, list | tuple) else [value]
        query.setlist(name, [str(text) for text in texts])
    return query


def _texts(query: QueryDict, prefix: str, name: str) -> list[str]:
    texts = query.getlist(prefix + name)
    if name in SPANS:
        start, end = (query.get(f"{prefix}{name}.{side}", "") for side in ("from", "to"))
        if start or end:
            texts = [f"{start}..{end}"]
    if name == "text":
        return [" ".join(texts).strip()]
    return [part.strip() for text in texts for part in text.split(",")]


def _read(name: str, spec: Field, texts: Iterable[str], problems: list[Problem]) -> tuple[str, ...]:
    kept: list[str] = []
    for text in [text for text in texts if text][:MOST_VALUES]:
        cleaned = None if "\x00" in text else spec.clean(text)
        if cleaned is None:
            problems.append(
                Problem(name, text[:LONGEST_VALUE], _("There is no such value to filter by."))
            )
        elif cleaned not in kept:
            kept.append(cleaned)
    return tuple(kept[:1] if name in SPANS else kept)


# Values ------------------------------------------------------------------------------------------


def _one_of(allowed: Callable[[], Iterable[str]]) -> Callable[[str], str | None]:
    return lambda text: text if text in allowed() else None


def _id_or(*tokens: str, slugs: bool = False) -> Callable[[str], str | None]:
    def clean(text: str) -> str | None:
        token = _OLD_TOKENS.get(text, text)
        if token in tokens:
            return token
        pk = row_id(text)
        if pk is not None and pk <= _LARGEST_ID:
            return str(pk)
        return text if slugs and 0 < len(text) <= 80 and not text.startswith("@") else None

    return clean


def _statuses() -> set[str]:
    return {state.key for kind in kinds.all_kinds() for state in kind.machine.states}


def _flag(text: str) -> str | None:
    return {"1": "1", "true": "1", "yes": "1", "0": "0", "false": "0", "no": "0"}.get(text.lower())


def _short(text: str) -> str | None:
    return text if len(text) <= LONGEST_VALUE else None


# Spans of time -----------------------------------------------------------------------------------


def _span(text: str) -> str | None:
    """`today`, `7d`, or `start..end` where both are days or instants and one may be open."""
    if text == "today" or _days(text):
        return text
    start, dots, end = text.partition("..")
    if not dots or not (start or end):
        return None
    if any(side and _instant(side) is None for side in (start, end)):
        return None
    return text


def _days(text: str) -> int:
    number = text[:-1]
    right = text.endswith("d") and number.isascii() and number.isdigit() and len(number) <= 4
    return int(number) if right else 0


def _instant(text: str, *, last: bool = False) -> datetime | None:
    """A day's start (its end with `last`) in the reader's zone, or the instant itself."""
    try:
        day = parse_date(text)
        if day is not None:
            return midnight(day + timedelta(days=1) if last else day)
        instant = parse_datetime(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        return None
    if instant is None:
        return None
    return instant if timezone.is_aware(instant) else timezone.make_aware(instant)


def midnight(day: date) -> datetime:
    """The start of a day in the reader's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def limits(span: str) -> tuple[datetime | None, datetime | None]:
    """The span's start and its end (exclusive) as instants; None where it is open."""
    today = timezone.localdate()
    if span == "today" or _days(span):
        back = max(0, _days(span) - 1)
        return midnight(today - timedelta(days=back)), midnight(today + timedelta(days=1))
    start, _dots, end = span.partition("..")
    return _instant(start), _instant(end, last=True)


def _between(column: str) -> Callable[[list[str], User], Q]:
    def condition(values: list[str], user: User) -> Q:
        start, end = limits(values[0])
        bounds = {f"{column}__gte": start, f"{column}__lt": end}
        return Q(**{name: instant for name, instant in bounds.items() if instant is not None})

    return condition


# Conditions --------------------------------------------------------------------------------------


def _in(column: str) -> Callable[[list[str], User], Q]:
    return lambda values, user: Q(**{f"{column}__in": values})


def _row(column: str, slug: str) -> Callable[[list[str], User], Q]:
    """Rows named by id or by slug."""

    def condition(values: list[str], user: User) -> Q:
        slugs = [value for value in values if row_id(value) is None and not value.startswith("@")]
        found = Q(**{f"{column}_id__in": row_ids(values)})
        found = found | Q(**{f"{column}__{slug}__in": slugs}) if slugs else found
        return found | Q(**{f"{column}__isnull": True}) if NOBODY in values else found

    return condition


def _team(values: list[str], user: User) -> Q:
    condition = _row("team", "slug")(values, user)
    return condition | Q(team_id__in=reach_of(user).team_ids) if MY_TEAMS in values else condition


def _person(column: str) -> Callable[[list[str], User], Q]:
    def condition(values: list[str], user: User) -> Q:
        ids = [*row_ids(values), user.pk] if ME in values else row_ids(values)
        found = Q(**{f"{column}_id__in": ids})
        return found | Q(**{f"{column}__isnull": True}) if NOBODY in values else found

    return condition


def _category(values: list[str], user: User) -> Q:
    return _row("category", "key")(values, user) | _row("category__parent", "key")(
        [value for value in values if value != NOBODY], user
    )


def _boolean(column: str) -> Callable[[list[str], User], Q]:
    return lambda values, user: Q(**{f"{column}__in": [value == "1" for value in values]})


def _text(values: list[str], user: User) -> Q:
    condition = Q()
    for word in " ".join(values).split()[:10]:
        condition &= Q(title__icontains=word) | Q(number__iexact=word)
    return condition


def promised(values: Iterable[str]) -> Q:
    """By what service levels say of the open records; `today`: still to come before midnight.

    The states are sla.enums.Face, which is above this app.
    """
    now = timezone.now().replace(microsecond=0)
    runs = Q(sla_state="running")
    meanings = {
        "breached": runs & Q(breaks_at__lt=now) | Q(sla_state="late"),
        "today": runs
        & Q(breaks_at__gte=now, breaks_at__lt=midnight(timezone.localdate() + timedelta(days=1))),
        "running": runs,
        "paused": Q(sla_state__in=["paused", "late"]),
        "none": Q(sla_state=""),
    }
    condition = Q()
    for value in values:
        condition |= meanings[value]
    return OPEN & condition


SLA = ("breached", "today", "running", "paused", "none")
FIELDS: dict[str, Field] = {
    "kind": Field(_one_of(lambda: (kind.key for kind in kinds.all_kinds())), _in("kind")),
    "status": Field(_one_of(_statuses), _in("status")),
    "phase": Field(_one_of(lambda: [phase.value for phase in Phase]), _in("phase")),
    "priority": Field(_one_of(lambda: list("12345")), _in("priority")),
    "sla": Field(_one_of(lambda: SLA), lambda values, user: promised(values)),
    "team": Field(_id_or(MY_TEAMS, slugs=True), _team),
    "assignee": Field(_id_or(ME, NOBODY), _person("assignee")),
    "requester": Field(_id_or(ME), _person("requester")),
    "service": Field(_id_or(NOBODY, slugs=True), _row("service", "slug")),
    "category": Field(_id_or(NOBODY, slugs=True), _category),
    "tag": Field(_short, lambda values, user: Q(tags__overlap=values)),
    "channel": Field(_one_of(lambda: Channel.values), _in("channel")),
    "opened": Field(_span, _between("opened_at")),
    "updated": Field(_span, _between("updated_at")),
    "resolved": Field(_span, _between("resolved_at")),
    "restricted": Field(_flag, _boolean("restricted")),
    "requester_waits": Field(_flag, _boolean("requester_waits")),
    "text": Field(_short, _text),
}
SPANS = frozenset({"opened", "updated", "resolved"})
