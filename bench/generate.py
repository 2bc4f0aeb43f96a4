"""Fills an empty, migrated database by COPY: people, tickets, comments, files, events.

Seeded: the same size gives the same rows. Only for throw-away databases: foreign keys are not
checked while it runs, and indexes are made at the end.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from django.db import connection

from bench.catalogue import fill_catalog
from bench.words import RARE, Texts
from cmdb.models import Service
from sla.actions import publish, refresh
from sla.models import Policy
from tickets.models import Ticket
from tickets.models.ticket import NEVER, OPEN

TEAMS, DEPARTMENTS, SERVICES = 60, 200, 80
NOW = datetime.now(UTC).replace(microsecond=0)
SPAN = timedelta(days=3 * 365)
CHUNK = 20_000
FILLED: tuple[str, ...] = (
    "tickets_ticket",
    "incidents_incident",
    "tickets_comment",
    "tickets_attachment",
)
FILLED += ("tickets_event", "tickets_seen", "tickets_watch", "accounts_user", "sla_clock")
STATES = {
    "new": "new", "assigned": "active", "in_progress": "active", "pending": "waiting",
    "resolved": "resolved", "closed": "closed", "cancelled": "closed",
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How many of each; events come out at a little over six for each ticket."""

    tickets: int
    open: int
    people: int
    agents: int


SIZES = {
    "10k": Size(10_000, 1_000, 2_000, 100),
    "100k": Size(100_000, 5_000, 10_000, 500),
    "1m": Size(1_000_000, 25_000, 50_000, 2_000),
}


def fill(size: Size, seed: int = 1) -> None:
    """All rows, then all indexes, then the planner's statistics."""
    indexes = _drop_indexes()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
    source = random.Random(seed)
    _organisation(source, size)
    _tickets(source, size)
    with connection.cursor() as cursor:
        for statement in (DETAILS, STORY, SEEN, WATCHES):
            cursor.execute(statement)
        book = publish(by=None, reach="all")
        cursor.execute(CLOCKS, {"book": book.pk, "policy": _standard()})
        cursor.execute("SET session_replication_role = origin; RESET work_mem")
    build(indexes)
    _run_clocks()
    fill_catalog()


def _standard() -> int:
    return Policy.objects.get(name_en="Standard service level").pk


def _run_clocks() -> None:
    """The clocks of open records are computed as the product does it."""
    open_ones = list(Ticket.objects.filter(OPEN).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(open_ones), 500):
        refresh(open_ones[start : start + 500], silent_until=NOW)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sla_stale; ANALYZE sla_clock; ANALYZE tickets_ticket")


