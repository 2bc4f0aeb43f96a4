"""The morning on which the VPN was down: one incident, and everybody's reports of it below."""

from datetime import datetime, time, timedelta
from typing import Any

from demo import major
from demo.life import Life
from demo.major import Family
from demo.rhythm import SEOUL
from demo.year import Year
from tickets.enums import Channel
from tickets.history import Place

CHILDREN = 38


def instants(year: Year) -> list[datetime]:
    """When the parent and its children are opened."""
    begins = datetime.combine(year.outage_day, time(9, 7), SEOUL)
    reports = sorted(begins + timedelta(minutes=year.rng.uniform(-2, 95)) for _ in range(CHILDREN))
    return [begins, *reports]


def happen(year: Year, openings: list[datetime], places: list[Place]) -> Family:
    """The network team finds the cause; children follow their parent's start and resolution."""
    here, texts = year.organisation, year.texts["outage"]
    network = here.members["network"]
    engineer = here.people["engineer"]
    lead = here.teams["network"].lead or engineer
    parent = _open(year, openings[0], places[0], texts["ko"]["title"], texts["ko"]["text"], 1, lead)
    parent.assign(openings[0] + timedelta(minutes=2), lead, to=engineer)
    parent.start(openings[0] + timedelta(minutes=3), engineer)
    response = major.past(year, parent, openings[0])
    parent.note(openings[0] + timedelta(minutes=21), engineer, texts["ko"]["notes"][0])
    parent.reply(openings[0] + timedelta(minutes=24), lead, texts["ko"]["reply"])
    parent.note(openings[0] + timedelta(minutes=52), engineer, texts["ko"]["notes"][1])
    solved = openings[0] + timedelta(minutes=125)
    major.past_ends(year, response, openings[0], solved)
    children = []
    for at, place in zip(openings[1:], places[1:], strict=True):
        requester = year.rng.choice(here.staff)
        language = "en" if requester.language == "en" else "ko"
        words = texts[language]
        title = year.rng.choice(words["children"])
        child = _open(year, at, place, title, words["child_text"], 3, requester)
        agent = year.rng.choice(here.members["service-desk"])
        child.assign(
            at + timedelta(minutes=year.rng.uniform(2, 12)), agent,
            team=here.teams["network"].pk, to=year.rng.choice(network),
        )  # fmt: skip
        child.start(child.at + timedelta(minutes=1), engineer)
        child.resolve(solved, engineer, "fixed", "configuration", words["fix"])
        child.close(child.closes_at or solved, None)
        children.append(child)
    parent.resolve(solved, engineer, "fixed", "configuration", texts["ko"]["fix"])
    major.past_reviewed(year, response, solved)
    parent.close(solved + timedelta(days=3, hours=2), lead)
    return Family(parent, children)


def _open(
    year: Year, at: datetime, place: Place, title: str, text: str, impact: int, by: Any
) -> Life:
    here = year.organisation
    columns = {
        "title": title,
        "description": text,
        "impact": impact,
        "urgency": 1,
        "priority": year.matrix[impact, 1],
        "team": here.teams["network" if impact == 1 else "service-desk"].pk,
        "service": here.services["vpn"].pk,
        "category": here.categories["network-vpn"],
        "requester": by.pk,
        "channel": Channel.MONITORING if impact == 1 else Channel.PORTAL,
        "tags": ["vpn", "장애"] if impact == 1 else [],
    }
    return Life(year.now, year.lookups, at, columns, by=by, place=place)
