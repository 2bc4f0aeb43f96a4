"""Keys of mailed links to one decision. Opening one shows a page; only deciding uses it up."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import ActionError, NotAllowed, NotFound
from tickets.actions.approving import decide
from tickets.models import Approval, ApprovalKey, ApprovalSeat

LASTS = timedelta(days=14)
LONGEST = 100


def make_key(seat: ApprovalSeat, user: User) -> str:
    """A new key with which `user` opens this decision; nobody knows its text afterwards."""
    text = secrets.token_urlsafe(32)
    ApprovalKey.objects.create(
        seat=seat, user=user, digest=_digest(text), expires_at=timezone.now() + LASTS
    )
    return text


def find_key(text: str) -> ApprovalKey:
    """The key, if it still works. NotFound for an unknown one; ActionError "used", "expired"."""
    keys = ApprovalKey.objects.select_related("user", "seat__stage__approval", "seat__ticket")
    key = keys.filter(digest=_digest(text)).first() if len(text) <= LONGEST else None
    if key is None:
        raise NotFound(_("This link leads nowhere. Open the approval in Maru."))
    if key.used_at is not None:
        raise ActionError(_("This link has been used. It works once only."), code="used")
    if key.expires_at <= timezone.now():
        raise ActionError(
            _("This link has expired. Open the approval in Maru instead."), code="expired"
        )
    return key


@transaction.atomic
def decide_with(text: str, answer: str, *, opinion: str = "", by: User | None = None) -> Approval:
    """Decide by a mailed link, as the person it was sent to. The key is used up with the decision.

    `by`: who is signed in, if anybody: never somebody else than the key is for. A refused decision
    leaves the key as it was.
    """
    key = find_key(text)
    key = ApprovalKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    find_key(text)  # once more, now that nobody else can use it
    if by is not None and by.pk != key.user_id:
        raise NotAllowed(_("This link was sent to somebody else."))
    approval = decide(key.seat, answer, by=key.user, opinion=opinion, channel="mail")
    ApprovalKey.objects.filter(seat=key.seat, used_at=None).update(used_at=timezone.now())
    return approval


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
