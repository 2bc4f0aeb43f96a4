"""Offerings over the API: only those that are the reader's to ask for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Favourite
from tests.catalog.support import choice, field, make_offering
from tests.factories import make_user

pytestmark = pytest.mark.django_db
V1 = "/api/v1/offerings/"


@pytest.fixture
def reader(client):
    user = make_user()
    client.force_login(user)
    return user


def test_only_what_the_reader_may_ask_for_is_listed_found_and_read(client, reader):
    mine = make_offering(audience={"people": [reader.pk]})
    other = make_offering(audience={"people": [make_user().pk]})
    draft = make_offering(publish=False)
    assert [row["id"] for row in client.get(V1).json()["results"]] == [mine.pk]
    found = client.get(f"{V1}search/", {"q": "노트북"}).json()["results"]
    assert [row["id"] for row in found] == [mine.pk]
    for hidden in (other.pk, draft.pk, 987654):
        assert client.get(f"{V1}{hidden}/").status_code == 404
        assert client.post(f"{V1}{hidden}/favourite/").status_code == 404


def test_an_offering_is_read_with_its_form(client, reader):
    offering = make_offering(
        choice("model", "air:1500000", "pro", required=True),
        field("why", shown_if={"field": "model", "is": "eq", "value": "pro"}),
        price={"amount": "5", "payer": "it"},
        delivery_days=3,
    )
    said = client.get(f"{V1}{offering.pk}/", headers={"Accept-Language": "en"}).json()
    assert (said["version"], said["delivery_days"]) == (offering.live_id, 3)
    model, why = said["form"][0]["questions"]
    assert model["options"][0] == {"key": "air", "label": "Air", "price": "1500000"}
    assert model["required"]
    assert why["shown_if"] == {"field": "model", "is": "eq", "value": "pro"}
    assert said["price"]["amount"] == "5"


@pytest.mark.parametrize("typed", ["랩탑", "놋트북", "laptop", "labtop", "shxmqnr", "ㄴㅌㅂ"])
def test_it_is_found_by_other_words_slips_and_initials(client, reader, typed):
    wanted = make_offering(synonyms="랩탑, laptop")
    make_offering(name={"ko": "명함", "en": "Business card"}, summary="Cards")
    found = client.get(f"{V1}search/", {"q": typed}).json()["results"]
    assert [row["id"] for row in found] == [wanted.pk]


def test_favourites_are_kept_and_dropped_however_often(client, reader):
    offering = make_offering()
    for _again in range(2):
        assert client.post(f"{V1}{offering.pk}/favourite/").status_code == 204
    assert client.get(f"{V1}{offering.pk}/").json()["is_favourite"]
    assert Favourite.objects.count() == 1
    for _again in range(2):
        assert client.delete(f"{V1}{offering.pk}/favourite/").status_code == 204
    assert not Favourite.objects.exists()


def test_lists_ask_the_same_for_one_and_for_thirty(client, reader):
    counts = []
    for many in (1, 29):
        for n in range(many):
            make_offering(name={"ko": f"{n}번 물건", "en": f"Thing {n}"}, summary="Thing")
        for path in (V1, f"{V1}search/?q=thing"):
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
