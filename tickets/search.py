"""Finding records by number or by words: titles, descriptions, comments, file names, requesters.

The access rule is part of every statement, before any limit. A word is looked for by an index of
trigrams. Where that finds few records they are all known, and sorted; where it finds many, the
newest records are read one after the other until a page is full; what lies between is worked out
in full. Every statement has a time limit.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Contains, IsNull
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.reach import reach_of
from core.text import fold, marked
from core.wording import Folded, Word, as_typed, with_alternatives
from tickets import queries
from tickets.models import Attachment, Comment, ExternalReference, Ticket, Watch
from tickets.models.ticket import named_in
from tickets.models.work import tasks_of
from tickets.numbering import candidates

LIMIT = 50
# Up to so many matches of a word they are all looked at.
FEW = 1000
# So many of the newest records are read to fill a page with a common word; more for a short one.
NEWEST = 3000
NEWEST_FOR_SHORT = 20_000
# So many records by the planner's estimate: worth looking at the newest first.
COMMON = 5000
MILLISECONDS = 3000
_WAYS = ("enable_seqscan", "enable_indexscan", "enable_bitmapscan")
_RECENT = ("-updated_at", "-id")
_TIMED_OUT = "57014"

WHY = {
    "number": gettext_lazy("Number"),
    "reference": gettext_lazy("Other number"),
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "comment": gettext_lazy("Comment"),
    "file": gettext_lazy("File"),
    "requester": gettext_lazy("Requester"),
}


@dataclass(frozen=True)
class Result:
    """Hits, newest first: rows of queries.rows with `why`, `why_label` and `excerpt` (markup).

    `total` is exact unless `more`: then there are at least so many. `words` are the forms that
    were looked for; `message` says what was not done, in the reader's language.
    """

    hits: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    more: bool = False
    words: tuple[str, ...] = ()
    message: str = ""


def search(user: User, query: str, *, limit: int = LIMIT) -> Result:
    """What the person may see that matches `query`."""
    visible = Ticket.objects.visible_to(user)
    if named := _named(query, visible, limit):
        return Result(named, len(named))
    words = as_typed(query)
    if not words:
        return Result()
    try:
        with _bounded():
            return _by_words(user, words, limit)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _TIMED_OUT:
            raise
    message = _("This search takes too long. Add a longer word, or search inside a list.")
    return Result(words=_forms(words), message=message)


def _named(query: str, visible: Any, limit: int) -> list[dict[str, Any]]:
    """Records of that number, ours first, then those that have it in another tool.

    An imported INC0001042 must be found although an INC-1042 of ours is there too.
    """
    hits: dict[int, dict[str, Any]] = {}
    for why, find in (("number", _by_number), ("reference", _by_reference)):
        found = find(query, visible)
        for hit in _rows(found, limit) if found is not None else ():
            hit |= {"why": why, "why_label": WHY[why], "excerpt": marked(hit["title"], ())}
            hit["title_marked"] = hit["excerpt"]
            hits.setdefault(hit["id"], hit)
    return list(hits.values())[:limit]


def _by_number(query: str, visible: Any) -> Any:
    numbers = candidates(query)
    return visible.filter(number__in=numbers).order_by("-opened_at") if numbers else None


def _by_reference(query: str, visible: Any) -> Any:
    """Records that have this number in another tool."""
    value = query.strip()
    if not 3 <= len(value) <= 200 or not any(ch.isdigit() for ch in value) or " " in value:
        return None
    same = ExternalReference.objects.annotate(folded=Upper("value")).filter(folded=value.upper())
    return visible.filter(pk__in=same.values("ticket_id")).order_by(*_RECENT)


def _by_words(user: User, words: list[Word], limit: int) -> Result:
    sight = _Sight(user)
    found = _Hunt(sight, words).run(limit)
    if not found.ids:
        wider = with_alternatives(words)
        if _forms(wider) != _forms(words):
            words, found = wider, _Hunt(sight, wider).run(limit)
    shown = Ticket.objects.filter(pk__in=found.ids[:limit]).order_by(*_RECENT)
    hits = _explained(sight, _rows(shown, limit), words) if found.ids else []
    message = ""
    if found.partial:
        message = _("Such short words are looked for in the newest records only.")
    total = max(found.total, len(hits))
    return Result(hits, total, found.more or len(found.ids) > limit, _forms(words), message)


def _forms(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(form for word in words for form in word.forms)


@contextmanager
def _bounded() -> Iterator[None]:
    """A time limit for each statement inside; leaves the connection as it was."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('statement_timeout'), "
                "set_config('statement_timeout', %s, true)",
                [str(MILLISECONDS)],
            )
            before = cursor.fetchone()[0]
        yield
        if nested:
            _set(statement_timeout=before, **dict.fromkeys(_WAYS, "on"))


