"""One box: what it finds, however it is spelt, and what becomes of a search that finds nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from knowledge.models import SearchMiss
from tests.catalog.support import field, make_offering
from tests.factories import make_service, make_user, open_incident
from tests.knowledge.support import make_editor, publish, written

pytestmark = pytest.mark.django_db
LAPTOP = {
    "name": {"ko": "노트북 신청", "en": "Laptop"},
    "synonyms": "랩탑, 맥북, notebook",
    "summary": {"ko": "업무용 노트북을 받습니다.", "en": "Get a laptop for work."},
}


@pytest.fixture
def requester(client):
    user = make_user("김하늘", roman_name="Haneul Kim")
    client.force_login(user)
    return user


@pytest.fixture
def laptop():
    return make_offering(field("why"), **LAPTOP)


def found(client, text, **headers):
    response = client.get(reverse("portal:search"), {"q": text}, headers=headers)
    assert response.status_code == 200
    return response.context["found"]


@pytest.mark.parametrize(
    "typed",
    ["노트북", "노트북을", "노트븍", "랩탑", "맥북이", "ㄴㅌㅂ", "shxmqnr", "laptpo", "notebook"],
)
def test_an_offering_is_found_however_it_is_typed(client, requester, laptop, typed):
    assert [card.slug for card in found(client, typed).offerings] == [laptop.slug]


def test_a_search_shows_answers_offerings_services_and_own_requests(client, requester, laptop):
    author = make_editor()
    publish(written(by=author, title_en="Laptop does not start", body_en="Hold the button."))
    make_service("노트북 지원", name_en="Laptop support")
    open_incident("Laptop is slow", by=requester)
    open_incident("Laptop of somebody else", by=make_user("이방인"))
    response = client.get(reverse("portal:search"), {"q": "laptop"})
    text = response.content.decode()
    order = [
        text.index(f'id="found-{group}"')
        for group in ("articles", "offerings", "services", "requests")
    ]
    assert order == sorted(order)
    assert "Laptop of somebody else" not in text
    assert [row.title for row in response.context["found"].requests] == ["Laptop is slow"]


def test_a_request_is_found_though_its_title_is_spelt_otherwise(client, requester):
    open_incident("프린터가 멈췄습니다", by=requester)
    assert len(found(client, "프린타").requests) == 1
    assert len(found(client, "프린터를").requests) == 1


def test_a_number_leads_straight_to_its_page(client, requester):
    ticket = open_incident(by=requester)
    response = client.get(reverse("portal:search"), {"q": ticket.number.lower()})
    assert response.url == reverse("portal:detail", args=[ticket.number])


def test_nothing_found_offers_the_report_with_the_words_kept(client, requester):
    response = client.get(reverse("portal:search"), {"q": "회의실 커피 머신"})
    text = response.content.decode()
    assert "?title=%ED%9A%8C%EC%9D%98%EC%8B%A4" in text
    form = client.get(reverse("portal:report"), {"title": "회의실 커피 머신"}).content.decode()
    assert 'value="회의실 커피 머신"' in form


def test_a_search_in_vain_is_noted_but_not_each_letter_typed(client, requester):
    found(client, "회의실 커", **{"HX-Request": "true"})
    assert not SearchMiss.objects.exists()
    found(client, "회의실 커피")
    found(client, "회의실 커피")
    assert SearchMiss.objects.get().count == 2


def test_while_typing_only_a_few_of_each_come_and_how_many_is_said(client, requester):
    for number in range(5):
        make_offering(field("x"), name={"ko": f"모니터 {number}", "en": f"Monitor {number}"})
    answer = client.get(reverse("portal:search"), {"q": "monitor"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert "<html" not in text
    assert text.count("data-hit") == 3 + 1
    assert 'hx-swap-oob="innerHTML:#status"' in text
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("typed", ["", " ", "a", "\x00", "%", "(((", "'; --", "가" * 500])
def test_any_input_is_answered(client, requester, laptop, typed):
    assert client.get(reverse("portal:search"), {"q": typed}).status_code == 200


def test_a_search_costs_the_same_for_one_of_each_and_for_thirty(client, requester):
    author = make_editor()

    def fill(number):
        publish(written(by=author, title_en=f"Printer help {number}", body_en="Turn it on."))
        make_offering(field("x"), name={"ko": f"프린터 {number}", "en": f"Printer {number}"})
        make_service(f"인쇄 {number}", name_en=f"Printer service {number}")
        open_incident(f"Printer broken {number}", by=requester)

    fill(0)
    counted = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert found(client, "printer").count
        counted.append(len(queries))
        if len(counted) == 1:
            for number in range(1, 30):
                fill(number)
    assert counted[0] == counted[1]
