"""Builds the demo organisation: everybody, the year, and what hangs on its records."""

import hashlib
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from demo import (
    agreements,
    articles,
    asking,
    catalogue,
    duty,
    major,
    objectives,
    organisation,
    outage,
    satisfaction,
    staged,
)
from demo.life import Life, Lookups
from demo.organisation import Organisation
from demo.year import Year
from notifications.enums import What
from notifications.models import Notice
from tickets import bulk, history, priority
from tickets.enums import TASK_ENDED, Channel, LinkType, TaskState, Verb
from tickets.history import Happening
from tickets.models import (
    Attachment,
    CauseCategory,
    ChecklistItem,
    Comment,
    Event,
    Link,
    PendingReason,
    ResolutionCode,
    Seen,
    Task,
    Ticket,
    WorkTemplate,
)
from tickets.numbering import TASK_SEQUENCE, next_serials

BATCH = 1000
Say = Callable[[str], None]


@transaction.atomic
def build(*, seed: int, now: datetime, count: int, password: str, say: Say) -> Organisation:
    """Make it all in one transaction. The same seed and instant make the same organisation."""
    rng = random.Random(seed)  # noqa: S311 - made-up people, no secrets
    say("people, teams, services")
    here = organisation.make(rng, now, password)
    say("knowledge and catalog")
    written = articles.make(random.Random(seed + 2), here, now)  # noqa: S311 - as above
    catalogue.make(here, now, written)
    agreements.make(here, now)
    duty.make(here, now)
    year = Year(rng, now, here, _lookups(), priority.matrix())
    say("a year of incidents")
    lives = _lives(year, count)
    links = _linked(year, lives)
    tasks, lines = _work(year, lives)
    pasts = [life.finished() for life in lives]
    for start in range(0, len(pasts), BATCH):
        history.write(pasts[start : start + BATCH], request_id=f"demo-{seed}")
        say(f"{min(start + BATCH, len(pasts)):,} of {len(pasts):,} incidents")
    say("half a year of requests")
    asking.make(random.Random(seed + 3), here, now)  # noqa: S311 - as above
    Link.objects.bulk_create(links)
    Task.objects.bulk_create(tasks)
    ChecklistItem.objects.bulk_create(lines)
    _files(rng, year.files)
    major.write(year)
    satisfaction.make(random.Random(seed + 4), here, now)  # noqa: S311 - as above
    _notices(here, now)
    objectives.make(random.Random(seed + 1), here, now)  # noqa: S311 - as above
    objectives.of_incident(Ticket.objects.get(pk=year.family.parent.place.pk))
    history.settle()
    return here


def _lookups() -> Lookups:
    def keys(model: Any) -> dict[str, int]:
        return dict(model.objects.values_list("key", "pk"))

    return Lookups(keys(PendingReason), keys(ResolutionCode), keys(CauseCategory))


def _lives(year: Year, count: int) -> list[Life]:
    """All lives in the order of their numbers, which is the order in which they were opened."""
    disaster, planned = outage.instants(year), staged.instants(year)
    live = major.instants(year)
    ordinary = year.openings(count - len(disaster) - len(planned) - len(live))
    openings = [
        *((at, "ordinary", index) for index, at in enumerate(ordinary)),
        *((at, "disaster", index) for index, at in enumerate(disaster)),
        *((at, "planned", index) for index, at in enumerate(planned)),
        *((at, "live", index) for index, at in enumerate(live)),
    ]
    openings.sort()
    free = history.reserve("incident", len(openings))
    places = {
        (kind, index): place for (_at, kind, index), place in zip(openings, free, strict=True)
    }
    lives = [year.live(at, places["ordinary", index]) for index, at in enumerate(ordinary)]
    lives += staged.happen(year, [places["planned", index] for index in range(len(planned))])
    year.family = outage.happen(
        year, disaster, [places["disaster", index] for index in range(len(disaster))]
    )
    year.live_family = major.happen(
        year, live, [places["live", index] for index in range(len(live))]
    )
    for family in (year.family, year.live_family):
        lives += [family.parent, *family.children]
    return sorted(lives, key=lambda life: life.place.pk)


