"""Passwords: set by their owner, or through a link that is mailed to them."""

import hashlib
from datetime import timedelta

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.actions import audit, sessions
from accounts.enums import AuditVerb
from accounts.models import User
from core import outbox
from core.errors import ActionError, NotAllowed

LINK_TOPIC = "accounts.password_link"
ONE_LINK_EVERY = timedelta(minutes=2)


def ask_link(email: str) -> None:
    """Promise a mail with a password link to whoever has this address.

    The same work is done for known and unknown addresses: who it is, if anybody, is looked up
    when the mail goes out. Asking again within two minutes promises nothing new.
    """
    address = email.strip().lower()[:254]
    slot = int(timezone.now().timestamp() // ONE_LINK_EVERY.total_seconds())
    mark = hashlib.sha256(address.encode()).hexdigest()
    outbox.put(LINK_TOPIC, {"email": address}, key=f"{LINK_TOPIC}:{mark}:{slot}")


def send_link(email: str) -> bool:
    """Mail the link now; False when nobody who may sign in has this address.

    The link is signed, works once, for an hour, and starts with the configured public address.
    """
    user = User.objects.filter(email__iexact=email, is_active=True, is_machine=False).first()
    if user is None:
        return False
    with translation.override(user.language or settings.LANGUAGE_CODE):
        context = {
            "person": user,
            "is_new": not user.has_usable_password(),
            "link": settings.PUBLIC_URL + link_path(user),
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
        }
        subject = _("Choose a password for Maru") if context["is_new"] else _("Reset your password")
        body = render_to_string("accounts/mail/password.txt", context)
        send_mail(subject, body, None, [user.email])
    audit.record(user, AuditVerb.PASSWORD_MAILED, by=None)
    return True


def link_path(user: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("accounts:password_link", args=[uid, token])


@transaction.atomic
def set_password(user: User, password: str, *, by: User, keep_session: str = "") -> None:
    """Give the person a new password and sign them out everywhere, but in `keep_session`.

    Only the person themselves; an administrator can have a link mailed, never choose a password.
    """
    if by.pk != user.pk:
        raise NotAllowed(_("People choose their own password."))
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ActionError(" ".join(error.messages), field="new_password1") from None
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user, by=by, but=keep_session)
    forget_failures(username=user.email.lower())
    audit.record(user, AuditVerb.PASSWORD_SET, by=by)
