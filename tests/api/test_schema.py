"""The API keeps what its own description promises: its schema drives requests against it."""

from datetime import timedelta
from io import BytesIO

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from accounts.actions import rotas
from incidents import actions as major
from itsm.wsgi import application
from notifications.actions import save_announcement
from sla.actions.outages import open_outage
from sla.models import Book, Calendar, Objective, Policy
from tests.api.conftest import Api
from tests.approving import ask, away, stage
from tests.catalog.support import make_offering
from tests.factories import (
    make_agent,
    make_category,
    make_contract,
    make_item,
    make_rota,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
)
from tests.knowledge.support import publish, written
from tests.surveys.support import answered
from tickets import actions
from tickets.actions.attach import Upload
from tickets.enums import LinkType

CHECKED = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = 5


@pytest.fixture
def one_connection(db):
    """The whole test in one transaction: no request may give its connection back."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def described(one_connection, settings):
    """The schema as it is served, and an organisation with one record that has everything."""
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 0
    return schemathesis.openapi.from_wsgi("/api/schema/", application)


@pytest.fixture
def known(db):
    """An agent's token, and values that exist: of addresses, and of references in bodies."""
    agent = make_agent(team=(team := make_team()))
    service, item, category = make_service(), make_item(), make_category()
    ticket = open_incident(by=agent, service=service, items=[item])
    other = open_incident(by=agent)
    said = actions.comment(ticket, "x", by=agent)
    kept = actions.attach(ticket, Upload("a.txt", BytesIO(b"a"), 1), by=agent)
    task = actions.add_task(ticket, "x", by=agent)
    line = actions.add_check(ticket, "x", by=agent)
    contract = make_contract(service)
    rota = make_rota(team)
    begins = timezone.now()
    change = rotas.add_override(
        rota, user=agent, begins_at=begins, ends_at=begins + timedelta(days=1), by=agent
    )
    made = actions.link(ticket, LinkType.RELATED, other, by=agent)
    major.declare(ticket, by=None, why="x")
    entry = major.log(ticket, "x", by=agent)
    major.stand_down(ticket, by=None)
    action = major.add_review_action(ticket, "x", owner=agent, due_on=begins.date(), by=None)
    calendar = Calendar.objects.get(key="business")
    objective = Objective.objects.create(
        service=service,
        kind="availability",
        target=99,
        calendar=calendar,
        starts_on=begins.date(),
    )
    outage = open_outage(service, by=None, kind="degraded")
    announced = save_announcement({"title_en": "x"}, by=None)
    survey = answered(make_user(), 1, team=team)
    article = publish(written(by=agent))
    approval = ask(stage(agent), by=make_user())
    absence = away(agent, make_user())
    keys = {
        "approvals": approval.pk,
        "delegations": absence.pk,
        "comments": said.pk,
        "attachments": kept.pk,
        "checklist": line.pk,
        "links": made.pk,
        "watchers": agent.pk,
        "users": agent.pk,
        "teams": team.pk,
        "services": service.pk,
        "items": item.pk,
        "relations": item.relations_out.create(target=make_item(), type="runs_on").pk,
        "suppliers": contract.supplier_id,
        "contracts": contract.pk,
        "rotas": rota.pk,
        "log": entry.pk,
        "actions": action.pk,
        "calendars": calendar.pk,
        "policies": Policy.objects.values_list("pk", flat=True)[0],
        "agreements": Book.objects.values_list("pk", flat=True)[0],
        "objectives": objective.pk,
        "outages": outage.pk,
        "announcements": announced.pk,
        "surveys": survey.pk,
        "articles": article.pk,
        "offerings": make_offering().pk,
    }
    answers = resolution()
    references = {
        "requester": agent.email,
        "assignee": agent.pk,
        "to": absence.to_id,
        "seat": approval.stages.get().seats.get().pk,
        "user": agent.pk,
        "team": team.slug,
        "service": service.pk,
        "category": category.key,
        "items": [item.name],
        "mentions": [agent.pk],
        "ticket": other.number,
        "into": other.number,
        "comment": said.pk,
        "supplier": contract.supplier.slug,
        "calendar": calendar.key,
        "services": [service.pk],
        "owner": agent.pk,
        "commander": agent.pk,
        "person": agent.pk,
        "technical_team": team.pk,
        "depends_on": [],
        "support_team": team.slug,
        "contact_person": agent.pk,
        "target": item.name,
        "departments": [],
        "pending_reason": waiting_for_requester().key,
        "resolution_code": answers["resolution_code"].key,
        "cause_category": answers["cause_category"].pk,
    }
    addresses = {"number": ticket.number, "task": task.number, "id": keys}
    addresses["override_pk"] = change.pk
    addresses["day_pk"] = calendar.days.values_list("pk", flat=True)[0]
    return Api(agent), addresses, references


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_keeps_its_promises(described, known, subtests, mode):
    """What the schema allows is answered as it says; what it forbids is refused."""
    for found in described.get_all_operations():
        operation = found.ok()
        with subtests.test(operation.label):
            exercise(operation, mode, known)


def exercise(operation, mode, known):
    api, addresses, references = known
    checked = CHECKED if mode.is_positive else [*CHECKED, checks.negative_data_rejection]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case):
        if mode.is_positive:
            fill_in(case, addresses, references)
        case.call_and_validate(headers=api.headers, checks=checked)

    try:
        send()
    except Unsatisfiable:
        assert mode.is_negative  # nothing about this operation can be wrong


def fill_in(case, addresses, references):
    """What exists, in place of made-up references that would all be refused as unknown."""
    for name in case.path_parameters or {}:
        value = addresses[name]
        parts = case.path.split("/")
        folder = parts[parts.index(f"{{{name}}}") - 1]
        case.path_parameters[name] = value[folder] if isinstance(value, dict) else value
    if isinstance(case.body, dict):
        case.body |= {name: references[name] for name in references if case.body.get(name)}
    (case.query or {}).pop("cursor", None)
    (case.headers or {}).pop("If-Match", None)
