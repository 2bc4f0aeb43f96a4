"""API tokens: issue and revoke."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries, tokens
from accounts.actions import audit
from accounts.enums import AuditVerb, TokenScope
from accounts.models import ApiToken, User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed, NotFound

MOST = 20


class Issued(NamedTuple):
    """A new token and its text, which nobody can read again."""

    token: ApiToken
    text: str


@transaction.atomic
def issue(
    user: User,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    by: User | None,
) -> Issued:
    """Make a token with which a program acts as `user`. `expires_at` None: until revoked.

    People make their own; an administrator makes those of machine accounts, never of people.
    """
    _require_keeper(user, by)
    name = name.strip()
    if not name:
        raise ActionError(_("Give the token a name."), field="name", code="required")
    chosen = sorted(set(scopes))
    if not chosen or not set(chosen) <= set(TokenScope.values):
        raise ActionError(_("Choose what the token may do."), field="scopes", code="required")
    now = timezone.now()
    if expires_at is not None and expires_at <= now:
        raise ActionError(_("Choose a day in the future."), field="expires_at")
    User.objects.select_for_update().get(pk=user.pk)  # two at once must not pass the limit
    if queries.usable_tokens(user).count() >= MOST:
        raise ActionError(
            _("A person can have at most %(most)s tokens. Revoke one that is no longer used.")
            % {"most": MOST},
            code="too_many",
        )
    text = tokens.make()
    token = ApiToken.objects.create(
        user=user,
        name=name[:80],
        prefix=text[: tokens.SHOWN],
        digest=tokens.digest(text),
        scopes=chosen,
        created_at=now,
        expires_at=expires_at,
    )
    audit.record(token, AuditVerb.TOKEN_ISSUED, by=by, changes={"scopes": [None, chosen]})
    return Issued(token, text)


@transaction.atomic
def revoke(token: ApiToken, *, by: User | None) -> None:
    """The token stops working at once. Its row stays, so that its uses can be explained."""
    owner = token.user
    if by is not None and by.pk != owner.pk and not reach_of(by).administers:
        raise NotFound(_("There is no such token."))
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record(token, AuditVerb.TOKEN_REVOKED, by=by)


def revoke_all(user: User, *, by: User | None) -> None:
    """Every token of the person stops working, for instance because they left."""
    for token in queries.usable_tokens(user):
        revoke(token, by=by)


def _require_keeper(user: User, by: User | None) -> None:
    if not user.is_active:
        raise ActionError(_("This account is not active."))
    if by is None or by.pk == user.pk:
        return
    if not (reach_of(by).administers and user.is_machine):
        raise NotAllowed(_("People make their own tokens."))
