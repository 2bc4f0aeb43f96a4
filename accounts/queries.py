"""Questions about people that several places ask."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import tokens
from accounts.models import ApiToken, SignInSession, User

USE_NOTED_EVERY = timedelta(minutes=1)


def token_for(text: str) -> ApiToken | None:
    """The working token with this text and its person (`token.user`), or None.

    None too when it is expired, revoked, or its person no longer active. Notes its use at most
    once a minute.
    """
    if not text.startswith(tokens.BEGINNING):
        return None
    now = timezone.now()
    found = usable_tokens().filter(digest=tokens.digest(text), user__is_active=True)
    token = found.select_related("user").first()
    if token is None:
        return None
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token


def usable_tokens(user: User | None = None) -> QuerySet[ApiToken]:
    """Tokens that are neither revoked nor expired, of one person or of all."""
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    shown = ApiToken.objects.filter(live, revoked_at=None)
    return shown if user is None else shown.filter(user=user)


def live_sessions(user: User) -> QuerySet[SignInSession]:
    """The browsers the person is signed in with, the last used first."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignInSession.objects.filter(user=user, session_key__in=live).order_by("-seen_at")
