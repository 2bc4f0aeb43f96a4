"""Files of a form that is still being filled in: they survive errors, reloads and sign-outs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from portal.models import StagedFile, Submission
from tickets import actions
from tickets.actions.attach import Upload, check_file, safe_name
from tickets.models import Ticket

MOST_IN_FORM = 10
MOST_OF_PERSON = 40
KEPT = timedelta(days=14)
BATCH = 500


@transaction.atomic
def stage(slot: str, upload: Upload, *, by: User) -> StagedFile:
    """Keep a file for the form `slot` until it is sent, or for two weeks. Nobody else sees it."""
    name = safe_name(upload.name)
    check_file(name, upload.size)
    own = StagedFile.objects.filter(user=by)
    if own.filter(slot=slot).count() >= MOST_IN_FORM or own.count() >= MOST_OF_PERSON:
        raise ActionError(
            _("%(name)s was left out: at most %(most)s files at once.")
            % {"name": name, "most": MOST_IN_FORM},
            field="files",
            code="too_many",
        )
    kept = StagedFile(user=by, slot=slot, name=name, size=upload.size)
    kept.file.save(name, File(upload.stream), save=False)
    kept.save()
    return kept


def unstage(pk: int, *, by: User) -> str:
    """Throw one of one's own files away; the slot it was in, empty when there is no such file."""
    file = StagedFile.objects.filter(pk=pk, user=by).first()
    if file is None:
        return ""
    _remove([file])
    return file.slot


@transaction.atomic
def unstage_all(slot: str, *, by: User) -> None:
    """Throw all files of a form away, those of its questions too."""
    within = Q(slot=slot) | Q(slot__startswith=f"{slot}:")
    _remove(StagedFile.objects.filter(within, user=by))


def uploads(slot: str, *, by: User) -> list[Upload]:
    """The files of a form as the kernel's actions take them, in the order they were added."""
    staged = StagedFile.objects.filter(user=by, slot=slot).order_by("id")
    return [Upload(file.name, file.file.open("rb"), file.size) for file in staged]


def hand_over(slot: str, ticket: Ticket, *, by: User) -> None:
    """Put the files of a form on a record itself, and out of the form."""
    for upload in uploads(slot, by=by):
        actions.attach(ticket, upload, by=by)
    unstage_all(slot, by=by)


def drop_stale(now: datetime | None = None) -> int:
    """Forget files and sent forms older than KEPT; the number of files removed."""
    before = (now or timezone.now()) - KEPT
    Submission.objects.filter(created_at__lt=before).delete()
    with transaction.atomic():
        return _remove(StagedFile.objects.filter(created_at__lt=before).order_by("id")[:BATCH])


def _remove(files: Iterable[StagedFile]) -> int:
    """Rows first; the bytes go only when that is certain."""
    gone = list(files)
    StagedFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    for file in gone:
        transaction.on_commit(partial(file.file.storage.delete, str(file.file.name)))
    return len(gone)
