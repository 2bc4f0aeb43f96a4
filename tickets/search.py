"""Finding records by number or by words: titles, descriptions, comments, file names, requesters.

The access rule is part of every statement, before any limit. A word is looked for by an index of
trigrams. Where that finds few records they are all known, and sorted; where it finds many, the
newest records are read one after the other until a page is full; what lies between is worked out
in full. Every statement has a time limit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Upper
from django.db.models.lookups import IsNull
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.reach import reach_of
from core.text import fold, marked
from core.wording import Word, as_typed, with_alternatives
from tickets import queries
from tickets.models import Attachment, Comment, ExternalReference, Ticket, Watch
from tickets.numbering import parse, resolve

LIMIT = 50
# Up to so many matches of a word they are all looked at.
FEW = 1000
# So many of the newest records are read to fill a page with a common word; more for a short one.
NEWEST = 3000
NEWEST_FOR_SHORT = 20_000
MILLISECONDS = 3000
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


def search(user: User, query: str, *, limit: int = LIMIT, tickets: Any = None) -> Result:
    """What the person may see that matches `query`; within `tickets` (visible ones) if given."""
    visible = Ticket.objects.visible_to(user) if tickets is None else tickets
    if named := _by_number(query, visible):
        return _numbered(user, named[:limit], "number")
    if named := _by_reference(query, visible):
        return _numbered(user, named[:limit], "reference")
    words = as_typed(query)
    if not words:
        return Result()
    try:
        with _bounded():
            return _by_words(user, visible, words, limit)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _TIMED_OUT:
            raise
    message = _("This search takes too long. Add a longer word, or search inside a list.")
    return Result(words=_forms(words), message=message)


def _by_number(query: str, visible: Any) -> list[int]:
    return [ticket.pk for ticket in resolve(query, visible)] if parse(query) else []


def _by_reference(query: str, visible: Any) -> list[int]:
    """Records that have this number in another tool."""
    value = query.strip()
    if not 3 <= len(value) <= 200 or not any(ch.isdigit() for ch in value) or " " in value:
        return []
    same = ExternalReference.objects.annotate(folded=Upper("value")).filter(folded=value.upper())
    found = visible.filter(pk__in=same.values("ticket_id")).order_by(*_RECENT)
    return list(found.values_list("pk", flat=True)[:LIMIT])


def _numbered(user: User, ids: list[int], why: str) -> Result:
    hits = _rows(user, ids)
    for hit in hits:
        hit |= {"why": why, "why_label": WHY[why], "excerpt": marked(hit["title"], ())}
    return Result(hits, len(hits))


def _by_words(user: User, visible: Any, words: list[Word], limit: int) -> Result:
    found = _Hunt(user, visible, words).run(limit)
    if not found.ids:
        wider = with_alternatives(words)
        if _forms(wider) != _forms(words):
            words, found = wider, _Hunt(user, visible, wider).run(limit)
    hits = _explained(user, _rows(user, found.ids[:limit]), words)
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
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), "
            "set_config('statement_timeout', %s, true), set_config('enable_seqscan', 'off', true)",
            [str(MILLISECONDS)],
        )
        before = cursor.fetchone()[0]
        yield
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), "
            "set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true), "
            "set_config('enable_bitmapscan', 'on', true)",
            [before],
        )


def _plan(*, index: bool, bitmap: bool) -> None:
    """The planner can't know how rare a word is. We say which way a statement goes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_indexscan', %s, true), "
            "set_config('enable_bitmapscan', %s, true)",
            ["on" if index else "off", "on" if bitmap else "off"],
        )


@dataclass(frozen=True)
class _Found:
    ids: list[int]
    total: int
    more: bool = False
    partial: bool = False


