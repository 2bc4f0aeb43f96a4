"""Suppliers and contracts through the API."""

import pytest

from accounts.enums import Role
from tests.api.conftest import Api
from tests.factories import make_agent, make_contract, make_item, make_service, make_supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(team):
    return Api(make_agent(team=team, role=Role.ADMINISTRATOR))


def test_the_desk_reads_requesters_do_not_agents_do_not_write(agent, requester):
    contract = make_contract(make_service())
    places = ("/suppliers/", f"/suppliers/{contract.supplier_id}/")
    for place in (*places, "/contracts/", f"/contracts/{contract.pk}/"):
        assert agent.get(place).status_code == 200
        assert requester.get(place).status_code == 403
    assert agent.get("/contracts/999/").status_code == 404
    assert agent.post("/suppliers/", {"name_en": "X"}).status_code == 403
    assert agent.patch(f"/contracts/{contract.pk}/", {"terms": "X"}).status_code == 403
    assert requester.post("/suppliers/", {"name_en": "X"}).status_code == 403


def test_an_administrator_keeps_suppliers_and_contracts(admin):
    service, item = make_service(), make_item("line-1")
    made = admin.post("/suppliers/", {"name_en": "Northern Lines", "email": "a@example.org"})
    assert made.status_code == 201
    assert made.json()["slug"] == "northern-lines"
    sent = {
        "number": "N-7",
        "name_en": "Leased lines",
        "supplier": "northern-lines",
        "starts_on": "2026-01-01",
        "services": [service.slug],
        "items": ["line-1"],
    }
    contract = admin.post("/contracts/", sent)
    assert contract.status_code == 201
    shown = contract.json()
    assert contract["Location"].endswith(f"/contracts/{shown['id']}/")
    assert shown["services"] == [{"id": service.pk, "name": service.name}]
    assert (shown["items"], shown["state"]) == ([item.pk], "in_force")
    changed = admin.patch(f"/contracts/{shown['id']}/", {"ends_on": "2026-01-31", "services": []})
    assert (changed.json()["state"], changed.json()["services"]) == ("ended", [])
    early = admin.patch(f"/contracts/{shown['id']}/", {"ends_on": "2025-01-31"})
    assert early.json()["errors"][0]["field"] == "ends_on"
    assert admin.post("/contracts/", {**sent, "starts_on": "1 May"}).status_code == 400
    assert admin.post("/contracts/", sent).json()["code"] == "taken"


def test_contracts_are_found_by_service_supplier_and_number(agent):
    service, supplier = make_service(), make_supplier()
    one = make_contract(service, make_service(), supplier=supplier, number="LINE-1")
    make_contract(make_service(), number="OTHER")
    for asked in (f"service={service.pk}", f"supplier={supplier.pk}", "q=line-"):
        found = agent.get(f"/contracts/?{asked}").json()["results"]
        assert [row["id"] for row in found] == [one.pk], asked


def test_a_page_of_contracts_costs_the_same_for_1_row_and_for_30(agent):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert agent.get("/contracts/").status_code == 200
        return len(seen)

    make_contract(make_service())
    agent.get("/contracts/")
    few = cost()
    for _n in range(30):
        make_contract(make_service(), make_service()).items.add(make_item())
    assert cost() == few
