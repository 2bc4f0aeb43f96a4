"""Asks every page many times, one request after the other, and keeps what each cost."""

import random
import sys
from dataclasses import dataclass

from accounts.models import RoleGrant, User
from bench.client import Costs, Person
from bench.pages import PAGES, Page

WARM_UP = 5


@dataclass(frozen=True)
class Measured:
    """A page and its costs; `problem` when it did not answer as it should."""

    page: Page
    costs: Costs
    problem: str = ""


def run(port: int, only: str, rounds: int, source: random.Random) -> list[Measured]:
    """All pages whose name contains `only`, and the floors."""
    people = {who: [Person(user, port) for user in users] for who, users in _cast().items()}
    found = []
    for page in PAGES:
        if only in page.name or page.name.startswith("floor"):
            found.append(_measure(page, people[page.who], rounds, source))
            print(f"  {page.name}: {_short(found[-1])}", file=sys.stderr)
    return found


def _cast() -> dict[str, list[User]]:
    """Who asks: two agents who see everything, one who sees their teams' records, a requester."""
    grants = RoleGrant.objects.filter(role="agent").order_by("user_id")
    wide = grants.filter(scope="all").values_list("user_id", flat=True)[20:22]
    narrow = grants.filter(scope="teams").values_list("user_id", flat=True)[2:3]
    agents = User.objects.in_bulk([*wide, *narrow])
    requester = User.objects.filter(grants=None).order_by("pk")[7:8]
    return {
        "agent": [agents[pk] for pk in wide],
        "scoped": [agents[pk] for pk in narrow],
        "requester": list(requester),
    }


def _measure(page: Page, people: list[Person], rounds: int, source: random.Random) -> Measured:
    costs = Costs()
    for person in people:
        person.connection.close()  # the server gives up on one that was idle; this opens it anew
    streams = [(person, page.requests(person.user, source)) for person in people]
    for index in range(WARM_UP + rounds):
        person, stream = streams[index % len(streams)]
        try:
            method, path, body = next(stream)
        except StopIteration:
            break
        status, content, headers, took = person.ask(method, path, body, headers=dict(page.headers))
        if status not in page.expects:
            return Measured(page, costs, f"{method} {path} answered {status}")
        if index >= WARM_UP:
            costs.wall.append(took)
            costs.cpu.append(float(headers["X-Cpu"]))
            costs.database.append(float(headers["X-Database-Cpu"]))
            costs.queries.append(int(headers["X-Sql"]))
            costs.size = len(content)
    return Measured(page, costs, "" if costs.wall else "nothing to ask")


def _short(found: Measured) -> str:
    if found.problem:
        return found.problem
    costs = found.costs
    work = costs.at(0.5, "cpu") + costs.at(0.5, "database")
    return f"{costs.at(0.5):.1f} ms, {work:.1f} ms of processor, {max(costs.queries)} queries"
