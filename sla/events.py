"""Typed events of service levels, by which those above hear what became of a promise."""

from dataclasses import dataclass

from tickets.events import TicketEvent


@dataclass(frozen=True)
class Escalated(TicketEvent):
    """A clock reached a warn point, its due instant, or a repeat after it: people are to be told.

    `step`: "50", "75", "90" per cent before; "100" when missed; "100+1", "100+2"… repeats.
    `user_ids`: whom to tell, resolved. The log's row holds in its data what mails say: `metric`,
    `step`, `due_at` (ISO 8601) and `goal` (working seconds).
    """

    firing_id: int
    metric: str
    step: str
    user_ids: tuple[int, ...]
    breach: bool


@dataclass(frozen=True)
class EscalatedTogether:
    """Several clocks reached a step at one stroke: people are to be told of each."""

    each: tuple[Escalated, ...]


@dataclass(frozen=True)
class WebhookAsked(TicketEvent):
    """An agreement wants this webhook called at this step of this clock."""

    webhook_id: int
    step: str
    metric: str


@dataclass(frozen=True)
class CandidateMajor(TicketEvent):
    """An agreement asks whether this is a major incident; `reason` says what is at risk."""

    reason: str
