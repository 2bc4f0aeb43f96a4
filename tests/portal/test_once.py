"""Two copies of a form at the same time, and what is forgotten in the end."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from portal import actions
from portal.actions.report import Report
from portal.models import StagedFile, Submission
from portal.tasks import drop_stale
from tests.factories import make_team, make_user
from tests.portal.support import TOKEN
from tickets.actions.attach import Upload
from tickets.models import Ticket


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_copies_at_the_same_moment_make_one_record():
    make_team()
    user = make_user()
    start, numbers = Barrier(2), []

    def send():
        try:
            start.wait(timeout=10)
            answers = Report("VPN drops", "", impact=3, urgency=3)
            numbers.append(actions.report(answers, by=user, token=UUID(TOKEN)).number)
        finally:
            connection.close()

    threads = [Thread(target=send) for _copy in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Ticket.objects.count() == 1
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


@pytest.mark.django_db
def test_a_token_is_good_for_its_own_person_only():
    make_team()
    answers = Report("VPN drops", "", impact=3, urgency=3)
    one = actions.report(answers, by=make_user(), token=UUID(TOKEN))
    other = actions.report(answers, by=make_user(), token=UUID(TOKEN))
    assert one.pk != other.pk


@pytest.mark.django_db
def test_files_never_sent_are_forgotten_after_two_weeks(django_capture_on_commit_callbacks):
    user = make_user()
    old, new = (
        actions.stage("portal:report", Upload.of(SimpleUploadedFile(name, b"x")), by=user)
        for name in ("old.txt", "new.txt")
    )
    past = timezone.now() - timedelta(days=15)
    StagedFile.objects.filter(pk=old.pk).update(created_at=past)
    Submission.objects.create(user=user, token=UUID(TOKEN), created_at=past)
    with django_capture_on_commit_callbacks(execute=True):
        assert drop_stale() == 1
    assert list(StagedFile.objects.all()) == [new]
    assert not Submission.objects.exists()
    assert not old.file.storage.exists(old.file.name)
    assert new.file.storage.exists(new.file.name)
