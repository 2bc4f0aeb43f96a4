"""What may be written about a service, by whom, and what is refused with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import AuditEvent
from cmdb import actions
from cmdb.actions.reviews import next_review
from cmdb.enums import ReviewState, ServiceStatus
from cmdb.models import Service
from cmdb.queries import live, matching, needing_retired, review_filter, shown_pair
from core.errors import ActionError, NotAllowed
from tests.factories import make_agent, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
EVERYTHING = {
    "name_ko": "메일",
    "name_en": "Mail",
    "summary_ko": "어디서나 메일",
    "summary_en": "Mail everywhere",
    "description_ko": "첫 단락\n\n둘째 단락",
    "description_en": "First paragraph\n\nSecond paragraph",
    "contact_ko": "평일에만",
    "contact_en": "Weekdays only",
    "contact_email": "mail@example.org",
    "contact_phone": "02-123-4567",
    "users_ko": "전 직원",
    "users_en": "Everybody",
    "user_count": 1200,
    "hours_ko": "평일 9–18시",
    "hours_en": "Weekdays 9–18",
    "support_policy_ko": "개인 기기는 지원하지 않습니다.",
    "support_policy_en": "No private devices.",
    "cost_amount": Decimal("5000.50"),
    "cost_currency": "krw",
    "cost_period": "month",
    "cost_unit_ko": "사서함",
    "cost_unit_en": "mailbox",
    "paid_by_ko": "부서",
    "paid_by_en": "Department",
    "tags": ["collaboration", " collaboration ", ""],
    "synonyms_ko": ["이메일", "아웃룩"],
    "synonyms_en": ["e-mail"],
    "review_every": 6,
    "status": "live",
    "criticality": 1,
}


@pytest.fixture
def admin():
    return make_user(role=Role.ADMINISTRATOR)


def refused(act, *, code="", field=""):
    with pytest.raises(ActionError) as caught:
        act()
    assert not code or caught.value.code == code
    assert not field or field in caught.value.errors
    return str(caught.value.message)


def test_everything_that_is_said_of_a_service_is_kept_and_audited(admin):
    owner, team = make_agent(), make_team()
    made = actions.create_service(
        EVERYTHING | {"owner": owner, "support_team": team, "contact_person": owner}, by=admin
    )
    made.refresh_from_db()
    for name, value in EVERYTHING.items():
        if name not in ("tags", "cost_currency"):
            assert getattr(made, name) == value, name
    assert made.tags == ["collaboration"]
    assert made.cost_currency == "KRW"
    assert made.review_due_on == next_review(timezone.localdate(), 6)
    changes = AuditEvent.objects.get(object_type="cmdb.service").changes
    assert changes["cost_amount"] == [None, "5000.5"]


def test_texts_fall_back_to_the_other_language_which_is_named(admin):
    made = actions.create_service({"name_ko": "메일", "hours_ko": "평일"}, by=admin)
    with translation.override("en"):
        assert (made.name, made.hours) == ("메일", "평일")
    assert shown_pair("평일", "", "en") == ("평일", "ko")
    assert shown_pair("평일", "Weekdays", "en") == ("Weekdays", "")
    assert shown_pair("", "", "en") == ("", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_en", "x" * 121),
        ("description_ko", "가" * 8001),
        ("support_policy_en", "x" * 8001),
        ("users_en", "x" * 301),
        ("contact_email", "nobody"),
        ("cost_currency", "WON!"),
        ("cost_amount", Decimal(-1)),
        ("cost_amount", Decimal(1000000000000)),
        ("user_count", -1),
        ("review_every", 0),
        ("review_every", 61),
        ("status", "gone"),
        ("criticality", 9),
        ("cost_period", "hourly"),
        ("tags", ["x" * 61]),
        ("synonyms_ko", [f"낱말{n}" for n in range(31)]),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_written(admin, field, value):
    service = make_service("Mail")
    refused(lambda: actions.edit_service(service, {field: value}, by=admin), field=field)
    assert not AuditEvent.objects.exists()


def test_a_name_that_another_service_in_use_has_is_refused(admin):
    make_service("Mail")
    refused(lambda: actions.create_service({"name_en": "mail"}, by=admin), field="name_en")
    second = make_service("Calendar")
    refused(lambda: actions.edit_service(second, {"name_ko": "MAIL"}, by=admin), field="name_ko")
    actions.edit_service(second, {"name_ko": "Calendar", "summary_en": "x"}, by=admin)
    Service.objects.filter(name_en="Mail").update(status=ServiceStatus.RETIRED)
    assert actions.create_service({"name_en": "Mail"}, by=admin).pk


def test_a_circle_is_refused_with_its_way_named(admin):
    a, b, c = (make_service(name) for name in ("Alpha", "Beta", "Gamma"))
    actions.edit_service(a, {"depends_on": [b]}, by=admin)
    actions.edit_service(b, {"depends_on": [c]}, by=admin)
    said = refused(
        lambda: actions.edit_service(c, {"depends_on": [a]}, by=admin), field="depends_on"
    )
    assert "Gamma → Alpha → Beta → Gamma" in said
    refused(lambda: actions.edit_service(a, {"depends_on": [a]}, by=admin), field="depends_on")
    assert not c.depends_on.exists()


def test_somebody_who_left_is_not_made_owner_but_one_who_leaves_stays_until_replaced(admin):
    gone = make_user(is_active=False)
    service = make_service("Mail", owner=gone)
    for field in ("owner", "contact_person"):
        other = make_user(is_active=False)
        refused(
            lambda f=field, o=other: actions.edit_service(service, {f: o}, by=admin), field=field
        )
    actions.edit_service(service, {"owner": gone, "summary_en": "still saved"}, by=admin)


def test_address_parts_of_pages_are_not_given_away(admin):
    slugs = [actions.create_service({"name_en": name}, by=admin).slug for name in ("Map", "New")]
    assert slugs == ["map-service", "new-service"]


def test_an_owner_edits_their_own_but_not_whose_it_is_nor_how_much_it_counts():
    owner, other = make_agent(role=Role.SERVICE_OWNER), make_agent()
    service = make_service("Mail", owner=owner)
    actions.edit_service(service, {"summary_en": "x"}, by=owner)
    for values in ({"owner": other}, {"criticality": 1}):
        with pytest.raises(NotAllowed):
            actions.edit_service(service, values, by=owner)


ROLES = ("owner", "administrator", "agent", "auditor", "requester")


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("edit", {"owner", "administrator"}),
        ("review", {"owner", "administrator"}),
        ("create", {"administrator"}),
        ("item", {"administrator"}),
    ],
)
def test_who_may_do_what_to_a_service(verb, allowed, admin):
    people = {
        "owner": make_agent(role=Role.SERVICE_OWNER),
        "administrator": admin,
        "agent": make_agent(),
        "auditor": make_user(role=Role.AUDITOR),
        "requester": make_user(),
    }
    service = make_service("Mail", owner=people["owner"])
    acts = {
        "edit": lambda by: actions.edit_service(service, {"summary_en": str(by.pk)}, by=by),
        "review": lambda by: actions.mark_reviewed(service, by=by),
        "create": lambda by: actions.create_service({"name_en": f"n{by.pk}"}, by=by),
        "item": lambda by: actions.create_item({"name": f"n{by.pk}"}, by=by),
    }
    did = set()
    for role in ROLES:
        try:
            acts[verb](people[role])
        except NotAllowed:
            continue
        did.add(role)
    assert did == allowed


@pytest.mark.parametrize(
    ("after", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 5, 5), None, None),
    ],
)
def test_the_next_review_is_so_many_months_later(after, months, due):
    assert next_review(after, months) == due


def test_reviews_stand_as_their_due_day_says_and_the_filter_agrees():
    today = date(2026, 11, 24)
    days = {
        date(2026, 11, 23): ReviewState.OVERDUE,
        date(2026, 11, 24): ReviewState.SOON,
        date(2026, 12, 24): ReviewState.SOON,
        date(2026, 12, 25): ReviewState.OK,
        None: ReviewState.NONE,
    }
    for due, state in days.items():
        service = make_service(review_due_on=due)
        assert service.review_state(today) == state
        assert service in Service.objects.filter(review_filter(state, today))
    retired = make_service(review_due_on=date(2026, 1, 1), status=ServiceStatus.RETIRED)
    assert retired.review_state(today) == ReviewState.NONE
    for state in ReviewState:
        for service in Service.objects.filter(review_filter(state, today)):
            assert service.review_state(today) == state


def test_a_retired_service_that_is_still_needed_is_named_with_those_that_need_it():
    old, new, gone = make_service("Old"), make_service("New"), make_service("Gone")
    Service.objects.filter(pk__in=[old.pk, gone.pk]).update(status=ServiceStatus.RETIRED)
    new.depends_on.add(old)
    gone.depends_on.add(old)
    assert needing_retired() == {old.pk: [new]}
    assert needing_retired([gone.pk]) == {}


def test_services_are_found_by_name_summary_synonym_and_tag(admin):
    actions.create_service(EVERYTHING, by=admin)
    for text in ("메일", "아웃룩", "collab", "E-MAIL", "mail everywhere"):
        assert Service.objects.filter(matching(text)).count() == 1, text
    assert not Service.objects.filter(matching("calendar")).exists()


def test_people_see_live_services_only():
    make_service(status=ServiceStatus.PIPELINE)
    make_service(status=ServiceStatus.RETIRED)
    shown = make_service()
    assert list(live()) == [shown]
