"""Writing and publishing offerings."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.enums import Role
from accounts.models import AuditEvent
from catalog import access
from catalog.actions import offerings
from catalog.enums import VersionState
from catalog.models import OfferingVersion
from core.errors import ActionError, Conflict, NotAllowed, NotFound
from tests.catalog.support import choice, definition, field, make_offering, make_shelf
from tests.factories import make_department, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


def version(offering: Any, number: int) -> OfferingVersion:
    return OfferingVersion.objects.get(offering=offering, number=number)


def test_a_new_offering_is_a_draft_and_not_offered() -> None:
    offering = make_offering(field("why"), publish=False)
    assert offering.live is None
    assert version(offering, 1).state == VersionState.DRAFT
    with pytest.raises(NotFound):
        access.asked_by(make_user(), offering.slug)


def test_publishing_copies_what_lists_need() -> None:
    offering = make_offering(synonyms="랩탑, laptop", audience={"roles": ["agent"]})
    assert (offering.name_ko, offering.name_en) == ("노트북", "Laptop")
    assert offering.summary_en == "Get a laptop for work."
    assert offering.synonyms == "랩탑, laptop"
    assert offering.audience == {"roles": ["agent"]}


def test_publishing_again_replaces_the_version_before() -> None:
    offering = make_offering(field("why"))
    offerings.save_draft(offering, definition(field("how")), edition=None, by=None)
    assert version(offering, 1).state == VersionState.PUBLISHED
    offerings.publish(offering, by=None)
    offering.refresh_from_db()
    assert offering.live == version(offering, 2)
    assert version(offering, 1).state == VersionState.REPLACED


def test_the_database_refuses_to_change_a_published_version() -> None:
    published = make_offering(field("why")).live
    assert published is not None
    changes: list[dict[str, Any]] = [{"data": {}}, {"number": 9}, {"state": VersionState.DRAFT}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            OfferingVersion.objects.filter(pk=published.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OfferingVersion.objects.filter(pk=published.pk)._raw_delete("default")


def test_two_editors_at_once_lose_nothing() -> None:
    offering = make_offering(field("why"))
    draft = offerings.begin_draft(offering, by=None)
    offerings.save_draft(offering, definition(field("one")), edition=draft.edition, by=None)
    wanted = definition(field("two"))
    with pytest.raises(Conflict) as refused:
        offerings.save_draft(offering, wanted, edition=draft.edition, by=None)
    clash = refused.value.clashes[0]
    assert (clash.current, clash.wanted) == (definition(field("one")), wanted)
    assert version(offering, 2).data == definition(field("one"))


def test_what_was_edited_meanwhile_is_not_published() -> None:
    offering = make_offering(field("why"))
    draft = offerings.begin_draft(offering, by=None)
    offerings.save_draft(offering, definition(field("one")), edition=draft.edition, by=None)
    with pytest.raises(Conflict):
        offerings.publish(offering, by=None, edition=draft.edition)


def test_every_problem_is_told_and_nothing_is_published() -> None:
    gone = {"field": "nothing", "is": "filled"}
    offering = make_offering(field("why", shown_if=gone), publish=False)
    data = definition(
        field("why", shown_if=gone),
        tasks=[{"key": "buy", "title": "Buy", "team": 987654}],
        approval={"policy": 987654},
        audience={"departments": [987654]},
        bundle=[{"offering": 987654}, {"offering": offering.pk}],
    )
    offerings.save_draft(offering, data, edition=None, by=None)
    with pytest.raises(ActionError) as refused:
        offerings.publish(offering, by=None)
    assert set(refused.value.errors) == {
        "form.sections.0.fields.0.shown_if",
        "tasks.0.team",
        "approval.policy",
        "audience.departments",
        "bundle.0.offering",
        "bundle.1.offering",
    }
    offering.refresh_from_db()
    assert offering.live is None


def test_a_bundle_of_bundles_is_refused() -> None:
    part = make_offering()
    bundle = make_offering(bundle=[{"offering": part.pk}])
    offering = make_offering(publish=False, bundle=[{"offering": bundle.pk}])
    with pytest.raises(ActionError, match="bundle itself"):
        offerings.publish(offering, by=None)


def test_a_team_that_is_switched_off_can_not_be_given_work() -> None:
    team = make_team(is_active=False)
    tasks = [{"key": "buy", "title": "Buy", "team": team.pk}]
    with pytest.raises(ActionError):
        make_offering(tasks=tasks)


def test_owners_and_administrators_change_offerings_and_nobody_else() -> None:
    owner, other = make_user(), make_user()
    service = make_service(owner=owner)
    offering = make_offering(service=service, by=owner)
    admin = make_user(role=Role.ADMINISTRATOR)
    for person in (owner, admin):
        offerings.save_draft(offering, definition(), edition=None, by=person)
        assert access.edited_by(person, offering.slug) == offering
    for person in (other, make_user(role=Role.AGENT), make_user(role=Role.SERVICE_OWNER)):
        for act in (
            lambda p: offerings.save_draft(offering, {}, edition=None, by=p),
            lambda p: offerings.publish(offering, by=p),
            lambda p: offerings.discard_draft(offering, by=p),
            lambda p: offerings.retire(offering, by=p),
            lambda p: offerings.copy(offering, by=p),
            lambda p: offerings.edit(offering, {"position": 3}, by=p),
        ):
            with pytest.raises(NotAllowed):
                act(person)
        with pytest.raises(NotFound):
            access.edited_by(person, offering.slug)


def test_an_owner_does_not_move_an_offering_to_a_service_of_somebody_else() -> None:
    owner = make_user()
    offering = make_offering(service=make_service(owner=owner), by=owner)
    with pytest.raises(NotAllowed):
        offerings.edit(offering, {"service": make_service()}, by=owner)
    with pytest.raises(NotAllowed):
        offerings.edit(offering, {"service": None}, by=owner)


def test_a_retired_offering_is_not_asked_for_until_it_is_offered_again() -> None:
    offering, person = make_offering(), make_user()
    offerings.retire(offering, by=None)
    with pytest.raises(NotFound):
        access.asked_by(person, offering.slug)
    offerings.offer_again(offering, by=None)
    assert access.asked_by(person, offering.slug) == offering


def test_a_copy_is_a_draft_of_its_own() -> None:
    offering = make_offering(choice("model", "air:1500000"), price={"payer": "department"})
    made = offerings.copy(offering, by=None)
    assert made.slug != offering.slug
    assert made.live is None
    data = version(made, 1).data
    assert data["form"] == version(offering, 1).data["form"]
    assert data["name"]["en"] == "Laptop (copy)"


def test_an_earlier_version_is_taken_back_as_a_draft() -> None:
    offering = make_offering(field("why"))
    first = offering.live
    offerings.save_draft(offering, definition(field("how")), edition=None, by=None)
    offerings.publish(offering, by=None)
    draft = offerings.begin_draft(offering, by=None, based_on=first)
    assert (draft.number, draft.data) == (3, first.data)
    offerings.discard_draft(offering, by=None)
    assert OfferingVersion.objects.filter(offering=offering).count() == 2


def test_a_first_draft_can_not_be_thrown_away() -> None:
    with pytest.raises(ActionError):
        offerings.discard_draft(make_offering(publish=False), by=None)


def test_publishing_and_retiring_are_in_the_audit_log() -> None:
    admin = make_user(role=Role.ADMINISTRATOR)
    offering = make_offering(by=admin)
    offerings.retire(offering, by=admin)
    rows = AuditEvent.objects.filter(object_type="catalog.offering", object_id=str(offering.pk))
    assert list(rows.order_by("id").values_list("verb", flat=True)) == [
        "created",
        "changed",
        "switched_off",
    ]


def test_what_the_database_can_not_hold_is_left_out_or_refused() -> None:
    offering = make_offering(publish=False)
    draft = offerings.save_draft(
        offering, definition(field("a"), note="a\x00\ud800b"), edition=None, by=None
    )
    assert draft.data["note"] == "ab"
    deep: Any = {"field": "a", "is": "filled"}
    for _step in range(60):
        deep = {"not": deep}
    nested = definition(field("a", shown_if=deep))
    unfit: list[Any] = [nested, {"x": float("nan")}, [], "x" * 5]
    for spoilt in unfit:
        with pytest.raises(ActionError):
            offerings.save_draft(offering, spoilt, edition=None, by=None)
    with pytest.raises(ActionError):
        offerings.save_draft(offering, {"x": "x" * 700_000}, edition=None, by=None)


@pytest.mark.parametrize("kind", ["departments", "teams", "roles", "people"])
def test_who_is_not_meant_does_not_learn_that_there_is_an_offering(kind: str) -> None:
    division = make_department()
    person = make_user(role=Role.AGENT, department=make_department(parent=division))
    team = make_team("", person)
    ids: Any = {
        "departments": [division.pk],
        "teams": [team.pk],
        "roles": ["agent"],
        "people": [person.pk],
    }
    offering = make_offering(shelf=make_shelf(), audience={kind: ids[kind]})
    assert access.asked_by(person, offering.slug) == offering
    stranger = make_user(department=make_department())
    with pytest.raises(NotFound) as refused:
        access.asked_by(stranger, offering.slug)
    with pytest.raises(NotFound) as missing:
        access.asked_by(stranger, "no-such-thing")
    assert str(refused.value) == str(missing.value)
