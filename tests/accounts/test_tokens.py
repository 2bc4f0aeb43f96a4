"""API tokens: kept as a hash, shown once, dead when revoked, expired or their person gone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.actions import tokens
from accounts.enums import Role
from accounts.models import ApiToken, AuditEvent
from accounts.queries import token_for
from core.errors import ActionError, NotAllowed, NotFound
from tests.factories import make_agent, make_user

pytestmark = pytest.mark.django_db


def issue(user, *scopes, **fields):
    return tokens.issue(user, "CI", scopes or ("read",), fields.get("expires_at"), by=user)


def test_only_the_hash_is_kept():
    user = make_user()
    token, text = issue(user)
    assert text.startswith("maru_")
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert text not in str(stored)
    assert text.startswith(stored["prefix"])
    assert token_for(text).user == user


def test_writing_includes_reading_but_not_the_reverse():
    user = make_user()
    reads, writes = issue(user, "read").token, issue(user, "write").token
    assert (reads.allows("read"), reads.allows("write")) == (True, False)
    assert (writes.allows("read"), writes.allows("write")) == (True, True)


def test_a_revoked_expired_or_unknown_token_is_nobody():
    user = make_user()
    token, text = issue(user)
    tokens.revoke(token, by=user)
    assert token_for(text) is None
    late, late_text = issue(user, expires_at=timezone.now() + timedelta(days=1))
    ApiToken.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    assert token_for(late_text) is None
    assert token_for("maru_nonsense") is None
    assert token_for("") is None


def test_a_token_dies_with_its_account():
    user = make_user()
    _token, text = issue(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert token_for(text) is None


def test_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    _token, text = issue(make_user())
    assert token_for(text).last_used_at
    with django_assert_num_queries(1):
        token_for(text)


def test_nobody_makes_tokens_for_another_person_but_administrators_for_machines():
    admin = make_agent(role=Role.ADMINISTRATOR)
    for by in (admin, make_user()):
        with pytest.raises(NotAllowed):
            tokens.issue(make_user(), "CI", ["read"], None, by=by)
    machine = make_user(is_machine=True)
    assert tokens.issue(machine, "CI", ["read"], None, by=admin).token.user == machine


def test_somebody_elses_token_does_not_exist_for_me():
    token, text = issue(make_user())
    with pytest.raises(NotFound):
        tokens.revoke(token, by=make_user())
    assert token_for(text)


def test_name_scope_and_expiry_are_checked():
    user = make_user()
    for name, scopes, expires, field in (
        (" ", ["read"], None, "name"),
        ("CI", [], None, "scopes"),
        ("CI", ["root"], None, "scopes"),
        ("CI", ["read"], timezone.now(), "expires_at"),
    ):
        with pytest.raises(ActionError) as refused:
            tokens.issue(user, name, scopes, expires, by=user)
        assert refused.value.field == field


def test_issue_and_revoke_are_in_the_log_which_nobody_can_change():
    user = make_user()
    tokens.revoke(issue(user).token, by=user)
    assert list(AuditEvent.objects.order_by("id").values_list("verb", flat=True)) == [
        "token_issued",
        "token_revoked",
    ]
    for change in (
        lambda: AuditEvent.objects.update(verb="created"),
        lambda: AuditEvent.objects.all().delete(),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            change()