def _linked(year: Year, lives: Sequence[Life]) -> list[Link]:
    """Parent and children of the outage, and some that are related or doubled."""
    rng = year.rng
    engineer = year.organisation.people["engineer"].pk
    wanted: list[tuple[Life, LinkType, Life, datetime, int]] = [
        (family.parent, LinkType.PARENT_OF, child, child.past.happened[0].at
         + timedelta(minutes=15), engineer)
        for family in (year.family, year.live_family)
        for child in family.children
    ]  # fmt: skip
    plain = [life for life in lives if not life.past.start["restricted"]]
    for first, second in zip(plain, plain[3:], strict=False):
        same = first.past.start["service"] == second.past.start["service"]
        if same and rng.random() < 0.06 and second.assignee:
            kind = rng.choice((LinkType.RELATED, LinkType.RELATED, LinkType.DUPLICATE_OF))
            at = second.past.happened[1].at + timedelta(minutes=rng.uniform(2, 9))
            wanted.append((second, kind, first, at, second.assignee))
    keys = bulk.next_keys(Link, len(wanted))
    links = []
    for key, (source, kind, target, at, actor) in zip(keys, wanted, strict=True):
        linked_at = min(at, year.now - timedelta(seconds=5))
        links.append(
            Link(
                pk=key,
                source_id=source.place.pk,
                target_id=target.place.pk,
                type=kind.value,
                created_at=linked_at,
            )
        )
        for one, other in ((source, target), (target, source)):
            data = {
                "link": key,
                "type": kind.value,
                "other": other.place.number,
                "inverse": one is target,
            }
            one.links.append((linked_at, actor, data))
    return links


def _work(year: Year, lives: Sequence[Life]) -> tuple[list[Task], list[ChecklistItem]]:
    """Tasks and checklists from the templates, on some records of the fitting stories."""
    rng = year.rng
    chosen = [
        (life, template)
        for template in WorkTemplate.objects.order_by("pk")
        for life in lives
        if _fits(template.key, life, year) and (template.for_major or rng.random() < 0.18)
    ]
    wanted = [line for _life, template in chosen for line in template.lines]
    count = sum(line["type"] == "task" for line in wanted)
    keys = iter(bulk.next_keys(Task, count))
    numbers = iter(next_serials(TASK_SEQUENCE, count))
    tasks: list[Task] = []
    lines: list[ChecklistItem] = []
    for life, template in chosen:
        _apply(year, life, template, keys, numbers, tasks, lines)
    return tasks, lines


def _fits(key: str, life: Life, year: Year) -> bool:
    here, start = year.organisation, life.past.start
    if key == "phishing":
        return bool(start["restricted"])
    if key == "major-incident":
        return life in (year.family.parent, year.live_family.parent)
    if key == "new-joiner":
        return "입사자" in start["title"] or "New joiner" in start["title"]
    return bool(
        start["category"] == here.categories["device-computer"]
        and start["service"] == here.services["workplace"].pk
    )


def _apply(
    year: Year, life: Life, template: WorkTemplate, keys: Any, numbers: Any,
    tasks: list[Task], lines: list[ChecklistItem],
) -> None:  # fmt: skip
    rng = year.rng
    if life.assignee is None:
        return
    opened = life.past.happened[0].at
    at = min(opened + timedelta(minutes=rng.uniform(5, 20)), year.now - timedelta(seconds=9))
    over = life.status in ("resolved", "closed")
    actor = life.assignee
    for position, line in enumerate(template.lines, 1):
        ended = over or rng.random() < 0.4
        done_at = min(
            at + (max(life.at - at, timedelta()) * rng.random()), year.now - timedelta(seconds=2)
        )
        if line["type"] == "task":
            task = Task(
                pk=next(keys),
                number=f"TSK-{next(numbers)}",
                ticket_id=life.place.pk,
                title=line["title"],
                team_id=line["team"] or life.team,
                position=position,
                created_at=at,
                state=TaskState.DONE if ended else TaskState.OPEN,
                assignee_id=actor if ended else None,
                started_at=done_at if ended else None,
                ended_at=done_at if ended else None,
            )
            tasks.append(task)
            about = {"task": task.pk, "number": task.number, "title": task.title}
            _tell(life, at, actor, Verb.TASK_ADDED, {**about, "changes": {}})
            if task.state in TASK_ENDED:
                changes = {"state": ["open", "done"], "assignee": [None, actor]}
                _tell(life, done_at, actor, Verb.TASK_CHANGED, {**about, "changes": changes})
        else:
            lines.append(
                ChecklistItem(
                    ticket_id=life.place.pk,
                    text=line["title"],
                    position=position,
                    done_at=done_at if ended else None,
                    done_by_id=actor if ended else None,
                )
            )
            _tell(life, at, actor, Verb.CHECKED, {"line": line["title"], "did": "added"})
            if ended:
                _tell(life, done_at, actor, Verb.CHECKED, {"line": line["title"], "did": "done"})


