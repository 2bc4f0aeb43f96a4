"""What the demo organisation's people can ask for: services told in full, offerings, policies."""

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from catalog.actions import offerings as actions
from catalog.models import Offering, Shelf
from cmdb.models import Service
from demo import shortly
from demo.organisation import HERE, Organisation
from tickets.models import ApprovalPolicy

CURRENCY = "KRW"


def make(here: Organisation, now: datetime, articles: dict[str, int] | None = None) -> None:
    """Everything of the catalog. Inside the transaction that makes the organisation."""
    plan = tomllib.loads((HERE / "offerings.toml").read_text(encoding="utf-8"))
    _services(here, now)
    teams = {key: team.pk for key, team in here.teams.items()}
    policies = _policies(plan["policies"], teams)
    shelves = _shelves(plan["shelves"])
    made: dict[str, Offering] = {}
    for position, spec in enumerate(plan["offering"], 1):
        made[spec["key"]] = _create(spec, position, shelves, here)
    known = {key: offering.pk for key, offering in made.items()}
    for spec in sorted(plan["offering"], key=lambda spec: "bundle" in spec):
        data = _definition(spec, here, teams, policies, known, articles or {})
        actions.save_draft(made[spec["key"]], data, edition=None, by=None)
        actions.publish(made[spec["key"]], by=None)
    here.offerings = known


def _services(here: Organisation, now: datetime) -> None:
    facts = tomllib.loads((HERE / "services.toml").read_text(encoding="utf-8"))
    hours, policies = facts.pop("hours"), facts.pop("policies")
    today = now.date()
    for number, (key, about) in enumerate(facts.items()):
        service: Service = here.services[key]
        service.status = about.get("status", "live")
        service.description_ko, service.description_en = about["about"]
        service.users_ko, service.users_en, service.user_count = about["users"]
        service.hours_ko, service.hours_en = hours[about["hours"]]
        service.support_policy_ko, service.support_policy_en = policies[about["policy"]]
        service.synonyms_ko, service.synonyms_en = about["words"]
        if service.support_team is not None:
            service.contact_email = service.support_team.email
            service.contact_phone = "1004"
        if "cost" in about:
            _cost(service, about["cost"])
        # Most are looked through every year; a few are due, one has been forgotten.
        due = today + timedelta(days=(-40, 12, 45, 130, 200, 260, 310)[number % 7])
        service.review_every, service.review_due_on = 12, due if service.status == "live" else None
        service.save()


def _cost(service: Service, cost: list[Any]) -> None:
    service.cost_amount = Decimal(cost[0])
    service.cost_period, service.cost_currency = cost[1], CURRENCY
    service.cost_unit_ko, service.cost_unit_en = cost[2:4]
    service.paid_by_ko, service.paid_by_en = cost[4:6]


def _policies(plan: dict[str, Any], teams: dict[str, int]) -> dict[str, int]:
    made = {}
    for key, (ko, en, stages) in plan.items():
        data = {
            "stages": [shortly.stage(line, teams) for line in stages],
            "finals": [],
            "fallback": [{"type": "role", "role": "administrator"}],
        }
        if key == "spending":
            name = {"ko": "100만원 미만 팀장 전결", "en": "Below 1,000,000: the manager decides"}
            below = {"field": "amount", "is": "lt", "value": "1000000"}
            data["finals"] = [{"name": name, "if": below, "stage": 0}]
        policy = ApprovalPolicy.objects.create(name_ko=ko, name_en=en, kind="request", data=data)
        made[key] = policy.pk
    return made


def _shelves(plan: dict[str, Any]) -> dict[str, Shelf]:
    return {
        key: Shelf.objects.create(slug=key, name_ko=ko, name_en=en, icon=icon, position=position)
        for position, (key, (ko, en, icon)) in enumerate(plan.items(), 1)
    }


def _create(
    spec: dict[str, Any], position: int, shelves: dict[str, Shelf], here: Organisation
) -> Offering:
    values = {
        "slug": spec["key"],
        "name_ko": spec["name"][0],
        "name_en": spec["name"][1],
        "shelf": shelves[spec["shelf"]],
        "service": here.services[spec["service"]],
        "icon": spec["icon"],
        "position": position,
    }
    return actions.create(values, by=None)


def _definition(
    spec: dict[str, Any],
    here: Organisation,
    teams: dict[str, int],
    policies: dict[str, int],
    offerings: dict[str, int],
    articles: dict[str, int],
) -> dict[str, Any]:
    wanted = [articles[key] for key in spec.get("articles", ()) if key in articles]
    audience: dict[str, Any] = {"everybody": True}
    if "audience" in spec:
        audience = {"departments": [here.departments[key].pk for key in spec["audience"]]}
    return {
        "name": shortly.text(spec["name"]),
        "summary": shortly.text(spec["summary"]),
        "outcome": shortly.text(spec.get("outcome")),
        "synonyms": spec["words"],
        "form": {
            "sections": [
                {
                    "key": f"part{number}",
                    "title": shortly.text(section["title"]),
                    "fields": [shortly.question(line) for line in section["questions"]],
                }
                for number, section in enumerate(spec["sections"], 1)
            ]
        },
        "approval": {"policy": policies[spec["policy"]] if "policy" in spec else None},
        "tasks": [shortly.task(line, teams) for line in spec["tasks"]],
        "fulfil": "auto" if spec.get("auto") else "by_hand",
        "team": teams[spec["team"]],
        "impact": 3,
        "urgency": 3,
        "delivery_days": spec["days"],
        "price": {
            "amount": str(spec.get("price", 0)),
            "currency": CURRENCY,
            "period": spec.get("period", "once"),
            "payer": spec.get("payer", "nobody"),
        },
        "audience": audience,
        "articles": wanted,
        "bundle": [shortly.part(line, offerings) for line in spec.get("bundle", ())],
        "for_others": spec.get("others", False),
    }
