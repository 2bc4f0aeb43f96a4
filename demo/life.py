"""One incident's life, told as the actions would have written it, until it ends or now comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from core.workdays import add_workdays
from tickets.enums import Channel, Verb
from tickets.history import Happening, Past, Place, Said

ZONE, COUNTRY, AUTO_CLOSE_DAYS = "Asia/Seoul", "KR", 5


class NowCame(Exception):
    """The next thing would lie in the future: the record stays as it is."""


@dataclass(frozen=True)
class Lookups:
    """Ids of the lists that lives draw from, by key."""

    reasons: Mapping[str, int]
    codes: Mapping[str, int]
    causes: Mapping[str, int]


class Life:
    """Adds what happens, one verb a method, each at an instant not before the last one."""

    def __init__(
        self, now: datetime, lookups: Lookups, at: datetime, columns: dict[str, Any],
        *, by: User, place: Place, restricted: bool = False,
    ) -> None:  # fmt: skip
        self.limit = now
        self.lookups = lookups
        self.requester: int = columns["requester"]
        self.place = place
        self.at = at.astimezone(UTC)
        self.status = "new"
        self.team: int = columns["team"]
        self.assignee: int | None = None
        self.reason: int | None = None
        self.resume_at: str | None = None
        self.detail: dict[str, Any] = {
            "resolution_code": None,
            "resolution": "",
            "cause_category": None,
        }
        self.resolved_at: datetime | None = None
        self.closes_at: datetime | None = None
        self.links: list[tuple[datetime, int | None, dict[str, Any]]] = []
        facts = ("impact", "urgency", "priority", "team", "service", "category")
        opened = {name: columns[name] for name in facts} | {"status": "new"}
        self.past = Past(
            "incident",
            {**columns, "opened_by": by.pk, "restricted": restricted},
            [Happening(self.at, by.pk, Verb.OPENED, {}, opened, channel=columns["channel"])],
            detail={"security": restricted},
            place=place,
        )

    def _add(
        self,
        at: datetime,
        actor: User | None,
        verb: Verb,
        changes: dict[str, list[Any]] | None = None,
        data: dict[str, Any] | None = None,
        said: Said | None = None,
        channel: str = Channel.WEB,
    ) -> None:
        if at >= self.limit:
            raise NowCame
        self.at = max(at.astimezone(UTC), self.at)
        who = actor.pk if actor else None
        via = channel if actor else Channel.SYSTEM
        self.past.happened.append(
            Happening(self.at, who, verb, changes or {}, data or {}, said, channel=via)
        )

    def _put(self, **wanted: Any) -> dict[str, list[Any]]:
        changes = {
            name: [getattr(self, name), value]
            for name, value in wanted.items()
            if getattr(self, name) != value
        }
        for name, value in wanted.items():
            setattr(self, name, value)
        return changes

    def _move(
        self,
        at: datetime,
        by: User | None,
        name: str,
        target: str,
        *,
        data: dict[str, Any] | None = None,
        more: dict[str, list[Any]] | None = None,
        reason: int | None = None,
        resume_at: datetime | None = None,
        claims: bool = False,
    ) -> None:
        if at >= self.limit:
            raise NowCame
        changes = {"status": [self.status, target]}
        self.status = target
        waits = self._put(
            reason=reason, resume_at=resume_at.astimezone(UTC).isoformat() if resume_at else None
        )
        if "reason" in waits:
            changes["pending_reason"] = waits["reason"]
        if "resume_at" in waits:
            changes["resume_at"] = waits["resume_at"]
        if claims and self.assignee is None and by is not None:
            changes |= self._put(assignee=by.pk)
        self._add(
            at, by, Verb.TRANSITIONED, {**changes, **(more or {})}, {"name": name, **(data or {})}
        )

    def assign(
        self,
        at: datetime,
        by: User,
        *,
        team: int | None = None,
        to: User | None = None,
        reason: str = "",
    ) -> None:
        """Give it to a team, a person, or both; the status follows where the table says so."""
        if at >= self.limit:
            raise NowCame
        wanted: dict[str, Any] = {"assignee": to.pk if to else None}
        if team is not None:
            wanted["team"] = team
        changes = self._put(**wanted)
        if not changes:
            return
        if self.status == "new" and self.assignee:
            changes |= self._put(status="assigned")
        elif self.status == "assigned" and not self.assignee:
            changes |= self._put(status="new")
        self._add(at, by, Verb.ASSIGNED, changes, {"reason": reason} if reason else {})

    def start(self, at: datetime, by: User) -> None:
        if self.status in ("new", "assigned"):
            self._move(at, by, "start", "in_progress", claims=True)

    def reply(self, at: datetime, by: User, body: str) -> Said:
        """The desk answers."""
        return self._say(at, by, body, public=True, by_desk=True)

    def note(self, at: datetime, by: User, body: str) -> Said:
        return self._say(at, by, body, public=False, by_desk=True)

    def answer(self, at: datetime, by: User, body: str, channel: str = Channel.PORTAL) -> Said:
        """The requester writes: it resumes what waits for them and reopens what was resolved."""
        said = self._say(at, by, body, public=True, by_desk=False, channel=channel)
        if self.status == "pending" and self.reason == self.lookups.reasons["requester"]:
            self._move(self.at, None, "resume", "in_progress")
        elif self.status == "resolved":
            self._reopen()
        return said

    def _say(
        self, at: datetime, by: User, body: str, *, public: bool, by_desk: bool,
        channel: str = Channel.WEB,
    ) -> Said:  # fmt: skip
        said = Said(by.pk, body, public=public, by_requester=not by_desk, by_desk=by_desk)
        visibility = "public" if public else "internal"
        data = {"visibility": visibility, "by_requester": not by_desk}
        self._add(at, by, Verb.COMMENTED, {}, data, said, channel)
        return said

    def _reopen(self) -> None:
        before = self.resolved_at.isoformat() if self.resolved_at else None
        self.resolved_at = self.closes_at = None
        self._move(self.at, None, "reopen", "in_progress", data={"resolved_at": before})

    def pend(
        self,
        at: datetime,
        by: User,
        reason: str,
        *,
        why: str = "",
        until: datetime | None = None,
    ) -> None:
        if self.status in ("new", "assigned", "in_progress"):
            self._move(
                at,
                by,
                "pend",
                "pending",
                reason=self.lookups.reasons[reason],
                resume_at=until,
                data={"reason": why} if why else None,
            )

    def resume(self, at: datetime, by: User | None) -> None:
        if self.status == "pending":
            self._move(at, by, "resume", "in_progress", claims=True)

    def resolve(self, at: datetime, by: User, code: str, cause: str, text: str) -> None:
        wanted = {
            "resolution_code": self.lookups.codes[code],
            "resolution": text,
            "cause_category": self.lookups.causes[cause],
        }
        more = {
            name: [self.detail[name], value]
            for name, value in wanted.items()
            if self.detail[name] != value
        }
        self._move(at, by, "resolve", "resolved", more=more, claims=True)
        self.detail |= wanted
        self.resolved_at = self.at
        self.closes_at = add_workdays(self.at, AUTO_CLOSE_DAYS, ZONE, COUNTRY)

    def close(self, at: datetime, by: User | None) -> None:
        self._move(at, by, "close", "closed")
        self.closes_at = None

    def cancel(self, at: datetime, by: User, why: str) -> None:
        self._move(at, by, "cancel", "cancelled", data={"reason": why})

    def edit(self, at: datetime, by: User, changes: dict[str, list[Any]]) -> None:
        self._add(at, by, Verb.EDITED, changes)

    def watch(self, at: datetime, user: User, by: User | None) -> None:
        self._add(at, by, Verb.WATCHED, {}, {"user": user.pk})
        self.past.watchers = [*self.past.watchers, (user.pk, self.at)]

    def finished(self) -> Past:
        """The past as it is now; a resolved record knows when it closes by itself."""
        for at, actor, data in self.links:
            self.past.happened.append(
                Happening(at, actor, Verb.LINKED, {}, data, channel=Channel.WEB)
            )
        self.past.happened.sort(key=lambda happening: happening.at)
        if self.closes_at is not None:
            self.past.stated["auto_close_at"] = self.closes_at
        return self.past
