"""From a policy to people: who would approve this, in which order, and why (rules.md section 6).

Nobody approves what they ask for: whoever is involved, or has left, is passed over for the next
one up (manager after manager, department after department), and the line says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.models import Department, Membership, RoleGrant, Team, User
from cmdb.models import Service
from core.errors import ActionError
from core.models import pick
from tickets.approvals import final_at, holds
from tickets.enums import DecidedBy, StageKind
from tickets.models import ApprovalPolicy

Selector = Mapping[str, Any]
# However long a chain of managers is, it is followed so far.
HIGHEST = 20


@dataclass(frozen=True)
class Subject:
    """What is to be approved. `involved`: ids of those who ask for it, benefit or carry it out."""

    requester: User
    service: Service | None = None
    involved: frozenset[int] = frozenset()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chair:
    """A person of a stage, and the selector that chose them. `instead_of`: who was passed over."""

    user: User
    why: Selector
    instead_of: str = ""


@dataclass(frozen=True)
class Step:
    """A stage with its people. `final`: taken as approved by delegated authority (전결)."""

    name_ko: str
    name_en: str
    kind: str
    decided_by: str
    share: int
    days: int | None
    remind: int | None
    chairs: tuple[Chair, ...]
    final: bool = False

    @property
    def name(self) -> str:
        return pick(self.name_ko, self.name_en) or str(StageKind(self.kind).label)


@dataclass(frozen=True)
class Line:
    """The approval line of one subject. `final`: the rule of delegated final approval, or {}."""

    policy: ApprovalPolicy | None
    steps: tuple[Step, ...] = ()
    final: Mapping[str, Any] = field(default_factory=dict)

    @property
    def final_name(self) -> str:
        name = self.final.get("name") or {}
        return pick(name.get("ko", ""), name.get("en", ""))


def line_for(policy: ApprovalPolicy | None, subject: Subject) -> Line:
    """The line that the policy makes of the subject; without steps where none is needed.

    ActionError when a stage has nobody who could decide, not even by the fallback.
    """
    if policy is None or not policy.is_active:
        return Line(policy)
    wanted = [
        stage for stage in policy.data.get("stages", ()) if holds(stage.get("if"), subject.facts)
    ]
    steps = [_step(stage, policy, subject) for stage in wanted]
    rule = final_at(policy.data.get("finals", ()), subject.facts)
    last = _last(policy, wanted, rule) if rule else len(steps)
    if last >= len(steps) - 1:
        rule = {}
    kept = [
        Step(**{**vars(step), "final": bool(rule) and position > last})
        for position, step in enumerate(steps)
    ]
    return Line(policy, tuple(_once_in_a_row(kept)), rule)


def _last(policy: ApprovalPolicy, wanted: list[Any], rule: Mapping[str, Any]) -> int:
    """Where in the line the rule's stage stands, among those that apply."""
    limit = int(rule.get("stage", 0))
    before = policy.data["stages"][: limit + 1]
    return max(0, sum(stage in before for stage in wanted) - 1)


def _once_in_a_row(steps: list[Step]) -> list[Step]:
    """One person alone in two stages running decides once, in the later of them."""
    kept: list[Step] = []
    for step in steps:
        alone = {chair.user.pk for chair in step.chairs}
        if kept and not step.final and len(alone) == 1:
            before = {chair.user.pk for chair in kept[-1].chairs}
            if before == alone:
                kept.pop()
        kept.append(step)
    return kept


def _step(stage: Mapping[str, Any], policy: ApprovalPolicy, subject: Subject) -> Step:
    name = stage.get("name") or {}
    chairs = _chairs(stage.get("who", ()), subject)
    chairs = chairs or _chairs(policy.data.get("fallback", ()), subject)
    if not chairs:
        raise ActionError(
            _(
                "Nobody can decide the stage “%(stage)s” of “%(policy)s”. "
                "Ask an administrator to name somebody."
            )
            % {
                "stage": pick(name.get("ko", ""), name.get("en", ""))
                or StageKind(stage.get("kind", StageKind.APPROVE)).label,
                "policy": policy.name,
            },
            code="nobody_approves",
        )
    return Step(
        name_ko=name.get("ko", ""),
        name_en=name.get("en", ""),
        kind=stage.get("kind", StageKind.APPROVE),
        decided_by=stage.get("decided_by", DecidedBy.FIRST),
        share=int(stage.get("share") or 100),
        days=stage.get("days"),
        remind=stage.get("remind"),
        chairs=tuple(chairs),
    )


