"""Instants that no calendar knows are refused with a reason, wherever somebody may enter them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from core.errors import ActionError
from incidents.actions import major, update
from sla.actions import publish
from sla.actions.outages import open_outage
from sla.book import read
from sla.models import Outage, Policy
from tests.factories import (
    make_agent,
    make_contract,
    make_service,
    make_team,
    make_user,
    open_incident,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "opened",
    ["0001-01-01T00:00", "1969-12-31T00:00", "2200-01-02T00:00", "9999-12-31T23:59"],
)
def test_what_if_says_which_times_it_knows(client, opened):
    client.force_login(make_agent(team=make_team()))
    asked = {"kind": "incident", "priority": "3", "opened": opened}
    answer = client.get("/desk/sla/what-if/", asked)
    assert (answer.status_code, "between 1990 and 2199" in answer.content.decode()) == (422, True)
    assert client.get("/desk/sla/what-if/", asked, headers={"HX-Request": "true"}).status_code < 500


@pytest.mark.parametrize("kind", ["unplanned", "planned"])
@pytest.mark.parametrize(("start", "end"), [(1, 2026), (1950, 2026), (2026, 9999)])
def test_an_outage_no_database_could_give_back_is_refused(kind, start, end):
    """The first was kept, and then no page that lists outages could be shown any more."""
    begins, ends = (datetime(year, 1, 1, tzinfo=UTC) for year in (start, end))
    with pytest.raises(ActionError):
        open_outage(make_service(), by=None, kind=kind, started_at=begins, ended_at=ends)
    assert not Outage.objects.exists()


def test_a_contract_until_the_last_day_there_is_has_no_end():
    contract = make_contract(make_service(), starts_on=date(2026, 1, 1), ends_on=date(9999, 12, 31))
    policy = Policy.objects.create(name_en="x", agreement="uc", contract=contract, position=99)
    row = publish(by=None)
    found = read(row.pk, 0, row.reach, row.data).policy(policy.pk)
    assert found is not None
    assert found.contract is not None
    assert found.contract.ends is None


def test_a_notice_promised_for_the_next_century_is_refused():
    """Its clock's goal would be more seconds than a row can hold."""
    lead = make_user(role="administrator")
    ticket = open_incident(by=lead)
    major.declare(ticket, by=lead, severity=1, why="모두 멈춤")
    for far in (datetime(9999, 12, 31, tzinfo=UTC), timezone.now() + timedelta(days=31)):
        with pytest.raises(ActionError, match="30 days"):
            update.publish(
                ticket, by=lead, stage="identified", condition="partial", text_ko="봅니다",
                next_update_at=far,
            )  # fmt: skip
