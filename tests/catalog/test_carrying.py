"""Offerings from one installation to another: named, previewed, read in as drafts."""

import json
from typing import Any

import pytest

from accounts.enums import Role
from catalog.actions import carrying as actions
from catalog.actions import offerings
from catalog.models import Offering, OfferingVersion, Shelf
from catalog.queries import carrying
from core.errors import ActionError, NotAllowed
from tests.catalog.support import definition, field, make_offering, make_shelf
from tests.factories import make_department, make_item, make_service, make_team, make_user
from tickets.models import ApprovalPolicy

pytestmark = pytest.mark.django_db


def packed(*rows: Offering) -> carrying.Package:
    """As through a file."""
    return carrying.read(json.dumps(carrying.export(rows)).encode())


def rich() -> Offering:
    """An offering that refers to everything there is."""
    team, item, boss = make_team(), make_item("NB-7"), make_user()
    policy = ApprovalPolicy.objects.create(name_en="Boss", name_ko="팀장")
    part = make_offering(name={"ko": "가방", "en": "Bag"}, summary="Bag")
    is_boss = {"all": [{"field": "who", "is": "in", "value": [boss.pk]}]}
    return make_offering(
        field("who", "person", default=boss.pk),
        field("pc", "item", shown_if=is_boss),
        field("why", shown_if={"field": "pc", "is": "eq", "value": item.pk}),
        shelf=make_shelf("Child", parent=make_shelf("Parent")),
        service=make_service(),
        team=team.pk,
        approval={"policy": policy.pk},
        audience={"teams": [team.pk], "people": [boss.pk], "departments": [make_department().pk]},
        tasks=[{"key": "a", "title": "A", "team": team.pk, "if": is_boss}],
        bundle=[{"offering": part.pk, "answers": {}}],
    )


def test_a_file_holds_names_and_no_ids() -> None:
    offering = rich()
    data = carrying.export([offering])["offerings"][0]["data"]
    assert data["approval"] == {"policy": "Boss"}
    assert data["bundle"][0]["offering"] == "bag"
    assert data["form"]["sections"][0]["fields"][2]["shown_if"]["value"] == "NB-7"
    assert "@" in data["audience"]["people"][0]


def test_reading_an_export_in_again_changes_nothing() -> None:
    offering = rich()
    entry = carrying.preview(packed(offering))[0]
    assert (entry.state, entry.missing, entry.problems) == ("same", (), ())
    assert entry.data == offering.live.data
    actions.read_in(packed(offering), by=None)
    assert OfferingVersion.objects.filter(offering=offering).count() == 1


def test_another_installation_gets_it_as_a_draft_with_its_category() -> None:
    offering = rich()
    said = carrying.export([offering])
    part = Offering.objects.get(slug="bag")
    said["offerings"] += carrying.export([part])["offerings"]
    for row in said["offerings"]:
        row["slug"] = "new-" + row["slug"]
    said["offerings"][0]["data"]["bundle"][0]["offering"] = "new-bag"
    for row in said["shelves"]:
        row["slug"] += "-x"
        row["parent"] = row["parent"] and row["parent"] + "-x"
    said["offerings"][0]["shelf"] += "-x"
    package = carrying.read(json.dumps(said).encode())
    assert [entry.state for entry in carrying.preview(package)] == ["new", "new"]
    actions.read_in(package, by=None)
    made = Offering.objects.get(slug="new-" + offering.slug)
    new_part = Offering.objects.get(slug="new-bag")
    assert made.live is None
    assert made.shelf.parent is not None
    assert made.service == offering.service
    draft = OfferingVersion.objects.get(offering=made, state="draft")
    assert draft.data["bundle"][0]["offering"] == new_part.pk
    assert draft.data["tasks"] == offering.live.data["tasks"]
    count = OfferingVersion.objects.count()
    edition = draft.edition
    actions.read_in(package, by=None)
    draft.refresh_from_db()
    assert (OfferingVersion.objects.count(), draft.edition) == (count, edition)


def test_what_is_not_here_is_told_and_left_open() -> None:
    offering = rich()
    said = carrying.export([offering])
    said["offerings"][0]["data"]["team"] = "elsewhere"
    said["offerings"][0]["data"]["audience"]["people"].append("nobody@example.org")
    package = carrying.read(json.dumps(said).encode())
    entry = carrying.preview(package)[0]
    assert {(one.table, one.name) for one in entry.missing} == {
        ("team", "elsewhere"),
        ("person", "nobody@example.org"),
    }
    actions.read_in(package, by=None)
    draft = OfferingVersion.objects.get(offering=offering, state="draft")
    assert draft.data["team"] is None


def test_a_name_that_two_have_is_not_guessed() -> None:
    make_department("Twins")
    make_department("Twins")
    said = carrying.export([make_offering()])
    said["offerings"][0]["data"]["audience"] = {"departments": ["Twins"]}
    entry = carrying.preview(carrying.read(json.dumps(said).encode()))[0]
    assert [one.name for one in entry.missing] == ["Twins"]


def test_an_open_draft_that_would_be_written_over_is_told() -> None:
    offering = make_offering(field("a"))
    package = packed(offering)
    offerings.save_draft(offering, definition(field("mine")), edition=None, by=None)
    entry = carrying.preview(package)[0]
    assert (entry.state, entry.overwrites) == ("changed", True)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b'{"kind": "other"}',
        b'{"kind": "maru-offerings", "format": 99}',
        b'{"kind": "maru-offerings", "format": 1}',
        b'{"kind": "maru-offerings", "format": 1, "offerings": [1], "shelves": []}',
        b'{"kind": "maru-offerings", "format": 1, "offerings": [{"slug": "a"}], "shelves": []}',
        b"[" * 100_000,
        b'"' + b"x" * 8_000_001 + b'"',
    ],
)
def test_a_foreign_broken_or_huge_file_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(ActionError):
        carrying.read(raw)


def test_owners_read_in_only_what_is_theirs() -> None:
    owner = make_user()
    mine = make_offering(service=make_service(owner=owner))
    other = make_offering(name={"ko": "다른 것", "en": "Other"})
    said = carrying.export([mine, other])
    for row in said["offerings"]:
        row["data"]["outcome"] = {"ko": "새", "en": "New"}
    package = carrying.read(json.dumps(said).encode())
    actions.read_in(package, by=owner, only=[mine.slug])
    assert OfferingVersion.objects.get(offering=mine, state="draft").data["outcome"]["en"] == "New"
    with pytest.raises(NotAllowed):
        actions.read_in(package, by=owner, only=[other.slug])
    said["offerings"][0] |= {"slug": "fresh", "shelf": "fresh"}
    said["shelves"] = [{"slug": "fresh", "name_en": "Fresh"}]
    with pytest.raises(NotAllowed):
        actions.read_in(
            carrying.read(json.dumps(said).encode()), by=make_user(role=Role.AGENT), only=["fresh"]
        )
    assert not Shelf.objects.filter(slug="fresh").exists()


def test_the_preview_asks_the_same_for_one_and_for_thirty(
    django_assert_max_num_queries: Any,
) -> None:
    rows = [make_offering(name={"ko": f"{n}번", "en": f"Thing {n}"}) for n in range(30)]
    package = packed(*rows)
    with django_assert_max_num_queries(8):
        carrying.preview(package)
    with django_assert_max_num_queries(14):
        carrying.export(Offering.objects.select_related("shelf", "service"))