def _chairs(selectors: Iterable[Selector], subject: Subject) -> list[Chair]:
    chairs: dict[int, Chair] = {}
    for selector in selectors:
        for user, passed in _FINDERS[selector["type"]](selector, subject):
            chairs.setdefault(user.pk, Chair(user, dict(selector), passed))
    return list(chairs.values())


Found = Iterable[tuple[User, str]]


def _fits(user: User | None, subject: Subject) -> bool:
    return (
        user is not None
        and user.is_active
        and not user.is_machine
        and user.pk not in subject.involved
    )


def _climb(user: User | None, subject: Subject) -> Found:
    """The person, or the first one above them who may decide."""
    passed, seen = "", set()
    for _level in range(HIGHEST):
        if user is None or user.pk in seen:
            return
        if _fits(user, subject):
            yield user, passed
            return
        seen.add(user.pk)
        passed = passed or user.name
        user = user.manager or _head_above(user)


def _head_above(user: User) -> User | None:
    department = user.department
    while department is not None:
        if department.manager_id is not None and department.manager_id != user.pk:
            return department.manager
        department = department.parent
    return None


def _person(selector: Selector, subject: Subject) -> Found:
    return _climb(User.objects.filter(pk=selector["id"]).first(), subject)


def _manager(selector: Selector, subject: Subject) -> Found:
    user: User | None = subject.requester
    for _level in range(min(int(selector.get("level") or 1), HIGHEST)):
        above = (user.manager or _head_above(user)) if user is not None else None
        if above is None:
            break  # nobody stands that high: the highest there is
        user = above
    return _climb(user if user != subject.requester else None, subject)


def _head(selector: Selector, subject: Subject) -> Found:
    department: Department | None = subject.requester.department
    for _level in range(min(int(selector.get("level") or 0), HIGHEST)):
        if department is None or department.parent is None:
            break
        department = department.parent
    while department is not None and department.manager_id is None:
        department = department.parent
    return _climb(department.manager if department is not None else None, subject)


def _role(selector: Selector, subject: Subject) -> Found:
    if selector.get("role") not in Role.values:
        return
    grants = RoleGrant.objects.filter(role=selector["role"]).select_related("user")
    for grant in grants.order_by("user_id"):
        if _fits(grant.user, subject):
            yield grant.user, ""


def _team(selector: Selector, subject: Subject) -> Found:
    memberships = Membership.objects.filter(team_id=selector["id"]).select_related("user")
    for membership in memberships.order_by("user_id"):
        if _fits(membership.user, subject):
            yield membership.user, ""


def _team_lead(selector: Selector, subject: Subject) -> Found:
    team = Team.objects.filter(pk=selector["id"]).select_related("lead").first()
    return _climb(team.lead if team else None, subject)


def _service_owner(selector: Selector, subject: Subject) -> Found:
    return _climb(subject.service.owner if subject.service else None, subject)


_FINDERS: dict[str, Callable[[Selector, Subject], Found]] = {
    "person": _person,
    "manager": _manager,
    "head": _head,
    "role": _role,
    "team": _team,
    "team_lead": _team_lead,
    "service_owner": _service_owner,
}
SELECTORS = frozenset(_FINDERS)


def as_text(selector: Selector) -> str:
    """Why somebody is in a line, in the reader's language: “manager of the requester”."""
    kind = selector.get("type")
    if kind == "manager":
        level = int(selector.get("level") or 1)
        if level == 1:
            return _("manager of the requester")
        return _("manager of the requester, %(level)s levels up") % {"level": level}
    if kind == "head":
        level = int(selector.get("level") or 0)
        if level == 0:
            return _("head of the requester’s department")
        said = ngettext(
            "head of the department %(level)s level above",
            "head of the department %(level)s levels above",
            level,
        )
        return said % {"level": level}
    if kind == "role":
        return str(Role(selector["role"]).label) if selector.get("role") in Role.values else ""
    if kind in ("team", "team_lead"):
        team = Team.objects.filter(pk=selector.get("id") or 0).first()
        name = team.name if team else ""
        return name if kind == "team" else _("lead of %(team)s") % {"team": name}
    return {"person": _("named in the policy"), "service_owner": _("owner of the service")}.get(
        str(kind), ""
    )


def replacement(user: User, policy: ApprovalPolicy | None, subject: Subject) -> User | None:
    """Who decides instead of somebody that left: the next one up, the fallback, or an admin."""
    for found, _passed in _climb(user.manager or _head_above(user), subject):
        return found
    fallback = policy.data.get("fallback", ()) if policy is not None else ()
    administrators = {"type": "role", "role": Role.ADMINISTRATOR}
    chairs = _chairs([*fallback, administrators], subject)
    return chairs[0].user if chairs else None
