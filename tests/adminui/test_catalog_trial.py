"""The test run of an offering: everything that asking would do is shown, and nothing is written."""

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from catalog.actions import offerings
from catalog.models import Shelf
from tests.adminui.test_catalog_editor import laptop, text
from tests.factories import make_agent, make_service, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_agent("관리자", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def offering(admin):
    shelf = Shelf.objects.create(slug="devices", name_ko="기기", name_en="Devices")
    team = make_team("구매팀")
    policy = ApprovalPolicy.objects.create(
        name_ko="금액별",
        name_en="By amount",
        kind="request",
        data={
            "stages": [
                {
                    "name": text("Manager"),
                    "kind": "approve",
                    "who": [{"type": "manager", "level": 1}],
                    "decided_by": "first",
                },
                {
                    "name": text("Purchasing"),
                    "kind": "agree",
                    "who": [{"type": "team", "id": team.pk}],
                    "decided_by": "all",
                    "if": {"field": "amount", "is": "ge", "value": "2000000"},
                },
            ],
            "finals": [],
            "fallback": [],
        },
    )
    buyer = make_agent("박구매", team)
    assert buyer.pk
    data = laptop(team.pk) | {"approval": {"policy": policy.pk}, "delivery_days": 3}
    return offerings.create(
        {"name_en": "Laptop", "shelf": shelf, "service": make_service(team=team)},
        by=None,
        data=data,
    )


def run(client, offering, **answers):
    url = reverse("adminui:offering_trial", args=[offering.pk])
    return client.post(url, answers, headers={"HX-Request": "true"})


def _fingerprint():
    """Every row of every table that Maru keeps, as the database counts and sums them."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table == "django_session":
                continue
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM "{table}" t')
            found[table] = cursor.fetchone()
    return found


def test_no_row_of_any_table_changes(client, offering):
    requester = make_user("김요청", manager=make_user("이팀장"))
    # What a first visit does anyway, such as noting when somebody was last seen.
    run(client, offering, requester=requester.pk)
    before = _fingerprint()
    response = run(
        client,
        offering,
        requester=requester.pk,
        **{"a-model": "pro", "a-why": "Video", "try": "1"},
    )
    assert response.status_code == 200
    assert not response.context["ran"].cleaned.errors
    assert _fingerprint() == before


def test_questions_appear_as_answers_are_given(client, offering):
    def asked(response):
        return [one["key"] for part in response.context["sections"] for one in part["fields"]]

    assert asked(run(client, offering, **{"a-model": "air"})) == ["model"]
    assert asked(run(client, offering, **{"a-model": "pro"})) == ["model", "why"]


def test_what_is_missing_is_told_only_when_it_is_tried(client, offering):
    looked = run(client, offering, **{"a-model": "pro"})
    assert not looked.context["sections"][0]["fields"][1]["error"]
    tried = run(client, offering, **{"a-model": "pro", "try": "1"})
    assert tried.context["sections"][0]["fields"][1]["error"]


def test_the_line_follows_the_person_and_the_price(client, offering):
    requester = make_user("김요청", manager=make_user("이팀장"))

    def people(model):
        response = run(client, offering, requester=requester.pk, **{"a-model": model})
        line = response.context["ran"].line
        return [[box.name for box in part.boxes] for part in line.parts[1:]]

    assert people("air") == [["이팀장"]]
    assert people("pro") == [["이팀장"], ["박구매"]]


def test_where_nobody_could_decide_that_is_said(client, offering):
    lonely = make_user("혼자")
    response = run(client, offering, requester=lonely.pk, **{"a-model": "air"})
    assert response.context["ran"].refused
    assert response.context["ran"].refused in response.content.decode()


def test_price_tasks_and_promise_are_those_of_the_answers(client, offering):
    response = run(client, offering, **{"a-model": "pro", "a-why": "Video"})
    assert response.context["price"] == "3,000,000 KRW"
    tasks = response.context["task_rows"]
    assert [(one["title"], one["after"], one["team"]) for one in tasks] == [
        ("Buy", "", "구매팀"),
        ("Set up", "Buy", "구매팀"),
    ]
    assert tasks[0]["ends"] == tasks[1]["starts"]
    assert response.context["ran"].promised is not None


def test_who_may_not_ask_is_told(client, offering, admin):
    data = laptop() | {"audience": {"people": [admin.pk]}}
    offerings.save_draft(offering, data, edition=None, by=admin)
    assert run(client, offering, requester=admin.pk).context["ran"].may_ask
    other = make_user("다른이")
    response = run(client, offering, requester=other.pk)
    assert not response.context["ran"].may_ask
    assert "다른이" in response.content.decode()


@pytest.mark.parametrize(
    "answers",
    [
        {"a-model": "nothing"},
        {"a-model": "\x00"},
        {"requester": "no number"},
        {"a-why": "x" * 60_000, "a-model": "pro"},
    ],
)
def test_spoilt_answers_are_no_error(client, offering, answers):
    assert run(client, offering, **answers).status_code == 200
