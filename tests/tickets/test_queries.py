"""Lists: filters read from an address, pages by key, rows at one price."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import (
    make_agent,
    make_category,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tickets import actions, queries
from tickets.filters import FIELDS, Filter, limits
from tickets.models import Ticket
from tickets.paging import SORTS, Order

pytestmark = pytest.mark.django_db


def matching(chosen: Filter, user):
    return chosen.apply(Ticket.objects.visible_to(user), user)


def page_of(chosen: Filter, user, size: int = 50):
    return chosen.order.page(matching(chosen, user), chosen.cursor, size)


def numbers(chosen: Filter, user) -> set[str]:
    return set(matching(chosen, user).values_list("number", flat=True))


def test_every_field_narrows_the_list_to_what_it_names():
    team, other = make_team(), make_team()
    agent = make_agent(team=team)
    service, category = make_service(), make_category()
    wanted = open_incident(
        "VPN is down", service=service, category=category, tags=["vpn"], by=agent, team=team
    )
    wanted = actions.assign(wanted, by=agent, assignee=agent)
    open_incident("Mail is slow", by=make_agent(), team=other)
    for query in (
        f"team={team.slug}",
        f"team={team.pk}",
        "team=@teams",
        "team=mine",
        "assignee=@me",
        f"assignee={agent.pk}",
        f"requester={agent.pk}",
        f"service={service.slug}",
        f"category={category.key}",
        "tag=vpn",
        "status=assigned",
        "phase=active",
        "text=vpn",
        f"text={wanted.number}",
    ):
        assert numbers(Filter.parse(QueryDict(query)), agent) == {wanted.number}, query
    assert len(numbers(Filter.parse(QueryDict("assignee=@none,@me")), agent)) == 2
    assert len(numbers(Filter.parse(QueryDict("opened=today&kind=incident&channel=system")), agent))


def test_what_means_nothing_is_named_and_left_out():
    query = QueryDict(
        "status=nonsense&priority=9&opened=soon&sort=colour&cursor=x&team=@them&assignee=x"
    )
    chosen = Filter.parse(query)
    assert not chosen.values
    assert [problem.name for problem in chosen.problems] == [
        "status", "priority", "team", "assignee", "opened", "sort", "cursor",
    ]  # fmt: skip


def test_tokens_stay_tokens_in_the_address():
    chosen = Filter.parse(QueryDict("assignee=me&team=mine&opened=7d&sort=-updated"))
    assert chosen.query() == "team=@teams&assignee=@me&opened=7d&sort=-updated"
    assert Filter.parse(QueryDict(chosen.query(prefix="f.")), prefix="f.") == chosen
    assert chosen.having(team=None, cursor="").query() == "assignee=@me&opened=7d&sort=-updated"


def test_spans_are_days_of_the_reader():
    start, end = limits("today")
    assert end - start == timedelta(days=1)
    assert start <= timezone.now() < end
    start, end = limits("2026-11-01..2026-11-02")
    assert (end - start).days == 2
    assert limits("2026-11-01..")[1] is None


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*FIELDS, "sort", "cursor", "view", "opened.from", "opened.to"]),
            st.text(max_size=30),
        ),
        max_size=6,
    )
)
def test_any_address_gives_a_list(pairs):
    query = QueryDict(mutable=True)
    for name, text in pairs:
        query.appendlist(name, text)
    user = make_agent()
    chosen = Filter.parse(query)
    page_of(chosen, user)
    again = Filter.parse(QueryDict(chosen.query()))
    assert dict(parse_qsl(again.query())) == dict(parse_qsl(chosen.query()))


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{key}" for key in SORTS)])
def test_pages_hold_every_row_once_in_order_forwards_and_back(sort):
    team = make_team()
    agent = make_agent(team=team)
    for index in range(11):
        ticket = open_incident(f"Title ~ {index % 3}", by=agent)
        if index % 2:
            actions.assign(ticket, by=agent, assignee=agent)
    same = timezone.now()
    Ticket.objects.update(opened_at=same, updated_at=same, resolved_at=same)
    expected = list(
        Order.of(sort).apply(Ticket.objects.visible_to(agent)).values_list("pk", flat=True)
    )
    seen: list[list[int]] = []
    chosen, cursor = Filter(sort=sort), ""
    while True:
        page = page_of(chosen.having(cursor=cursor), agent, size=4)
        seen.append([row["id"] for row in page.rows])
        if not page.next:
            break
        cursor = page.next
    assert [pk for rows in seen for pk in rows] == expected
    assert [len(rows) for rows in seen] == [4, 4, 3]
    back = page_of(chosen.having(cursor=page.prev), agent, size=4)
    assert [row["id"] for row in back.rows] == seen[1]
    first = page_of(chosen.having(cursor=back.prev), agent, size=4)
    assert [row["id"] for row in first.rows] == seen[0]
    assert not first.prev


def test_rows_are_ready_to_print_in_the_language_of_the_reader():
    agent = make_agent(team=make_team("네트워크"))
    open_incident(by=make_user("홍길동", roman_name="Gildong Hong"))
    values = Ticket.objects.visible_to(agent).values(*queries.ROW_FIELDS)
    (row,) = queries.rows(list(values))
    assert (row["team"], row["status_label"]) == ("네트워크", "New")
    assert (row["requester"], row["assignee"]) == ("Gildong Hong", "")
    with translation.override("ko"):
        (row,) = queries.rows(list(values))
    assert row["requester"] == "홍길동"


def test_rows_say_what_the_reader_has_seen_and_drafted():
    agent = make_agent(team=make_team())
    ticket = open_incident(by=make_user())

    def seen():
        found = queries.with_reader(Ticket.objects.visible_to(agent), agent)
        return found.values_list("seen", "has_draft").get()

    assert seen() == (None, False)
    actions.mark_seen(Ticket.objects.get(pk=ticket.pk), by=agent)
    actions.save_draft("reply", {"body": "One more"}, by=agent, ticket=ticket)
    assert seen() == (Ticket.objects.get(pk=ticket.pk).version, True)


def test_counting_stops_at_the_cap():
    agent = make_agent(team=make_team())
    for _index in range(3):
        open_incident()
    assert queries.capped_count(Ticket.objects.all(), cap=2) == 3
    assert queries.capped_count(matching(Filter(), agent)) == 3


def test_a_restricted_record_is_in_no_foreign_list_or_count():
    team, other = make_team(), make_team()
    owner, stranger = make_agent(team=team), make_agent(team=other)
    ticket = open_incident(by=owner, team=team)
    actions.restrict(ticket, True, by=owner)
    for query in ("", "restricted=1", f"text={ticket.number}", f"team={team.pk}"):
        chosen = Filter.parse(QueryDict(query))
        assert not page_of(chosen, stranger).rows
        assert queries.capped_count(matching(chosen, stranger)) == 0
        assert numbers(chosen, owner) == {ticket.number}
