"""The pages about oneself, in both frames and languages; nothing of anybody else."""

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import ApiToken, RoleGrant, SignInSession, User
from accounts.queries import token_for
from accounts.tasks import drop_expired_sessions
from tests.factories import PASSWORD, make_agent, make_team, make_user

pytestmark = pytest.mark.django_db
PAGES = ("/me/", "/me/preferences/", "/me/password/", "/me/sessions/", "/me/tokens/")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("role", ["", Role.AGENT])
def test_pages_open_in_the_frame_of_their_reader(client, role, language):
    user = make_user(role=role, language=language)
    client.force_login(user)
    for page in PAGES:
        text = client.get(page).content.decode()
        assert ('class="portal"' in text) == (not role), page
        assert f'lang="{language}"' in text


def test_preferences_are_kept_and_nonsense_is_refused(client):
    user = make_user()
    client.force_login(user)
    sent = {"language": "ko", "time_zone": "Europe/Berlin", "density": "compact", "theme": "dark"}
    assert client.post("/me/preferences/", sent).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.language, user.time_zone, user.density) == ("ko", "Europe/Berlin", "compact")
    assert (user.shortcuts, user.mail_notices) == (False, False)
    for name in ("language", "time_zone", "density", "theme"):
        assert client.post("/me/preferences/", sent | {name: "x'--"}).status_code == 422


def test_the_profile_form_sets_contacts_and_nothing_else(client):
    user = make_user()
    client.force_login(user)
    evil = {"display_name": "X", "is_vip": "1", "is_superuser": "1", "email": "x@example.org"}
    client.post("/me/", {"phone": "010-1234-5678"} | evil)
    row = User.objects.get(pk=user.pk)
    assert row.phone == "010-1234-5678"
    kept = (row.display_name, row.email, row.is_vip, row.is_superuser)
    assert kept == (user.display_name, user.email, False, False)


def test_a_new_token_is_shown_once(client):
    user = make_user()
    client.force_login(user)
    shown = client.post("/me/tokens/", {"name": "CI", "scope": "write", "days": "30"})
    text = shown.context["issued"].text
    assert text in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert text not in client.get("/me/tokens/").content.decode()
    assert token_for(text).allows("write")
    client.post(f"/me/tokens/{ApiToken.objects.get().pk}/revoke/")
    assert token_for(text) is None


def test_somebody_elses_token_is_not_there(client):
    client.force_login(make_user())
    token = ApiToken.objects.create(user=make_user(), name="x", prefix="maru_", digest="d")
    assert client.post(f"/me/tokens/{token.pk}/revoke/").status_code == 404


def test_changing_the_password_needs_the_present_one_and_ends_other_sessions(client):
    user = make_user()
    other = type(client)()
    for browser in (client, other):
        browser.post("/login/", {"username": user.email, "password": PASSWORD})
    new = {"new_password1": "seven blue teapots", "new_password2": "seven blue teapots"}
    refused = client.post("/me/password/", new | {"old_password": "a guess"})
    assert refused.status_code == 422
    assert "seven blue teapots" not in refused.content.decode()
    assert client.post("/me/password/", new | {"old_password": PASSWORD}).status_code == 302
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


def test_one_browser_or_all_others_can_be_signed_out(client):
    user = make_user()
    others = [type(client)() for _n in range(3)]
    for browser in (client, *others):
        browser.post(
            "/login/",
            {"username": user.email, "password": PASSWORD},
            headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"},
        )
    page = client.get("/me/sessions/")
    assert page.content.decode().count("Chrome · Windows") >= 4
    key = others[0].cookies["sessionid"].value
    client.post(f"/me/sessions/{SignInSession.objects.get(session_key=key).pk}/end/")
    assert [b.get("/me/").status_code for b in others] == [302, 200, 200]
    client.post("/me/sessions/end-others/")
    assert [b.get("/me/").status_code for b in (client, *others)] == [200, 302, 302, 302]


def test_browsers_whose_session_is_over_are_forgotten(client):
    user = make_user()
    client.force_login(user)
    SignInSession.objects.create(user=user, session_key="long gone")
    assert drop_expired_sessions() == 1
    assert SignInSession.objects.get().session_key == client.session.session_key


def test_language_is_a_cookie_for_strangers_and_kept_for_people(client):
    answer = client.post("/language/", {"language": "ko", "next": "/login/"})
    assert (answer["Location"], answer.cookies["django_language"].value) == ("/login/", "ko")
    assert 'lang="ko"' in client.get("/login/").content.decode()
    assert client.get("/language/").status_code == 405
    user = make_user()
    client.force_login(user)
    client.post("/language/", {"language": "en"})
    client.post("/language/", {"language": "xx"})
    assert User.objects.get(pk=user.pk).language == "en"


def test_session_pages_ask_the_same_for_1_row_and_for_30(client, django_assert_num_queries):
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = make_agent(team=make_team())
    client.force_login(user)

    def count():
        with CaptureQueriesContext(connection) as seen:
            client.get("/me/sessions/")
            client.get("/me/tokens/")
        return len(seen)

    count()
    few = count()
    for number in range(30):
        store = SessionStore()
        store.create()
        SignInSession.objects.create(user=user, session_key=store.session_key)
        ApiToken.objects.create(user=user, name="x", prefix="maru_", digest=str(number))
    assert count() == few


def make_admin(**options):
    call_command("createadmin", email="root@example.org", name="관리자", **options)


def test_the_first_administrator_is_made_from_the_command_line(monkeypatch):
    monkeypatch.setenv("MARU_ADMIN_PASSWORD", "seven blue teapots")
    make_admin()
    user = User.objects.get(email="root@example.org")
    assert user.check_password("seven blue teapots")
    assert not user.is_superuser
    assert RoleGrant.objects.get(user=user).role == Role.ADMINISTRATOR
    make_admin(technical=True)
    assert User.objects.get(email="root@example.org").is_superuser
    assert RoleGrant.objects.filter(user=user).count() == 1


def test_the_command_refuses_weak_passwords_and_silence(monkeypatch):
    monkeypatch.setenv("MARU_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError):
        make_admin()
    monkeypatch.delenv("MARU_ADMIN_PASSWORD")
    with pytest.raises(CommandError):
        make_admin()
    assert not User.objects.exists()
