"""Makes the demo organisation itself: people, teams, services, items, texts, sign-ins."""

import random
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.enums import Role, Scope
from accounts.models import Department, Membership, RoleGrant, Team, User
from cmdb.enums import ItemType, RelationType
from cmdb.models import ConfigurationItem, Relation, Service
from core import options
from demo import names
from tickets.models import CannedText, Category, RoutingRule, WorkTemplate

HERE = Path(__file__).parent
DOMAIN = "maru.example"
STAFF = 230
# Who can sign in: address, name, romanised, department, roles, teams, title, language.
SIGN_INS: tuple[tuple[str, str, str, str, tuple[str, ...], tuple[str, ...], str, str], ...] = (
    ("admin", "한서윤", "Seoyoon Han", "it", ("administrator",), (), "정보기술본부장", "ko"),
    ("lead", "이현우", "Hyunwoo Lee", "it-service",
     ("team_lead", "agent", "knowledge_editor"), ("service-desk",),
     "서비스 데스크 팀장", "ko"),
    ("agent", "김지민", "Jimin Kim", "it-service", ("agent",), ("service-desk", "workplace"),
     "서비스 데스크 담당", "ko"),
    ("engineer", "Emily Carter", "", "it-infra", ("agent",), ("network",), "Network Engineer",
     "en"),
    ("manager", "박소영", "Soyoung Park", "sales", ("manager",), (), "영업본부장", "ko"),
    ("auditor", "최영호", "Youngho Choi", "legal", ("auditor",), (), "내부감사 차장", "ko"),
    ("user", "정다은", "Daeun Jung", "sales-domestic", (), (), "대리", "ko"),
    ("guest", "Daniel Weber", "", "sales-global", (), (), "Account Manager", "en"),
)  # fmt: skip


@dataclass
class Organisation:
    """Everybody and everything by key. `staff` are those who report incidents."""

    people: dict[str, User] = field(default_factory=dict)
    staff: list[User] = field(default_factory=list)
    joined: dict[int, datetime] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    members: dict[str, list[User]] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    offerings: dict[str, int] = field(default_factory=dict)
    items: dict[str, list[int]] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)


def stories() -> dict[str, Any]:
    """The texts of the demo organisation."""
    return tomllib.loads((HERE / "stories.toml").read_text(encoding="utf-8"))


def make(rng: random.Random, now: datetime, password: str) -> Organisation:
    """Everything but records. Call it inside a transaction."""
    plan = tomllib.loads((HERE / "organisation.toml").read_text(encoding="utf-8"))
    found = Organisation()
    departments = found.departments = _departments(plan["departments"])
    _people(found, rng, now, departments, password)
    _teams(found, rng, plan["teams"], departments)
    _managers(found, departments)
    _services(found, plan["services"], plan["needs"])
    _items(found, plan["items"])
    _computers(found)
    found.categories = dict(Category.objects.values_list("key", "pk"))
    _lists(found, stories())
    options.put("organisation", plan["name"])
    options.put("default_team", found.teams["service-desk"].pk)
    return found


def _departments(plan: dict[str, list[str]]) -> dict[str, Department]:
    made: dict[str, Department] = {}
    for key, (ko, en, above) in plan.items():
        made[key] = Department.objects.create(name_ko=ko, name_en=en, parent=made.get(above))
    return made


