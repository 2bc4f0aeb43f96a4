"""What a definition refers to, and whether that is still there to be used."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, Team, User
from catalog.definition import Definition, parse
from catalog.models import Offering
from catalog.problems import Problem, problems
from tickets.models import ApprovalPolicy


def all_problems(data: Any, offering: Offering | None = None) -> list[Problem]:
    """Everything that keeps a definition from being published."""
    return [*problems(data), *reference_problems(parse(data), offering)]


def reference_problems(definition: Definition, offering: Offering | None = None) -> list[Problem]:
    """References to what doesn't exist or is no longer used. The number of queries is constant."""
    found: list[Problem] = []
    teams = {task.team for task in definition.tasks} | {definition.team}
    audience = definition.audience
    known = _known(Team, [*teams, *_ids(audience, "teams")], is_active=True)
    gone = _("This team is gone or switched off. Choose another.")
    if definition.team is not None and definition.team not in known:
        found.append(Problem("team", gone))
    for n, task in enumerate(definition.tasks):
        if task.team is not None and task.team not in known:
            found.append(Problem(f"tasks.{n}.team", gone))
    if definition.policy is not None and not _known(
        ApprovalPolicy, [definition.policy], is_active=True
    ):
        message = _("This approval policy is gone or switched off. Choose another.")
        found.append(Problem("approval.policy", message))
    if not audience.get("everybody"):
        found += _audience(audience, known)
    return [*found, *_parts(definition, offering)]


def _audience(audience: Mapping[str, Any], teams: set[int]) -> Iterable[Problem]:
    for name, known in (
        ("departments", _known(Department, _ids(audience, "departments"))),
        ("teams", teams),
        ("people", _known(User, _ids(audience, "people"), is_active=True)),
        ("roles", set(Role.values)),
    ):
        if set(_ids(audience, name)) - known:
            message = _("Somebody or something that it is for is gone. Choose anew.")
            yield Problem(f"audience.{name}", message)


def _parts(definition: Definition, offering: Offering | None) -> Iterable[Problem]:
    if not definition.bundle:
        return
    own = offering.pk if offering else None
    # No part is a bundle itself: that keeps orders from going round in circles.
    rows = Offering.objects.filter(pk__in=[part.offering for part in definition.bundle])
    found = {
        pk: (offered and live is not None, bool(bundle))
        for pk, offered, live, bundle in rows.values_list(
            "pk", "is_active", "live_id", "live__data__bundle"
        )
    }
    for n, part in enumerate(definition.bundle):
        offered, is_bundle = found.get(part.offering, (False, False))
        place = f"bundle.{n}.offering"
        if part.offering == own:
            yield Problem(place, _("A bundle can't order itself."))
        elif not offered:
            yield Problem(place, _("This isn't offered now. Choose another."))
        elif is_bundle:
            yield Problem(place, _("This is a bundle itself. Choose its parts."))


def _ids(audience: Mapping[str, Any], name: str) -> list[Any]:
    given = audience.get(name)
    return [one for one in given if isinstance(one, int | str)] if isinstance(given, list) else []


def _known(model: Any, ids: Iterable[Any], **which: Any) -> set[Any]:
    wanted = [pk for pk in ids if isinstance(pk, int)]
    if not wanted:
        return set()
    return set(model.objects.filter(pk__in=wanted, **which).values_list("pk", flat=True))
