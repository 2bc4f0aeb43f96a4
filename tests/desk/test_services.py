"""The portfolio, a service's page and its editor: what they show, to whom, and what they refuse."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from cmdb.enums import ServiceStatus
from cmdb.models import Service
from sla.actions.outages import open_outage
from tests.factories import (
    make_agent,
    make_contract,
    make_item,
    make_service,
    make_team,
    make_user,
    open_incident,
)

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}
REQUIRED = {
    "name_en": "Mail",
    "status": "live",
    "criticality": "3",
    "cost_currency": "KRW",
    "cost_period": "month",
    "review_every": "12",
}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin():
    return make_user(role=Role.ADMINISTRATOR, language="en")


@pytest.fixture
def agent():
    return make_agent(language="en", team=make_team())


def text(response) -> str:
    return response.content.decode()


def test_the_portfolio_has_a_tab_for_each_state_and_says_what_counts(agent):
    owner = make_agent("소유자", roman_name="Owner")
    today = timezone.localdate()
    mail = make_service("Mail", owner=owner, review_due_on=today - timedelta(days=3))
    make_service("Next", status=ServiceStatus.PIPELINE)
    old = make_service("Old", status=ServiceStatus.RETIRED)
    mail.depends_on.add(old)
    open_incident(service=mail, by=agent)
    open_outage(mail, by=None)
    page = text(signed_in(agent).get("/services/"))
    for shown in ("Mail", "Down", "Overdue", "Owner", "f.service="):
        assert shown in page, shown
    assert ">Next<" not in page
    assert ">Next<" in text(signed_in(agent).get("/services/?status=pipeline"))
    retired = text(signed_in(agent).get("/services/?status=retired"))
    assert "Still needed by: Mail" in retired


def test_filters_narrow_it_and_count_alike(agent):
    team = make_team()
    make_service("Mail", team=team, criticality=1, tags=["post"])
    make_service("Print")
    client = signed_in(agent)
    for query in (f"team={team.pk}", "criticality=1", "q=post", "review=none&q=mail"):
        page = text(client.get(f"/services/?{query}"))
        assert ">Mail<" in page
        assert ">Print<" not in page
    assert "No service fits" in text(client.get("/services/?q=nothing"))


@pytest.mark.parametrize(
    "query", ["after=x", "after=99999999999999999999", "team=x&review=x", "status=x", "q=%00"]
)
def test_nonsense_in_the_address_does_no_harm(agent, query):
    make_service("Mail")
    assert signed_in(agent).get(f"/services/?{query}").status_code == 200
    assert signed_in(agent).get(f"/cmdb/?{query}").status_code == 200
    assert signed_in(agent).get(f"/services/map/?{query}").status_code == 200


def test_pages_follow_each_other_by_name(agent):
    for n in range(60):
        make_service(f"Service {n:02}")
    client = signed_in(agent)
    first = client.get("/services/")
    after = first.context["page"].after
    second = client.get(f"/services/?after={after}")
    names = [row["name"] for page in (first, second) for row in page.context["page"].rows]
    assert names == sorted(names)
    assert len(set(names)) == 60


def test_the_file_holds_every_state_of_what_fits(agent):
    make_service("Mail")
    make_service("=Old", status=ServiceStatus.RETIRED)
    answer = signed_in(agent).get("/services/?format=csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(content.splitlines()) == 3
    assert "'=Old" in content


def fill(service: Service, count: int, agent) -> None:
    """So many more of everything that hangs on the service."""
    for n in range(count):
        upper, lower = make_service(owner=make_agent()), make_service()
        upper.depends_on.add(service)
        service.depends_on.add(lower)
        make_item().services.add(service)
        make_contract(service)
        open_incident(service=service, by=agent)
        service.reviews.create(by=agent, note=str(n))


PAGES = ["/services/", "/services/{slug}/", "/services/{slug}/edit/", "/services/map/?items=1",
         "/services/{slug}/map/", "/cmdb/"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_the_same_at_1_and_at_30_rows(agent, path):
    service, client, counts = make_service("Centre", owner=agent), signed_in(agent), []
    for more in (1, 29):
        fill(service, more, agent)
        at = path.format(slug=service.slug)
        client.get(at)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1], counts


def test_the_page_says_what_is_written_and_what_is_to_be_mended(agent):
    gone = make_agent("떠난이", roman_name="Gone", is_active=False)
    old = make_service("Old", status=ServiceStatus.RETIRED)
    service = make_service(
        "Mail",
        owner=gone,
        hours_ko="평일",
        description_en="One\n\nTwo <script>",
        review_due_on=timezone.localdate() - timedelta(days=1),
        cost_amount=5000,
        cost_unit_en="mailbox",
    )
    service.depends_on.add(old)
    page = text(signed_in(agent).get(f"/services/{service.slug}/"))
    for shown in (
        "The owner has left: Gone.",
        "It needs services that are retired: Old.",
        "The review was due",
        "Not written yet: ",
        "In Korean only",
        "Two &lt;script&gt;",
        "5,000 KRW · per month · for one: mailbox",
    ):
        assert shown in page, shown
    back = text(signed_in(agent).get(f"/services/{old.slug}/"))
    assert "It is retired, but still needed by: Mail." in back


def test_only_records_that_the_reader_may_see_are_named_and_counted(agent):
    service = make_service("Mail")
    secret = open_incident(
        "Secret", by=make_agent(), service=service, team=make_team(), restricted=True
    )
    for path in ("/services/", f"/services/{service.slug}/"):
        page = text(signed_in(agent).get(path))
        assert secret.number not in page
        assert "f.kind=incident&amp;" not in page


ROWS = [
    ("/services/", {"owner", "administrator", "agent", "auditor"}),
    ("/services/map/", {"owner", "administrator", "agent", "auditor"}),
    ("/services/{slug}/", {"owner", "administrator", "agent", "auditor"}),
    ("/services/{slug}/map/", {"owner", "administrator", "agent", "auditor"}),
    ("/services/{slug}/edit/", {"owner", "administrator"}),
    ("POST /services/{slug}/review/", {"owner", "administrator"}),
    ("/services/new/", {"administrator"}),
    ("/cmdb/", {"owner", "administrator", "agent", "auditor"}),
    ("/cmdb/ci/{item}/", {"owner", "administrator", "agent", "auditor"}),
    ("/cmdb/ci/{item}/map/", {"owner", "administrator", "agent", "auditor"}),
    ("/cmdb/ci/{item}/edit/", {"administrator"}),
    ("/cmdb/ci/new/", {"administrator"}),
    ("POST /cmdb/ci/{item}/relations/", {"administrator"}),
]


@pytest.mark.parametrize(("path", "allowed"), ROWS)
def test_who_may_open_what(path, allowed, admin):
    people = {
        "owner": make_agent(role=Role.SERVICE_OWNER),
        "administrator": admin,
        "agent": make_agent(),
        "auditor": make_user(role=Role.AUDITOR),
        "requester": make_user(),
    }
    service, item = make_service(owner=people["owner"]), make_item()
    other = make_item()
    verb, _space, at = path.rpartition(" ")
    at = at.format(slug=service.slug, item=item.pk)
    opened = set()
    for role, user in people.items():
        client = signed_in(user)
        sent = {"says": "out:runs_on", "other": other.pk}
        answer = client.post(at, sent) if verb else client.get(at)
        if answer.status_code in (200, 302):
            opened.add(role)
        else:
            assert answer.status_code == 403
    assert opened == allowed


def test_the_editor_keeps_everything_and_an_owner_lacks_two_fields(admin):
    owner = make_agent(role=Role.SERVICE_OWNER, language="en")
    service = make_service("Mail", owner=owner)
    own = signed_in(owner).get(f"/services/{service.slug}/edit/")
    assert {"owner", "criticality"}.isdisjoint(own.context["form"].fields)
    sent = REQUIRED | {"name_ko": "메일", "synonyms_ko": "이메일, 아웃룩", "cost_amount": "10.5"}
    assert signed_in(owner).post(f"/services/{service.slug}/edit/", sent).status_code == 302
    service.refresh_from_db()
    assert (service.name_ko, service.synonyms_ko, service.owner) == (
        "메일",
        ["이메일", "아웃룩"],
        owner,
    )
    assert signed_in(admin).post(f"/services/{service.slug}/edit/", sent).status_code == 302
    service.refresh_from_db()
    assert service.owner is None


def test_a_refusal_keeps_what_was_typed_and_stands_at_its_field(admin):
    a, b = make_service("Alpha"), make_service("Beta")
    b.depends_on.add(a)
    client = signed_in(admin)
    sent = REQUIRED | {"name_en": "Alpha", "summary_en": "typed", "depends_on": [b.pk]}
    answer = client.post(f"/services/{a.slug}/edit/", sent)
    assert answer.status_code == 422
    assert "Alpha → Beta → Alpha" in text(answer)
    assert 'value="typed"' in text(answer)
    answer = client.post("/services/new/", REQUIRED | {"name_en": "BETA"})
    assert "Another service has this name." in text(answer)
    assert client.post("/services/new/", REQUIRED | {"review_every": "99"}).status_code == 422


def test_retiring_a_service_that_is_still_needed_warns_and_names(admin):
    old, new = make_service("Old"), make_service("New")
    new.depends_on.add(old)
    sent = REQUIRED | {"name_en": "Old", "status": "retired"}
    answer = signed_in(admin).post(f"/services/{old.slug}/edit/", sent, follow=True)
    assert "These services still need it: New." in text(answer)


def test_a_review_is_marked_with_its_note(admin):
    service = make_service("Mail", owner=admin)
    client = signed_in(admin)
    client.post(f"/services/{service.slug}/review/", {"note": "all right"})
    assert "all right" in text(client.get(f"/services/{service.slug}/"))
    service.refresh_from_db()
    assert service.reviewed_by == admin
    too_long = client.post(f"/services/{service.slug}/review/", {"note": "x" * 1001})
    assert too_long.status_code == 422


def test_addresses_with_korean_parts_and_unknown_ones(agent):
    service = make_service("메일")
    Service.objects.update(slug="메일-서비스")
    service.refresh_from_db()
    client = signed_in(agent)
    assert client.get(f"/services/{service.slug}/").status_code == 200
    assert client.get("/services/nothing/").status_code == 404
    assert client.get("/cmdb/ci/999999/").status_code == 404


def test_the_map_is_a_picture_and_the_same_as_a_table(agent):
    mail, disk = make_service("Mail"), make_service("Storage & <b>")
    mail.depends_on.add(disk)
    make_service("Alone")
    open_outage(disk, by=None)
    answer = signed_in(agent).get("/services/map/")
    page = text(answer)
    shown = answer.context["map"]
    assert [box["name"] for box in shown.boxes] == ["Mail", "Storage & <b>"]
    assert [row["name"] for row in shown.lone] == ["Alone"]
    assert "<b>" not in page
    assert "Storage &amp; &lt;b&gt;, Down" in page
    assert f'data-down="service-{disk.pk}"' in page
    assert {row["name"] for row in shown.rows} == {"Mail", "Storage & <b>", "Alone"}


def test_the_map_around_one_keeps_to_the_ways_and_steps_asked_for(agent):
    a, b, c = (make_service(name) for name in ("Alpha", "Beta", "Gamma"))
    a.depends_on.add(b)
    b.depends_on.add(c)
    make_item("host").services.add(b)
    client = signed_in(agent)

    def names(query: str) -> set[str]:
        shown = client.get(f"/services/{b.slug}/map/?{query}").context["map"]
        return {box["name"] for box in shown.boxes} | {row["name"] for row in shown.lone}

    assert names("") == {"Alpha", "Beta", "Gamma", "host"}
    assert names("way=up") == {"Alpha", "Beta"}
    assert names("way=down") == {"Beta", "Gamma"}
    assert names("way=down&items=1") == {"Beta", "Gamma", "host"}
    first = client.get(f"/services/{a.slug}/map/?depth=1").context["map"]
    assert {box["name"] for box in first.boxes} == {"Alpha", "Beta"}


def test_an_items_page_says_what_fails_with_it_and_relations_from_both_ends(admin):
    service, server, disk = make_service("Mail"), make_item("server"), make_item("disk")
    server.services.add(service)
    client = signed_in(admin)
    client.post(f"/cmdb/ci/{server.pk}/relations/", {"says": "in:part_of", "other": disk.pk})
    incident = open_incident(by=admin, items=[server])
    page = client.get(f"/cmdb/ci/{disk.pk}/")
    assert [row["name"] for row in page.context["up"]] == ["server", "Mail"]
    assert page.context["up"][0]["open"] == 1
    assert [row["says"] for row in page.context["relations"]] == ["is part of"]
    other = client.get(f"/cmdb/ci/{server.pk}/")
    assert [row["says"] for row in other.context["relations"]] == ["contains"]
    assert incident.number in text(other)
    (relation,) = other.context["relations"]
    client.post(f"/cmdb/ci/{server.pk}/relations/{relation['pk']}/drop/")
    assert client.get(f"/cmdb/ci/{disk.pk}/").context["up"] == []
    to_itself = {"says": "out:runs_on", "other": disk.pk}
    assert client.post(f"/cmdb/ci/{disk.pk}/relations/", to_itself).status_code == 422


def test_items_are_added_changed_and_filtered(admin):
    client = signed_in(admin)
    service = make_service("Mail")
    sent = {"name": "host-a", "type": "server", "status": "in_use", "services": [service.pk]}
    assert client.post("/cmdb/ci/new/", sent).status_code == 302
    assert client.post("/cmdb/ci/new/", sent).status_code == 422
    make_item("host-b", type="printer")
    for query in ("type=server", f"service={service.pk}", "q=host-a"):
        rows = client.get(f"/cmdb/?{query}").context["page"].rows
        assert [row["name"] for row in rows] == ["host-a"], query


def test_an_items_page_asks_the_same_however_much_fails_with_it(admin):
    server, client, counts = make_item("server"), signed_in(admin), []
    for more in (1, 29):
        for _ in range(more):
            item, service = make_item(), make_service()
            item.services.add(service)
            item.relations_out.create(target=server, type="runs_on")
            open_incident(by=admin, items=[server], service=service)
        client.get(f"/cmdb/ci/{server.pk}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/cmdb/ci/{server.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[1], counts
