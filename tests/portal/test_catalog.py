"""The catalog: what the reader may ask for, in shelves, with what they want to know first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from catalog.models import Favourite, Offering, Use
from tests.catalog.support import choice, field, make_offering, make_shelf
from tests.factories import make_department, make_service, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture
def requester(client):
    user = make_user("김하늘", roman_name="Haneul Kim", department=make_department("Sales"))
    client.force_login(user)
    return user


def named(ko, en="", **more):
    return {"name": {"ko": ko, "en": en or ko}, **more}


def page(client, name="portal:catalog", *args, **data):
    response = client.get(reverse(name, args=args), data)
    assert response.status_code == 200
    return response


def names_on(response):
    """The cards in the order of the page."""
    found = []
    for heading in response.context["shelves"]:
        found += [card.name for card in heading.first]
    return found


def test_a_card_says_delivery_price_and_whether_it_needs_approval(client, requester):
    policy = ApprovalPolicy.objects.create(name_ko="팀장", name_en="Lead")
    make_offering(
        field("why"),
        **named("노트북", "Laptop"),
        delivery_days=3,
        price={"amount": "1500000", "currency": "KRW", "payer": "it"},
        approval={"policy": policy.pk},
    )
    text = page(client).content.decode()
    assert "within 3 working days" in text
    assert "1,500,000 KRW" in text
    assert "needs approval" in text


def test_an_option_with_a_price_makes_the_card_say_from(client, requester):
    make_offering(
        choice("model", "air:1500000", "none"), **named("노트북", "Laptop"), price={"payer": "it"}
    )
    make_offering(
        choice("size", "big:5000"),
        **named("명함", "Cards"),
        price={"amount": "20000", "payer": "it"},
    )
    make_offering(choice("color", "red", "blue"), **named("의자", "Chair"))
    text = page(client).content.decode()
    assert "depends on your choice" in text
    assert "from 20,000 KRW" in text
    assert "Free of charge" in text


def test_only_what_the_reader_may_ask_for_is_shown_anywhere(client, requester):
    team = make_team("Insiders")
    service = make_service("메일", name_en="Mail")
    secret = make_offering(
        field("x"), **named("비밀", "Secret"), audience={"teams": [team.pk]}, service=service
    )
    secret_url = reverse("portal:request", args=[secret.slug])
    places = (
        reverse("portal:catalog"),
        reverse("portal:home"),
        reverse("portal:search") + "?q=secret",
        reverse("portal:service", args=[service.slug]),
    )
    for url in places:
        assert secret_url not in client.get(url).content.decode()
    star = client.post(reverse("portal:favourite", args=[secret.slug]), {"keep": "on"})
    assert star.status_code == 404
    Membership.objects.create(team=team, user=requester)
    for url in places:
        assert secret_url in client.get(url).content.decode()


def test_a_draft_and_what_is_no_longer_offered_are_not_shown(client, requester):
    make_offering(field("x"), **named("초안", "Drafted"), publish=False)
    gone = make_offering(field("x"), **named("예전", "Withdrawn"))
    Offering.objects.filter(pk=gone.pk).update(is_active=False)
    text = page(client).content.decode()
    assert "Drafted" not in text
    assert "Withdrawn" not in text
    assert "Nothing to ask for yet" in text


def test_shelves_have_two_levels_and_hold_only_what_is_theirs(client, requester):
    top = make_shelf("Workplace")
    below = make_shelf("Screens", parent=top)
    deeper = make_shelf("Curved", parent=below)
    empty = make_shelf("Empty")
    make_offering(field("x"), **named("책상", "Desk"), shelf=top)
    make_offering(field("x"), **named("화면", "Screen"), shelf=below)
    make_offering(field("x"), **named("곡면", "Curved screen"), shelf=deeper)
    text = page(client).content.decode()
    assert "Screens" in text
    assert empty.name not in text
    own = page(client, "portal:shelf", below.slug)
    assert [card.name for card in own.context["chosen"].cards] == ["Screen", "Curved screen"]
    assert client.get(reverse("portal:shelf", args=["no-such"])).status_code == 404
    assert client.get(reverse("portal:shelf", args=[empty.slug])).status_code == 404


def test_the_catalog_is_sorted_by_what_is_asked_most_or_by_name(client, requester):
    shelf = make_shelf("Things")
    make_offering(field("x"), **named("가방", "Bag"), shelf=shelf)
    chair = make_offering(field("x"), **named("의자", "Chair"), shelf=shelf)
    Offering.objects.filter(pk=chair.pk).update(asked_count=9)
    assert names_on(page(client)) == ["Chair", "Bag"]
    assert names_on(page(client, sort="name")) == ["Bag", "Chair"]
    assert names_on(page(client, sort="nonsense")) == ["Chair", "Bag"]


def test_a_favourite_is_kept_and_dropped_without_script_too(client, requester):
    offering = make_offering(field("x"), **named("노트북", "Laptop"))
    url = reverse("portal:favourite", args=[offering.slug])
    back = reverse("portal:catalog") + "?sort=name"
    for _twice in range(2):
        response = client.post(url, {"keep": "on", "next": back})
        assert response.url == back
    assert Favourite.objects.get().user == requester
    assert "Favourites" in page(client).content.decode()
    client.post(url, {"keep": "off", "next": "https://elsewhere.example/"})
    assert not Favourite.objects.exists()
    assert client.post(url, {"next": "https://elsewhere.example/"}).url == reverse("portal:catalog")


def test_the_star_answers_a_script_with_itself(client, requester):
    offering = make_offering(field("x"), **named("노트북", "Laptop"))
    url = reverse("portal:favourite", args=[offering.slug])
    answer = client.post(url, {"keep": "on"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in answer
    assert "<html" not in answer


def test_looking_at_the_star_changes_nothing(client, requester):
    offering = make_offering(field("x"), **named("노트북", "Laptop"))
    assert client.get(reverse("portal:favourite", args=[offering.slug])).status_code == 405
    assert not Favourite.objects.exists()


def test_home_offers_favourites_then_what_the_department_asks_for_then_everybody(client, requester):
    made = {
        name: make_offering(field("x"), **named(name))
        for name in ("Never", "Everybody", "Department", "Favourite")
    }
    Offering.objects.filter(pk=made["Everybody"].pk).update(asked_count=50)
    Use.objects.create(department=requester.department, offering=made["Department"], count=2)
    Use.objects.create(department=make_department("Other"), offering=made["Never"], count=99)
    Favourite.objects.create(user=requester, offering=made["Favourite"])
    tiles = client.get(reverse("portal:home")).context["tiles"]
    assert [card.name for card in tiles] == ["Favourite", "Department", "Everybody", "Never"]


def test_the_catalog_costs_the_same_for_one_offering_and_for_thirty(client, requester):
    counted = []
    make_offering(field("x"), **named("0"))
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(client)
        counted.append(len(queries))
        for each in range(0 if number else 29):
            shelf = make_shelf(f"Shelf of {each}")
            make_offering(
                choice("a", "b:5"), **named(f"{each + 1}"), shelf=shelf, price={"payer": "it"}
            )
    assert counted[0] == counted[1]
    assert counted[1] <= 16
