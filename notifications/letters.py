"""Makes a mail out of a delivery: words, links, threading, and headers that stop mail loops."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import ngettext

from accounts.models import User
from core import formats, options
from notifications.decisions import key_path, path_of, round_of
from notifications.decisions import values as approval_values
from notifications.enums import APPROVALS, DECIDING, Audience, What
from notifications.models import Delivery, Digest, Reminder, Template
from notifications.queries import path_for
from notifications.texts import WORDS, Words, fill, one_line
from notifications.wording import clock_words, detail, news_text, sentence
from tickets import access
from tickets.enums import Verb
from tickets.models import Event, Task, Ticket

LONGEST_TEXT = 20_000
# Records that one digest lists; of further ones it says how many.
MOST_LISTED = 100
# Never routed anywhere: addresses that importers make up (RFC 2606).
NO_MAIL = (".invalid", ".localhost")


@contextmanager
def reading_as(user: User) -> Iterator[str]:
    """In the person's language and time zone; yields the language, "ko" or "en"."""
    language = user.language or settings.LANGUAGE_CODE
    zone = ZoneInfo(user.time_zone or settings.DEFAULT_USER_TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        yield "ko" if language.startswith("ko") else "en"


def has_address(user: User) -> bool:
    """Whether mail to this person can arrive anywhere."""
    domain = user.email.rpartition("@")[2].lower()
    return bool(domain) and not f".{domain}".endswith(NO_MAIL)


def words_for(what: What, audience: Audience) -> Words:
    """The words an administrator wrote, or those delivered."""
    row = Template.objects.filter(what=what, audience=audience).first()
    if row is None:
        return WORDS[what, audience]
    return Words(row.subject_ko, row.subject_en, row.body_ko, row.body_en)


def letter(delivery: Delivery) -> EmailMultiAlternatives:
    """The mail of one delivery, ready to send."""
    user, event = delivery.user, delivery.event
    words = words_for(What(delivery.what), Audience(delivery.audience))
    with reading_as(user) as language:
        values = values_for(delivery)
        subject = one_line(fill(words.subject(language), values))
        page = {
            "subject": subject,
            "body": fill(words.body(language), values)[:LONGEST_TEXT],
            "link": values["link"],
            "preferences": absolute(reverse("notifications:preferences")),
            "organisation": values["organisation"],
            "number": delivery.ticket.number,
            "language": language,
            "is_requester": delivery.audience == Audience.REQUESTER,
            "is_approval": delivery.what in APPROVALS,
            "decides": values["link"] != link(user, delivery.ticket) and delivery.what in DECIDING,
        }
        text = render_to_string("notifications/mail.txt", page)
        html = render_to_string("notifications/mail.html", page)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=sender(values["organisation"]),
        to=[user.email],
        headers=_headers(delivery, event),
    )
    mail.attach_alternative(html, "text/html")
    return mail


def reminder_letter(reminder: Reminder) -> EmailMultiAlternatives:
    """The mail of a notice about what is no record, ready to send."""
    user, what = reminder.user, What(reminder.what)
    words = words_for(what, Audience.DESK)
    with reading_as(user) as language:
        organisation = str(options.get("organisation"))
        values = {
            "title": reminder.title,
            "text": reminder.text,
            "due": formats.day(reminder.due_on) if reminder.due_on else "–",
            "link": absolute(reminder.path),
            "organisation": organisation,
        }
        subject = one_line(fill(words.subject(language), values))
        page = {
            "subject": subject,
            "body": fill(words.body(language), values).strip()[:LONGEST_TEXT],
            "link": values["link"],
            "preferences": absolute(reverse("notifications:preferences")),
            "organisation": organisation,
            "number": one_line(reminder.title),
            "language": language,
            "is_about": True,
        }
        text = render_to_string("notifications/mail.txt", page)
        html = render_to_string("notifications/mail.html", page)
    host = urlsplit(settings.PUBLIC_URL).hostname
    headers = {"Message-ID": f"<reminder.{reminder.pk}@{host}>", **robot("auto-generated")}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=sender(organisation),
        to=[user.email],
        headers=headers,
    )
    mail.attach_alternative(html, "text/html")
    return mail


