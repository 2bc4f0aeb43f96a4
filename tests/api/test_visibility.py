"""Who gets what from which address: one readable table, every address asked by everybody.

A dot: 404, as if there were no such record. The letter n: the internal note may be read.
"""

import pytest

from accounts.models import Membership, RoleGrant
from tests.api.conftest import Api
from tests.factories import (
    join,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

RECORDS = ("plain", "restricted", "shared")
# reader: what they may do with each of RECORDS – v: see · n: read notes · w: work
TABLE = {
    "agent of the team": ("vnw", "vnw", "vnw"),
    "agent for everything": ("vnw", ".", "vnw"),
    "agent of another team only": (".", ".", "."),
    "owner of the service": ("vnw", ".", "."),
    "auditor": ("vn", ".", "vn"),
    "manager": ("vn", ".", "vn"),
    "administrator": ("vnw", ".", "vnw"),
    "requester": ("v", "v", "v"),
    "watcher": ("v", "v", "v"),
    "colleague of a sharing department": (".", ".", "v"),
    "stranger": (".", ".", "."),
}
NOTE = "An internal note that no requester reads"


@pytest.fixture
def world(db):
    """The three records of the table, each with a note, and the people who ask."""
    team, elsewhere = make_team(), make_team()
    sharing = make_department(shares_records=True)
    worker = make_user(role="agent", scope="teams")
    join(team, worker)
    outsider = make_user(role="agent", scope="teams")
    join(elsewhere, outsider)
    owner = make_user(role="service_owner", scope="services")
    requester, watcher = make_user(), make_user()
    member = make_user(department=sharing)
    service = make_service(team=team, owner=owner)
    records = {
        "plain": open_incident(by=requester, service=service),
        "restricted": open_incident(by=requester, service=service),
        "shared": open_incident(by=member),
    }
    actions.assign(records["shared"], by=worker, team=team)
    actions.watch(records["shared"], requester, by=worker)
    for record in records.values():
        actions.watch(record, watcher, by=worker)
        actions.comment(record, NOTE, by=worker, visibility="internal")
    # Written straight: the action would name whoever restricts it.
    Ticket.objects.filter(pk=records["restricted"].pk).update(restricted=True)
    records["restricted"].refresh_from_db()
    people = {
        "agent of the team": worker,
        "agent for everything": make_user(role="agent"),
        "agent of another team only": outsider,
        "owner of the service": owner,
        "auditor": make_user(role="auditor"),
        "manager": make_user(role="manager"),
        "administrator": make_user(role="administrator"),
        "requester": requester,
        "watcher": watcher,
        "colleague of a sharing department": make_user(department=sharing),
        "stranger": make_user(),
    }
    assert Membership.objects.count() == 2
    assert RoleGrant.objects.count() == 7
    return records, people


@pytest.mark.slow
def test_every_address_keeps_to_the_table(world):
    records, people = world
    got = {}
    for reader, user in people.items():
        api = Api(user)
        got[reader] = tuple(rights(api, records[name]) for name in RECORDS)
    assert got == TABLE


def rights(api, record):
    """What the addresses of one record answer, in the letters of the table."""
    base = f"/tickets/{record.number}"
    seen = api.get(f"{base}/").status_code == 200
    listed = record.number in api.get("/tickets/?page_size=200").content.decode()
    counted = api.get(f"/tickets/?q={record.number}&count=1").json()["count"]
    assert (listed, counted) == (seen, int(seen))
    public = ("", "transitions/", "comments/", "attachments/", "links/", "watchers/", "events/")
    for end in public:
        answer = api.get(f"{base}/{end}")
        assert answer.status_code == (200 if seen else 404), end
    assert api.get(f"/incidents/{record.number}/").status_code == (200 if seen else 404)
    notes = NOTE in api.get(f"{base}/comments/").content.decode()
    for end in ("tasks/", "checklist/"):
        assert api.get(f"{base}/{end}").status_code == (200 if notes else 404), end
    works = api.patch(f"{base}/", {"impact": record.impact}).status_code
    assert works in ((200, 403) if seen else (404,))
    refused = 404 if not seen else 403
    for end, body in (
        ("comments/", {"body": "x", "visibility": "internal"}),
        ("assign/", {"assignee": None}),
        ("restriction/", {"restricted": record.restricted}),
        ("watchers/", {"user": record.team.memberships.get().user_id}),
    ):
        answer = api.post(f"{base}/{end}", body)
        if works != 200:
            assert answer.status_code == refused, (end, answer.content)
    if works != 200:
        reply = api.post(f"{base}/comments/", {"body": "x"}).status_code
        assert reply in ((201, 403) if seen else (404,))
    letters = "v" * seen + "n" * notes + "w" * (works == 200)
    return letters or "."


def test_a_note_reaches_no_requester_by_any_address(world):
    records, people = world
    for reader in ("requester", "watcher", "colleague of a sharing department"):
        api = Api(people[reader])
        for record in records.values():
            base = f"/tickets/{record.number}"
            for end in ("", "comments/", "events/", "attachments/", "links/", "watchers/"):
                assert NOTE not in api.get(f"{base}/{end}").content.decode()
        assert NOTE not in api.get("/tickets/?q=internal").content.decode()
    note = records["plain"].comments.get(visibility="internal")
    api = Api(people["requester"])
    assert api.delete(f"/tickets/{records['plain'].number}/comments/{note.pk}/").status_code == 404