def _people(
    found: Organisation,
    rng: random.Random,
    now: datetime,
    departments: dict[str, Department],
    password: str,
) -> None:
    taken = {name for _key, name, *_rest in SIGN_INS}
    known = make_password(password)
    rows = [
        User(
            email=f"{key}@{DOMAIN}",
            display_name=name,
            roman_name=roman,
            department=departments[department],
            job_title=title,
            language=language,
            password=known,
            is_staff="administrator" in roles,
            is_superuser="administrator" in roles,
            employee_no=f"M{1001 + number}",
            extension=str(2001 + number),
            location="본사 7층",
        )
        for number, (key, name, roman, department, roles, _teams, title, language) in enumerate(
            SIGN_INS
        )
    ]
    places = [key for key in departments if key != "company"]
    foreign = [name for name in names.FOREIGN if name not in taken]
    while len(rows) < STAFF:
        rows.append(_employee(rng, rows, taken, departments[rng.choice(places)], foreign))
    made = User.objects.bulk_create(rows)
    found.people = {user.email.partition("@")[0]: user for user in made}
    newcomers = rng.sample(range(60, STAFF), 14)
    for index, user in enumerate(made):
        found.joined[user.pk] = now - timedelta(days=2000)
        if index in newcomers:
            found.joined[user.pk] = now - timedelta(days=rng.choice((88, 89, 91)))
    RoleGrant.objects.bulk_create(
        RoleGrant(user=found.people[key], role=role, scope=Scope.ALL)
        for key, _n, _r, _d, roles, *_rest in SIGN_INS
        for role in roles
    )


def _employee(
    rng: random.Random,
    rows: list[User],
    taken: set[str],
    department: Department,
    foreign: list[str],
) -> User:
    number = len(rows)
    if foreign and rng.random() < 0.08:
        name, roman, language = foreign.pop(), "", "en"
        local = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    else:
        (name, roman), language = names.korean(rng, taken), "ko"
        given, family = roman.lower().split(" ")
        local = f"{given}.{family}"
    if any(user.email.startswith(f"{local}@") for user in rows):
        local = f"{local}{number}"
    floor = rng.choice((5, 6, 7, 8, 9, 10))
    return User(
        email=f"{local}@{DOMAIN}",
        display_name=name,
        roman_name=roman,
        department=department,
        job_title=rng.choice(names.GRADES) if language == "ko" else "Specialist",
        language=language,
        password=make_password(None),
        employee_no=f"M{1001 + number}",
        phone=f"010-0000-{rng.randrange(10_000):04d}",
        extension=str(2001 + number),
        location="부산공장" if department.name_en == "Busan Plant" else f"본사 {floor}층",
        is_vip=rng.random() < 0.02,
    )


def _teams(
    found: Organisation,
    rng: random.Random,
    plan: dict[str, list[Any]],
    departments: dict[str, Department],
) -> None:
    signed = {key for key, *_rest in SIGN_INS}
    free = [user for key, user in found.people.items() if key not in signed]
    grants, memberships = [], []
    for key, (ko, en, department, count, routing) in plan.items():
        team = Team.objects.create(
            slug=key, name_ko=ko, name_en=en, email=f"{key}@{DOMAIN}", routing=routing
        )
        members = [found.people[who] for who, *_a, teams, _t, _l in SIGN_INS if key in teams]
        hired = [free.pop(0) for _ in range(count - len(members))]
        for user in hired:
            user.department, user.job_title = departments[department], f"{ko} 담당"
            grants.append(RoleGrant(user=user, role=Role.AGENT, scope=Scope.ALL))
        User.objects.bulk_update(hired, ["department", "job_title"])
        members += hired
        team.lead = found.people["lead"] if key == "service-desk" else members[-1]
        team.save(update_fields=["lead"])
        if key != "service-desk":
            grants.append(RoleGrant(user=team.lead, role=Role.TEAM_LEAD, scope=Scope.TEAMS))
        memberships += [Membership(team=team, user=user) for user in members]
        found.teams[key], found.members[key] = team, members
    RoleGrant.objects.bulk_create(grants)
    Membership.objects.bulk_create(memberships)
    desk = {user.pk for members in found.members.values() for user in members}
    desk |= {found.people[key].pk for key in ("admin", "manager", "auditor")}
    found.staff = [user for user in found.people.values() if user.pk not in desk]
    rng.shuffle(found.staff)


