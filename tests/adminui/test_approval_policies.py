"""The editor of approval policies: what is kept, what is refused, which line it makes."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEvent
from catalog.actions import offerings
from catalog.models import Shelf
from tests.adminui.test_catalog_editor import laptop
from tests.factories import make_agent, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = pytest.mark.django_db


def path(name, *args):
    return reverse(f"adminui:{name}", args=args)


@pytest.fixture
def admin(client):
    user = make_agent("관리자", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def typed(**changes):
    """A policy of two stages as its page sends it."""
    return {
        "name_ko": "금액별 결재",
        "name_en": "By amount",
        "kind": "request",
        "stages": "2",
        "finals": "1",
        "s0-en": "Manager",
        "s0-kind": "approve",
        "s0-decided": "first",
        "s0-share": "100",
        "s0-days": "2",
        "s0-remind": "1",
        "s0-who": "1",
        "s0-w0-type": "manager",
        "s0-w0-level": "1",
        "s1-ko": "본부장",
        "s1-kind": "approve",
        "s1-decided": "share",
        "s1-share": "50",
        "s1-who": "1",
        "s1-w0-type": "manager",
        "s1-w0-level": "2",
        "f0-en": "Small amounts",
        "f0-stage": "0",
        "f0-if-field": "amount",
        "f0-if-is": "lt",
        "f0-if-value": "1,000,000",
        "b-who": "0",
        "do": "save",
    } | changes


@pytest.fixture
def policy(client, admin):
    client.post(path("new_approval_policy"), typed())
    return ApprovalPolicy.objects.get()


def test_everything_about_a_policy_is_kept(policy):
    first, second = policy.data["stages"]
    assert first["who"] == [{"type": "manager", "level": 1}]
    assert (first["days"], first["remind"], first["decided_by"]) == (2, 1, "first")
    assert (second["share"], second["name"], second["days"]) == (50, {"ko": "본부장"}, None)
    (rule,) = policy.data["finals"]
    assert rule["if"] == {"field": "amount", "is": "lt", "value": "1000000"}
    assert rule["stage"] == 0
    assert AuditEvent.objects.filter(object_type="tickets.approvalpolicy").count() == 1


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_opens_in_both_languages(client, admin, policy, language):
    admin.language = language
    admin.save(update_fields=["language"])
    for page in (
        path("approvals"),
        path("new_approval_policy"),
        path("approval_policy", policy.pk),
    ):
        response = client.get(page)
        assert response.status_code == 200
        assert "style=" not in response.content.decode()


def test_opening_and_saving_changes_nothing(client, policy):
    page = client.get(path("approval_policy", policy.pk)).context["page"]
    assert [stage["number"] for stage in page.stages] == [1, 2]
    before = policy.data
    client.post(path("approval_policy", policy.pk), typed())
    policy.refresh_from_db()
    assert policy.data == before
    assert AuditEvent.objects.filter(object_type="tickets.approvalpolicy").count() == 1


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name_ko": "", "name_en": ""}, "name_ko"),
        ({"kind": "nothing"}, "kind"),
        ({"s0-who": "0"}, "stages.0.who"),
        ({"s0-w0-level": "0"}, "stages.0.who.0"),
        ({"s0-w0-level": "many"}, "stages.0.who.0"),
        ({"s0-w0-type": "person"}, "stages.0.who.0"),
        ({"s0-w0-type": "person", "s0-w0-person": "99999"}, "stages.0.who.0"),
        ({"s0-w0-type": "team", "s0-w0-team": "99999"}, "stages.0.who.0"),
        ({"s0-w0-type": "role", "s0-w0-role": "king"}, "stages.0.who.0"),
        ({"s0-w0-type": "oracle"}, "stages.0.who.0"),
        ({"s1-share": "0"}, "stages.1.share"),
        ({"s1-share": "101"}, "stages.1.share"),
        ({"s0-days": "0"}, "stages.0.days"),
        ({"s0-days": "soon"}, "stages.0.days"),
        ({"f0-stage": "1"}, "finals.0.stage"),
        ({"f0-stage": "9"}, "finals.0.stage"),
        ({"f0-if-value": "little"}, "finals.0.if"),
        ({"f0-if-value": ""}, "finals.0.if"),
        ({"stages": "0", "finals": "0"}, "stages"),
        ({"b-who": "1", "b-w0-type": "team_lead"}, "fallback.0"),
    ],
)
def test_what_cannot_work_is_refused_at_its_place(client, policy, changes, place):
    before = policy.data
    response = client.post(path("approval_policy", policy.pk), typed(**changes))
    assert response.status_code == 422
    assert place in response.context["errors"]
    policy.refresh_from_db()
    assert policy.data == before


def test_a_team_without_a_lead_decides_nothing(client, policy):
    team = make_team("팀")
    changes = {"s0-w0-type": "team_lead", "s0-w0-team": str(team.pk)}
    assert client.post(path("approval_policy", policy.pk), typed(**changes)).status_code == 422
    team.lead = make_user("팀장")
    team.save(update_fields=["lead"])
    assert client.post(path("approval_policy", policy.pk), typed(**changes)).status_code == 302


def test_buttons_change_the_page_and_save_nothing(client, policy):
    url = path("approval_policy", policy.pk)
    more = client.post(url, typed(do="stage-add")).context["values"]["data"]
    assert len(more["stages"]) == 3
    swapped = client.post(url, typed(do="stage-down:0")).context["values"]["data"]
    assert swapped["stages"][1]["name"] == {"en": "Manager"}
    assert swapped["finals"][0]["stage"] == 1
    gone = client.post(url, typed(do="stage-drop:0")).context["values"]["data"]
    assert len(gone["stages"]) == 1
    assert gone["finals"][0]["stage"] is None
    people = client.post(url, typed(do="who-add:s1")).context["values"]["data"]
    assert len(people["stages"][1]["who"]) == 2
    policy.refresh_from_db()
    assert len(policy.data["stages"]) == 2


@pytest.mark.parametrize("do", ["stage-up:9", "who-drop:s9.9", "who-add:x", "final-drop:7", "zap"])
def test_a_button_of_an_older_page_does_nothing(client, policy, do):
    response = client.post(path("approval_policy", policy.pk), typed(do=do))
    assert response.status_code == 200


def test_two_editors_see_both_and_lose_neither(client, policy):
    url = path("approval_policy", policy.pk)
    token = client.get(url).context["token"]
    client.post(url, typed(name_en="Theirs"))
    refused = client.post(url, typed(name_en="Mine", token=token))
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Mine" in page
    assert "Theirs" in page
    client.post(url, typed(name_en="Mine", token=token, over=refused.context["over"]))
    policy.refresh_from_db()
    assert policy.name_en == "Mine"


def test_the_line_shows_who_would_decide_and_writes_nothing(client, policy):
    director = make_user("강본부")
    requester = make_user("김요청", manager=make_user("이팀장", manager=director))
    before = ApprovalPolicy.objects.values_list("data", flat=True).get()

    def people(amount):
        values = typed(requester=requester.pk, amount=amount)
        response = client.post(path("approval_preview"), values)
        assert response.status_code == 200
        return [(part.boxes[0].name, part.mark.word) for part in response.context["line"].parts[1:]]

    small, large = people("500000"), people("5000000")
    assert [name for name, _word in small] == ["이팀장", "강본부"]
    assert small[1][1] != large[1][1]
    assert large[0][1] == large[1][1]
    assert ApprovalPolicy.objects.values_list("data", flat=True).get() == before


def test_a_line_that_cannot_be_made_says_why(client, policy):
    lonely = make_user("혼자")
    response = client.post(path("approval_preview"), typed(requester=lonely.pk, amount="0"))
    assert response.context["refused"]
    spoilt = client.post(path("approval_preview"), typed(requester=lonely.pk, **{"s0-who": "0"}))
    assert spoilt.context["refused"]


def test_a_share_says_how_it_is_rounded(client, policy):
    page = client.get(path("approval_policy", policy.pk)).context["page"]
    assert "1 of 2, 2 of 3, 3 of 5" in page.stages[1]["rounding"]


def test_a_policy_that_offerings_need_stays_in_use(client, admin, policy):
    shelf = Shelf.objects.create(slug="devices", name_en="Devices")
    data = laptop() | {"approval": {"policy": policy.pk}}
    offering = offerings.create({"name_en": "Laptop", "shelf": shelf}, by=None, data=data)
    offerings.publish(offering, by=admin)
    client.post(path("switch_approval_policy", policy.pk), {"active": "0"})
    policy.refresh_from_db()
    assert policy.is_active
    offerings.retire(offering, by=admin)
    client.post(path("switch_approval_policy", policy.pk), {"active": "0"})
    policy.refresh_from_db()
    assert not policy.is_active


def test_a_copy_is_a_policy_of_its_own(client, policy):
    client.post(path("copy_approval_policy", policy.pk))
    copied = ApprovalPolicy.objects.exclude(pk=policy.pk).get()
    assert copied.data == policy.data
    assert copied.name_en == "By amount (copy)"
