"""A catalog and a knowledge base of a large organisation, made by the product's own actions."""

from accounts.enums import Role
from accounts.models import Department, RoleGrant, Team, User
from catalog.actions import offerings
from catalog.models import Offering, Shelf, Use
from cmdb.models import Service
from knowledge import actions as knowledge

SHELVES, OFFERINGS, ARTICLES = 10, 120, 200
THINGS = (
    ("노트북", "Laptop"), ("모니터", "Monitor"), ("VPN 접속", "VPN access"), ("계정", "Account"),
    ("메일 그룹", "Mail group"), ("프린터", "Printer"), ("회의실", "Meeting room"),
    ("공유 폴더", "Shared folder"), ("소프트웨어", "Software"), ("휴대전화", "Mobile phone"),
)  # fmt: skip


def fill_catalog() -> None:
    """Offerings on their shelves, some for one department only, and articles on each service."""
    services = list(Service.objects.order_by("pk"))
    shelves = [
        Shelf.objects.create(slug=f"shelf-{n}", name_ko=f"분류 {n}", name_en=f"Shelf {n}")
        for n in range(SHELVES)
    ]
    teams = list(Team.objects.order_by("pk").values_list("pk", flat=True))
    departments = list(Department.objects.order_by("pk").values_list("pk", flat=True))
    for n in range(OFFERINGS):
        team, department = teams[n % len(teams)], departments[n % len(departments)]
        made = _offer(n, shelves[n % SHELVES], services[n % len(services)], team, department)
        Use.objects.bulk_create(
            Use(department_id=each, offering=made, count=(n * each) % 17 + 1)
            for each in departments[n % 5 :: 5]
        )
    writer, reviewer = User.objects.order_by("pk")[:2]
    for user in (writer, reviewer):
        RoleGrant.objects.create(user=user, role=Role.KNOWLEDGE_EDITOR)
    for n in range(ARTICLES):
        _write(n, services[n % len(services)], writer, reviewer)


def _offer(n: int, shelf: Shelf, service: Service, team: int, department: int) -> Offering:
    ko, en = THINGS[n % len(THINGS)]
    data = {
        "name": {"ko": f"{ko} 신청 {n}", "en": f"{en} {n}"},
        "summary": {"ko": f"{ko} 사용을 신청합니다.", "en": f"Ask for: {en.lower()}."},
        "synonyms": f"{en.lower()}, 신청{n}",
        "delivery_days": n % 9 + 1,
        "team": team,
        "price": {"amount": str(n % 3 * 10_000), "currency": "KRW", "payer": "it"},
        "audience": {"departments": [department]} if n % 10 == 9 else {"everybody": True},
        "form": {
            "sections": [
                {
                    "key": "main",
                    "title": {"ko": "내용", "en": "Your request"},
                    "fields": [
                        {
                            "key": f"q{number}",
                            "type": "text",
                            "label": {"ko": f"질문 {number}", "en": f"Question {number}"},
                        }
                        for number in range(8)
                    ],
                }
            ]
        },
    }
    values = {"shelf": shelf, "service": service, "name_ko": f"{ko} {n}", "name_en": f"{en} {n}"}
    made = offerings.create(values, by=None, data=data)
    offerings.publish(made, by=None)
    Offering.objects.filter(pk=made.pk).update(asked_count=n * 37 % 101)
    return made


def _write(n: int, service: Service, writer: User, reviewer: User) -> None:
    ko, en = THINGS[n % len(THINGS)]
    text = f"{en} {n}: open the settings, choose the entry, sign in again.\n\n" * 12
    article = knowledge.create(
        {
            "title_ko": f"{ko} 문제 해결 {n}",
            "title_en": f"When {en.lower()} {n} does not work",
            "body_ko": f"{ko} 설정을 열고 다시 로그인합니다.\n\n" * 12,
            "body_en": text,
            "services": [service],
        },
        by=writer,
    )
    knowledge.move(article, "submit", by=writer)
    article.refresh_from_db()
    knowledge.move(article, "publish", by=reviewer)