def build(indexes: Sequence[str]) -> None:
    """Indexes and statistics."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2")
        for statement in indexes:
            cursor.execute(statement)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("VACUUM ANALYZE")


def _drop_indexes() -> list[str]:
    """Take away what only slows filling down; what makes it again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i "
            "LEFT JOIN pg_constraint c ON c.conname = i.indexname "
            "WHERE i.tablename = ANY(%s) AND c.oid IS NULL",
            [list(FILLED)],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def copy(table: str, columns: Sequence[str], lines: Iterator[str]) -> None:
    """Ready-made COPY lines into a table, a chunk at a time."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    buffer: list[str] = []
    with connection.cursor() as cursor:
        for line in lines:
            buffer.append(line)
            if len(buffer) >= CHUNK:
                cursor.copy_expert(statement, StringIO("".join(buffer)))
                buffer.clear()
        cursor.copy_expert(statement, StringIO("".join(buffer)))
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )


def _organisation(source: random.Random, size: Size) -> None:
    texts = Texts(source)
    copy(
        "accounts_department",
        ("id", "name_ko", "name_en", "shares_records"),
        (f"{n}\t{n}부서\tDepartment {n}\tf\n" for n in range(1, DEPARTMENTS + 1)),
    )
    copy("accounts_user", USER, (_person(texts, n, size) for n in range(1, size.people + 1)))
    copy(
        "accounts_team",
        ("id", "slug", "name_ko", "name_en", "email", "routing", "is_active"),
        (f"{n}\tteam-{n}\t{n}팀\tTeam {n}\t\tmanual\tt\n" for n in range(1, TEAMS + 1)),
    )
    copy(
        "accounts_membership",
        ("team_id", "user_id", "is_available"),
        (f"{(n + k * 7) % TEAMS + 1}\t{n}\tt\n" for n in range(1, size.agents + 1) for k in (0, 1)),
    )
    copy(
        "accounts_rolegrant",
        ("user_id", "role", "scope"),
        # One agent in ten sees the records of their own teams only.
        (f"{n}\tagent\t{'teams' if n % 10 == 0 else 'all'}\n" for n in range(1, size.agents + 1)),
    )
    Service.objects.bulk_create(
        Service(
            slug=f"service-{n}",
            name_ko=f"서비스 {n}",
            name_en=f"Service {n}",
            owner_id=n,
            support_team_id=n % TEAMS + 1,
        )
        for n in range(1, SERVICES + 1)
    )


USER = (
    "id", "email", "display_name", "roman_name", "employee_no", "department_id", "password",
    "is_superuser", "job_title", "job_grade", "phone", "extension", "location", "is_vip",
    "is_machine", "is_active", "is_staff", "created_at", "language", "time_zone", "density",
    "theme", "shortcuts", "mail_notices", "columns",
)  # fmt: skip


def _person(texts: Texts, n: int, size: Size) -> str:
    korean, roman = texts.person()
    language = "ko" if n % 3 else "en"
    return (
        f"{n}\tstaff{n}@example.org\t{korean}\t{roman}\tE{n:06d}\t{n % DEPARTMENTS + 1}\t!\tf\t\t"
        f"\t\t\t\tf\tf\tt\tf\t{NOW}\t{language}\tAsia/Seoul\tdefault\tsystem\tt\tt\t{{}}\n"
    )


TICKET = (
    "id", "number", "serial", "kind", "title", "description", "status", "phase", "impact",
    "urgency", "priority", "priority_overridden", "requester_id", "opened_by_id", "team_id",
    "assignee_id", "service_id", "category_id", "channel", "restricted", "tags",
    "pending_reason_id", "resume_at", "auto_close_at", "opened_at", "updated_at", "responded_at",
    "resolved_at", "closed_at", "replied_at", "requester_waits", "reopen_count", "reassign_count",
    "version", "field_versions", "breaks_at", "sla_state",
)  # fmt: skip
COMMENT = (
    "id", "ticket_id", "author_id", "body", "visibility", "channel", "by_requester", "created_at",
)  # fmt: skip
ATTACHMENT = (
    "ticket_id", "comment_id", "visibility", "file", "name", "size", "content_type", "sha256",
    "uploaded_by_id", "created_at",
)  # fmt: skip


def _null(value: Any) -> Any:
    return "\\N" if value is None else value


class _Stream:
    """Comments and files that the tickets of one chunk bring along."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.files: list[str] = []
        self.next_comment = 1


def _tickets(source: random.Random, size: Size) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tickets_category ORDER BY id")
        categories = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT id FROM tickets_pendingreason ORDER BY id LIMIT 1")
        reason = cursor.fetchone()[0]
        cursor.execute("SELECT last_value FROM ticket_incident_seq")
    texts, stream = Texts(source), _Stream()
    maker = _Maker(source, texts, size, categories, reason, stream)
    for start in range(1, size.tickets + 1, CHUNK):
        stop = min(start + CHUNK, size.tickets + 1)
        copy("tickets_ticket", TICKET, (maker.line(n) for n in range(start, stop)))
        copy("tickets_comment", COMMENT, iter(stream.comments))
        copy("tickets_attachment", ATTACHMENT, iter(stream.files))
        stream.comments.clear()
        stream.files.clear()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('ticket_incident_seq', %s)", [size.tickets + 1001])


