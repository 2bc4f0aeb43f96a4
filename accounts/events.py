"""Typed events about people: higher apps hear of them, and may refuse, in the same transaction."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonLeaving:
    """About to be deactivated. A subscriber raises ActionError while they still hold work."""

    user_id: int
    actor_id: int | None


@dataclass(frozen=True)
class PersonAnonymised:
    """Name, address and contacts are gone; subscribers drop what else names the person."""

    user_id: int
    actor_id: int | None


@dataclass(frozen=True)
class TeamClosing:
    """About to be switched off. A subscriber raises ActionError while it still has records."""

    team_id: int
    actor_id: int | None
