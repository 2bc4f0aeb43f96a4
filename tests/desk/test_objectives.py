"""The pages of service objectives: figures, outages, and who may enter them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sla.actions.objectives import save_objective
from sla.models import Calendar, Objective, Outage
from tests.factories import make_agent, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


def objective(**fields) -> Objective:
    values = {
        "service": make_service(),
        "kind": "availability",
        "target": "99.9",
        "calendar": Calendar.objects.get(key="always"),
        "starts_on": date(2026, 1, 1),
        **fields,
    }
    return save_objective(None, values, by=make_user(role="administrator"))


def typed(instant) -> str:
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_list_has_the_same_number_of_questions_for_one_and_thirty(client, language):
    agent = make_agent(team=make_team(), language=language)
    client.force_login(agent)
    objective()
    client.get(reverse("desk:sla_objectives"))  # what a first visit reads once
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("desk:sla_objectives"))
        assert page.status_code == 200
        counts.append(len(asked))
        for _number in range(29):
            objective()
    assert counts[0] == counts[1]


def test_the_team_enters_ends_corrects_and_withdraws_an_outage(client):
    team = make_team()
    service = make_service(team=team)
    kept = objective(service=service)
    client.force_login(make_agent(team=team))
    address = reverse("desk:sla_service", args=[service.pk])
    began = timezone.now() - timedelta(hours=2)
    answer = client.post(address, {"kind": "unplanned", "started_at": typed(began), "note": "회선"})
    assert answer.status_code == 302
    outage = Outage.objects.get()
    client.post(reverse("desk:outage_end", args=[outage.pk]))
    outage.refresh_from_db()
    assert outage.ended_at is not None
    corrected = {
        "kind": "degraded",
        "started_at": typed(began),
        "ended_at": typed(began + timedelta(minutes=30)),
    }
    assert (
        client.post(reverse("desk:outage_correct", args=[outage.pk]), corrected).status_code == 302
    )
    outage.refresh_from_db()
    assert (outage.kind, outage.note) == ("degraded", "")
    client.post(reverse("desk:outage_withdraw", args=[outage.pk]))
    page = client.get(address).content.decode()
    assert kept.service.name in page
    assert "is-withdrawn" in page


def test_a_refused_outage_keeps_what_was_typed(client):
    service = make_service()
    client.force_login(make_user(role="administrator"))
    data = {
        "kind": "unplanned",
        "started_at": typed(timezone.now() + timedelta(days=1)),
        "note": "내일의 장애",
    }
    page = client.post(reverse("desk:sla_service", args=[service.pk]), data)
    assert page.status_code == 422
    assert "내일의 장애" in page.content.decode()
    assert not Outage.objects.exists()


def test_others_read_but_have_no_form_and_may_not_post(client):
    service = make_service(team=make_team())
    client.force_login(make_agent(team=make_team()))
    address = reverse("desk:sla_service", args=[service.pk])
    assert "outage-form" not in client.get(address).content.decode()
    refused = client.post(address, {"kind": "unplanned", "started_at": typed(timezone.now())})
    assert refused.status_code in (403, 422)
    assert not Outage.objects.exists()
    client.force_login(make_user())
    assert client.get(address).status_code == 403


def test_a_month_with_an_outage_is_never_rounded_up_to_all(client):
    service = make_service()
    objective(service=service, starts_on=timezone.localdate().replace(day=1))
    now = timezone.now()
    Outage.objects.create(
        service=service,
        kind="unplanned",
        started_at=now - timedelta(seconds=1),
        ended_at=now,
    )
    client.force_login(make_agent(team=make_team()))
    page = client.get(reverse("desk:sla_objectives")).content.decode()
    assert "100 %" not in page
