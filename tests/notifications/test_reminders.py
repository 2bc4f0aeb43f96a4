"""Notices about what is no record: a service, an article, a score."""

from datetime import date

import pytest
from django.core import mail
from django.test import Client

from notifications import actions, queries
from notifications.enums import Channel, DeliveryState, Level, Reason, What
from notifications.models import Preference, Reminder
from tests.factories import make_agent, make_user

pytestmark = pytest.mark.django_db
ABOUT = actions.About("메일", "Mail", "/services/mail/", due_on=date(2025, 11, 2))


def say(*users, key="service-review:1:2026-11-02", what=What.SERVICE_REVIEW, about=ABOUT):
    return actions.tell_about(users, what, about, key=key)


def test_it_is_told_once_per_person_and_key_in_maru_and_by_mail(tell):
    owner, other = make_agent(language="en"), make_agent(language="ko")
    assert say(owner, other) == 2
    assert say(owner, other) == 0
    tell()
    assert sorted(message.subject for message in mail.outbox) == [
        "Service review: Mail",
        "서비스 검토: 메일",
    ]
    english = next(message for message in mail.outbox if message.to == [owner.email])
    assert "/services/mail/" in english.body
    assert "Due: Sun 2 Nov 2025" in english.body, english.body
    assert Reminder.objects.filter(state=DeliveryState.SENT).count() == 2
    assert say(owner, key="service-review:1:2026-11-09") == 1


def test_the_inbox_shows_it_and_opening_it_reads_it():
    owner = make_agent(language="en")
    say(owner)
    client = Client()
    client.force_login(owner)
    assert queries.unread_count(owner) == 1
    page = client.get("/inbox/").content.decode()
    row = Reminder.objects.get()
    assert f'href="/inbox/about/{row.pk}/"' in page
    assert "Mail" in page
    answer = client.get(f"/inbox/about/{row.pk}/")
    assert answer["Location"] == "/services/mail/"
    assert queries.unread_count(owner) == 0
    assert client.get("/inbox/?show=unread").content.decode().count("inbox/about/") == 0


def test_nobody_opens_or_clears_anothers():
    owner, other = make_agent(), make_agent()
    say(owner)
    client = Client()
    client.force_login(other)
    pk = Reminder.objects.get().pk
    assert client.get(f"/inbox/about/{pk}/").status_code == 404
    client.post("/inbox/clear/", {"reminders": [pk]})
    assert queries.unread_count(owner) == 1


def test_chosen_ones_and_all_can_be_read_and_cleared_and_do_not_come_again():
    owner = make_agent()
    say(owner)
    say(owner, key="another")
    first = Reminder.objects.order_by("id").first()
    client = Client()
    client.force_login(owner)
    client.post("/inbox/read/", {"reminders": [first.pk]})
    assert queries.unread_count(owner) == 1
    client.post("/inbox/clear/", {"everything": "1"})
    assert queries.reminders(owner) == []
    assert say(owner) == 0
    assert queries.reminders(owner) == []


def test_what_is_said_of_records_leaves_it_alone():
    owner = make_agent()
    say(owner)
    actions.mark_read(by=owner.pk, tickets=[1])
    actions.clear(by=owner, tickets=[1])
    assert queries.unread_count(owner) == 1


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"mail_notices": False}, Reason.ALL_OFF),
        ({"is_machine": True}, Reason.MACHINE),
        ({"email": "x@left.invalid"}, Reason.NO_ADDRESS),
    ],
)
def test_who_gets_no_mail_and_why(tell, person, reason):
    owner = make_user(**person)
    say(owner)
    tell()
    assert mail.outbox == []
    row = Reminder.objects.get()
    assert (row.state, row.reason, row.is_shown) == (DeliveryState.SKIPPED, reason, True)


def test_those_who_left_are_not_told(tell):
    gone, leaving = make_user(is_active=False), make_user()
    assert say(gone, leaving) == 1
    leaving.is_active = False
    leaving.save(update_fields=["is_active"])
    tell()
    assert mail.outbox == []
    assert Reminder.objects.get().reason == Reason.INACTIVE


def test_choices_hold(tell):
    owner = make_agent()
    for channel in Channel:
        Preference.objects.create(
            user=owner, what=What.SERVICE_REVIEW, channel=channel, level=Level.NONE
        )
    say(owner)
    tell()
    assert mail.outbox == []
    assert queries.unread_count(owner) == 0


def test_names_cannot_smuggle_in_headers(tell):
    owner = make_agent(language="en")
    say(owner, about=actions.About("", "Mail\r\nBcc: x@example.org", "/services/mail/"))
    tell()
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.bcc == []
