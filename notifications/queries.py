"""Questions about notices and deliveries that pages and other apps ask."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import User
from accounts.reach import reach_of
from core.models import OutboxMessage
from notifications.enums import DEFAULTS, Audience, Channel, DeliveryState, Level, ShownTo, What
from notifications.models import (
    Announcement,
    Delivery,
    Dismissal,
    Mute,
    Notice,
    Preference,
    Reminder,
    Template,
)
from notifications.texts import WORDS, Words
from tickets import access
from tickets.enums import Visibility
from tickets.models import Ticket, Watch

MOST_COUNTED = 99
_COMMENT_KEY = "notify:comment:"


def comment_key(comment_id: int) -> str:
    """The outbox key of telling people of a comment."""
    return f"{_COMMENT_KEY}{comment_id}"


def visible_notices(user: User) -> QuerySet[Notice]:
    """The person's notices about records that they may still see."""
    return Notice.objects.filter(user=user, ticket__in=Ticket.objects.visible_to(user))


def unread_count(user: User) -> int:
    """Records with something unread, counted up to MOST_COUNTED + 1.

    Every page asks this. Most people have nothing unread, and the access rule is the dear part:
    it is asked only about records that there is something to say of.
    """
    unread = Notice.objects.filter(user=user, read_at=None).order_by()
    has_notices, others = _unread_kinds(user, unread)
    if not has_notices:
        return others
    seen = unread.filter(ticket__in=Ticket.objects.visible_to(user))
    return others + seen.values("ticket_id").distinct()[: MOST_COUNTED + 1].count()


def _unread_kinds(user: User, unread: QuerySet[Notice]) -> tuple[bool, int]:
    """Whether there are unread notices of records, and how many unread reminders; one query."""
    others = Reminder.objects.filter(user=OuterRef("pk"), read_at=None, is_shown=True).order_by()
    number = others.values("user").annotate(n=Count("pk")).values("n")
    found = User.objects.filter(pk=user.pk).values_list(
        Exists(unread), Coalesce(Subquery(number), 0)
    )
    return found.first() or (False, 0)


def reminders(user: User, *, only_unread: bool = False, limit: int = 30) -> list[Reminder]:
    """The person's newest notices about what is no record."""
    rows = Reminder.objects.filter(user=user, is_shown=True)
    if only_unread:
        rows = rows.filter(read_at=None)
    return list(rows.order_by("-id")[:limit])


@dataclass(frozen=True)
class Group:
    """One line of the inbox: a record, its newest notice, and how many there are."""

    ticket: Ticket
    last: Notice
    total: int
    unread: int
    muted: bool


def inbox(
    user: User, *, only_unread: bool = False, before: int | None = None, limit: int = 30
) -> tuple[list[Group], int | None]:
    """One page of the inbox grouped by record, and the key of the next page if there is one."""
    notices = visible_notices(user).order_by()
    groups = notices.values("ticket_id").annotate(
        last=Max("id"), total=Count("id"), unread=Count("id", filter=Q(read_at=None))
    )
    if only_unread:
        groups = groups.filter(unread__gt=0)
    if before is not None:
        groups = groups.filter(last__lt=before)
    found = list(groups.order_by("-last")[: limit + 1])
    shown = found[:limit]
    related = Notice.objects.select_related(
        "ticket__service", "ticket__requester", "event__actor", "comment"
    )
    lasts = related.in_bulk([group["last"] for group in shown])
    muted = muted_among(user, [group["ticket_id"] for group in shown])
    lines = [
        Group(
            ticket=lasts[group["last"]].ticket,
            last=lasts[group["last"]],
            total=group["total"],
            unread=group["unread"],
            muted=group["ticket_id"] in muted,
        )
        for group in shown
    ]
    return lines, shown[-1]["last"] if len(found) > limit else None


def muted_among(user: User, ticket_ids: Iterable[int]) -> set[int]:
    """Those of the records that the person has muted."""
    mutes = Mute.objects.filter(user=user, ticket_id__in=list(ticket_ids))
    return set(mutes.values_list("ticket_id", flat=True))


def is_muted(user: User, ticket: Ticket) -> bool:
    return bool(muted_among(user, [ticket.pk]))


@dataclass(frozen=True)
class Sending:
    """How the mails of one comment fare. `state` is the worst: failed, queued, sent, skipped.

    `failed` holds the ids for `actions.retry_delivery`; `reason` is that of the first of them.
    """

    state: DeliveryState
    sent: int = 0
    failed: tuple[int, ...] = ()
    reason: str = ""


_WORST = (
    DeliveryState.FAILED,
    DeliveryState.QUEUED,
    DeliveryState.SENT,
    DeliveryState.SKIPPED,
)


def delivery_states(comment_ids: Sequence[int]) -> dict[int, Sending]:
    """For each comment that makes mails: how they fare. One query, however many comments.

    A comment nobody has been told of yet counts as queued.
    """
    mails = Delivery.objects.filter(channel=Channel.MAIL)
    made = mails.filter(comment_id__in=comment_ids).order_by()
    untold = OutboxMessage.objects.filter(
        key__in=[comment_key(pk) for pk in comment_ids], state=OutboxMessage.State.WAITING
    )
    promised = untold.order_by().values_list(
        Cast(Substr("key", len(_COMMENT_KEY) + 1), BigIntegerField()),
        Value(DeliveryState.QUEUED.value),
        Value(""),
        Value(0),
    )
    by_comment: dict[int, list[_Fate]] = defaultdict(list)
    found = made.values_list("comment_id", "state", "reason", "pk").union(promised, all=True)
    for comment_id, state, reason, pk in found:
        by_comment[comment_id].append(_Fate(state, reason, pk))
    return {comment_id: _sending(fates) for comment_id, fates in by_comment.items()}


