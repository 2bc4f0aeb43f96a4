"""Files on a record: limits, what the bytes really are, and where they are kept."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import uuid4

import puremagic
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import options
from core.errors import ActionError
from tickets import access
from tickets.actions.base import lock, record
from tickets.enums import Verb, Visibility
from tickets.models import Attachment, Comment, Ticket

MOST_FILES = 100
# Programs and shortcuts that a double click would run; nobody sends them to a service desk.
REFUSED = frozenset(
    {f".{suffix}" for suffix in ("exe", "com", "scr", "pif", "bat", "cmd", "msi", "vbs", "vbe")}
    | {
        f".{suffix}"
        for suffix in ("js", "jse", "wsf", "wsh", "hta", "cpl", "jar", "lnk", "reg", "ps1")
    }
)
TEXT = frozenset(
    {".txt", ".log", ".csv", ".md", ".json", ".xml", ".yml", ".yaml", ".ini", ".conf", ".eml"}
)


@dataclass(frozen=True)
class Upload:
    """A file to add: its claimed name and an open binary stream."""

    name: str
    stream: IO[bytes]
    size: int

    @classmethod
    def of(cls, file: Any) -> "Upload":
        """From a file of a form or an API request."""
        return cls(file.name or "", file, file.size)


@transaction.atomic
def attach(
    ticket: Ticket, upload: Upload, *, by: User, visibility: str = Visibility.PUBLIC
) -> Attachment:
    """Add one file. Internal files need the right to write notes."""
    ticket = lock(ticket)
    access.require(by, "attach" if visibility == Visibility.PUBLIC else "note", ticket)
    file = store(ticket, upload, by=by, visibility=visibility)
    record(ticket, Verb.ATTACHED, by=by, data=_described(file))
    return file


def store(
    ticket: Ticket,
    upload: Upload,
    *,
    by: User,
    comment: Comment | None = None,
    visibility: str = Visibility.PUBLIC,
) -> Attachment:
    """Check a file and keep it under a name of our own. The caller records the event."""
    name = safe_name(upload.name)
    check_file(name, upload.size)
    _check_room(ticket)
    head = upload.stream.read(8192)
    digest = hashlib.sha256(head)
    for chunk in iter(lambda: upload.stream.read(262_144), b""):
        digest.update(chunk)
    upload.stream.seek(0)
    kept = Attachment(
        ticket=ticket,
        comment=comment,
        visibility=visibility,
        name=name,
        size=upload.size,
        content_type=sniff(head, name),
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    kept.file.save(f"{timezone.now():%Y/%m}/{uuid4().hex}", File(upload.stream), save=False)
    kept.save()
    return kept


@transaction.atomic
def detach(file: Attachment, *, by: User) -> None:
    """Hide a file from everybody. Its uploader may, and whoever works on the record."""
    ticket = lock(file.ticket)
    access.require(by, "view" if file.uploaded_by_id == by.pk else "edit", ticket)
    if file.removed_at is None:
        file.removed_at = timezone.now()
        file.save(update_fields=["removed_at"])
        record(ticket, Verb.DETACHED, by=by, data=_described(file))


def _described(file: Attachment) -> dict[str, Any]:
    return {"attachment": file.pk, "name": file.name, "visibility": file.visibility}


def safe_name(claimed: str) -> str:
    """The last part of the claimed name, composed (NFC), without control characters."""
    name = unicodedata.normalize("NFC", claimed).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(ch for ch in name if unicodedata.category(ch)[0] != "C").strip(". ")
    stem, dot, suffix = name.rpartition(".")
    return (f"{stem[:150]}{dot}{suffix[:20]}" if dot else name[:170]) or "file"


def check_file(name: str, size: int) -> None:
    """Refuse what is too large, empty or a program, before or after a record is there."""
    limit = options.get("attachment_megabytes")
    if size > limit * 1024 * 1024:
        raise ActionError(
            _("%(name)s is larger than %(limit)s MB. Share it another way.")
            % {"name": name, "limit": limit},
            field="files",
            code="too_large",
        )
    if size == 0:
        raise ActionError(_("%(name)s is empty.") % {"name": name}, field="files", code="empty")
    if PurePosixPath(name).suffix.lower() in REFUSED:
        raise ActionError(
            _("%(name)s is a program. Put it into a ZIP file if you must send it.")
            % {"name": name},
            field="files",
            code="refused_type",
        )


def _check_room(ticket: Ticket) -> None:
    if Attachment.objects.filter(ticket=ticket, removed_at=None).count() >= MOST_FILES:
        raise ActionError(
            _("At most %(most)s files on one record.") % {"most": MOST_FILES}, field="files"
        )


def sniff(head: bytes, name: str) -> str:
    """The media type that the bytes themselves show; octet-stream when they show none."""
    if looks_like_markup(head):
        return "text/html"
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found:
        return found
    if b"\x00" not in head and PurePosixPath(name).suffix.lower() in TEXT:
        return "text/plain"
    return "application/octet-stream"


def looks_like_markup(head: bytes) -> bool:
    """Whether a browser could take it for HTML or SVG, whatever it is called."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()[:2048]
    tags = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<body", b"<iframe", b"<?xml")
    return any(tag in start for tag in tags)