class _Maker:
    """Makes one ticket after the other, oldest first."""

    def __init__(
        self, source: random.Random, texts: Texts, size: Size, categories: list[int], reason: int,
        stream: _Stream,
    ) -> None:  # fmt: skip
        self.source, self.texts, self.size = source, texts, size
        self.categories, self.reason, self.stream = categories, reason, stream
        self.step = SPAN / size.tickets
        # Most open records are young: half of them are among the newest, the rest scattered.
        self.young = size.tickets - size.open * 3 // 4
        self.old = size.open / 4 / size.tickets

    def line(self, n: int) -> str:
        source, texts = self.source, self.texts
        chance, korean = source.random(), source.random() < 0.5
        opened = NOW - SPAN + self.step * n
        is_open = n >= self.young if chance > self.old else True
        status = self._status(chance, is_open, opened)
        phase = STATES[status]
        team = int(chance * 1e7) % 60 + 1
        agent = team + 60 * source.randrange(max(1, self.size.agents // 60 - 1))
        assigned = agent if status != "new" and (not is_open or chance * 1e3 % 1 > 0.3) else None
        person = int(chance * 1e9) % self.size.people + 1
        title, body = texts.title(korean), texts.body(korean)
        for word, every in RARE.items():
            if n % every == every // 2:
                title = f"{title} {word}"
        resolved = min(NOW, opened + timedelta(minutes=int(chance * 20_000) + 30))
        closed = resolved if status == "closed" else None
        replied = self._talk(n, agent, person, korean, opened)
        done = resolved if phase in ("resolved", "closed") else None
        updated = done or replied or opened
        requester_waits = is_open and (replied is None or chance * 1e5 % 1 < 0.4)
        level = 1 + int(chance * 1e6) % 5
        pending = self.reason if status == "pending" else "\\N"
        resume = NOW + timedelta(hours=int(chance * 1e4) % 90) if status == "pending" else "\\N"
        category = self.categories[n % len(self.categories)] if self.categories else "\\N"
        close = NOW + timedelta(days=3) if status == "resolved" else "\\N"
        return (
            f"{n}\tINC-{n + 1000}\t{n + 1000}\tincident\t{title}\t{body}\t{status}\t{phase}"
            f"\t{(level + 1) // 2}\t{level // 2 + 1}\t{level}\tf\t{person}\t{person}\t{team}"
            f"\t{_null(assigned)}\t{n % SERVICES + 1}\t{category}\tportal"
            f"\t{'t' if n % 50 == 1 else 'f'}\t{{{'vpn' if n % 40 == 0 else ''}}}\t{pending}"
            f"\t{resume}\t{close}\t{opened}\t{updated}\t{_null(replied)}\t{_null(done)}\t{_null(closed)}"
            f"\t{_null(replied)}\t{'t' if requester_waits else 'f'}\t0\t0\t7\t{{}}"
            f"\t{NEVER}\t{'' if is_open or status == 'cancelled' else 'met'}\n"
        )

    def _status(self, chance: float, is_open: bool, opened: datetime) -> str:
        if is_open:
            return ("new", "assigned", "in_progress", "pending")[int(chance * 1e4) % 4]
        if NOW - opened < timedelta(days=20) and chance > 0.5:
            return "resolved"
        return "cancelled" if chance > 0.97 else "closed"

    def _talk(
        self, n: int, agent: int, person: int, korean: bool, opened: datetime
    ) -> datetime | None:
        """None to four comments, one in five a note, one in ten with a file; the last reply."""
        last = None
        for index in range(int(self.source.random() ** 2 * 5)):
            key = self.stream.next_comment
            self.stream.next_comment += 1
            at = min(NOW, opened + timedelta(minutes=17 * (index + 1)))
            note = key % 5 == 0
            by_requester = not note and index % 2 == 1
            visibility = "internal" if note else "public"
            self.stream.comments.append(
                f"{key}\t{n}\t{person if by_requester else agent}\t{self.texts.body(korean)}"
                f"\t{visibility}\tweb\t{'t' if by_requester else 'f'}\t{at}\n"
            )
            if key % 10 == 0:
                name = f"capture-{key}.png" if key % 20 else f"화면캡처-{key}.png"
                self.stream.files.append(
                    f"{n}\t{key}\t{visibility}\t2026/01/x\t{name}\t1000\timage/png\t\t{agent}\t{at}\n"
                )
            last = last if note else at
        return last


DETAILS = """
INSERT INTO incidents_incident (ticket_id, security, resolution, resolution_code_id)
SELECT id, false, '', CASE WHEN resolved_at IS NOT NULL THEN
  (SELECT min(id) FROM tickets_resolutioncode) END FROM tickets_ticket
"""
STORY = """
INSERT INTO tickets_event
  (ticket_id, at, actor_id, verb, changes, data, comment_id, channel, request_id)
SELECT ticket_id, at, actor_id, verb, changes, data, comment_id, channel, '' FROM (
  SELECT id AS ticket_id, opened_at AS at, opened_by_id AS actor_id, 'opened' AS verb,
    '{}'::jsonb AS changes, jsonb_build_object('priority', priority, 'team', team_id) AS data,
    NULL::bigint AS comment_id, channel, 1 AS place FROM tickets_ticket
  UNION ALL SELECT id, opened_at + interval '2 minutes', assignee_id, 'assigned',
    jsonb_build_object('assignee', jsonb_build_array(NULL, assignee_id)), '{}', NULL, 'web', 2
    FROM tickets_ticket WHERE assignee_id IS NOT NULL
  UNION ALL SELECT id, opened_at + interval '4 minutes', assignee_id, 'transitioned',
    '{"status": ["assigned", "in_progress"]}', '{"name": "start"}', NULL, 'web', 3
    FROM tickets_ticket WHERE assignee_id IS NOT NULL
  UNION ALL SELECT id, opened_at + interval '5 minutes', assignee_id, 'edited',
    '{"impact": [3, 2]}', '{}', NULL, 'web', 4 FROM tickets_ticket
  UNION ALL SELECT ticket_id, created_at, author_id, 'commented', '{}',
    jsonb_build_object('visibility', visibility), id, channel, 5 FROM tickets_comment
  UNION ALL SELECT id, resolved_at, assignee_id, 'transitioned',
    '{"status": ["in_progress", "resolved"]}', '{"name": "resolve"}', NULL, 'web', 6
    FROM tickets_ticket WHERE resolved_at IS NOT NULL
  UNION ALL SELECT id, closed_at, NULL, 'transitioned',
    '{"status": ["resolved", "closed"]}', '{"name": "close"}', NULL, 'system', 7
    FROM tickets_ticket WHERE closed_at IS NOT NULL
) story ORDER BY at, place
"""
# Of records that have ended the clocks are made up in the database, plausible but not exact.
CLOCKS = """
INSERT INTO sla_clock (ticket_id, metric, sequence, state, policy_id, book_id, calendar_id, goal,
  started_at, consumed, due_at, ended_at, breached_at, cycle, pauses, targets, told)
SELECT t.id, g.metric, 1,
  CASE WHEN e.ended > t.opened_at + g.goal * interval '1 second' THEN 'missed' ELSE 'met' END,
  %(policy)s, %(book)s, g.calendar_id, g.goal, date_trunc('second', t.opened_at),
  extract(epoch FROM e.ended - t.opened_at)::int, t.opened_at + g.goal * interval '1 second',
  date_trunc('second', e.ended),
  CASE WHEN e.ended > t.opened_at + g.goal * interval '1 second'
    THEN t.opened_at + g.goal * interval '1 second' END, 0, '[]', '[]', '{}'
FROM tickets_ticket t
JOIN sla_target g ON g.policy_id = %(policy)s AND g.metric IN ('first_response', 'resolution')
  AND (g.priority = t.priority OR g.priority IS NULL AND NOT EXISTS (
    SELECT 1 FROM sla_target o WHERE o.policy_id = g.policy_id AND o.metric = g.metric
      AND o.priority = t.priority))
CROSS JOIN LATERAL (SELECT CASE g.metric WHEN 'resolution' THEN t.resolved_at
  ELSE coalesce(t.responded_at, t.resolved_at) END AS ended) e
WHERE t.phase IN ('resolved', 'closed') AND t.resolved_at IS NOT NULL
"""
SEEN = """
INSERT INTO tickets_seen (ticket_id, user_id, version, at)
SELECT id, assignee_id, 5 + id % 3, updated_at FROM tickets_ticket
WHERE assignee_id IS NOT NULL AND id % 3 = 0
"""
WATCHES = """
INSERT INTO tickets_watch (ticket_id, user_id, added_at)
SELECT id, requester_id % 500 + 1, opened_at FROM tickets_ticket WHERE id % 10 = 0
"""
