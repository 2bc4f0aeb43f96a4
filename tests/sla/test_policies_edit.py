"""Policies as administrators edit them: conditions, targets, steps, order, and who may."""

from typing import Any

import pytest
from django.apps import apps

from accounts.enums import Role
from accounts.models import AuditEvent
from core.errors import ActionError, Conflict, NotAllowed
from sla.actions import policies, publish
from sla.models import Calendar, Policy
from sla.queries import changes, matching
from sla.snapshot import snapshot
from tests.factories import (
    make_agent,
    make_contract,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> Any:
    return make_agent("관리자", role=Role.ADMINISTRATOR)


def target(metric: str = "resolution", priority: int | None = None, goal: int = 3600) -> Any:
    return {
        "metric": metric,
        "priority": priority,
        "goal": goal,
        "calendar": Calendar.objects.get(key="always").pk,
        "warn_at": [50, 90],
    }


def step(percent: int = 90, **more: Any) -> dict[str, Any]:
    return {"percent": percent, "actions": [{"do": "notify", "who": ["assignee"]}], **more}


def test_a_new_policy_comes_before_those_that_fit_everything(by) -> None:
    policies.create_policy({"name_en": "VIP", "vip": True}, by=by)
    names = list(Policy.objects.filter(agreement="sla").values_list("name_en", flat=True))
    assert names == ["Security incidents", "VIP", "Standard service level"]


def test_everything_a_policy_says_is_kept_and_published(by) -> None:
    service, team, top = make_service(), make_team(), make_department()
    below = make_department(parent=top)
    policy = policies.create_policy(
        {
            "name_en": "Gold",
            "kinds": ["incident"],
            "priorities": [2, 1],
            "services": [service],
            "teams": [team],
            "departments": [top],
            "tags": [" vpn ", ""],
            "vip": True,
            "targets": [target(priority=1), target()],
            "steps": [step(100, repeat_minutes=60, repeat_limit=3), step(50)],
            "on_reopen": "anew",
        },
        by=by,
    )
    data = next(row for row in snapshot(apps)["policies"] if row["id"] == policy.pk)
    assert data["priorities"] == [1, 2]
    assert data["departments"] == sorted([top.pk, below.pk])
    assert data["tags"] == ["vpn"]
    assert [(row["metric"], row["priority"]) for row in data["targets"]] == [
        ("resolution", 1),
        ("resolution", None),
    ]
    assert [row["percent"] for row in data["steps"]] == [50, 100]
    assert data["steps"][1]["repeat_seconds"] == 3600
    assert AuditEvent.objects.latest("id").changes["services"] == [[], [service.pk]]


def test_targets_that_stay_keep_their_row(by) -> None:
    policy = policies.create_policy(
        {"name_en": "Gold", "targets": [target(), target(priority=1)]}, by=by
    )
    kept = policy.targets.get(priority=None).pk
    policies.edit_policy(policy, {"targets": [target(goal=60)]}, by=by)
    assert list(policy.targets.values_list("pk", "goal")) == [(kept, 60)]
    before = AuditEvent.objects.count()
    policies.edit_policy(policy, {"targets": [target(goal=60)]}, by=by)
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name_en": ""}, "name_ko"),
        ({"kinds": ["dream"]}, "kinds"),
        ({"priorities": [7]}, "priorities"),
        ({"on_change": "panic"}, "on_change"),
        ({"targets": [{"metric": "team", "goal": 60}]}, "targets"),
        ({"targets": [{"metric": "resolution", "goal": 0}]}, "targets"),
        ({"targets": [{"metric": "resolution", "goal": 60, "calendar": 0}]}, "targets"),
        ({"steps": [{"percent": 0}]}, "steps"),
        ({"steps": [{"percent": 50, "actions": []}]}, "steps"),
        ({"steps": [step(50, repeat_minutes=5, repeat_limit=2)]}, "steps"),
        ({"steps": [step(100, repeat_limit=2)]}, "steps"),
        ({"steps": [{"percent": 50, "actions": [{"do": "notify"}]}]}, "steps"),
        ({"steps": [{"percent": 50, "actions": [{"do": "reassign", "team": 0}]}]}, "steps"),
        ({"steps": [{"percent": 50, "actions": [{"do": "explode"}]}]}, "steps"),
        ({"steps": [{"percent": 50, "actions": [{"do": "notify", "who": ["boss"]}]}]}, "steps"),
        ({"agreement": "uc"}, "contract"),
        ({"agreement": "handshake"}, "agreement"),
        ({"nonsense": 1}, ""),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(by, wrong, field) -> None:
    with pytest.raises(ActionError) as refused:
        policies.create_policy({"name_en": "Gold", **wrong}, by=by)
    assert refused.value.field == field
    assert not Policy.objects.filter(name_en="Gold").exists()


def test_two_targets_for_the_same_are_refused(by) -> None:
    with pytest.raises(ActionError, match="two targets"):
        policies.create_policy({"name_en": "Gold", "targets": [target(), target()]}, by=by)


def test_a_contract_is_for_underpinning_contracts_only(by) -> None:
    contract = make_contract(make_service())
    with pytest.raises(ActionError, match="supplier"):
        policies.create_policy({"name_en": "Gold", "contract": contract}, by=by)
    policy = policies.create_policy(
        {"name_en": "Cloud", "agreement": "uc", "contract": contract}, by=by
    )
    assert snapshot(apps)["policies"][-1]["contract"]["id"] == contract.pk == policy.contract_id


def test_policies_are_moved_copied_and_switched(by) -> None:
    security, standard = Policy.objects.order_by("position")
    policies.move_policy(standard, -1, by=by)
    policies.move_policy(standard, -1, by=by)
    assert list(Policy.objects.all()) == [standard, security]
    copied = policies.copy_policy(security, by=by)
    assert list(Policy.objects.all()) == [standard, security, copied]
    assert not copied.is_active
    assert copied.name_en == "Security incidents (copy)"
    state = policies.state_of(copied)
    assert state["targets"] == policies.state_of(security)["targets"]
    assert state["security"] is True
    policies.switch_policy(copied, True, by=by)
    assert [row["id"] for row in snapshot(apps)["policies"]] == [
        standard.pk,
        security.pk,
        copied.pk,
    ]


def test_only_administrators_edit_policies() -> None:
    agent, policy = make_agent(), Policy.objects.first()
    before = AuditEvent.objects.count()
    for act in (
        lambda: policies.create_policy({"name_en": "x"}, by=agent),
        lambda: policies.edit_policy(policy, {"note": "x"}, by=agent),
        lambda: policies.copy_policy(policy, by=agent),
        lambda: policies.move_policy(policy, 1, by=agent),
        lambda: policies.switch_policy(policy, False, by=agent),
        lambda: publish(by=agent),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert AuditEvent.objects.count() == before


def test_two_who_edit_one_policy_do_not_overwrite_each_other(by) -> None:
    policy = Policy.objects.first()
    seen = policies.token_of(policy)
    policies.edit_policy(policy, {"targets": [target(goal=60)]}, by=by, seen=seen)
    with pytest.raises(Conflict):
        policies.edit_policy(policy, {"note": "mine"}, by=by, seen=seen)


def test_the_policy_a_record_fits_is_named_with_why_not_the_ones_before(by) -> None:
    policies.create_policy({"name_en": "VIP", "vip": True, "targets": [target()]}, by=by)
    ticket = open_incident(by=make_user())
    facts, opened = matching.facts_of(ticket)
    (sla,) = matching.matching(changes.draft(), facts, opened)
    assert [(row.name, row.counts, row.label) for row in sla.tried] == [
        ("Security incidents", False, "Security incident"),
        ("VIP", False, "VIP requester"),
        ("Standard service level", True, ""),
    ]
    assert [row.wants for row in sla.tried] == ["Yes", "Yes", ""]
    assert ("Resolution", "80h · Business hours") in sla.targets


def test_a_draft_is_unpublished_until_it_is_published(by) -> None:
    assert not changes.is_unpublished()
    policy = policies.create_policy(
        {"name_en": "Gold", "vip": True, "targets": [target()], "steps": [step()]}, by=by
    )
    assert changes.is_unpublished()
    (added,) = changes.changes(changes.newest().data, changes.draft())
    assert (added.what, added.name) == ("added", "Gold")
    assert ("VIP requester", "", "Yes") in [(i.label, i.old, i.new) for i in added.items]
    first = publish(by=by)
    assert not changes.is_unpublished()
    policies.edit_policy(policy, {"targets": [target(goal=7200)], "vip": None}, by=by)
    (change,) = changes.changes(first.data, changes.draft())
    assert (change.kind, change.name, change.what) == ("policy", "Gold", "changed")
    told = {item.label: (item.old, item.new) for item in change.items}
    assert told["VIP requester"] == ("Yes", "")
    assert told["Resolution"][1].startswith("2h")


def test_the_order_of_lines_is_no_change_but_the_order_of_policies_is(by) -> None:
    standard = Policy.objects.get(name_en="Standard service level")
    rows = policies.state_of(standard)
    standard.targets.all().delete()
    policies.edit_policy(standard, {"targets": rows["targets"][::-1]}, by=by)
    assert not changes.is_unpublished()
    policies.move_policy(standard, -1, by=by)
    assert changes.is_unpublished()
    (change,) = changes.changes(changes.newest().data, changes.draft())
    assert change.kind == "order"
