"""A year of incidents: which story happens to whom when, and how each one goes."""

import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import User
from demo.life import Life, Lookups, NowCame
from demo.organisation import Organisation, stories
from demo.rhythm import Rhythm
from demo.texts import Voice
from tickets.enums import Channel
from tickets.history import Place

CHANNELS = (Channel.PORTAL, Channel.MAIL, Channel.PHONE, Channel.CHAT, Channel.WALK_IN)
SHARES = (58, 14, 20, 5, 3)
# Working minutes until somebody takes it, by priority.
TAKEN_AFTER = {1: 6, 2: 18, 3: 50, 4: 110, 5: 190}
WORKED_FOR = {1: 50, 2: 110, 3: 190, 4: 280, 5: 400}
CODES = ("fixed", "fixed", "fixed", "workaround", "information", "by-itself", "no-fault")


@dataclass
class Year:
    """Draws everything from one seeded source, so that the same seed tells the same year."""

    rng: random.Random
    now: datetime
    organisation: Organisation
    lookups: Lookups
    matrix: Mapping[tuple[int, int], int]
    files: list[tuple[Any, str]] = field(default_factory=list)
    family: Any = None
    live_family: Any = None
    responses: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts = stories()
        self.stories = self.texts["story"]
        self.weights = [story["weight"] for story in self.stories]
        self.rhythm = Rhythm(self.rng, self.now)
        workdays = [day for day in self.rhythm.days if self.rhythm.is_workday(day)]
        self.outage_day = next(day for day in workdays[len(workdays) // 2 :] if day.weekday() == 1)
        self.joining = {
            day
            for day in self.rhythm.days
            if timedelta(days=84) <= self.now.date() - day <= timedelta(days=91)
        }

    def peaks(self) -> dict[date, float]:
        """Days unlike others: the week of new joiners, month ends, days after holidays."""
        special = dict.fromkeys(self.joining, 1.5)
        for before, day in zip(self.rhythm.days, self.rhythm.days[1:], strict=False):
            if before in self.rhythm.free and before.weekday() < 5:
                special[day] = 1.6
            if day.day in (28, 29, 30, 31):
                special[day] = special.get(day, 1.0) * 1.15
        return special

    def openings(self, count: int) -> list[datetime]:
        """When incidents are opened, oldest first; some within the last hours on any day."""
        fresh = sorted(
            self.now - timedelta(minutes=self.rng.uniform(4, 420)) for _ in range(count // 400)
        )
        return sorted([*self.rhythm.openings(count - len(fresh), self.peaks()), *fresh])

    def live(self, at: datetime, place: Place) -> Life:
        """One incident from its report to its end, or to now."""
        story = self._story(at)
        requester = self._requester(at, story)
        voice = Voice(self.rng, self.organisation, self.texts, story, requester)
        life = self.open(at, place, story, requester, voice)
        with contextlib.suppress(NowCame):
            self._go(life, story, requester, voice)
        return life

    def _story(self, at: datetime) -> dict[str, Any]:
        weights = list(self.weights)
        if at.date() in self.joining:
            for index, story in enumerate(self.stories):
                if story["key"] in ("new-joiner", "account-locked", "access"):
                    weights[index] *= 5
        chosen: dict[str, Any] = self.rng.choices(self.stories, weights)[0]
        return chosen

    def _requester(self, at: datetime, story: Mapping[str, Any]) -> User:
        if story.get("monitored"):
            return self.rng.choice(self.organisation.members[story["team"]])
        demo = [self.organisation.people["user"], self.organisation.people["guest"]]
        if self.rng.random() < 0.012 and not story.get("security"):
            return self.rng.choice(demo)
        while True:
            user = self.rng.choice(self.organisation.staff)
            if self.organisation.joined[user.pk] <= at:
                return user

    def open(
        self,
        at: datetime,
        place: Place,
        story: Mapping[str, Any],
        requester: User,
        voice: Voice,
        *,
        team: str = "",
        channel: Channel | None = None,
    ) -> Life:
        """The report itself; team and channel are drawn unless they are given."""
        rng, here = self.rng, self.organisation
        impact, urgency = rng.choice(story["impact"]), rng.choice(story["urgency"])
        channel = channel or rng.choices(CHANNELS, SHARES)[0]
        by = requester
        if story.get("monitored"):
            channel = Channel.MONITORING
        elif channel not in (Channel.PORTAL, Channel.MAIL):
            by = rng.choice(here.members["service-desk"])
        secret = bool(story.get("security"))
        straight = secret or story.get("monitored")
        first = story["team"] if straight or rng.random() < 0.35 else "service-desk"
        first = team or first
        items = here.items.get(story["service"], [])
        columns = {
            "title": voice.say("titles"),
            "description": voice.say("texts"),
            "impact": impact,
            "urgency": urgency,
            "priority": self.matrix[impact, urgency],
            "team": here.teams[first].pk,
            "service": here.services[story["service"]].pk,
            "category": here.categories[story["category"]],
            "requester": requester.pk,
            "channel": channel,
            "tags": rng.sample(story["tags"], 1) if rng.random() < 0.3 else [],
        }
        life = Life(
            self.now, self.lookups, at, columns, by=by, place=place, restricted=secret
        )  # fmt: skip
        if items and rng.random() < 0.35:
            life.past.items = [rng.choice(items)]
        return life

    def _later(self, life: Life, minutes: float) -> datetime:
        """Working minutes from where the life is, never evenly."""
        wait = self.rng.lognormvariate(0, 0.7) * minutes
        priority = life.past.start["priority"]
        if priority == 1 or self.now - life.past.happened[0].at < timedelta(hours=8):
            return life.at + timedelta(minutes=wait / 2)  # around the clock, or right now
        return self.rhythm.working(life.at, wait)

    def _agent(self, life: Life, team: str) -> User:
        """Somebody of the team; the person of the demo's sign-in has a fair share of new work."""
        members = self.organisation.members[team]
        demo = self.organisation.people["agent"]
        recent = self.now - life.past.happened[0].at < timedelta(days=4)
        if demo in members and self.rng.random() < (0.45 if recent else 0.2):
            return demo
        return self.rng.choice(members)

    def _go(self, life: Life, story: Mapping[str, Any], requester: User, voice: Voice) -> None:
        rng, here = self.rng, self.organisation
        priority = life.past.start["priority"]
        team = "service-desk" if life.team == here.teams["service-desk"].pk else story["team"]
        agent = self._agent(life, team)
        if rng.random() < 0.015:
            life.cancel(self._later(life, 60), agent, voice.say("cancel"))
            return
        voice.speaks(agent)
        lead = here.people["lead"]
        giver = lead if rng.random() < 0.3 and team == "service-desk" else agent
        life.assign(self._later(life, TAKEN_AFTER[priority]), giver, to=agent)
        if life.past.start["restricted"] and rng.random() < 0.6:
            life.watch(self._later(life, 20), here.teams["security"].lead, agent)  # type: ignore[arg-type]
        life.start(self._later(life, TAKEN_AFTER[priority] / 3), agent)
        if rng.random() < 0.8:
            life.reply(self._later(life, 8), agent, voice.say("first"))
        if rng.random() < 0.06:
            self._reassess(life, agent)
        if rng.random() < 0.3 and not self._ask(life, agent, requester, voice):
            return
        if team == "service-desk" and rng.random() < (0.75 if team != story["team"] else 0):
            agent = self._hand_over(life, agent, story["team"], voice)
        if rng.random() < 0.45:
            said = life.note(self._later(life, 60), agent, voice.say("notes"))
            self._maybe_file(said, "log", 0.01)
        if rng.random() < 0.06:
            self._wait_for_others(life, agent, voice)
        if rng.random() < 0.07:
            life.answer(self._later(life, 240), requester, voice.say("nudge"))
        self._finish(life, story, agent, requester, voice)

    def _ask(self, life: Life, agent: User, requester: User, voice: Voice) -> bool:
        """Ask back and wait. False when no answer came and the desk gave it up."""
        life.reply(self._later(life, 25), agent, voice.say("asks"))
        life.pend(life.at + timedelta(seconds=20), agent, "requester")
        if self.rng.random() < 0.08:
            life.reply(self._later(life, 900), agent, voice.say("reminder"))
            at = self._later(life, 2000)
            life.resolve(at, agent, "withdrawn", "unknown", voice.say("given_up"))
            life.close(life.closes_at or at, None)
            return False
        channel = Channel.MAIL if self.rng.random() < 0.4 else Channel.PORTAL
        said = life.answer(self._later(life, 150), requester, voice.say("answers"), channel)
        self._maybe_file(said, "screenshot", 0.02)
        return True

    def _hand_over(self, life: Life, agent: User, team: str, voice: Voice) -> User:
        """To the team that runs the service, with the reason; somebody there takes it on."""
        other = self._agent(life, team)
        target = self.organisation.teams[team].pk
        life.assign(self._later(life, 45), agent, team=target, reason=voice.say("escalate"))
        life.assign(self._later(life, 50), other, to=other)
        voice.speaks(other)
        if self.rng.random() < 0.05:
            third = self._agent(life, team)
            life.assign(
                self._later(life, 200), other, to=third, reason=voice.say("handover")
            )  # fmt: skip
            return third
        return other

    def _wait_for_others(self, life: Life, agent: User, voice: Voice) -> None:
        until = self.rhythm.working(life.at, 60 * 9 * self.rng.randint(1, 6))
        reason = self.rng.choice(("supplier", "supplier", "scheduled", "change"))
        life.pend(
            self._later(life, 90), agent, reason, why=voice.say("supplier"), until=until
        )  # fmt: skip
        life.resume(max(until, life.at), None)

    def _reassess(self, life: Life, agent: User) -> None:
        """Impact or urgency turns out to be another one; the matrix follows."""
        start = life.past.start
        name = self.rng.choice(("impact", "urgency"))
        value = self.rng.choice([n for n in (1, 2, 3) if n != start[name]])
        new = {**{key: start[key] for key in ("impact", "urgency")}, name: value}
        changes = {name: [start[name], value]}
        level = self.matrix[new["impact"], new["urgency"]]
        if level != start["priority"]:
            changes["priority"] = [start["priority"], level]
        life.edit(self._later(life, 30), agent, changes)

    def _finish(
        self,
        life: Life,
        story: Mapping[str, Any],
        agent: User,
        requester: User,
        voice: Voice,
    ) -> None:
        rng = self.rng
        priority = life.past.start["priority"]
        if rng.random() < 0.004 and self.now - life.at < timedelta(days=150):
            raise NowCame  # one of those that lie about
        code = rng.choice(CODES)
        life.resolve(
            self._later(life, WORKED_FOR[priority]), agent, code, story["cause"], voice.say("fixes")
        )  # fmt: skip
        if rng.random() < 0.035:
            life.answer(self._later(life, 300), requester, voice.say("again"))
            life.reply(self._later(life, 40), agent, voice.say("first"))
            life.resolve(
                self._later(life, 260), agent, "fixed", story["cause"], voice.say("fixes")
            )  # fmt: skip
        if rng.random() < 0.24:
            life.close(self._later(life, 160), requester)
        elif life.closes_at is not None:
            life.close(life.closes_at + timedelta(seconds=rng.randrange(10, 290)), None)

    def _maybe_file(self, said: Any, kind: str, chance: float) -> None:
        if self.rng.random() < chance and len(self.files) < 40:
            self.files.append((said, kind))