def _go(way: str) -> None:
    """The planner can't know how rare a word is: we say which way the next statements go.

    index: through the index of words · order: newest first, row by row · free: as it likes,
    but never through whole tables.
    """
    off = {"index": ("enable_seqscan", "enable_indexscan"), "free": ("enable_seqscan",)}
    closed = off.get(way, ("enable_seqscan", "enable_bitmapscan"))
    _set(**{name: "off" if name in closed else "on" for name in _WAYS})


def _set(**values: str) -> None:
    changes = ", ".join(["set_config(%s, %s, true)"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {changes}", [text for pair in values.items() for text in pair])


@dataclass(frozen=True)
class _Found:
    ids: list[int]
    total: int
    more: bool = False
    partial: bool = False


class _Sight:
    """What one person may see, as conditions: rules.sees and rules.reads_notes again, for search.

    Whoever sees everything but restricted records is told by id the few of those that name them,
    so that the planner has little to think about. A test compares it with the doors of the pages.
    """

    def __init__(self, user: User) -> None:
        self.user = user
        self.reach = reach_of(user)
        self.named: Any = named_in(user, self.reach)
        self.watched: Any = Watch.objects.order_by().filter(user=user).values("ticket_id")
        if self.reach.reads_all:
            hidden = Ticket.objects.order_by().filter(restricted=True)
            named = hidden.filter(pk__in=self.named).values_list("pk", flat=True)
            self.named = list(named[: FEW + 1])
            if len(self.named) > FEW:
                self.named = named_in(user, self.reach)

    def tickets(self, to: str = "") -> Q:
        """The records; `to` leads to them from another row, as in ticket__."""
        named = Q(**{f"{to}id__in": self.named})
        return self._by_role(to) | named if self.reach.opens_desk else named

    def _by_role(self, to: str) -> Q:
        seen = Q(**{f"{to}team_id__in": self.reach.team_ids})
        seen |= Q(**{f"{to}assignee_id": self.user.pk})
        if self.reach.reads_all:
            return seen | Q(**{f"{to}restricted": False})
        if self.reach.reads_services:
            seen |= Q(**{f"{to}restricted": False, f"{to}service__owner_id": self.user.pk})
        return seen

    def _texts(self) -> Q:
        """Of the records seen: public texts, and notes where they may be read."""
        public = Q(visibility="public")
        if not self.reach.opens_desk:
            return public
        notes = self._by_role("ticket__")
        if not self.reach.works:
            return public | notes
        notes |= Q(ticket_id__in=self.watched)
        if not self.reach.reads_all:
            helped = tasks_of(self.user, self.reach).filter(ticket__restricted=False)
            notes |= Q(ticket_id__in=helped.values("ticket_id"))
        return public | notes

    @cached_property
    def comments(self) -> Any:
        """The comments to be read, on whatever record."""
        return Comment.objects.filter(self._texts(), retracted_at=None).order_by()

    @cached_property
    def files(self) -> Any:
        """The files to be read, on whatever record."""
        there = Q(comment=None) | Q(comment__retracted_at=None)
        return Attachment.objects.filter(self._texts(), there, removed_at=None).order_by()


class _Hunt:
    """One search for words by one person."""

    def __init__(self, sight: _Sight, words: list[Word]) -> None:
        self.sight = sight
        self.words = words

    def run(self, limit: int) -> _Found:
        """First the newest records if the words seem common, else the few that hold them."""
        indexed = [word for word in self.words if word.is_indexed]
        sees_little = not self.sight.reach.opens_desk
        newest_first = sees_little or not indexed or self._seems_common()
        ways = [lambda: self._few(indexed), lambda: self._newest(limit)]
        for way in reversed(ways) if newest_first else ways:
            if (found := way()) is not None:
                return found
        return self._all(max(FEW, limit))

    def _seems_common(self) -> bool:
        """By the planner's statistics of titles and descriptions."""
        texts = [Contains(Folded("title", "description"), word.forms[0]) for word in self.words]
        statement, values = Ticket.objects.filter(*texts).values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
            plan = cursor.fetchone()[0]
        return bool(plan[0]["Plan"]["Plan Rows"] > COMMON)

    def _few(self, words: Sequence[Word]) -> _Found | None:
        """All records with these words, if one of them is on few records."""
        _go("index")
        for word in words:
            parts = [part[: FEW + 1] for part in self._parts(word, "pk", "updated_at")]
            rows = list(parts[0].union(*parts[1:], all=True))
            if len(rows) > FEW:
                continue
            found = sorted(set(rows), key=lambda row: (row[1], row[0]), reverse=True)
            ids = [pk for pk, _updated in found]
            if len(self.words) > 1 and ids:
                _go("free")
                others = [other for other in self.words if other is not word]
                tickets = self._holding(Ticket.objects.filter(pk__in=ids), others)
                ids = list(tickets.order_by(*_RECENT).values_list("pk", flat=True))
            return _Found(ids, len(ids))
        return None

    def _parts(self, word: Word, *columns: str) -> list[Any]:
        """These columns of visible records with the word: a query for each place it stands in."""
        there = ["ticket_id" if name == "pk" else f"ticket__{name}" for name in columns]
        tickets = Ticket.objects.filter(self.sight.tickets()).order_by()
        seen = self.sight.tickets("ticket__")
        comments = self.sight.comments.filter(seen, word.within("body"))
        files = self.sight.files.filter(seen, word.within("name"))
        return [
            tickets.filter(word.within("title", "description")).values_list(*columns),
            tickets.filter(requester__display_name__in=word.forms).values_list(*columns),
            comments.values_list(*there),
            files.values_list(*there),
        ]

    def _newest(self, limit: int) -> _Found | None:
        """Matches among the newest records, if they fill a page or there are no others."""
        short = not any(word.is_indexed for word in self.words)
        _go("order")
        recent, complete = self._recent(NEWEST_FOR_SHORT if short else NEWEST)
        found = self._holding(recent, self.words).order_by(*_RECENT)
        ids = list(found.values_list("pk", flat=True)[: limit + 1])
        if len(ids) <= limit and not complete and not short:
            return None
        if len(ids) <= limit and complete:
            return _Found(ids, len(ids))
        single = len(self.words) == 1 and not short
        total = FEW if single else min(len(ids), limit)
        return _Found(ids, total, more=True, partial=short and len(ids) <= limit)

    def _recent(self, reach: int) -> tuple[Any, bool]:
        """The newest visible records; whether they are all there are."""
        if not self.sight.reach.reads_all:
            return self._recent_of_some(reach)
        newest = Ticket.objects.filter(self.sight.tickets())
        since = _since(reach)
        return (newest, True) if since is None else (newest.filter(updated_at__gte=since), False)

    def _recent_of_some(self, reach: int) -> tuple[Any, bool]:
        """The same for somebody who sees little: by each reason for seeing, each by its index."""
        user, standing = self.sight.user, self.sight.reach
        reasons = [Q(pk__in=self.sight.named)]
        if standing.opens_desk:
            reasons += [Q(assignee_id=user.pk), *(Q(team_id=pk) for pk in standing.team_ids)]
        if standing.reads_services:
            reasons += [Q(restricted=False, service__owner_id=user.pk)]
        found: set[Any] = set()
        for reason in reasons:
            part = Ticket.objects.filter(reason).order_by(*_RECENT)
            found |= set(part.values_list("updated_at", "pk")[: reach + 1])
        ids = [pk for _updated, pk in sorted(found, reverse=True)]
        return Ticket.objects.filter(pk__in=ids[:reach]), len(ids) <= reach

    def _all(self, most: int) -> _Found:
        """Without limits: for words that are neither rare nor common, or seldom together."""
        _go("free")
        tickets = Ticket.objects.all()
        for word in self.words:
            parts = self._parts(word, "pk")
            tickets = tickets.filter(pk__in=parts[0].union(*parts[1:], all=True))
        found = tickets.order_by(*_RECENT).values_list("pk", flat=True)
        ids = list(found[: most + 1])
        return _Found(ids, min(len(ids), most), more=len(ids) > most)

    def _holding(self, tickets: Any, words: Sequence[Word]) -> Any:
        """Those that hold each word somewhere: row by row, never by reading whole tables."""
        for word in words:
            tickets = tickets.filter(
                word.within("title", "description")
                | Q(requester__display_name__in=word.forms)
                | _one(self.sight.comments.filter(word.within("body")))
                | _one(self.sight.files.filter(word.within("name")))
            )
        return tickets


def _one(rows: Any) -> Q:
    """Whether the record has such a row, asked for each record by itself."""
    first = Subquery(rows.filter(ticket=OuterRef("pk")).values(yes=Value(1))[:1])
    return Q(IsNull(first, False))


_known_since: dict[int, tuple[float, datetime | None]] = {}


def _since(reach: int) -> datetime | None:
    """About since when so many records changed; None where there are fewer. A minute old at most.

    It only bounds what is looked at first, so it need not be exact.
    """
    known = _known_since.get(reach)
    if known is None or time.monotonic() - known[0] > 60:
        newest = Ticket.objects.order_by(*_RECENT).values_list("updated_at", flat=True)
        known = (time.monotonic(), newest[reach : reach + 1].first())
        _known_since[reach] = known
    return known[1]


# What is shown of a hit --------------------------------------------------------------------------


def _rows(tickets: Any, limit: int) -> list[dict[str, Any]]:
    """The records as rows, in their order, with their texts. One query."""
    found = list(tickets.values(*queries.ROW_FIELDS, "description")[:limit])
    shown = queries.rows(found)
    for row, source in zip(shown, found, strict=True):
        row["description"] = source["description"]
        row["requester_names"] = source["requester__display_name"]
    return shown


def _explained(
    sight: _Sight, hits: list[dict[str, Any]], words: list[Word]
) -> list[dict[str, Any]]:
    """Each hit with the field that matched and an excerpt of it."""
    forms = _forms(words)
    said = _said(sight, [hit["id"] for hit in hits if not _within(hit, words)], words)
    for hit in hits:
        why, text = _why(hit, forms, said)
        hit |= {"why": why, "why_label": WHY[why], "excerpt": marked(text, forms)}
        hit["title_marked"] = marked(hit["title"], forms, around=250)
    return hits


def _within(hit: dict[str, Any], words: Sequence[Word]) -> bool:
    """Whether title and description hold all the words already."""
    text = fold(f"{hit['title']}\n{hit['description']}")
    return all(any(form in text for form in word.forms) for word in words)


def _why(
    hit: dict[str, Any], forms: Sequence[str], said: dict[int, tuple[str, str]]
) -> tuple[str, str]:
    if hit["id"] in said:
        return said[hit["id"]]
    for name in ("title", "description"):
        if any(form in fold(hit[name]) for form in forms):
            return name, hit[name]
    return "requester", hit["requester_names"]


def _said(sight: _Sight, ids: list[int], words: list[Word]) -> dict[int, tuple[str, str]]:
    """The newest comment, or else file name, of each record that holds one of the words."""
    found: dict[int, tuple[str, str]] = {}
    for why, rows, column in (
        ("comment", sight.comments, "body"),
        ("file", sight.files, "name"),
    ):
        left = [pk for pk in ids if pk not in found]
        if left:
            holding = reduce(or_, [word.within(column) for word in words])
            texts = rows.filter(holding, ticket__in=left).order_by("id")
            found |= {pk: (why, text) for pk, text in texts.values_list("ticket_id", column)[:500]}
    return found
