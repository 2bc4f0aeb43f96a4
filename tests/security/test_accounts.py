"""Getting in as somebody else, staying in, and becoming more than one is."""

import pytest
from django.test import Client

from accounts.actions import people, tokens
from accounts.enums import TokenScope
from accounts.models import ApiToken, RoleGrant
from tests.api.conftest import Api
from tests.factories import PASSWORD, make_agent, make_team, make_user, open_incident

pytestmark = pytest.mark.django_db


def tried(client, email, password="wrong"):
    return client.post("/login/", {"username": email, "password": password}).status_code


@pytest.mark.parametrize(
    "spelling", ["mınsık@example.org", "minſik@example.org", "MINSıK@example.org"]
)
def test_letters_that_only_look_alike_are_another_name(client, spelling):
    """PostgreSQL makes I of ı and S of ſ: each spelling would have five tries of its own."""
    make_user(email="minsik@example.org")
    assert tried(client, f"{spelling}@example.org", PASSWORD) == 422
    assert client.get("/me/").status_code == 302


def test_every_door_counts_the_same_failures(client):
    person = make_user()
    given = {"username": person.email, "password": "wrong"}
    statuses = [client.post("/session/renew/", given).status_code for _try in range(3)]
    statuses += [tried(client, person.email) for _try in range(3)]
    assert statuses[-1] == 429
    assert client.post("/session/renew/", {**given, "password": PASSWORD}).status_code == 429
    assert tried(client, person.email, PASSWORD) == 429


def test_a_stolen_session_cannot_try_passwords_for_ever():
    person = make_user()
    client = Client()
    client.force_login(person)
    wrong = {"old_password": "wrong", "new_password1": "another fine one",
             "new_password2": "another fine one"}  # fmt: skip
    statuses = [client.post("/me/password/", wrong).status_code for _try in range(7)]
    assert statuses[-1] == 429
    client.post("/me/password/", {**wrong, "old_password": PASSWORD})
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_deactivated_persons_session_and_token_stop_at_once():
    administrator, person = make_user(role="administrator"), make_user()
    client, api = Client(), Api(person)
    client.force_login(person)
    assert client.get("/me/").status_code == 200
    assert api.get("/users/me/").status_code == 200
    people.deactivate(person, by=administrator)
    assert client.get("/me/").status_code == 302
    assert api.get("/users/me/").status_code == 401
    people.reactivate(person, by=administrator)
    assert client.get("/me/").status_code == 302
    assert api.get("/users/me/").status_code == 401


def test_a_role_taken_away_is_gone_at_the_next_request():
    agent = make_agent("Agent", make_team())
    client, api = Client(), Api(agent)
    client.force_login(agent)
    number = open_incident().number
    assert api.get(f"/tickets/{number}/").status_code == 200
    RoleGrant.objects.filter(user=agent).delete()
    assert client.get("/desk/q/mine/").status_code == 403
    assert api.get(f"/tickets/{number}/").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "maru_",
        "maru_x",
        "Bearer",
        "maru_\x00",
        "ma\u0440u_x",
        "maru_" + "a" * 100_000,
        "maru_' OR 1=1 --",
    ],
)
def test_a_guessed_token_is_nobody(client, text):
    given = {"Authorization": f"Bearer {text}".encode().decode("latin-1")}
    answer = client.get("/api/v1/users/me/", headers=given)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_no_page_and_no_administration():
    administrator = make_user(role="administrator")
    api = Api(administrator)
    for address in ("/me/tokens/", "/admin-ui/people/", "/djadmin/", "/desk/q/mine/"):
        assert api.client.get(address, headers=api.headers).status_code in (302, 403), address


def test_nobody_gives_themselves_rights():
    for role in ("", "agent", "team_lead", "manager", "auditor", "service_owner"):
        person = make_user(role=role)
        client = Client()
        client.force_login(person)
        given = {"role": "administrator", "scope": "all"}
        assert client.post(f"/admin-ui/people/{person.pk}/roles/", given).status_code == 403
        assert client.post("/admin-ui/people/new/", {"email": "x@example.net"}).status_code == 403
        assert not RoleGrant.objects.filter(user=person, role="administrator").exists()


def test_one_persons_token_is_no_others_to_see_or_revoke():
    owner, other = make_user(), make_user(role="administrator")
    issued = tokens.issue(owner, "mine", [TokenScope.READ], None, by=owner)
    client = Client()
    client.force_login(other)
    assert client.post(f"/me/tokens/{issued.token.pk}/revoke/").status_code == 404
    assert issued.text not in client.get("/me/tokens/").content.decode()
    assert ApiToken.objects.get(pk=issued.token.pk).revoked_at is None


def test_an_idempotency_key_gives_nobody_anothers_answer():
    first, second = Api(make_user()), Api(make_user())
    make_team()
    body = {"kind": "incident", "title": "Only mine to know"}
    mine = first.post("/tickets/", body, Idempotency_Key="same-key")
    theirs = second.post("/tickets/", body, Idempotency_Key="same-key")
    assert mine.status_code == theirs.status_code == 201
    assert mine.json()["number"] != theirs.json()["number"]