def digest_letter(digest: Digest, deliveries: list[Delivery]) -> EmailMultiAlternatives:
    """One mail for several notices of one person, grouped by record, the newest first."""
    user = digest.user
    with reading_as(user) as language:
        organisation = str(options.get("organisation"))
        groups = _by_record(deliveries)
        many = ngettext("%(n)d notice", "%(n)d notices", len(deliveries)) % {"n": len(deliveries)}
        about = ngettext("%(n)d record", "%(n)d records", len(groups)) % {"n": len(groups)}
        subject = one_line(f"{many} · {about}")
        page = {
            "subject": subject,
            "groups": groups[:MOST_LISTED],
            "more": max(0, len(groups) - MOST_LISTED),
            "inbox": absolute(reverse("notifications:inbox")),
            "preferences": absolute(reverse("notifications:preferences")),
            "organisation": organisation,
            "language": language,
        }
        text = render_to_string("notifications/mail_digest.txt", page)
        html = render_to_string("notifications/mail_digest.html", page)
    host = urlsplit(settings.PUBLIC_URL).hostname
    headers = {"Message-ID": f"<digest.{digest.pk}@{host}>", **robot("auto-generated")}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=sender(organisation),
        to=[user.email],
        headers=headers,
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _by_record(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Records in the order of their newest notice, each with what happened, newest first."""
    groups: dict[int, dict[str, Any]] = {}
    for delivery in sorted(deliveries, key=lambda delivery: delivery.event_id, reverse=True):
        ticket, event, what = delivery.ticket, delivery.event, What(delivery.what)
        group = groups.setdefault(
            ticket.pk,
            {
                "number": ticket.number,
                "title": one_line(ticket.title),
                "link": absolute(path_of(delivery.user, ticket, what, event.data)),
                "lines": [],
            },
        )
        written = event.comment.body if event.comment else detail(what, event.data)
        group["lines"].append(
            {
                "at": formats.moment(event.at),
                "sentence": sentence(what, event.actor.name if event.actor else ""),
                "detail": Truncator(" ".join(written.split())).chars(200),
            }
        )
    return list(groups.values())


def values_for(delivery: Delivery) -> dict[str, str]:
    """What the placeholders stand for, in the active language."""
    ticket, event = delivery.ticket, delivery.event
    is_requester = delivery.audience == Audience.REQUESTER
    state = ticket.state
    return {
        "number": ticket.number,
        "title": ticket.title,
        "requester": ticket.requester.name,
        "actor": event.actor.name if event.actor else options.get("organisation"),
        "assignee": ticket.assignee.name if ticket.assignee else "–",
        "team": ticket.team.name,
        "service": ticket.service.name if ticket.service else "–",
        "status": str((state.plain if is_requester else "") or state.label),
        "priority": f"P{ticket.priority}",
        "task": _task(event),
        "text": _text(ticket, event, delivery.user),
        **clock_words(event.data),
        **approval_values(ticket, event.data if delivery.what in APPROVALS else {}),
        "link": _link_of(delivery),
        "organisation": str(options.get("organisation")),
    }


def _link_of(delivery: Delivery) -> str:
    """Of what asks for a decision: a link made now, that opens that one decision once."""
    user, data = delivery.user, delivery.event.data
    approval = round_of(data) if delivery.what in DECIDING else None
    path = key_path(user, approval) if approval is not None else ""
    return absolute(path or path_of(user, delivery.ticket, delivery.what, data))


def _text(ticket: Ticket, event: Event, reader: User) -> str:
    """What somebody wrote in this event, if it is that kind of event.

    Of a merge: the record that it goes on in, if the reader may know of that one.
    """
    if event.comment is not None:
        return event.comment.body
    if event.verb == Verb.MERGED:
        into = access.goes_on_in(reader, ticket)
        return f"{into.number} {into.title}" if into else ""
    if event.verb == Verb.MAJOR:
        return news_text(event.data)
    if event.verb in (Verb.OPENED, Verb.ASSIGNED):
        return ticket.description
    if event.verb == Verb.TRANSITIONED:
        return _outcome(ticket)
    return ""


def _outcome(ticket: Ticket) -> str:
    """What became of it, as its kind tells its requester: a resolution, what was delivered."""
    told = [detail.name for detail in ticket.kind_info.details if detail.public]
    if not told:
        return ""
    detail = ticket.kind_info.detail_model.objects.filter(pk=ticket.pk)
    return "\n\n".join(filter(None, detail.values_list(*told).first() or ()))


def _task(event: Event) -> str:
    task = Task.objects.filter(pk=event.data.get("task", 0)).first()
    return f"{task.number} {task.title}" if task else ""


def absolute(path: str) -> str:
    """An address for a mail: from the setting, never from a request's Host header."""
    return f"{settings.PUBLIC_URL}{path}"


def link(user: User, ticket: Ticket) -> str:
    """Where this person opens the record."""
    return absolute(path_for(user, ticket))


def sender(organisation: str) -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or one_line(organisation), address))


def message_id(ticket: Ticket, event_id: int | None = None) -> str:
    """`<INC-1042.88@host>` of an event's mail; without an event, the head of the thread."""
    host = urlsplit(settings.PUBLIC_URL).hostname
    return f"<{ticket.number}.{event_id}@{host}>" if event_id else f"<{ticket.number}@{host}>"


def _headers(delivery: Delivery, event: Event) -> dict[str, Any]:
    """Threading by record; and marks by which other robots, and we ourselves, know a robot."""
    ticket = delivery.ticket
    root = message_id(ticket)
    earlier = Delivery.objects.filter(
        ticket=ticket, user=delivery.user, event_id__lt=event.pk, sent_at__isnull=False
    )
    previous = earlier.order_by("-id").values_list("message_id", flat=True).first()
    return {
        "Message-ID": message_id(ticket, event.pk),
        "In-Reply-To": previous or root,
        "References": f"{root} {previous}" if previous else root,
        **robot("auto-replied" if delivery.what == What.RECEIVED else "auto-generated"),
        "X-Maru-Record": ticket.number,
        "X-Maru-Event": str(event.pk),
    }


def robot(answer: str) -> dict[str, str]:
    """Marks by which other robots, and we ourselves, know a mail that no person wrote."""
    return {
        "Auto-Submitted": answer,
        "X-Auto-Response-Suppress": "All",
        "X-Maru-Loop": urlsplit(settings.PUBLIC_URL).hostname or "",
    }
