"""Questions about people that several places ask."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts import tokens
from accounts.duty import on_duty as on_duty
from accounts.duty import on_duty_many as on_duty_many
from accounts.duty import quiet_until as quiet_until
from accounts.duty import quiet_until_many as quiet_until_many
from accounts.models import ApiToken, SignInSession, User
from accounts.reach import with_standing

USE_NOTED_EVERY = timedelta(minutes=1)


def token_for(text: str) -> ApiToken | None:
    """The working token with this text and its person (`token.user`), or None.

    None too when it is expired, revoked, or its person no longer active. Notes its use at most
    once a minute. One query, the person's standing included.
    """
    if not text.startswith(tokens.BEGINNING):
        return None
    now = timezone.now()
    statement, given = _owner_statement()
    values = {_DIGEST: tokens.digest(text), _NOW: now}
    owners = User.objects.raw(statement, [values.get(value, value) for value in given])
    user: Any = next(iter(owners), None)
    if user is None:
        return None
    token = ApiToken(user=user, **{name: getattr(user, f"token_{name}") for name in _TOKEN})
    token.scopes = json.loads(token.scopes)
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token


# Stand for the values in the statement below.
_DIGEST, _NOW = "the digest", datetime(2000, 1, 1, tzinfo=UTC)
_TOKEN = [field.name for field in ApiToken._meta.concrete_fields if not field.is_relation]


@cache
def _owner_statement() -> tuple[str, tuple[Any, ...]]:
    """A token's owner and its columns. Every API request asks it: composed once a process."""
    live = Q(api_tokens__expires_at=None) | Q(api_tokens__expires_at__gt=_NOW)
    owners = User.objects.filter(
        live, is_active=True, api_tokens__digest=_DIGEST, api_tokens__revoked_at=None
    ).annotate(**{f"token_{name}": F(f"api_tokens__{name}") for name in _TOKEN})
    statement, values = with_standing(owners).query.sql_with_params()
    return statement, tuple(values)


def usable_tokens(user: User | None = None) -> QuerySet[ApiToken]:
    """Tokens that are neither revoked nor expired, of one person or of all."""
    live = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    shown = ApiToken.objects.filter(live, revoked_at=None)
    return shown if user is None else shown.filter(user=user)


def live_sessions(user: User) -> QuerySet[SignInSession]:
    """The browsers the person is signed in with, the last used first."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignInSession.objects.filter(user=user, session_key__in=live).order_by("-seen_at")
