"""Incidents of the last two days in which the people who can sign in take part.

However quiet the hour, each of them finds something new, waiting, answered and solved.
"""

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import User
from demo.life import Life, NowCame
from demo.texts import Voice
from demo.year import Year
from tickets.enums import Channel
from tickets.history import Place

# (minutes ago, requester, story, team, [(minutes later, step, who)])
Step = tuple[float, str, str]
PLAN: tuple[tuple[int, str, str, str, tuple[Step, ...]], ...] = (
    (12, "user", "mail", "service-desk", ()),
    (1500, "user", "laptop", "workplace", (
        (9, "assign", "agent"), (12, "start", "agent"), (15, "first", "agent"),
        (40, "asks", "agent"))),
    (1320, "user", "e-approval", "service-desk", (
        (14, "assign", "agent"), (16, "start", "agent"), (30, "asks", "agent"),
        (75, "answers", "user"), (1290, "notes", "agent"))),
    (2600, "user", "account-locked", "service-desk", (
        (6, "assign", "agent"), (7, "start", "agent"), (10, "first", "agent"),
        (31, "fixes", "agent"))),
    (380, "guest", "vpn-drops", "network", (
        (11, "assign", "engineer"), (13, "start", "engineer"), (20, "first", "engineer"),
        (45, "asks", "engineer"), (90, "answers", "guest"))),
    (2900, "guest", "access", "identity", (
        (30, "assign", ""), (35, "start", ""), (50, "first", ""), (200, "fixes", ""),
        (2840, "again", "guest"))),
    (26, "", "printer", "service-desk", ()),
    (41, "", "account-locked", "service-desk", ((9, "assign", "agent"),)),
    (95, "", "meeting-room", "service-desk", (
        (5, "assign", "agent"), (6, "start", "agent"), (9, "first", "agent"),
        (60, "nudge", "requester"))),
    (240, "", "erp-error", "service-desk", (
        (20, "assign", "lead"), (24, "start", "lead"), (40, "notes", "lead"))),
    (310, "", "wifi", "network", (
        (25, "assign", "engineer"), (28, "start", "engineer"), (55, "supplier", "engineer"))),
    (460, "", "phishing", "security", ((8, "assign", ""), (9, "start", ""), (60, "notes", ""))),
    (520, "", "new-joiner", "workplace", (
        (12, "assign", "agent"), (15, "start", "agent"), (90, "asks", "agent"))),
    (700, "", "software", "workplace", (
        (18, "assign", "agent"), (21, "start", "agent"), (30, "first", "agent"),
        (160, "supplier", "agent"))),
    (55, "", "server-down", "infra", (
        (3, "assign", ""), (4, "start", ""), (10, "notes", ""), (14, "first", ""))),
    (1180, "", "groupware-slow", "service-desk", (
        (30, "assign", "lead"), (33, "start", "lead"), (90, "asks", "lead"),
        (240, "answers", "requester"))),
)  # fmt: skip


def instants(year: Year) -> list[datetime]:
    """When each of them is opened."""
    return [year.now - timedelta(minutes=ago) for ago, *_rest in PLAN]


def happen(year: Year, places: Sequence[Place]) -> list[Life]:
    """The lives of the plan, in its order."""
    return [
        _live(year, row, place)
        for row, place in zip(PLAN, places, strict=True)
    ]  # fmt: skip


def _live(year: Year, row: tuple[int, str, str, str, tuple[Step, ...]], place: Place) -> Life:
    ago, who, key, team, steps = row
    here = year.organisation
    story = next(story for story in year.stories if story["key"] == key)
    requester = here.people[who] if who else year.rng.choice(here.staff)
    voice = Voice(year.rng, here, year.texts, story, requester)
    opened = year.now - timedelta(minutes=ago)
    life = year.open(opened, place, story, requester, voice, team=team, channel=Channel.PORTAL)
    other = year.rng.choice(here.members[team])
    with contextlib.suppress(NowCame):
        for minutes, step, actor in steps:
            person = requester if actor in ("requester", "user", "guest") else None
            agent = person or (here.people[actor] if actor else other)
            _take(life, opened + timedelta(minutes=minutes), step, agent, voice, story["cause"])
    return life


def _take(life: Life, at: datetime, step: str, by: User, voice: Voice, cause: str) -> None:
    voice.speaks(by)
    if step == "assign":
        life.assign(at, by, to=by)
    elif step == "start":
        life.start(at, by)
    elif step in ("answers", "nudge", "again"):
        life.answer(at, by, voice.say(step))
    elif step == "notes":
        life.note(at, by, voice.say(step))
    elif step == "supplier":
        life.pend(at, by, "supplier", why=voice.say(step), until=at + timedelta(days=3))
    elif step == "fixes":
        life.resolve(at, by, "fixed", cause, voice.say(step))
    else:
        life.reply(at, by, voice.say(step))
        if step == "asks":
            life.pend(at + timedelta(seconds=20), by, "requester")
