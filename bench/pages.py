"""What is measured: each page with the requests that show it, different ones every time."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Mod
from django.utils import timezone

from accounts.models import Membership, User
from bench.words import ABSENT
from catalog.access import OFFERED
from catalog.definition import parse
from catalog.models import Offering
from catalog.pricing import quote as quoted
from catalog.pricing import token as price_token
from cmdb.models import Service
from tickets.models import CauseCategory, ResolutionCode, Ticket

Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Page:
    """`requests(user, source)` gives (method, path, body) for ever. `goal`: p50, p95, CPU, SQL."""

    name: str
    requests: Callable[[User, random.Random], Iterator[Request]]
    goal: tuple[float, float, float, int] = (0, 0, 0, 0)
    expects: tuple[int, ...] = (200,)
    who: str = "agent"
    headers: tuple[tuple[str, str], ...] = ()


def _always(path: str) -> Callable[[User, random.Random], Iterator[Request]]:
    def requests(user: User, source: random.Random) -> Iterator[Request]:
        while True:
            yield "GET", path, None

    return requests


def _search(*words: str) -> Callable[[User, random.Random], Iterator[Request]]:
    def requests(user: User, source: random.Random) -> Iterator[Request]:
        while True:
            yield "GET", f"/search/?q={quote(source.choice(words))}", None

    return requests


def _open_of(user: User) -> Any:
    """Open records of the person's teams, no two people's the same."""
    teams = Membership.objects.filter(user=user).values("team_id")
    found = Ticket.objects.filter(team_id__in=teams, phase__in=("new", "active"), restricted=False)
    return found.annotate(turn=Mod("serial", 2)).filter(turn=user.pk % 2)


def _numbers(user: User, source: random.Random) -> list[str]:
    found = list(_open_of(user).order_by("id").values_list("number", flat=True)[:2000])
    source.shuffle(found)
    return found


def _ticket(user: User, source: random.Random) -> Iterator[Request]:
    top = Ticket.objects.order_by("-id").values_list("id", flat=True)[0]
    ids = [source.randrange(1, top) for _index in range(2000)]
    found = Ticket.objects.visible_to(user).filter(pk__in=ids).values_list("number", flat=True)
    while True:
        for number in found:
            yield "GET", f"/inc/{number}/", None


def _long_ticket(user: User, source: random.Random) -> Iterator[Request]:
    """Records with much said on them."""
    recent = Ticket.objects.visible_to(user).filter(comments__isnull=False).order_by("-id")
    ids = recent.filter(comments__visibility="internal").values_list("number", flat=True)[:300]
    numbers = list(dict.fromkeys(ids))
    while True:
        yield "GET", f"/inc/{source.choice(numbers)}/", None


def _number(user: User, source: random.Random) -> Iterator[Request]:
    for number in _numbers(user, source):
        yield "GET", f"/search/?q={number.lower().replace('-', '')}", None


def _create(user: User, source: random.Random) -> Iterator[Request]:
    for index in range(100_000):
        yield (
            "POST",
            "/desk/new/",
            {
                "title": f"프린터 고장 {index}",
                "description": "오늘 아침부터 인쇄가 되지 않습니다.",
                "requester": str(source.randrange(1, 1000)),
                "channel": "phone",
                "impact": "2",
                "urgency": "2",
                "service": str(source.randrange(1, 80)),
            },
        )


def _reply(user: User, source: random.Random) -> Iterator[Request]:
    for number in _numbers(user, source):
        body = {"mode": "reply", "body": "확인했습니다. 곧 조치하겠습니다.", "from": "page"}
        yield "POST", f"/inc/{number}/say/", body


def _start(user: User, source: random.Random) -> Iterator[Request]:
    found = _open_of(user).filter(status__in=("new", "assigned"))
    for number in list(found.order_by("-id").values_list("number", flat=True)[:2000]):
        yield "POST", f"/inc/{number}/do/start/", {}


def _resolve(user: User, source: random.Random) -> Iterator[Request]:
    code = ResolutionCode.objects.values_list("pk", flat=True)[0]
    cause = CauseCategory.objects.values_list("pk", flat=True)[0]
    found = _open_of(user).filter(status="in_progress").order_by("id")
    body = {
        "resolution_code": str(code),
        "resolution": "조치했습니다.",
        "cause_category": str(cause),
    }
    for number in list(found.values_list("number", flat=True)[:2000]):
        yield "POST", f"/inc/{number}/do/resolve/", body


def _api_create(user: User, source: random.Random) -> Iterator[Request]:
    for index in range(100_000):
        text = {"title": f"VPN cannot connect {index}", "description": "Since this morning."}
        yield "POST", "/api/v1/incidents/", json.dumps(text)


def _portal_search(user: User, source: random.Random) -> Iterator[Request]:
    """What people type: right, misspelt, with particles, by initials, and in vain."""
    typed = ("노트북을", "노트븍", "ㅁㄴㅌ", "vpn 접속", "laptpo", "프린터가", "회의실", *ABSENT)
    while True:
        yield "GET", f"/portal/search/?q={quote(source.choice(typed))}", None


def _catalog_slug(user: User, source: random.Random) -> Iterator[Request]:
    slugs = list(Service.objects.values_list("slug", flat=True))
    while True:
        yield "GET", f"/portal/service/{source.choice(slugs)}/", None


def _submit(user: User, source: random.Random) -> Iterator[Request]:
    """The last step of a form whose questions need no answer, with the price that was shown."""
    shown = []
    for offering in Offering.objects.filter(OFFERED, audience={"everybody": True}):
        version = offering.live
        if version is not None:
            price = quoted(parse(version.data), {}, timezone.localdate())
            shown.append((offering.slug, version.pk, price_token(version.pk, price)))
    while True:
        slug, version_id, seen = source.choice(shown)
        token = str(UUID(int=source.getrandbits(128), version=4))
        body = {"token": token, "version": str(version_id), "price": seen}
        yield "POST", f"/portal/request/{slug}/check/", body


def _changes(user: User, source: random.Random) -> Iterator[Request]:
    found = Ticket.objects.visible_to(user).order_by("priority", "opened_at", "id")
    rows = found.filter(phase__in=("new", "active", "waiting")).annotate(v=F("version"))[:50]
    known = "-".join(f"{row.pk}.{row.v}" for row in rows)
    while True:
        path = f"/desk/q/open/changes/?known={known}&since=2026-01-01T00:00:00%2B00:00"
        yield "GET", path, None


QUEUE = (12, 30, 8, 8)
WRITE = (18, 45, 0, 0)
SEARCH = (16, 120, 0, 0)
HTMX = (("HX-Request", "true"), ("HX-Current-URL", "http://localhost/"))
PAGES = (
    Page("floor: empty answer", _always("/bench/empty")),
    Page("floor: 50 rows, raw SQL", _always("/bench/sql")),
    Page("queue: all open", _always("/desk/q/open/"), QUEUE),
    Page("queue: my tickets", _always("/desk/q/mine/"), QUEUE),
    Page("queue: my teams", _always("/desk/q/team/"), QUEUE),
    Page("queue: all, newest first", _always("/desk/q/all/"), QUEUE),
    Page(
        "queue: all open, filtered", _always("/desk/q/open/?f.status=pending&f.priority=3"), QUEUE
    ),
    Page("queue: all open, own teams only", _always("/desk/q/open/"), QUEUE, who="scoped"),
    Page("queue: changes (poll)", _changes, QUEUE),
    Page("ticket page: any", _ticket, (15, 40, 10, 14)),
    Page("ticket page: much said", _long_ticket, (15, 40, 10, 14)),
    Page("search: number", _number, (6, 0, 0, 0), (200, 302)),
    Page("search: English, common", _search("printer", "disconnecting", "mailbox"), SEARCH),
    Page("search: English, two words", _search("printer 0x41f", "outlook reset"), SEARCH),
    Page("search: English, rare", _search("quarantine", "host-4242", "host-1717"), SEARCH),
    Page("search: Korean, 2 syllables, common", _search("결재", "메일", "접속"), SEARCH),
    Page("search: Korean, 2 syllables, rare", _search("챗봇", "양자"), SEARCH),
    Page("search: Korean, 3 syllables", _search("프린터", "동기화", "회의실"), SEARCH),
    Page("search: Korean, two words", _search("결재 판교", "메일 권한"), SEARCH),
    Page("search: absent", _search(*ABSENT), SEARCH),
    Page("search: rare, own teams only", _search("챗봇", "quarantine"), SEARCH, who="scoped"),
    Page("search: common, own teams only", _search("결재", "printer"), SEARCH, who="scoped"),
    Page("create", _create, WRITE, (302,)),
    Page("reply", _reply, WRITE, (200, 302), headers=HTMX),
    Page("transition: start", _start, WRITE, (200, 204, 302), headers=HTMX),
    Page("transition: resolve", _resolve, WRITE, (200, 204, 302), headers=HTMX),
    Page("API: list of 50", _always("/api/v1/incidents/?page_size=50"), (7, 0, 0, 0)),
    Page("API: create", _api_create, (15, 0, 0, 0), (201,)),
    Page("portal: home", _always("/portal/"), (12, 30, 0, 0), who="requester"),
    Page("portal: my requests", _always("/portal/my/"), (12, 30, 0, 0), who="requester"),
    Page("portal: catalog", _always("/portal/catalog/"), (20, 40, 0, 0), who="requester"),
    Page("portal: service", _catalog_slug, (20, 40, 0, 0), who="requester"),
    Page("portal: search", _portal_search, SEARCH, (200, 302), who="requester"),
    Page("portal: search, typing", _portal_search, SEARCH, who="requester", headers=HTMX),
    Page("portal: form submit", _submit, (40, 90, 0, 0), (302,), who="requester"),
)
