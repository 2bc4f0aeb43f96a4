"""What runs by the clock: every task named exists, and old things go."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from core import tasks
from core.models import Heartbeat, OutboxMessage
from tests.factories import make_user
from tickets import actions
from tickets.models import Draft


def test_every_task_of_the_schedule_exists():
    current_app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named <= set(current_app.tasks)


@pytest.mark.django_db
def test_a_heartbeat_is_noted_for_worker_and_beat():
    tasks.heartbeat()
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"worker", "beat"}


@pytest.mark.django_db
def test_done_messages_and_ended_sessions_go_and_the_rest_stays():
    now = timezone.now()
    for name, end in (("over", now - timedelta(hours=1)), ("running", now + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=end)
    for key, done_at in (("old", now - timedelta(days=8)), ("new", now)):
        OutboxMessage.objects.create(topic="t", key=key, state="done", done_at=done_at)
    tasks.clean_up()
    assert [session.session_key for session in Session.objects.all()] == ["running"]
    assert [message.key for message in OutboxMessage.objects.all()] == ["new"]


@pytest.mark.django_db
def test_drafts_that_nobody_goes_on_with_go():
    user = make_user()
    actions.save_draft("old", {"body": "a"}, by=user)
    actions.save_draft("new", {"body": "b"}, by=user)
    long_ago = timezone.now() - timedelta(days=91)
    Draft.objects.filter(slot="old").update(updated_at=long_ago)
    assert actions.drop_old_drafts(timezone.now() - timedelta(days=90)) == 1
    assert Draft.objects.get().slot == "new"
