"""Signing in as an attacker would try it."""

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions.passwords import link_path
from accounts.models import SignInSession
from core import outbox
from core.models import OutboxMessage
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/login/"


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": email, "password": password, **extra})


@pytest.fixture
def user():
    return make_user(email="minji@example.org")


def test_signs_in_whatever_the_capitals_of_the_address(client, user):
    assert sign_in(client, "MinJi@Example.org ").status_code == 302
    assert client.get("/me/").status_code == 200


def test_wrong_password_and_unknown_address_get_the_same_answer(user):
    answers = [
        sign_in(Client(), email, "not it at all").content.decode().replace(email, "?")
        for email in ("minji@example.org", "nobody@example.org")
    ]
    strip = [line for line in answers[0].splitlines() if "csrf" not in line]
    assert strip == [line for line in answers[1].splitlines() if "csrf" not in line]


def test_inactive_account_gets_the_same_answer_as_a_wrong_password(client, user):
    user.is_active = False
    user.save(update_fields=["is_active"])
    answer = sign_in(client, user.email)
    assert answer.status_code == 422
    assert "E-mail or password is not right" in answer.content.decode()


@pytest.mark.parametrize("email", ["minji@example.org", "nobody@example.org"])
def test_five_failures_lock_out_known_and_unknown_alike(client, user, email):
    spellings = [email, email.upper(), f" {email}", email.title(), f"{email} "]
    statuses = [sign_in(client, spelling, "wrong").status_code for spelling in spellings]
    assert statuses == [422, 422, 422, 422, 429]
    assert sign_in(client, email).status_code == 429


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_next_leads_nowhere_else(client, user, target):
    answer = sign_in(client, user.email, next=target)
    assert answer["Location"] == "/"
    answer = client.post("/language/", {"language": "ko", "next": target})
    assert answer["Location"] == "/"


def test_next_leads_to_a_page_of_ours(client, user):
    asked = client.get("/me/tokens/?a=1")
    assert asked.status_code == 302
    assert asked["Location"] == "/login/?next=/me/tokens/%3Fa%3D1"
    assert sign_in(client, user.email, next="/me/tokens/?a=1")["Location"] == "/me/tokens/?a=1"


def test_session_key_is_new_after_signing_in(client, user):
    client.get(reverse("accounts:password_link", args=["MQ", "set-password"]))
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, user.email)
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_sign_out_only_by_post(client, user):
    sign_in(client, user.email)
    assert client.get("/logout/").status_code == 405
    assert client.get("/me/").status_code == 200
    client.post("/logout/")
    assert client.get("/me/").status_code == 302
    assert not SignInSession.objects.filter(user=user).exists()


def test_every_unsafe_request_needs_its_token(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    for path in ("/login/", "/logout/", "/me/", "/me/tokens/", "/language/", "/session/renew/"):
        assert client.post(path).status_code == 403, path


def test_scripts_get_401_and_pages_go_to_sign_in(client):
    for header in ({"HX-Request": "true"}, {"X-Requested-With": "fetch"}):
        answer = client.get("/me/", headers=header)
        assert (answer.status_code, answer["X-Session-Expired"]) == (401, "/login/")
    assert client.post("/me/", {"phone": "1"})["Location"] == "/login/?next=/"


def test_the_dialog_signs_in_again(client, user):
    wrong = client.post("/session/renew/", {"username": user.email, "password": "no"})
    assert wrong.status_code == 422
    right = client.post("/session/renew/", {"username": user.email, "password": PASSWORD})
    assert right.status_code == 204
    assert client.get("/me/").status_code == 200


def ask(client, email, **extra):
    return client.post("/password/", {"email": email}, **extra)


def mailed_link():
    text = mail.outbox[-1].body
    return next(line for line in text.splitlines() if line.startswith("http"))


def open_link(client, link):
    answer = client.get(link.removeprefix("http://127.0.0.1:8000"))
    return answer["Location"] if answer.status_code == 302 else None


NEW = {"new_password1": "seven blue teapots", "new_password2": "seven blue teapots"}


def test_asking_for_a_link_tells_nothing_and_mails_only_who_is_known(client, user):
    answers = [ask(client, email) for email in (user.email, "nobody@example.org")]
    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/password/asked/")] * 2
    outbox.dispatch_due()
    assert [message.to for message in mail.outbox] == [[user.email]]


def test_the_link_starts_with_the_configured_address_not_with_the_host(client, user):
    ask(client, user.email, headers={"Host": "localhost:1"})
    outbox.dispatch_due()
    assert mailed_link().startswith("http://127.0.0.1:8000/password/")


def test_the_link_works_once_and_ends_all_sessions(client, user):
    other = Client()
    sign_in(other, user.email)
    ask(client, user.email)
    outbox.dispatch_due()
    link = mailed_link()
    form = open_link(client, link)
    assert client.post(form, NEW)["Location"] == "/login/"
    assert other.get("/me/").status_code == 302
    assert open_link(Client(), link) is None
    assert sign_in(Client(), user.email, "seven blue teapots").status_code == 302
    assert sign_in(Client(), user.email).status_code == 422


def test_the_link_is_dead_after_an_hour(client, user, settings):
    ask(client, user.email)
    outbox.dispatch_due()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert open_link(client, mailed_link()) is None


def test_the_link_of_one_person_opens_no_other_account(client, user):
    ask(client, user.email)
    outbox.dispatch_due()
    path = mailed_link().removeprefix("http://127.0.0.1:8000")
    _empty, folder, uid, token, _end = path.split("/")
    foreign = link_path(make_user()).split("/")[2]
    assert open_link(client, f"/{folder}/{foreign}/{token}/") is None
    assert open_link(client, f"/{folder}/{uid}/{token}/")


def test_a_link_resets_the_lock_out(client, user):
    for _attempt in range(5):
        sign_in(client, user.email, "wrong")
    ask(client, user.email)
    outbox.dispatch_due()
    client.post(open_link(client, mailed_link()), NEW)
    assert sign_in(client, user.email, "seven blue teapots").status_code == 302


def test_weak_passwords_are_refused_with_the_reason(client, user):
    ask(client, user.email)
    outbox.dispatch_due()
    form = open_link(client, mailed_link())
    for text in ("short", "password1234", "minji@example.org"):
        answer = client.post(form, {"new_password1": text, "new_password2": text})
        assert answer.status_code == 422
    assert client.post(form, NEW | {"new_password2": "x"}).status_code == 422


def test_one_address_cannot_flood_the_outbox(client):
    for number in range(25):
        assert ask(client, f"nobody{number}@example.org")["Location"] == "/password/asked/"
    assert OutboxMessage.objects.count() == 20


def test_passwords_of_real_installations_are_hashed_with_argon2():
    from itsm.settings import base

    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
