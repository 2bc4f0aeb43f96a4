"""Merging and splitting on the desk's pages, and where a merged record's addresses lead."""

from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.models import Ticket
from tickets.queries import merged_into

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def team() -> Any:
    return make_team("Infra")


@pytest.fixture
def agent(team: Any) -> User:
    return make_agent("김하늘", team, role=Role.AGENT)


@pytest.fixture
def desk(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture
def pair(team: Any, agent: User) -> tuple[Ticket, Ticket]:
    """A duplicate with a reply on it, and the record it is a duplicate of."""
    source = open_incident("VPN again", by=make_user("이서연"))
    actions.comment(source, "Since ten.", by=source.requester)
    return source, open_incident("VPN drops", by=make_user("박민수"))


def url(ticket: Ticket, rest: str = "") -> str:
    return f"/inc/{ticket.number}/{rest}"


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_merging_shows_what_moves_before_it_is_done(desk: Client, pair: Any) -> None:
    source, target = pair
    assert "merge-target" in desk.get(url(source, "merge/"), headers=HTMX).content.decode()
    shown = desk.post(url(source, "merge/"), {"target": target.number}, headers=HTMX)
    text = shown.content.decode()
    assert "이서연" in text
    assert target.title in text
    assert fresh(source).status == "new"
    sent = {"target": target.number, "confirmed": "on"}
    done = desk.post(url(source, "merge/"), sent, headers=HTMX)
    assert done["HX-Redirect"] == f"{url(target)}?merged={source.number}"
    assert merged_into(fresh(source)) == target


@pytest.mark.parametrize("typed", ["", "nothing", "INC-999999"])
def test_a_record_that_is_not_there_is_refused_in_the_dialog(
    desk: Client, pair: Any, typed: str
) -> None:
    answer = desk.post(url(pair[0], "merge/"), {"target": typed}, headers=HTMX)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()


def test_a_refusal_of_the_rules_is_shown_beside_the_field(desk: Client, pair: Any) -> None:
    source, _target = pair
    answer = desk.post(url(source, "merge/"), {"target": source.number}, headers=HTMX)
    assert answer.status_code == 422
    assert "merged into itself" in answer.content.decode()


def test_the_merged_records_addresses_lead_on_and_say_so(
    desk: Client, agent: User, pair: Any
) -> None:
    source, target = pair
    actions.merge(source, target, by=agent)
    assert desk.get(f"/r/{source.number}/")["Location"] == url(source)
    answer = desk.get(url(source), follow=True)
    assert answer.request["PATH_INFO"] == url(target)
    text = answer.content.decode()
    assert f"{source.number} was merged into this record" in text
    assert "Since ten." in text
    assert f'href="{url(source)}?stay"' in text
    for number in ("INC-999999", "nonsense", target.number):
        assert "was merged into" not in desk.get(f"{url(target)}?merged={number}").content.decode()


def test_the_merged_record_itself_can_be_looked_at_and_brought_back(
    desk: Client, agent: User, pair: Any
) -> None:
    source, target = pair
    actions.merge(source, target, by=agent)
    page = desk.get(url(source) + "?stay").content.decode()
    assert f"Merged into {target.number}" in page
    assert "Since ten." not in page
    back = desk.post(url(source, "unmerge/"), headers=HTMX)
    assert back["HX-Redirect"] == url(source)
    assert "Since ten." in desk.get(url(source)).content.decode()
    assert "Since ten." not in desk.get(url(target)).content.decode()
    again = desk.post(url(source, "unmerge/"), headers=HTMX)
    assert "not merged" in again["HX-Trigger"]


def test_who_may_not_see_the_target_stays_and_is_not_told_its_number(
    agent: User, team: Any, pair: Any
) -> None:
    source, target = pair
    actions.restrict(target, True, by=agent)
    Ticket.objects.filter(pk=source.pk).update(team=make_team())
    actions.merge(fresh(source), fresh(target), by=agent)
    other = Client()
    other.force_login(make_agent(team=make_team()))
    answer = other.get(url(source))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Merged into a record you may not see" in text
    assert target.number not in text
    assert "unmerge/" not in text


def test_the_page_asks_as_many_questions_with_merged_records_as_without(
    desk: Client, agent: User, pair: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    source, target = pair
    actions.comment(target, "We look.", by=agent)

    def cost() -> int:
        desk.get(url(target))
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(url(target)).status_code == 200
        return len(seen)

    actions.merge(source, target, by=agent)
    few = cost()
    for _n in range(10):
        one = open_incident(by=source.requester)
        actions.comment(one, "Me too.", by=source.requester)
        actions.merge(one, target, by=agent)
    assert cost() == few


def test_a_message_becomes_a_record_and_goes_back(desk: Client, agent: User, pair: Any) -> None:
    source, _target = pair
    said = source.comments.get()
    page = desk.get(url(source)).content.decode()
    assert f"say/{said.pk}/split/" in page
    assert (
        "Since ten."
        in desk.get(url(source, f"say/{said.pk}/split/"), headers=HTMX).content.decode()
    )
    empty = desk.post(url(source, f"say/{said.pk}/split/"), {"title": ""}, headers=HTMX)
    assert empty.status_code == 422
    sent = {"title": "Printer"}
    done = desk.post(url(source, f"say/{said.pk}/split/"), sent, headers=HTMX)
    new = Ticket.objects.get(title="Printer")
    assert done["HX-Redirect"] == url(new)
    assert "unsplit/" in desk.get(url(new, "menu/more/"), headers=HTMX).content.decode()
    assert "unsplit/" not in desk.get(url(source, "menu/more/"), headers=HTMX).content.decode()
    desk.post(url(new, "unsplit/"), headers=HTMX)
    assert fresh(new).status == "cancelled"


def test_notes_offer_no_split(desk: Client, agent: User, pair: Any) -> None:
    source, _target = pair
    note = actions.comment(source, "Inside.", by=agent, visibility="internal")
    assert f"say/{note.pk}/split/" not in desk.get(url(source)).content.decode()
    answer = desk.post(url(source, f"say/{note.pk}/split/"), {"title": "X"}, headers=HTMX)
    assert answer.status_code == 422


def test_readers_are_offered_nothing_and_refused(pair: Any) -> None:
    source, target = pair
    reader = Client()
    reader.force_login(make_agent(role=Role.AUDITOR))
    said = source.comments.get()
    assert "merge/" not in reader.get(url(source, "menu/more/"), headers=HTMX).content.decode()
    assert f"say/{said.pk}/split/" not in reader.get(url(source)).content.decode()
    for rest in ("merge/", "unmerge/", f"say/{said.pk}/split/", "unsplit/"):
        sent = {"target": target.number, "confirmed": "on", "title": "X"}
        assert reader.post(url(source, rest), sent).status_code == 403, rest


def test_the_history_tells_it_from_both_ends(desk: Client, agent: User, pair: Any) -> None:
    source, target = pair
    actions.merge(source, target, by=agent)
    there = desk.get(url(target)).content.decode()
    assert f"Merged with this one: {source.number}" in there
    assert "messages moved here: 1, files: 0" in there
    here = desk.get(url(source) + "?stay").content.decode()
    assert f"Merged into: {target.number}" in here
    actions.unmerge(fresh(source), by=agent)
    assert f"Merge undone: {source.number}" in desk.get(url(target)).content.decode()
