"""Duty rotas of the demo organisation: a week each, handed over on Monday morning."""

from datetime import datetime, time, timedelta

from accounts.actions import rotas
from demo.organisation import Organisation

# team, Korean, English
ROTAS = (
    ("network", "네트워크 당직", "Network on call"),
    ("infra", "서버 당직", "Servers on call"),
    ("service-desk", "서비스 데스크 당직", "Service desk on call"),
)


def make(here: Organisation, now: datetime) -> None:
    """Everybody of a team takes a turn; the next one is the deputy."""
    monday = (now - timedelta(days=70 + now.weekday())).date()
    admin = here.people["admin"]
    for key, name_ko, name_en in ROTAS:
        members = tuple(here.members[key])
        rotas.create_rota(
            here.teams[key],
            {"name_ko": name_ko, "name_en": name_en, "zone": "Asia/Seoul"},
            [
                rotas.LayerValues(monday, time(9), 7, members),
                rotas.LayerValues(monday, time(9), 7, (*members[1:], members[0]), rank=2),
            ],
            by=admin,
        )