class _Hunt:
    """One search for words by one person."""

    def __init__(self, user: User, visible: Any, words: list[Word]) -> None:
        self.user = user
        self.visible = visible
        self.words = words

    def run(self, limit: int) -> _Found:
        _plan(index=False, bitmap=True)
        for word in self.words:
            if word.is_indexed:
                ids = self._few(word)
                if ids is not None:
                    return self._among(ids, [other for other in self.words if other is not word])
        common = self.words[0].is_indexed
        _plan(index=True, bitmap=False)
        found, complete = self._newest(limit, NEWEST if common else NEWEST_FOR_SHORT)
        if complete or not common or len(found) > limit:
            single = common and len(self.words) == 1
            total = FEW if single and not complete else len(found)
            return _Found(found, total, more=not complete, partial=not complete and not common)
        _plan(index=True, bitmap=True)
        return self._all(max(FEW, limit))

    def _few(self, word: Word) -> list[int] | None:
        """All records with the word, or None when there are more than FEW."""
        parts = [part[: FEW + 1] for part in self._parts(word)]
        found = [row[0] for row in parts[0].union(*parts[1:], all=True)]
        ids = list(dict.fromkeys(found))
        return ids if len(ids) <= FEW and len(found) <= FEW else None

    def _parts(self, word: Word) -> list[Any]:
        """Ids of visible records with the word, one query for each place it may stand in."""
        inside = self.visible.order_by()
        return [
            inside.filter(word.within("title", "description")).values_list("pk"),
            inside.filter(requester__display_name__in=word.forms).values_list("pk"),
            self._comments.filter(word.within("body"), ticket__in=inside.values("pk"))
            .order_by()
            .values_list("ticket_id"),
            self._files.filter(word.within("name"), ticket__in=inside.values("pk"))
            .order_by()
            .values_list("ticket_id"),
        ]

    def _among(self, ids: list[int], others: list[Word]) -> _Found:
        _plan(index=True, bitmap=True)
        tickets = self._holding(Ticket.objects.filter(pk__in=ids), others)
        found = list(tickets.order_by(*_RECENT).values_list("pk", flat=True))
        return _Found(found, len(found))

    def _newest(self, limit: int, reach: int) -> tuple[list[int], bool]:
        """Matches among the newest records; whether those are all there are."""
        recent = self.visible.order_by(*_RECENT)
        last = recent.values_list("updated_at", flat=True)[reach : reach + 1].first()
        if last is not None:
            recent = recent.filter(updated_at__gte=last)
        found = self._holding(recent, self.words).values_list("pk", flat=True)[: limit + 1]
        return list(found), last is None and len(found) <= limit

    def _all(self, most: int) -> _Found:
        """Without limits: for words that are neither rare nor common, or never stand together."""
        word, *others = self.words
        parts = self._parts(word)
        tickets = Ticket.objects.filter(pk__in=parts[0].union(*parts[1:], all=True))
        found = self._holding(tickets, others).order_by(*_RECENT).values_list("pk", flat=True)
        ids = list(found[: most + 1])
        return _Found(ids, min(len(ids), most), more=len(ids) > most)

    def _holding(self, tickets: Any, words: Sequence[Word]) -> Any:
        """Those that hold each word somewhere: row by row, never by reading whole tables."""
        for word in words:
            tickets = tickets.filter(
                word.within("title", "description")
                | Q(requester__display_name__in=word.forms)
                | _one(self._comments.filter(word.within("body")))
                | _one(self._files.filter(word.within("name")))
            )
        return tickets

    @cached_property
    def _comments(self) -> Any:
        shown = Comment.objects.filter(retracted_at=None)
        return shown.filter(Q(visibility="public") | readable_notes(self.user))

    @cached_property
    def _files(self) -> Any:
        shown = Attachment.objects.filter(removed_at=None)
        shown = shown.filter(Q(comment=None) | Q(comment__retracted_at=None))
        return shown.filter(Q(visibility="public") | readable_notes(self.user))


def _one(rows: Any) -> Q:
    """Whether the record has such a row, asked for each record by itself."""
    first = Subquery(rows.filter(ticket=OuterRef("pk")).values(yes=Value(1))[:1])
    return Q(IsNull(first, False))


def readable_notes(user: User) -> Q:
    """On comments and files: those of records whose notes the person reads (rules.reads_notes)."""
    reach = reach_of(user)
    if not reach.opens_desk:
        return Q(pk__in=[])
    notes = Q(ticket__team_id__in=reach.team_ids) | Q(ticket__assignee_id=user.pk)
    if reach.reads_all:
        notes |= Q(ticket__restricted=False)
    elif reach.reads_services:
        notes |= Q(ticket__restricted=False, ticket__service__owner_id=user.pk)
    watched = Watch.objects.filter(user=user).values("ticket_id")
    return notes | Q(ticket__in=watched) if reach.works else notes


# What is shown of a hit --------------------------------------------------------------------------


def _rows(user: User, ids: list[int]) -> list[dict[str, Any]]:
    """The records as rows, in the order of `ids`, with their texts."""
    tickets = queries.with_reader(Ticket.objects.filter(pk__in=ids), user)
    values = tickets.values(*queries.ROW_FIELDS, "seen", "has_draft", "description")
    known = {row["id"]: row for row in values}
    found = [known[pk] for pk in ids if pk in known]
    shown = queries.rows(found)
    for row, source in zip(shown, found, strict=True):
        row["description"] = source["description"]
        row["requester_names"] = source["requester__display_name"]
    return shown


def _explained(user: User, hits: list[dict[str, Any]], words: list[Word]) -> list[dict[str, Any]]:
    """Each hit with the field that matched and an excerpt of it."""
    forms = _forms(words)
    elsewhere = [hit["id"] for hit in hits if not _within(hit, words)]
    said = _texts(user, elsewhere, words) if elsewhere else {}
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


def _texts(user: User, ids: list[int], words: list[Word]) -> dict[int, tuple[str, str]]:
    """The newest comment, or else file name, of each record that holds one of the words."""
    hunt = _Hunt(user, None, words)
    bodies = reduce(or_, [word.within("body") for word in words])
    names = reduce(or_, [word.within("name") for word in words])
    files = hunt._files.filter(names, ticket__in=ids).order_by("id")
    comments = hunt._comments.filter(bodies, ticket__in=ids).order_by("id")
    found = {pk: ("file", name) for pk, name in files.values_list("ticket_id", "name")[:500]}
    found |= {pk: ("comment", body) for pk, body in comments.values_list("ticket_id", "body")[:500]}
    return found
