"""Searching: everything that matches and may be seen, nothing else, and why it was found."""

import random
import re

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import Role, Scope
from accounts.people import people
from core.text import fold, words
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tickets import access, actions
from tickets import search as searching
from tickets.models import Attachment, Comment, ExternalReference, Ticket, Watch
from tickets.search import search

pytestmark = pytest.mark.django_db
WORDS = re.findall(
    r"\S+",
    "결재 전자결재 프린터 프린터가 서버 서버에서 동기화 챗봇 사내챗봇 비밀번호 초기화 각 가 PC IP "
    r"VPN printer server Outlook host-4242 100% a_b C:\temp 한글abc ㅋㅋ café",
)


def numbers(user, query: str, **options) -> set[str]:
    return {hit["number"] for hit in search(user, query, **options).hits}


def add_file(ticket: Ticket, name: str, **fields) -> Attachment:
    return Attachment.objects.create(
        ticket=ticket, name=name, size=1, content_type="text/plain", uploaded_by=ticket.requester,
        file=name, sha256="", **fields,
    )  # fmt: skip


@pytest.fixture
def agent():
    return make_agent(team=make_team())


@pytest.mark.parametrize("spelling", ["{n}", "{s}", "#{s}", "inc{s}", "inc {s}", "INC-{s}"])
def test_a_number_is_found_however_it_is_typed(agent, spelling):
    ticket = open_incident()
    query = spelling.format(n=ticket.number, s=ticket.serial)
    (hit,) = search(agent, query).hits
    assert (hit["number"], hit["why"]) == (ticket.number, "number")


def test_a_number_of_another_tool_is_found(agent):
    ticket = open_incident()
    ExternalReference.objects.create(
        ticket=ticket, system="servicenow", type="record", value="INC0000045"
    )
    (hit,) = search(agent, "inc0000045").hits
    assert (hit["number"], hit["why"]) == (ticket.number, "reference")


def test_a_word_is_found_wherever_it_stands_and_the_hit_says_where(agent):
    requester = make_user("홍길동")
    title = open_incident("전자결재 오류", by=requester)
    text = open_incident("Error", description="결재가 안 <됩니다>", by=requester)
    said = open_incident("Broken", by=requester)
    actions.comment(said, "결재선이 사라졌습니다", by=agent)
    file = open_incident("Attached", by=requester)
    add_file(file, "결재문서.pdf")
    result = search(agent, "결재")
    assert {hit["number"]: hit["why"] for hit in result.hits} == {
        title.number: "title",
        text.number: "description",
        said.number: "comment",
        file.number: "file",
    }
    assert result.total == 4
    excerpts = {hit["why"]: hit["excerpt"] for hit in result.hits}
    assert excerpts["description"] == "<mark>결재</mark>가 안 &lt;됩니다&gt;"
    assert {hit["why"] for hit in search(agent, "홍길동").hits} == {"requester"}
    assert len(search(agent, "홍길동").hits) == 4


def test_all_words_must_match_though_in_different_places(agent):
    ticket = open_incident("VPN down", description="since Monday")
    actions.comment(ticket, "회의실에서만 그렇습니다", by=agent)
    open_incident("VPN slow")
    assert numbers(agent, "vpn 회의실 monday") == {ticket.number}
    assert numbers(agent, "vpn 회의실 tuesday") == set()


def test_newest_first_and_closed_ones_too(agent):
    first, second = open_incident("프린터 고장"), open_incident("프린터 고장")
    actions.comment(first, "again", by=agent)
    Ticket.objects.filter(pk=first.pk).update(phase="closed", status="closed")
    assert [hit["number"] for hit in search(agent, "프린터").hits] == [first.number, second.number]


def test_particles_and_the_wrong_keyboard_mode_are_forgiven(agent):
    ticket = open_incident("메일 서버 장애")
    assert numbers(agent, "서버에서") == {ticket.number}
    assert numbers(agent, "tjqj") == {ticket.number}
    exact = open_incident("서버에서 오류")
    assert numbers(agent, "서버에서") == {exact.number}


@pytest.mark.parametrize("query", ["%", "_", "\\", "a%b", "' OR 1=1 --", "\x00", ".*", "(", "  "])
def test_metacharacters_mean_themselves(agent, query):
    open_incident("Plain title")
    assert not search(agent, query).hits


def test_very_long_queries_are_cut(agent):
    open_incident("x" * 200)
    search(agent, "프린터 " * 5000 + "x" * 100_000)
    assert numbers(agent, "x" * 5000) != set()


def test_notes_and_files_of_notes_are_found_by_those_who_read_them_only(agent):
    requester = make_user()
    ticket = open_incident("Slow laptop", by=requester)
    note = actions.comment(ticket, "비밀메모 zebra", by=agent, visibility="internal")
    add_file(ticket, "giraffe.log", visibility="internal", comment=note)
    for word in ("비밀메모", "zebra", "giraffe"):
        assert numbers(agent, word) == {ticket.number}
        assert numbers(requester, word) == set()
    assert numbers(requester, "laptop") == {ticket.number}
    assert numbers(make_user(), "laptop") == set()


