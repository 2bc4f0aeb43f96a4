"""Files and pictures of articles: the same limits as on records, kept in the same place."""

import hashlib
from uuid import uuid4

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError
from knowledge import access
from knowledge.actions.base import lock
from knowledge.models import Article, ArticleFile
from tickets.actions.attach import MOST_FILES, Upload, check_file, safe_name, sniff

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@transaction.atomic
def attach(article: Article, upload: Upload, *, by: User) -> ArticleFile:
    """Add one file. Readers get it with the text that is published next."""
    article = lock(article)
    access.require(by, "edit", article)
    name = safe_name(upload.name)
    check_file(name, upload.size)
    if article.files.filter(removed_at=None).count() >= MOST_FILES:
        raise ActionError(
            _("At most %(most)s files on one article.") % {"most": MOST_FILES}, field="files"
        )
    head = upload.stream.read(8192)
    kind = sniff(head, name)
    _check_picture(name, kind)
    digest = hashlib.sha256(head)
    for chunk in iter(lambda: upload.stream.read(262_144), b""):
        digest.update(chunk)
    upload.stream.seek(0)
    kept = ArticleFile(
        article=article,
        name=name,
        size=upload.size,
        content_type=kind,
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    kept.file.save(f"kb/{timezone.now():%Y/%m}/{uuid4().hex}", File(upload.stream), save=False)
    kept.save()
    return kept


def _check_picture(name: str, kind: str) -> None:
    """What is called a picture is one: it is shown in the page."""
    if name.lower().endswith(_ENDINGS) and kind not in PICTURES:
        raise ActionError(
            _("%(name)s is not the picture that its name says.") % {"name": name},
            field="files",
            code="disguised",
        )


@transaction.atomic
def detach(file: ArticleFile, *, by: User) -> None:
    """Take a file out of reach. Texts that show it show its words instead."""
    article = lock(file.article)
    access.require(by, "edit", article)
    if file.removed_at is None:
        file.removed_at = timezone.now()
        file.save(update_fields=["removed_at"])