class _Fate(NamedTuple):
    state: str
    reason: str
    pk: int


def _sending(fates: list[_Fate]) -> Sending:
    failed = sorted(fate for fate in fates if fate.state == DeliveryState.FAILED)
    present = {fate.state for fate in fates}
    return Sending(
        state=next(state for state in _WORST if state in present),
        sent=sum(fate.state == DeliveryState.SENT for fate in fates),
        failed=tuple(fate.pk for fate in failed),
        reason=failed[0].reason if failed else "",
    )


def failed_deliveries() -> QuerySet[Delivery]:
    """Mails that were given up, newest first, for the administrator."""
    failed = Delivery.objects.filter(state=DeliveryState.FAILED)
    return failed.select_related("user", "ticket").order_by("-id")


Choices = Mapping[tuple[int, str, str], Level]


def choices_of(users: Iterable[User]) -> dict[tuple[int, str, str], Level]:
    """The people's own answers: {(user id, what, channel): level}."""
    rows = Preference.objects.filter(user__in=list(users))
    return {(row.user_id, row.what, row.channel): Level(row.level) for row in rows}


def level_for(
    user: User, what: What, audience: Audience, channel: Channel, choices: Choices
) -> Level:
    """How soon the person is told of this by this channel: their answer, else the default."""
    if channel == Channel.MAIL and not user.mail_notices:
        return Level.NONE
    default = default_for(what, audience, channel)
    return choices.get((user.pk, what.value, channel.value), default)


def default_for(what: What, audience: Audience, channel: Channel) -> Level:
    in_app, mail = DEFAULTS[audience].get(what, (False, False))
    wanted = mail if channel == Channel.MAIL else in_app
    return Level.NOW if wanted else Level.NONE


@dataclass(frozen=True)
class Choice:
    """One cell of the matrix of preferences."""

    what: What
    channel: Channel
    level: Level
    default: Level

    @property
    def name(self) -> str:
        """Of its form field."""
        return f"{self.what}.{self.channel}"

    @property
    def is_default(self) -> bool:
        return self.level == self.default

    @property
    def levels(self) -> list[Level]:
        """What can be chosen: a mail may come together with others, a notice in the product not."""
        return [level for level in Level if level != Level.DIGEST or self.channel == Channel.MAIL]


def matrix(user: User) -> list[tuple[What, list[Choice]]]:
    """Every event that concerns such a person, and what they chose for each channel."""
    sides = [Audience.REQUESTER]
    if reach_of(user).opens_desk:
        sides.insert(0, Audience.DESK)
    choices = choices_of([user])
    rows = []
    for what in What:
        side = next((side for side in sides if what in DEFAULTS[side]), None)
        if side is not None:
            rows.append(
                (what, [_choice(user, what, side, channel, choices) for channel in Channel])
            )
    return rows


def _choice(user: User, what: What, side: Audience, channel: Channel, choices: Choices) -> Choice:
    default = default_for(what, side, channel)
    level = choices.get((user.pk, what.value, channel.value), default)
    return Choice(what, channel, level, default)


def templates() -> list[dict[str, Any]]:
    """Every mail template: what, audience, its words now, and whether they were changed."""
    rows = {(row.what, row.audience): row for row in Template.objects.select_related("updated_by")}
    return [
        {
            "what": what,
            "audience": audience,
            "words": _words_of(rows.get((what, audience)), words),
            "changed": rows.get((what, audience)),
        }
        for (what, audience), words in WORDS.items()
    ]


def _words_of(row: Template | None, delivered: Words) -> Words:
    if row is None:
        return delivered
    return Words(row.subject_ko, row.subject_en, row.body_ko, row.body_en)


def path_for(user: User, ticket: Ticket) -> str:
    """Where this person opens the record: on the desk, or in the portal."""
    if reach_of(user).opens_desk:
        return ticket.get_absolute_url()
    return reverse("portal:detail", args=[ticket.number])


def snippets(user: User, notices: Iterable[Notice]) -> dict[int, str]:
    """The beginning of what was written, by notice id, where the person may read it. One query."""
    said = {notice: notice.comment for notice in notices if notice.comment}
    watches = Watch.objects.filter(user=user, ticket_id__in=[n.ticket_id for n in said])
    watched = set(watches.values_list("ticket_id", flat=True))
    found = {}
    for notice, comment in said.items():
        facts = access.facts_for(user, notice.ticket, is_watched=notice.ticket_id in watched)
        public = comment.visibility == Visibility.PUBLIC
        readable = public or access.can(user, "read_notes", notice.ticket, facts)
        if readable and comment.retracted_at is None:
            found[notice.pk] = Truncator(" ".join(comment.body.split())).chars(160)
    return found


MOST_ANNOUNCED = 10


def announcements(reader: User, now: datetime | None = None) -> list[Announcement]:
    """What the person should know now and hasn't put away; pinned ones first. One query."""
    now = now or timezone.now()
    meant = Q(audience=ShownTo.EVERYBODY)
    if reach_of(reader).opens_desk:
        meant |= Q(audience=ShownTo.DESK)
    if reader.department_id is not None:
        member = Announcement.departments.through.objects.filter(
            announcement=OuterRef("pk"), department=reader.department_id
        )
        meant |= Q(audience=ShownTo.DEPARTMENTS) & Q(Exists(member))
    put_away = Dismissal.objects.filter(announcement=OuterRef("pk"), user=reader)
    rows = Announcement.objects.filter(
        meant & (Q(ends_at=None) | Q(ends_at__gt=now)) & (Q(pinned=True) | ~Exists(put_away)),
        starts_at__lte=now,
    )
    return list(rows.order_by("-pinned", "-level", "-starts_at", "-id")[:MOST_ANNOUNCED])
