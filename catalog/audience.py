"""Who may ask for an offering: one rule for pages, lists, search, API and submitting. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from accounts.reach import Reach


def may_ask(
    audience: Mapping[str, Any], reach: Reach, departments: Collection[int] = (), teams: Any = None
) -> bool:
    """Whether the person is among those it is for.

    `departments`: theirs and those above it, since what is for a division is for its parts.
    `teams`: those they are a member of (of the reach when not given). An audience that says
    nothing is for everybody; nobody inactive asks for anything.
    """
    if not reach.user_id:
        return False
    if not audience or audience.get("everybody") is True:
        return True
    mine = set(departments) | ({reach.department_id} if reach.department_id else set())
    joined = reach.team_ids if teams is None else teams
    return bool(
        mine & _ids(audience, "departments")
        or set(joined) & _ids(audience, "teams")
        or {str(role) for role in reach.roles} & _ids(audience, "roles")
        or reach.user_id in _ids(audience, "people")
    )


def _ids(audience: Mapping[str, Any], name: str) -> set[Any]:
    given = audience.get(name)
    return (
        {one for one in given if isinstance(one, int | str)} if isinstance(given, list) else set()
    )
