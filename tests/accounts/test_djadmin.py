"""The technical administration: superusers only, no second sign-in page, nothing deleted."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent, User
from tests.factories import make_agent, make_user

pytestmark = pytest.mark.django_db


def make_superuser():
    return make_agent(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)


def test_everybody_else_is_kept_out(client):
    for user in (make_user(), make_agent(role=Role.ADMINISTRATOR), make_user(is_staff=True)):
        client.force_login(user)
        for name in ("accounts_user", "accounts_auditevent", "core_option"):
            page = reverse(f"admin:{name}_changelist")
            assert client.get(page).status_code in (302, 403), name


def test_signing_in_happens_at_one_place_with_its_lock_out(client):
    answer = client.get("/djadmin/login/?next=/djadmin/")
    assert answer["Location"] == "/login/?next=/djadmin/"
    answer = client.post("/djadmin/login/", {"username": "a", "password": "b"})
    assert answer["Location"] == "/login/?next=/djadmin/"


def test_every_list_opens_and_nothing_can_be_deleted(client, rf):
    superuser = make_superuser()
    client.force_login(superuser)
    request = rf.get("/")
    request.user = superuser
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
        if model._meta.app_label != "axes":  # whoever deletes a failure there ends a lock-out
            assert not page.has_delete_permission(request), name


def test_nobody_changes_their_own_flags(client):
    superuser, other = make_superuser(), make_user()
    client.force_login(superuser)
    own = reverse("admin:accounts_user_change", args=[superuser.pk])
    assert client.post(own, {"is_staff": ""}).status_code == 403
    theirs = reverse("admin:accounts_user_change", args=[other.pk])
    assert client.post(theirs, {"is_staff": "on"}).status_code == 302
    assert User.objects.get(pk=other.pk).is_staff
    assert User.objects.get(pk=superuser.pk).is_superuser
    assert AuditEvent.objects.get().changes == {"is_staff": [False, True]}