def _tell(life: Life, at: datetime, actor: int, verb: Verb, data: dict[str, Any]) -> None:
    life.past.happened.append(Happening(at, actor, verb, {}, data, channel=Channel.WEB))


def _files(rng: random.Random, wanted: Sequence[tuple[Any, str]]) -> None:
    """A few small files beside the messages that speak of them."""
    for said, kind in wanted:
        comment = Comment.objects.get(pk=said.pk)
        name, content_type, content = _screenshot(rng) if kind == "screenshot" else _log(rng)
        stored = default_storage.save(
            f"{comment.created_at:%Y/%m}/{rng.getrandbits(128):032x}", ContentFile(content)
        )
        Attachment.objects.create(
            ticket_id=comment.ticket_id,
            comment=comment,
            visibility=comment.visibility,
            file=stored,
            name=name,
            size=len(content),
            content_type=content_type,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by_id=comment.author_id,
            created_at=comment.created_at,
        )


def _log(rng: random.Random) -> tuple[str, str, bytes]:
    levels = ("INFO", "INFO", "INFO", "WARN", "ERROR")
    lines = [
        f"09:{n // 6:02d}:{n % 6 * 10:02d} {rng.choice(levels):5} session={rng.randrange(9000)} "
        f"peer=10.20.{rng.randrange(12)}.{rng.randrange(255)} "
        f"{rng.choice(('keepalive', 'DPD timeout', 'rekey', 'closed by peer'))}"
        for n in range(120)
    ]
    return "gateway.log", "text/plain", "\n".join(lines).encode()


def _screenshot(rng: random.Random) -> tuple[str, str, bytes]:
    """A small picture of a window with a message in it."""
    width, height = 320, 180
    bar = bytes((rng.randrange(40, 90), rng.randrange(90, 140), rng.randrange(150, 210)))
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            inside = 70 < x < 250 and 60 < y < 120
            text = inside and 85 < x < 85 + 130 and y in (78, 79, 90, 91, 102, 103)
            rows += bar if y < 18 else b"\x50\x50\x58" if text else (
                b"\xff\xff\xff" if inside else b"\xe8\xea\xee"
            )  # fmt: skip

    def chunk(tag: bytes, data: bytes) -> bytes:
        body = tag + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    content += chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")
    return "screenshot.png", "image/png", content


def _notices(here: Organisation, now: datetime) -> None:
    """What the people who can sign in have not read yet, from events of the last days."""
    for key in ("agent", "lead", "engineer", "user", "guest"):
        _notices_of(here.people[key], now)


def _notices_of(user: User, now: datetime) -> None:
    mine = Ticket.objects.filter(Q(assignee=user) | Q(requester=user))
    events = (
        Event.objects.filter(ticket__in=mine, at__gte=now - timedelta(days=4))
        .exclude(actor=user)
        .select_related("ticket", "comment")
        .order_by("-id")[:40]
    )
    notices = []
    for event in reversed(events):
        what = _what(event, user)
        if what is not None:
            read = event.at + timedelta(minutes=30) if now - event.at > timedelta(days=1) else None
            notices.append(
                Notice(
                    user=user,
                    ticket=event.ticket,
                    event=event,
                    comment=event.comment,
                    what=what,
                    at=event.at,
                    read_at=read,
                )
            )
    Notice.objects.bulk_create(notices)
    Seen.objects.bulk_create(
        Seen(ticket=ticket, user=user, version=ticket.version, at=ticket.updated_at)
        for ticket in mine.filter(updated_at__lt=now - timedelta(days=1))[:400]
    )


def _what(event: Event, user: User) -> What | None:
    asks = event.ticket.requester_id == user.pk
    if event.verb == Verb.ASSIGNED:
        return What.ASSIGNED if event.changes.get("assignee", [0, 0])[1] == user.pk else None
    if event.verb == Verb.COMMENTED and event.comment is not None:
        if event.comment.visibility == "internal":
            return None if asks else What.NOTED
        return What.REPLIED if not event.comment.by_requester else None if asks else What.ANSWERED
    if event.verb == Verb.TRANSITIONED and asks:
        names = {"resolve": What.RESOLVED, "close": What.CLOSED, "pend": What.WAITING}
        return names.get(event.data.get("name", ""))
    return None
