"""Major incidents: the VPN morning, long reviewed, and a groupware outage going on right now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from demo.life import Life
from demo.year import Year
from incidents.enums import Condition, ResponseRole, Stage
from incidents.models import LogEntry, MajorIncident, Review, ReviewAction, Update
from sla.enums import OutageKind, OutageSource
from sla.models import Outage
from tickets import bulk
from tickets.enums import Channel, TaskState, Verb
from tickets.history import Place
from tickets.models import Task
from tickets.numbering import TASK_SEQUENCE, next_serials

# The one going on began so many minutes ago; its reports came in so many minutes later.
BEGAN = 78
REPORTS = (3, 5, 6, 9, 12, 15, 21, 28, 40)


@dataclass(frozen=True)
class Family:
    """A parent and its children, and the two ends' events of each link still to be numbered."""

    parent: Life
    children: list[Life]


@dataclass
class Response:
    """The response to one incident: what its actions would have written, in the order they would.

    `row` is the row beside the record; entries, updates and the review are written after it.
    """

    life: Life
    row: dict[str, Any] = field(default_factory=dict)
    entries: list[LogEntry] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    review: dict[str, Any] = field(default_factory=dict)
    actions: list[tuple[str, User, int]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    def _step(self, at: datetime, by: User | None, step: str, **data: Any) -> datetime:
        self.life._add(at, by, Verb.MAJOR, {}, {"step": step, **data})
        return self.life.at

    def propose(self, at: datetime, by: User, why: str) -> None:
        done = self._step(at, by, "proposed", severity=2)
        self.row |= {"proposed_by": by, "proposed_at": done, "proposed_why": why}

    def declare(self, at: datetime, by: User, why: str, *, first_notice: datetime) -> None:
        self.row["next_update_at"] = first_notice
        done = self._step(
            at, by, "declared", severity=1, next_update_at=first_notice.isoformat()
        )  # fmt: skip
        self.row |= {
            "state": "declared",
            "severity": 1,
            "declared_by": by,
            "declared_at": done,
            "declared_why": why,
        }

    def role(self, at: datetime, by: User, role: ResponseRole, user: User) -> None:
        self._step(at, by, "role", role=role.value, was=None, user=user.pk)
        self.row[role.value] = user
        self.life.watch(at, user, None)

    def log(self, at: datetime, by: User, title: str, text: str = "") -> None:
        (key,) = bulk.next_keys(LogEntry, 1)
        done = self._step(at, by, "log", entry=key, did="added")
        self.entries.append(
            LogEntry(pk=key, at=done, title=title, text=text, written_by=by, written_at=done)
        )

    def update(
        self, at: datetime, by: User, stage: Stage, condition: Condition, texts: dict[str, str],
        following: datetime | None,
    ) -> None:  # fmt: skip
        (key,) = bulk.next_keys(Update, 1)
        told = {
            "position": len(self.updates) + 1,
            "stage": stage.value,
            "condition": condition.value,
            "audience": "everybody",
            "text_ko": texts["ko"],
            "text_en": texts["en"],
        }
        done = self._step(
            at, by, "update", update=key,
            next_update_at=following.isoformat() if following else None, **told,
        )  # fmt: skip
        self.row["next_update_at"] = following
        self.updates.append(
            Update(pk=key, next_update_at=following, published_by=by, published_at=done, **told)
        )

    def stand_down(self, at: datetime, due: datetime) -> None:
        done = self._step(at, None, "stood_down", next_update_at=None)
        self.row |= {
            "state": "stood_down",
            "stood_down_at": done,
            "review_due_at": due,
            "next_update_at": None,
        }

    def reviewed(
        self,
        at: datetime,
        by: User,
        texts: dict[str, str],
        actions: Sequence[tuple[str, User, int]],
    ) -> None:
        """The review is complete: its actions are tasks, done since. Days count from then."""
        numbers = next_serials(TASK_SEQUENCE, len(actions))
        for (title, owner, days), key, number in zip(
            actions, bulk.next_keys(Task, len(actions)), numbers, strict=True
        ):
            about = {"task": key, "number": f"TSK-{number}", "title": title, "changes": {}}
            self.life._add(at, None, Verb.TASK_ADDED, {}, about)
            self.tasks.append(
                Task(
                    pk=key,
                    number=f"TSK-{number}",
                    ticket_id=self.life.place.pk,
                    title=title,
                    team_id=self.life.team,
                    assignee=owner,
                    state=TaskState.DONE,
                    position=20 + len(self.tasks),
                    planned_end=at + timedelta(days=days),
                    created_at=self.life.at,
                    started_at=at + timedelta(days=days // 2),
                    ended_at=at + timedelta(days=days - 1),
                )
            )
        done = self._step(at, by, "reviewed")
        self.row["state"] = "reviewed"
        self.review = {**texts, "approved_by": by, "approved_at": done, "saved_by": by,
                       "saved_at": done, "created_at": self.row["stood_down_at"]}  # fmt: skip
        self.actions = list(actions)

    def write(self) -> None:
        """After the records: the row, its timeline, notices and review."""
        major = MajorIncident.objects.create(ticket_id=self.life.place.pk, **self.row)
        for entry in self.entries:
            entry.major = major
        for update in self.updates:
            update.major = major
        LogEntry.objects.bulk_create(self.entries)
        Update.objects.bulk_create(self.updates)
        Task.objects.bulk_create(self.tasks)
        if self.review:
            review = Review.objects.create(major=major, **self.review)
            for (title, owner, days), task in zip(self.actions, self.tasks, strict=True):
                due = (self.review["approved_at"] + timedelta(days=days)).date()
                ReviewAction.objects.create(
                    review=review, title=title, owner=owner, due_on=due, task=task
                )


def instants(year: Year) -> list[datetime]:
    """When the one going on and its reports are opened."""
    begins = year.now - timedelta(minutes=BEGAN)
    return [begins, *(begins + timedelta(minutes=minutes) for minutes in REPORTS)]


def happen(year: Year, openings: Sequence[datetime], places: Sequence[Place]) -> Family:
    """Groupware is down: declared, led, told of, and half back by now."""
    here, texts = year.organisation, year.texts["major"]["live"]
    begins = openings[0]
    lead, agent = here.people["lead"], here.people["agent"]
    servers = [user for user in here.members["infra"] if user.pk not in (lead.pk, agent.pk)]
    admin = servers[0]
    speaker = next(user for user in here.members["service-desk"] if user not in (lead, agent))
    parent = _open(year, begins, places[0], texts["title"], texts["text"], 1, admin)
    response = Response(parent, {key: texts[key] for key in _SUMMARY if key in texts})
    response.row |= {"bridge_url": texts["bridge"], "technical_team": here.teams["infra"]}
    at = _after(begins)
    parent.assign(at(2), admin, to=admin)
    parent.start(at(3), admin)
    parent.note(at(6), admin, texts["notes"][0])
    response.propose(at(7), admin, texts["proposed"])
    response.declare(at(9), lead, texts["declared"], first_notice=at(19))
    response.role(at(9), lead, ResponseRole.COMMANDER, lead)
    response.role(at(11), lead, ResponseRole.SCRIBE, agent)
    response.role(at(12), lead, ResponseRole.COMMUNICATIONS, speaker)
    notices = texts["notices"]
    response.update(at(15), speaker, Stage.INVESTIGATING, Condition.MAJOR, notices[0], at(35))
    response.log(at(19), agent, texts["log"][0])
    response.log(at(27), agent, texts["log"][1], texts["log_text"])
    response.update(at(34), speaker, Stage.IDENTIFIED, Condition.MAJOR, notices[1], at(55))
    response.log(at(46), agent, texts["log"][2])
    parent.note(at(50), admin, texts["notes"][1])
    following = year.now + timedelta(minutes=14)
    response.update(at(56), speaker, Stage.IDENTIFIED, Condition.PARTIAL, notices[2], following)
    response.log(at(69), agent, texts["log"][3])
    year.responses.append(response)
    children = []
    for opened, place in zip(openings[1:], places[1:], strict=True):
        requester = year.rng.choice(here.staff)
        language = "en" if requester.language == "en" else "ko"
        words = texts[language]
        child = _open(year, opened, place, year.rng.choice(words["children"]),
                      words["child_text"], 3, requester)  # fmt: skip
        child.assign(opened + timedelta(seconds=50), agent, to=agent)
        for update in response.updates:
            if update.published_at > opened + timedelta(minutes=15):
                text = update.text_en if language == "en" else update.text_ko
                child.reply(update.published_at + timedelta(seconds=4), speaker, text)
        children.append(child)
    return Family(parent, children)


_SUMMARY = ("symptoms", "impact", "hypothesis", "current_action", "next_steps")


def past(year: Year, parent: Life, begins: datetime) -> Response:
    """The response to the VPN morning up to the moment before it was resolved."""
    here, texts = year.organisation, year.texts["major"]["past"]
    lead, engineer = here.people["lead"], here.people["engineer"]
    owner = here.teams["network"].lead or engineer
    speaker = here.people["agent"]
    response = Response(parent, {key: texts[key] for key in _SUMMARY if key in texts})
    response.row["technical_team"] = here.teams["network"]
    at = _after(begins)
    response.propose(at(4), engineer, texts["proposed"])
    response.declare(at(6), lead, texts["declared"], first_notice=at(16))
    response.role(at(6), lead, ResponseRole.COMMANDER, owner)
    response.role(at(8), lead, ResponseRole.COMMUNICATIONS, speaker)
    response.role(at(9), lead, ResponseRole.SCRIBE, lead)
    notices = texts["notices"]
    response.update(at(12), speaker, Stage.INVESTIGATING, Condition.MAJOR, notices[0], at(32))
    response.log(at(18), lead, texts["log"][0])
    year.responses.append(response)
    return response


def past_ends(year: Year, response: Response, begins: datetime, solved: datetime) -> None:
    """Its later notices; called between the record's own notes and its resolution."""
    texts = year.texts["major"]["past"]
    lead, speaker = year.organisation.people["lead"], year.organisation.people["agent"]
    at = _after(begins)
    notices = texts["notices"]
    response.update(at(60), speaker, Stage.IDENTIFIED, Condition.MAJOR, notices[1], at(90))
    response.log(at(84), lead, texts["log"][1])
    response.update(at(88), speaker, Stage.MONITORING, Condition.DEGRADED, notices[2], at(118))
    before = solved - timedelta(minutes=4)
    response.update(before, speaker, Stage.RESOLVED, Condition.OPERATIONAL, notices[3], None)


def past_reviewed(year: Year, response: Response, solved: datetime) -> None:
    """The review, three days after; called between the resolution and the closing."""
    here, texts = year.organisation, year.texts["major"]["past"]
    response.stand_down(solved + timedelta(seconds=1), solved + timedelta(days=7))
    owners = (here.people["engineer"], here.people["lead"])
    actions = [
        (title, owners[number % 2], 14 + 7 * number)
        for number, title in enumerate(texts["actions"])
    ]
    response.reviewed(solved + timedelta(days=3), here.people["lead"], texts["review"], actions)


def write(year: Year) -> None:
    """After the records are there: what lies beside them."""
    for response in year.responses:
        response.write()
    live = year.live_family.parent
    Outage.objects.create(
        service=year.organisation.services["groupware"],
        kind=OutageKind.UNPLANNED,
        started_at=live.past.happened[0].at,
        note=live.place.number,
        source=OutageSource.INCIDENT,
        ticket_id=live.place.pk,
    )


def _after(begins: datetime) -> Any:
    return lambda minutes: begins + timedelta(minutes=minutes)


def _open(
    year: Year, at: datetime, place: Place, title: str, text: str, impact: int, by: User
) -> Life:
    here = year.organisation
    columns = {
        "title": title,
        "description": text,
        "impact": impact,
        "urgency": 1,
        "priority": year.matrix[impact, 1],
        "team": here.teams["infra" if impact == 1 else "service-desk"].pk,
        "service": here.services["groupware"].pk,
        "category": here.categories["application-slow"],
        "requester": by.pk,
        "channel": Channel.MONITORING if impact == 1 else Channel.PORTAL,
        "tags": ["장애"] if impact == 1 else [],
    }
    return Life(year.now, year.lookups, at, columns, by=by, place=place)
