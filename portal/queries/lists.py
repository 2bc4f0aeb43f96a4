"""Lists of requests as their requester reads them: flat rows of ready-made words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest
from django.urls import reverse

from accounts.models import User
from accounts.reach import reach_of
from catalog.models import Request
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from core import fuzzy
from core.states import OPEN_PHASES, Phase
from core.text import stem
from portal.enums import Kinds, Show, Whose
from portal.states import MERGED, Step, is_stopped, plain, steps
from tickets import kinds
from tickets.enums import LinkType, Verb
from tickets.models import Approval, Event, Link, PendingReason, Seen, Ticket, Watch
from tickets.numbering import candidates
from tickets.paging import Order

NEEDS_REPLY = Q(phase=Phase.WAITING, pending_reason__waits_for=PendingReason.WaitsFor.REQUESTER)
UNFINISHED = Q(phase__in=[*OPEN_PHASES, Phase.RESOLVED])
SHOWN = {Show.OPEN: UNFINISHED, Show.REPLY: NEEDS_REPLY, Show.CLOSED: Q(phase=Phase.CLOSED)}
_COLUMNS = (
    "id",
    "number",
    "kind",
    "title",
    "status",
    "phase",
    "requester_id",
    "requester_waits",
    "replied_at",
    "news_at",
    "waits_for",
    "display_name",
    "roman_name",
    "seen_at",
    "joined",
    "decided",
)
NEWEST = Order("opened", backwards=True)
# The last thing the requester could notice. updated_at would tell when the desk writes notes.
NEWS = Greatest("opened_at", "replied_at", "resolved_at", "closed_at")
SIZE = 20
MOST_COMPARED = 300
MOST_FOR_ME = 500
# The parts of a bundle stand below it, not beside it.
BUNDLE = "request"
_ALIKE = 0.3
# What the requester reported is to them a call for help, no warning sign.
ICONS = {"incident": "lifebuoy"}
# Pairs of the polite endings that most Korean titles share: they say nothing of the matter.
_ENDINGS = frozenset(("니다", "습니", "됩니", "합니", "입니", "않습", "없습", "있습", "안"))


@dataclass(frozen=True)
class Row:
    """One request of a list. flag: reply, check, news or nothing. `parts`: those of a bundle."""

    number: str
    url: str
    title: str
    phase: str
    status: str
    plain: str
    steps: list[Step]
    flag: str
    news_at: datetime
    requester: str
    icon: str = ""
    parts: "list[Row]" = field(default_factory=list)

    @property
    def parts_done(self) -> int:
        return sum(part.phase in (Phase.RESOLVED, Phase.CLOSED) for part in self.parts)


@dataclass(frozen=True)
class Page:
    """Rows, and the cursors of the pages before and after; empty where there is none."""

    rows: list[Row]
    before: str
    after: str


def requests_of(user: User, whose: str = Whose.MINE) -> Any:
    """The records that are somebody's own, followed, or their department's."""
    visible = Ticket.objects.visible_to(user)
    if whose == Whose.FOLLOWED:
        return visible.filter(pk__in=Watch.objects.filter(user=user).values("ticket_id"))
    if whose == Whose.DEPARTMENT:
        return visible.filter(_department(user))
    return visible.filter(_own(user))


def on_portal(user: User) -> Any:
    """Every record that the portal may show to the person."""
    followed = Q(pk__in=Watch.objects.filter(user=user).values("ticket_id"))
    return Ticket.objects.visible_to(user).filter(_own(user) | followed | _department(user))


def scopes(user: User) -> list[Whose]:
    """The lists the person has."""
    shared = [Whose.DEPARTMENT] if reach_of(user).shares_department else []
    return [Whose.MINE, Whose.FOLLOWED, *shared]


def _own(user: User) -> Q:
    ids = _for_me(user)
    own = Q(requester=user) | Q(pk__in=ids) if ids else Q(requester=user)
    # People of the desk open records for others all day; those are work, not their own.
    return own if reach_of(user).opens_desk else own | Q(opened_by=user)


def _for_me(user: User) -> list[int]:
    """What others asked for in one's stead; kept on the person for one request.

    Named by their keys, so that an index serves this half of the condition too.
    """
    known: list[int] | None = getattr(user, "_asked_for_me", None)
    if known is None:
        others = Request.objects.filter(beneficiary=user).exclude(requester=user)
        known = list(others.order_by("-pk").values_list("pk", flat=True)[:MOST_FOR_ME])
        user._asked_for_me = known  # type: ignore[attr-defined]
    return known


def _department(user: User) -> Q:
    reach = reach_of(user)
    if not reach.shares_department:
        return Q(pk__in=[])
    return Q(restricted=False, requester__department_id=reach.department_id)


def page(
    user: User, whose: str, show: str, cursor: str = "", *, kind: str = Kinds.ALL, text: str = ""
) -> Page:
    """One page of a list, last reported first; parts of a bundle below it."""
    found = requests_of(user, whose).filter(SHOWN[Show(show)])
    if kind:
        found = found.filter(kind=kind)
    if text.split():
        found = found.filter(_said(text))
    elif show != Show.REPLY:
        found = found.filter(~_in_bundle(SHOWN[Show(show)]))
    got = NEWEST.page(_described(found, user), cursor, SIZE, _COLUMNS)
    return Page(_with_parts(got.rows, user), got.prev, got.next)


def _in_bundle(shown: Q) -> Exists:
    """Whether a request is a part of one of the same person's that the list shows itself."""
    bundles = Ticket.objects.filter(shown, kind=BUNDLE, pk=OuterRef("source_id"))
    above = Link.objects.filter(
        Exists(bundles.filter(requester_id=OuterRef(OuterRef("requester_id")))),
        target=OuterRef("pk"),
        type=LinkType.PARENT_OF,
    )
    return Exists(above)