def _managers(found: Organisation, departments: dict[str, Department]) -> None:
    """Each department is led by one of its members; everybody else reports to them."""
    people = sorted(found.people.values(), key=lambda user: user.pk)
    changed = []
    for department in departments.values():
        inside = [user for user in people if user.department_id == department.pk]
        if not inside:
            continue
        department.manager = _head(department, inside, found)
        for user in inside:
            if user is not department.manager:
                user.manager = department.manager
                changed.append(user)
    Department.objects.bulk_update(departments.values(), ["manager"])
    User.objects.bulk_update(changed, ["manager"])


def _head(department: Department, inside: list[User], found: Organisation) -> User:
    """The manager who can sign in leads both sales teams, so that somebody asks her."""
    manager = found.people["manager"]
    if manager.department in (department, department.parent):
        return manager
    return next((user for user in inside if user.is_superuser), inside[0])


def _services(found: Organisation, plan: dict[str, list[Any]], needs: dict[str, list[str]]) -> None:
    grants = []
    for key, (ko, en, team, criticality, about_ko, about_en) in plan.items():
        owner = found.teams[team].lead
        found.services[key] = Service.objects.create(
            slug=key,
            name_ko=ko,
            name_en=en,
            summary_ko=about_ko,
            summary_en=about_en,
            criticality=criticality,
            support_team=found.teams[team],
            owner=owner,
        )
        grants.append(RoleGrant(user=owner, role=Role.SERVICE_OWNER, scope=Scope.SERVICES))
    RoleGrant.objects.bulk_create(grants, ignore_conflicts=True)
    for key, below in needs.items():
        found.services[key].depends_on.set([found.services[other] for other in below])


def _items(found: Organisation, plan: dict[str, list[Any]]) -> None:
    made: dict[str, ConfigurationItem] = {}
    for name, (kind, location, services, _below) in plan.items():
        team = found.services[services[0]].support_team if services else found.teams["infra"]
        made[name] = ConfigurationItem.objects.create(
            name=name,
            type=kind,
            location=location,
            support_team=team,
            serial=f"SN-{len(made) + 40110:06d}",
        )
        made[name].services.set([found.services[key] for key in services])
        for key in services:
            found.items.setdefault(key, []).append(made[name].pk)
    Relation.objects.bulk_create(
        Relation(
            source=made[name],
            target=made[other],
            type=RelationType.CONNECTED_TO if plan[other][0] == "network" else RelationType.RUNS_ON,
        )
        for name, (_kind, _place, _services, below) in plan.items()
        for other in below
    )


def _computers(found: Organisation) -> None:
    """Everybody's own computer: what they ask to have repaired, or give back."""
    ConfigurationItem.objects.bulk_create(
        ConfigurationItem(
            name=f"NB-{number:04d}",
            type=ItemType.WORKSTATION,
            location=user.location,
            owner=user,
            support_team=found.services["workplace"].support_team,
            serial=f"SN-{50110 + number:06d}",
        )
        for number, user in enumerate(found.people.values(), 1)
    )


def _lists(found: Organisation, texts: dict[str, Any]) -> None:
    """Saved replies, task templates, routing rules, and what categories propose."""
    for position, (key, spec) in enumerate(texts["canned"].items(), 1):
        CannedText.objects.create(key=key, position=position, **spec)
    for position, (key, spec) in enumerate(texts["templates"].items(), 1):
        lines = []
        for line in spec["lines"]:
            kind, _colon, rest = line.partition(":")
            title, _bar, team = rest.partition("|")
            owner = found.teams[team].pk if team else None
            lines.append({"type": kind, "title": title, "team": owner})
        WorkTemplate.objects.create(
            key=key,
            position=position,
            kind="incident",
            name_ko=spec["name_ko"],
            name_en=spec["name_en"],
            for_major=key == "major-incident",
            lines=lines,
        )
    for story in texts["story"]:
        Category.objects.filter(key=story["category"], service=None).update(
            service=found.services[story["service"]]
        )
    RoutingRule.objects.create(
        position=1,
        kind="incident",
        category_id=found.categories["security"],
        team=found.teams["security"],
    )
    RoutingRule.objects.create(
        position=2, kind="incident", title_contains="VPN", team=found.teams["network"]
    )