def test_what_is_restricted_fills_no_page_and_no_count(agent, monkeypatch):
    """The rule comes before the limit: hidden matches never crowd out visible ones."""
    hidden_team = make_team()
    insider = make_agent(team=hidden_team)
    shown = open_incident("얼룩말 shown", by=make_user())
    for _index in range(6):
        ticket = open_incident("얼룩말 hidden", by=insider, team=hidden_team)
        actions.restrict(ticket, True, by=insider)
    for few, newest in ((1000, 1000), (2, 1000), (2, 2)):
        monkeypatch.setattr(searching, "FEW", few)
        monkeypatch.setattr(searching, "NEWEST", newest)
        result = search(agent, "얼룩말", limit=3)
        assert ([hit["number"] for hit in result.hits], result.total) == ([shown.number], 1)
        assert search(insider, "얼룩말", limit=3).more


def test_a_search_that_takes_too_long_says_so(agent, monkeypatch):
    open_incident("프린터 고장")
    monkeypatch.setattr(searching, "MILLISECONDS", 1)
    monkeypatch.setattr(searching._Hunt, "run", lambda hunt, limit: _sleep())
    result = search(agent, "프린터")
    assert not result.hits
    assert "takes too long" in result.message
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def _sleep() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1)")


def test_a_page_of_hits_costs_the_same_for_one_and_for_thirty(agent, django_assert_num_queries):
    open_incident("프린터 고장")
    search(agent, "프린터")
    with django_assert_num_queries(9):
        assert len(search(agent, "프린터").hits) == 1
    for _index in range(29):
        open_incident("프린터 고장")
    with django_assert_num_queries(9):
        assert len(search(agent, "프린터").hits) == 30


# Against an oracle -------------------------------------------------------------------------------


def build(seed: int) -> list:
    """Records, notes and people of all kinds; the people who will search."""
    rng = random.Random(seed)
    phrase = lambda: " ".join(rng.choices(WORDS, k=rng.randint(1, 5)))  # noqa: E731
    teams = [make_team(), make_team()]
    owner = make_agent(role=Role.SERVICE_OWNER, scope=Scope.SERVICES)
    people_ = [
        make_agent(team=teams[0]),
        make_agent(team=teams[1], scope=Scope.TEAMS),
        make_user(role=Role.AUDITOR),
        owner,
        make_user(rng.choice(WORDS)),
        make_user(),
    ]
    service = make_service(owner=owner)
    for _index in range(14):
        ticket = open_incident(
            phrase(),
            description=phrase(),
            by=rng.choice(people_),
            service=rng.choice([None, service]),
        )
        values = {"restricted": rng.random() < 0.3, "team": rng.choice(teams)}
        Ticket.objects.filter(pk=ticket.pk).update(**values)
        for _count in range(rng.randint(0, 2)):
            said = Comment.objects.create(
                ticket=ticket,
                author=people_[0],
                body=phrase(),
                visibility=rng.choice(["public", "internal"]),
                retracted_at=rng.choice([None, None, ticket.opened_at]),
            )
            add_file(ticket, phrase(), visibility=said.visibility, comment=said)
        if rng.random() < 0.3:
            Watch.objects.get_or_create(ticket=ticket, user=rng.choice(people_))
    return people_


def expected(user, query: str) -> set[str]:
    """What brute force finds through the doors of the pages."""
    found = set()
    for ticket in Ticket.objects.all():
        if not access.can(user, "view", ticket):
            continue
        texts = [f"{ticket.title}\n{ticket.description}"]
        texts += [said.body for said in access.comments(user, ticket)]
        texts += [file.name for file in access.attachments(user, ticket)]
        folded = [fold(text) for text in texts]
        if all(
            any(word in text for text in folded) or word == ticket.requester.display_name
            for word in words(query)
        ):
            found.add(ticket.number)
    return found


@pytest.mark.parametrize(
    ("few", "newest"),
    [
        (1000, 3000),
        pytest.param(3, 3000, marks=pytest.mark.slow),
        pytest.param(3, 4, marks=pytest.mark.slow),
    ],
)
def test_search_equals_brute_force(few, newest, monkeypatch):
    """By each of its three ways: all few matches, newest records first, everything in full."""
    monkeypatch.setattr(searching, "FEW", few)
    monkeypatch.setattr(searching, "NEWEST", newest)
    monkeypatch.setattr(searching, "with_alternatives", lambda found: found)
    readers = build(few + newest)
    texts = list(WORDS) + [word[at : at + 2] for word in WORDS for at in range(len(word) - 1)]

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(readers),
        st.lists(st.sampled_from(texts) | st.text("가각결재abIP%_-", min_size=1), max_size=3),
    )
    def check(user, chosen):
        query = " ".join(chosen)
        assert numbers(user, query, limit=100) == (expected(user, query) if words(query) else set())

    check()


def test_people_are_found_by_name_initials_and_keyboard_slip():
    hong = make_user("홍길동", roman_name="Gildong Hong", email="gd.hong@example.org")
    make_user("한가득", is_active=False)
    make_user("김하늘", employee_no="A-1042")
    for query in ("홍길", "길동", "gildong", "HONG gil", "gd.hong", "ㅎㄱㄷ", "ㅎㄱ", "ghdrlfehd"):
        assert list(people(query)) == [hong], query
    assert [person.display_name for person in people("a-1042")] == ["김하늘"]
    assert not people("")
    assert not people("없는사람")