def _with_parts(values: Sequence[dict[str, Any]], user: User) -> list[Row]:
    rows = _rows(values, user)
    bundles = [value["id"] for value in values if value["kind"] == BUNDLE]
    if not bundles:
        return rows
    links = Link.objects.filter(
        source__in=bundles, type=LinkType.PARENT_OF, target__kind=BUNDLE
    ).order_by("id")
    above = dict(links.values_list("target_id", "source_id"))
    below: dict[int, list[Row]] = {}
    if above:
        found = list(_values(Ticket.objects.visible_to(user).filter(pk__in=above), user))
        for value, row in zip(found, _rows(found, user), strict=True):
            below.setdefault(above[value["id"]], []).append(row)
    return [
        replace(row, parts=sorted(below.get(value["id"], ()), key=lambda part: part.number))
        for value, row in zip(values, rows, strict=True)
    ]


def waiting_for(user: User) -> int:
    """How many of the person's own requests wait for their reply; counted to 100."""
    return requests_of(user).filter(NEEDS_REPLY)[:100].count()


def unfinished(user: User, most: int) -> list[Row]:
    """The person's own requests that go on: those they must answer, then check, then the rest."""
    urgent = Case(
        When(NEEDS_REPLY, then=Value(0)),
        When(phase=Phase.RESOLVED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    own = NEEDS_REPLY | Q(phase=Phase.RESOLVED) | ~_in_bundle(UNFINISHED)
    found = requests_of(user).filter(UNFINISHED).filter(own)
    return _with_parts(_values(found.order_by(urgent, NEWS.desc(), "-id"), user)[:most], user)


def finished(user: User, most: int) -> list[Row]:
    """The person's own requests that ended last."""
    found = requests_of(user).filter(SHOWN[Show.CLOSED]).order_by(NEWS.desc(), "-id")
    return _rows(_values(found, user)[:most], user)


def search(user: User, text: str, most: int = 50) -> list[Row]:
    """Requests whose title holds every word, or whose number is meant; finished ones included.

    Then those of the last ones whose title sounds like it, however it was spelt.
    """
    if not text.split():
        return []
    shown = on_portal(user)
    found = list(_values(shown.filter(_said(text)).order_by(NEWS.desc(), "-id"), user)[:most])
    recent = shown.order_by("-opened_at", "-id").values_list("pk", "title")[:MOST_COMPARED]
    documents = [fuzzy.Document(pk, ((title, 1.0), (_stems(title), 0.95))) for pk, title in recent]
    known = {value["id"] for value in found}
    alike = [pk for pk, _score in fuzzy.rank(text, documents, least=0.75) if pk not in known]
    wanted = alike[: most - len(found)]
    if wanted:
        others = {value["id"]: value for value in _values(shown.filter(pk__in=wanted), user)}
        found += [others[pk] for pk in wanted if pk in others]
    return _rows(found, user)


def _stems(title: str) -> str:
    """Its words without their particles, so that a slip in one of them is still a slip."""
    return " ".join(stem(word) or word for word in title.split())


def _said(text: str) -> Q:
    """Every word in the title, or the number meant."""
    titled = Q()
    for word in text.split()[:8]:
        titled &= Q(title__icontains=word)
    return titled | Q(number__in=candidates(text))


def alike(user: User, title: str, most: int = 3) -> list[Row]:
    """Open requests of the portal whose title resembles this one, most alike first.

    Compared by pairs of characters, which works for Korean and English and half-typed words.
    """
    wanted = _pairs(title)
    recent = on_portal(user).open().order_by("-opened_at", "-id")
    raw = list(_values(recent, user)[:MOST_COMPARED])
    scored = [(_likeness(wanted, _pairs(row["title"])), row) for row in raw]
    scored = [(score, row) for score, row in scored if score >= _ALIKE]
    scored.sort(key=lambda pair: -pair[0])
    return _rows([row for _score, row in scored[:most]], user)


def services(text: str, most: int = 30) -> list[dict[str, Any]]:
    """Live services as suggestions: {"value", "label", "hint"}."""
    named = Q(name_ko__icontains=text) | Q(name_en__icontains=text)
    found = Service.objects.filter(named, status=ServiceStatus.LIVE).order_by("name_en", "id")
    return [{"value": service.pk, "label": service.name, "hint": ""} for service in found[:most]]


def _pairs(text: str) -> set[str]:
    return {
        word[at : at + 2] for word in text.casefold().split() for at in range(max(1, len(word) - 1))
    } - _ENDINGS


def _likeness(wanted: set[str], found: set[str]) -> float:
    """The share of the shorter title's pairs that the other has too."""
    shorter = min(len(wanted), len(found))
    return len(wanted & found) / shorter if shorter > 1 else 0.0


def _described(found: Any, user: User) -> Any:
    seen = Seen.objects.filter(ticket=OuterRef("pk"), user=user).values("at")[:1]
    both = Event.objects.filter(ticket=OuterRef("pk"), verb__in=(Verb.MERGED, Verb.UNMERGED))
    joined = both.filter(data__role="source").order_by("-id").values("verb")[:1]
    return found.annotate(
        joined=Case(When(phase=Phase.CLOSED, then=Subquery(joined)), default=Value("")),
        decided=Exists(Approval.objects.filter(ticket=OuterRef("pk"))),
        news_at=NEWS,
        waits_for=F("pending_reason__waits_for"),
        display_name=F("requester__display_name"),
        roman_name=F("requester__roman_name"),
        seen_at=Subquery(seen),
    )


def _values(found: Any, user: User) -> Any:
    return _described(found, user).values(*_COLUMNS)


def _rows(values: Iterable[dict[str, Any]], user: User) -> list[Row]:
    return [_row(value, user) for value in values]


def _row(value: dict[str, Any], user: User) -> Row:
    machine = kinds.get(value["kind"]).machine
    merged = value["joined"] == Verb.MERGED
    requester = User(display_name=value["display_name"], roman_name=value["roman_name"])
    return Row(
        number=value["number"],
        url=reverse("portal:detail", args=[value["number"]]),
        title=value["title"],
        phase=value["phase"],
        status="cancelled" if is_stopped(machine, value["status"]) else value["status"],
        plain=str(MERGED if merged else plain(machine.by_key[value["status"]])),
        steps=steps(machine, value["status"], merged=merged, decided=value["decided"]),
        flag=_flag(value, user),
        news_at=value["news_at"],
        requester="" if value["requester_id"] == user.pk else requester.name,
        icon=ICONS.get(value["kind"]) or kinds.get(value["kind"]).icon,
    )


def _flag(value: dict[str, Any], user: User) -> str:
    own = value["requester_id"] == user.pk
    if own and value["phase"] == Phase.WAITING and value["waits_for"] == "requester":
        return "reply"
    if own and value["phase"] == Phase.RESOLVED:
        return "check"
    unread = value["replied_at"] and (
        value["seen_at"] is None or value["seen_at"] < value["replied_at"]
    )
    return "news" if unread and not value["requester_waits"] else ""
