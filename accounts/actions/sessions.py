"""Where a person is signed in: noted cheaply, shown to them, ended by them."""

import ipaddress
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import SignInSession, User
from core.errors import NotFound

NOTED_EVERY = timedelta(minutes=5)


def note(user: User, session_key: str, *, address: str, agent: str) -> None:
    """Keep that this browser was just used. One statement; a row per browser."""
    row = SignInSession(
        user=user,
        session_key=session_key,
        address=_address(address),
        agent=agent.replace("\x00", "")[:200],
    )
    SignInSession.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "address", "agent", "seen_at"],
    )


def forget(session_key: str) -> None:
    """The browser signed out by itself."""
    SignInSession.objects.filter(session_key=session_key).delete()


@transaction.atomic
def end(session: SignInSession, *, by: User) -> None:
    """Sign that browser out, from another one."""
    if session.user_id != by.pk:
        raise NotFound(_("There is no such session."))
    _end([session.session_key])
    audit.record(by, AuditVerb.SESSION_ENDED, by=by)


@transaction.atomic
def end_all(user: User, *, by: User | None, but: str = "") -> int:
    """Sign the person out everywhere, except in the session with the key `but`. How many ended."""
    sessions = SignInSession.objects.filter(user=user).exclude(session_key=but)
    keys = list(sessions.values_list("session_key", flat=True))
    _end(keys)
    if keys:
        audit.record(user, AuditVerb.SESSION_ENDED, by=by)
    return len(keys)


def drop_expired() -> int:
    """Forget browsers whose session is over; how many."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignInSession.objects.exclude(session_key__in=live).delete()[0]


def _end(keys: Iterable[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    SignInSession.objects.filter(session_key__in=keys).delete()


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None  # a unix socket has none
