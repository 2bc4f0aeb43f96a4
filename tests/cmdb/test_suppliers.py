"""Suppliers and contracts: who writes them, what is refused, which one counts on a day."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import AuditEvent
from cmdb import actions
from cmdb.enums import ContractState
from cmdb.models import Contract, Supplier
from cmdb.queries import contracts_of
from core.errors import ActionError, NotAllowed
from tests.factories import (
    make_agent,
    make_contract,
    make_item,
    make_service,
    make_supplier,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


@pytest.fixture
def admin():
    return make_agent(role=Role.ADMINISTRATOR)


def test_a_supplier_is_added_and_changed_with_its_audit(admin):
    made = actions.create_supplier({"name_ko": "한빛네트웍스", "phone": " 02-1 "}, by=admin)
    assert (made.slug, made.phone) == ("한빛네트웍스", "02-1")
    actions.edit_supplier(made, {"is_active": False}, by=admin)
    events = AuditEvent.objects.filter(object_type="cmdb.supplier").order_by("id")
    assert [(e.verb, e.changes.get("is_active")) for e in events] == [
        ("created", None),
        ("changed", [True, False]),
    ]


def test_only_administrators_write_suppliers_and_contracts():
    supplier, contract = make_supplier(), make_contract()
    for somebody in (make_user(), make_agent(), make_agent(role=Role.MANAGER)):
        with pytest.raises(NotAllowed):
            actions.create_supplier({"name_en": "X"}, by=somebody)
        with pytest.raises(NotAllowed):
            actions.edit_supplier(supplier, {"name_en": "X"}, by=somebody)
        with pytest.raises(NotAllowed):
            actions.create_contract({"number": "X"}, by=somebody)
        with pytest.raises(NotAllowed):
            actions.edit_contract(contract, {"number": "X"}, by=somebody)
    assert (Supplier.objects.count(), Contract.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name_en": ""}, "name_ko"),
        ({"email": "nobody"}, "email"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_a_supplier_is_refused_beside_its_field(admin, values, field):
    with pytest.raises(ActionError) as refused:
        actions.create_supplier({"name_en": "Firm", **values}, by=admin)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": " "}, "number"),
        ({"number": "TAKEN"}, "number"),
        ({"supplier": None}, "supplier"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"name_en": ""}, "name_ko"),
    ],
)
def test_a_contract_is_refused_beside_its_field(admin, values, field):
    make_contract(number="TAKEN")
    good = {
        "name_en": "Lines",
        "number": "N-1",
        "supplier": make_supplier(),
        "starts_on": date(2026, 1, 1),
    }
    with pytest.raises(ActionError) as refused:
        actions.create_contract({**good, **values}, by=admin)
    assert refused.value.field == field


def test_a_contract_keeps_what_it_covers_in_the_audit(admin):
    service, item = make_service(), make_item()
    made = actions.create_contract(
        {
            "name_en": "Lines",
            "number": "N-1",
            "supplier": make_supplier(),
            "starts_on": date(2026, 1, 1),
            "services": [service],
            "items": [item],
        },
        by=admin,
    )
    actions.edit_contract(made, {"services": [], "ends_on": date(2026, 12, 31)}, by=admin)
    first, second = AuditEvent.objects.filter(object_type="cmdb.contract").order_by("id")
    assert first.changes["services"] == [[], [service.pk]]
    assert first.changes["starts_on"] == [None, "2026-01-01"]
    assert second.changes == {"services": [[service.pk], []], "ends_on": [None, "2026-12-31"]}
    assert list(made.items.all()) == [item]


def test_the_database_refuses_a_contract_that_ends_before_it_starts():
    with pytest.raises(IntegrityError, match="contract_ends_after_start"), transaction.atomic():
        make_contract(starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31))


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, ContractState.IN_FORCE),
        ({"ends_on": DAY}, ContractState.IN_FORCE),
        ({"ends_on": date(2026, 11, 22)}, ContractState.ENDED),
        ({"starts_on": DAY}, ContractState.IN_FORCE),
        ({"starts_on": date(2026, 11, 24)}, ContractState.UPCOMING),
        ({"is_active": False}, ContractState.INACTIVE),
    ],
)
def test_a_contract_counts_from_its_first_to_its_last_day(fields, state):
    service = make_service()
    contract = make_contract(service, **fields)
    assert contract.state_on(DAY) == state
    expected = {service.pk: contract} if state == ContractState.IN_FORCE else {}
    assert contracts_of([service.pk], DAY) == expected


def test_of_several_contracts_the_oldest_in_force_counts(django_assert_num_queries):
    first, second, third = make_service(), make_service(), make_service()
    make_contract(first, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    old = make_contract(first, second, starts_on=date(2026, 1, 1))
    make_contract(first, starts_on=date(2026, 6, 1))
    with django_assert_num_queries(2):
        found = contracts_of([first.pk, third.pk], DAY)
        assert found[first.pk].supplier.name
    assert found == {first.pk: old}
