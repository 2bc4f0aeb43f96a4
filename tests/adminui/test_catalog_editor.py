"""The editor of an offering: who comes in, what is saved, what is refused, what is shown."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from catalog.actions import offerings, parts
from catalog.enums import VersionState
from catalog.models import Offering, Shelf
from catalog.queries import editing
from tests.factories import make_agent, make_department, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


def path(name, *args):
    return reverse(f"adminui:{name}", args=args)


@pytest.fixture
def admin(client):
    user = make_agent("관리자", role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def shelf():
    return Shelf.objects.create(slug="devices", name_ko="기기", name_en="Devices")


def text(en, ko=""):
    return {"en": en, "ko": ko or en}


def laptop(team=None):
    """A definition with nothing wrong."""
    return {
        "name": text("Laptop", "노트북"),
        "summary": text("A computer to carry", "들고 다니는 컴퓨터"),
        "form": {
            "sections": [
                {
                    "key": "device",
                    "title": text("Device", "기기"),
                    "fields": [
                        {
                            "key": "model",
                            "type": "choice",
                            "label": text("Model", "모델"),
                            "required": True,
                            "options": [
                                {"key": "air", "label": text("Air"), "price": "1500000"},
                                {"key": "pro", "label": text("Pro"), "price": "3000000"},
                            ],
                        },
                        {
                            "key": "why",
                            "type": "long_text",
                            "label": text("Why the bigger one?", "큰 것이 필요한 까닭"),
                            "required": True,
                            "shown_if": {"field": "model", "is": "eq", "value": "pro"},
                        },
                    ],
                }
            ]
        },
        "tasks": [
            {"key": "buy", "title": text("Buy", "구매"), "team": team, "hours": 8, "after": []},
            {
                "key": "set_up",
                "title": text("Set up", "설치"),
                "team": team,
                "hours": 4,
                "after": ["buy"],
            },
        ]
        if team
        else [],
        "price": {"amount": "0", "currency": "KRW", "period": "once", "payer": "department"},
    }


@pytest.fixture
def offering(admin, shelf):
    team = make_team("구매팀")
    values = {"name_en": "Laptop", "name_ko": "노트북", "shelf": shelf}
    return offerings.create(values, by=None, data=laptop(team.pk))


def draft(offering):
    return editing.draft_of(offering).data


def sent(client, offering, part, at="", **changes):
    """What the page's form would send with some changes; None takes a field out."""
    url = path("offering_part", offering.pk, part) + (f"?at={at}" if at else "")
    context = client.get(url).context
    form = context["form"]
    data = {"token": context["token"], "at": at}
    for bound in form:
        value = bound.value()
        if value not in (None, False, "", []):
            data[bound.html_name] = value
    options = getattr(form, "options", None)
    if options is not None:
        data["option-count"] = len(options.lines)
        for line in options.lines:
            for name in ("key", "ko", "en", "price"):
                data[f"option-{line.at}-{name}"] = getattr(line, name)
    condition = getattr(form, "condition", None)
    if condition is not None and not condition.kept:
        data["if-join"] = condition.join
        for group in condition.rows():
            data[f"if-{group['at']}-join"] = group["join"]
            for line in group["lines"]:
                data[f"{line['name']}-field"] = line["field"]
                data[f"{line['name']}-op"] = line["op"]
                data[f"{line['name']}-value"] = [one for one in line["given"] if one is not None]
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def save(client, offering, part, at="", htmx=True, **changes):
    data = sent(client, offering, part, at, **changes)
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(path("offering_part", offering.pk, part), data, headers=headers)


PARTS = ("texts", "form", "approval", "tasks", "promise", "audience", "bundle")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_opens_in_both_languages(client, admin, offering, language):
    admin.language = language
    admin.save(update_fields=["language"])
    pages = [
        path("catalog"),
        path("new_offering"),
        path("shelves"),
        path("new_shelf"),
        path("shelf", offering.shelf_id),
        path("offering", offering.pk),
        path("offering_trial", offering.pk),
        path("offering_publish", offering.pk),
        path("offering_versions", offering.pk),
        *(path("offering_part", offering.pk, part) for part in PARTS),
        path("offering_part", offering.pk, "form") + "?at=model",
        path("offering_part", offering.pk, "form") + "?at=why",
        path("offering_part", offering.pk, "form") + "?at=section:device",
        path("offering_part", offering.pk, "tasks") + "?at=set_up",
        path("offering_part", offering.pk, "bundle") + "?at=new",
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert f'lang="{language}"' in response.content.decode()
        assert "style=" not in response.content.decode()


OTHERS = [role for role in Role if role != Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", OTHERS)
def test_who_owns_no_service_stays_outside(client, offering, role):
    client.force_login(make_user(role=role))
    pages = ["catalog", "new_offering", "shelves", "approvals", "catalog_import"]
    for name in pages:
        assert client.get(path(name)).status_code == 403, name
    for name in ("offering", "offering_trial", "offering_publish", "offering_versions"):
        assert client.get(path(name, offering.pk)).status_code == 403, name
    for name in ("copy_offering", "switch_offering", "discard_draft"):
        assert client.post(path(name, offering.pk)).status_code == 403, name


def test_an_owner_edits_what_belongs_to_their_service_and_nothing_else(client, offering, shelf):
    owner = make_user("오너", role=Role.SERVICE_OWNER)
    mine = offerings.create(
        {"name_en": "VPN", "shelf": shelf, "service": make_service(owner=owner)}, by=None
    )
    client.force_login(owner)
    page = client.get(path("catalog")).content.decode()
    assert "VPN" in page
    assert "Laptop" not in page
    assert path("catalog_import") not in page
    assert client.get(path("offering", mine.pk)).status_code == 200
    assert client.get(path("offering", offering.pk)).status_code == 404
    assert client.post(path("copy_offering", offering.pk)).status_code == 404
    assert client.get(path("approvals")).status_code == 403
    assert client.post(path("new_shelf"), {"name_en": "Mine"}).status_code == 403
    # Nor may they put it to a service of somebody else's.
    other = make_service()
    refused = client.post(path("offering_place", mine.pk), {"shelf": shelf.pk, "service": other.pk})
    assert refused.status_code == 422
    mine.refresh_from_db()
    assert mine.service.owner == owner


def test_a_text_is_kept_in_the_draft_and_the_form_stays_as_it_is(client, offering):
    response = save(client, offering, "texts", summary_en="Carry it", synonyms="laptop, 랩탑")
    assert response.status_code == 200
    assert response["HX-Reswap"] == "none"
    assert draft(offering)["summary"]["en"] == "Carry it"
    assert draft(offering)["synonyms"] == "laptop, 랩탑"
    assert draft(offering)["summary"]["ko"] == "들고 다니는 컴퓨터"


def test_without_a_script_a_part_is_saved_and_shown_again(client, offering):
    response = save(client, offering, "promise", htmx=False, delivery_days="3", amount="12,000")
    assert response.status_code == 302
    assert draft(offering)["delivery_days"] == 3
    assert draft(offering)["price"]["amount"] == "12000"


def test_the_live_version_stays_while_a_draft_is_written(client, admin, offering):
    offerings.publish(offering, by=admin)
    save(client, offering, "texts", name_en="Better laptop")
    offering.refresh_from_db()
    assert offering.name_en == "Laptop"
    assert offering.live.data["name"]["en"] == "Laptop"
    assert draft(offering)["name"]["en"] == "Better laptop"
    assert offering.versions.get(state=VersionState.DRAFT).number == 2


def test_two_in_one_part_see_both_texts_and_lose_neither(client, offering):
    stale = sent(client, offering, "texts", summary_en="Mine")
    save(client, offering, "texts", summary_en="Theirs")
    url = path("offering_part", offering.pk, "texts")
    response = client.post(url, stale, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Mine" in page
    assert "Theirs" in page
    assert draft(offering)["summary"]["en"] == "Theirs"
    over = response.context["over"]
    kept = client.post(url, stale | {"over": over}, headers={"HX-Request": "true"})
    assert kept.status_code == 200
    assert draft(offering)["summary"]["en"] == "Mine"


def test_two_in_different_parts_both_succeed(client, offering):
    texts = sent(client, offering, "texts", summary_en="Mine")
    save(client, offering, "promise", delivery_days="5")
    response = client.post(path("offering_part", offering.pk, "texts"), texts)
    assert response.status_code == 302
    assert draft(offering)["delivery_days"] == 5
    assert draft(offering)["summary"]["en"] == "Mine"


@pytest.mark.parametrize("amount", ["much", "-1", "1e9", "1.234", "١٢"])
def test_a_price_that_is_no_number_is_told_and_kept_in_the_form(client, offering, amount):
    response = save(client, offering, "promise", amount=amount)
    assert response.status_code == 422
    assert amount in response.content.decode()
    assert draft(offering)["price"]["amount"] == "0"


def test_questions_are_added_moved_copied_and_taken_out(client, offering):
    url = path("offering_part", offering.pk, "form")

    def keys():
        return [one["key"] for one in parts.questions(draft(offering))]

    client.post(url, {"do": "add:device", "label": "Bag colour", "type": "text"})
    assert keys() == ["model", "why", "bag_colour"]
    client.post(url, {"do": "up:bag_colour"})
    assert keys() == ["model", "bag_colour", "why"]
    client.post(url, {"do": "copy:bag_colour"})
    assert keys() == ["model", "bag_colour", "bag_colour_2", "why"]
    client.post(url, {"do": "section"})
    client.post(url, {"do": "down:why"})
    sections = parts.sections(draft(offering))
    assert [[one["key"] for one in each["fields"]] for each in sections] == [
        ["model", "bag_colour", "bag_colour_2"],
        ["why"],
    ]
    client.post(url, {"do": "remove:bag_colour_2"})
    assert keys() == ["model", "bag_colour", "why"]
    client.post(url, {"do": f"place:model@{sections[1]['key']}.0"})
    assert keys() == ["bag_colour", "model", "why"]


def test_a_question_without_a_text_is_refused_beside_its_field(client, offering):
    url = path("offering_part", offering.pk, "form")
    response = client.post(url, {"do": "add:device", "label": "", "type": "text"})
    assert response.status_code == 422
    assert len(parts.questions(draft(offering))) == 2


def test_all_settings_of_a_question_are_kept(client, offering):
    save(
        client,
        offering,
        "form",
        "why",
        help_en="One sentence",
        longest="200",
        required="",
        default="Because",
    )
    kept = parts.question(draft(offering), "why")
    assert kept["help"] == {"en": "One sentence"}
    assert kept["longest"] == 200
    assert not kept["required"]
    assert kept["default"] == "Because"
    assert kept["shown_if"] == {"field": "model", "is": "eq", "value": "pro"}


def test_options_get_keys_of_their_own_and_keep_them_when_renamed(client, offering):
    save(client, offering, "form", "model", **{"option-more": "1"})
    count = {"option-count": "3", "option-2-key": "", "option-2-en": "Max", "option-2-ko": "맥스"}
    save(client, offering, "form", "model", **count, **{"option-2-price": "5,000,000"})
    options = parts.question(draft(offering), "model")["options"]
    assert options[2] == {"key": "max", "label": {"ko": "맥스", "en": "Max"}, "price": "5000000"}
    save(client, offering, "form", "model", **{"option-2-en": "Biggest"})
    assert parts.question(draft(offering), "model")["options"][2]["key"] == "max"
    save(client, offering, "form", "model", **{"option-drop": "0"})
    kept = [one["key"] for one in parts.question(draft(offering), "model")["options"]]
    assert kept == ["pro", "max"]


def test_a_condition_offers_only_earlier_questions_and_fitting_comparisons(client, offering):
    page = client.get(path("offering_part", offering.pk, "form") + "?at=why")
    condition = page.context["form"].condition
    (group,) = condition.rows()
    (line,) = group["lines"]
    assert [value for value, _label in line["fields"]] == ["model"]
    assert [op for op, _label in line["ops"]] == ["eq", "ne", "in", "not_in", "filled", "empty"]
    assert [value for value, _label in line["options"]] == ["air", "pro"]
    first = client.get(path("offering_part", offering.pk, "form") + "?at=model")
    assert first.context["form"].condition.questions == []


def test_conditions_of_groups_are_kept_as_they_were_built(client, offering):
    url = path("offering_part", offering.pk, "form")
    client.post(url, {"do": "add:device", "label": "How many", "type": "number"})
    save(
        client,
        offering,
        "form",
        "how_many",
        **{
            "if-join": "any",
            "if-0-join": "all",
            "if-0-0-field": "model",
            "if-0-0-op": "eq",
            "if-0-0-value": "air",
            "if-0-1-field": "why",
            "if-0-1-op": "filled",
            "if-1-join": "all",
            "if-1-0-field": "model",
            "if-1-0-op": "in",
            "if-1-0-value": ["air", "pro"],
        },
    )
    wanted = {
        "any": [
            {
                "all": [
                    {"field": "model", "is": "eq", "value": "air"},
                    {"field": "why", "is": "filled"},
                ]
            },
            {"field": "model", "is": "in", "value": ["air", "pro"]},
        ]
    }
    assert parts.question(draft(offering), "how_many")["shown_if"] == wanted
    # Opening and saving it again changes nothing in what it means.
    save(client, offering, "form", "how_many")
    again = parts.question(draft(offering), "how_many")["shown_if"]
    assert sorted(map(_written, again["any"])) == sorted(map(_written, wanted["any"]))


def _written(condition):
    return json.dumps(condition, sort_keys=True)


def test_a_condition_too_deep_for_the_builder_is_kept_as_it_is(client, offering, admin):
    deep = {"not": {"all": [{"field": "model", "is": "eq", "value": "air"}]}}
    data = draft(offering)
    parts.question(data, "why")["shown_if"] = deep
    offerings.save_draft(offering, data, edition=None, by=admin)
    save(client, offering, "form", "why", help_en="Still there")
    assert parts.question(draft(offering), "why")["shown_if"] == deep


def test_an_impossible_condition_is_listed_with_the_way_to_it(client, offering, admin):
    data = draft(offering)
    parts.question(data, "why")["shown_if"] = {
        "all": [
            {"field": "model", "is": "eq", "value": "air"},
            {"field": "model", "is": "eq", "value": "pro"},
        ]
    }
    offerings.save_draft(offering, data, edition=None, by=admin)
    page = client.get(path("offering", offering.pk))
    ((_label, message, url),) = page.context["problems"]
    assert "never hold" in message
    assert url == path("offering_part", offering.pk, "form") + "?at=why"
    refused = client.post(path("offering_publish", offering.pk), {"note": ""})
    assert refused.status_code == 422
    offering.refresh_from_db()
    assert offering.live is None


def test_tasks_in_a_circle_are_drawn_and_told(client, offering):
    save(client, offering, "tasks", "buy", after=["set_up"])
    page = client.get(path("offering_part", offering.pk, "tasks"))
    assert any("wait for each other" in message for _l, message, _u in page.context["problems"])
    assert len(page.context["plan"].boxes) == 2


def test_a_task_taken_out_leaves_its_place_in_the_order(client, offering):
    url = path("offering_part", offering.pk, "tasks")
    client.post(url, {"do": "add"})
    assert [one["after"] for one in draft(offering)["tasks"]] == [[], ["buy"], ["set_up"]]
    client.post(url, {"do": "remove:set_up"})
    assert [(one["key"], one["after"]) for one in draft(offering)["tasks"]][1][1] == ["buy"]


def test_an_unknown_team_is_refused(client, offering):
    response = save(client, offering, "tasks", "buy", team="999999")
    assert response.status_code == 422
    assert draft(offering)["tasks"][0]["team"] != 999999


def test_an_audience_of_some_is_kept_with_its_people(client, offering):
    department, friend = make_department(), make_user("친구")
    save(
        client,
        offering,
        "audience",
        who="some",
        departments=[department.pk],
        person=friend.pk,
        for_others="on",
    )
    kept = draft(offering)["audience"]
    assert kept["departments"] == [department.pk]
    assert kept["people"] == [friend.pk]
    assert draft(offering)["for_others"] is True


def test_a_bundle_gives_answers_along(client, admin, offering, shelf):
    offerings.publish(offering, by=admin)
    joiner = offerings.create({"name_en": "New joiner", "shelf": shelf}, by=None)
    url = path("offering_part", joiner.pk, "bundle")
    asked = client.post(url, {"at": "new", "offering": offering.pk, "redraw": "1", "token": ""})
    assert [row[0].name for row in asked.context["form"].rows()] == ["from_model", "from_why"]
    assert "bundle" not in draft(joiner)
    answer = {"from_model": "=", "value_model": "air", "from_why": "", "value_why": ""}
    client.post(url, {"at": "new", "offering": offering.pk, "do": "save", **answer})
    (line,) = draft(joiner)["bundle"]
    assert line["offering"] == offering.pk
    assert line["answers"] == {"model": {"value": "air"}}
    client.post(url, {"do": "remove:0"})
    assert draft(joiner)["bundle"] == []


def test_publishing_says_what_changes_and_the_history_compares_any_two(client, admin, offering):
    offerings.publish(offering, by=admin, note="First")
    save(client, offering, "form", "why", label_en="Reason", required="")
    url = path("offering_part", offering.pk, "form")
    client.post(url, {"do": "add:device", "label": "Bag", "type": "yes_no"})
    page = client.get(path("offering_publish", offering.pk))
    told = {(change.what, change.name) for change in page.context["changes"]}
    assert told == {("changed", "Reason"), ("added", "Bag")}
    edition = page.context["draft"].edition
    response = client.post(
        path("offering_publish", offering.pk), {"note": "Bags", "edition": edition}
    )
    assert response.status_code == 302
    history = client.get(path("offering_versions", offering.pk))
    assert [row["number"] for row in history.context["rows"]] == [2, 1]
    assert len(history.context["changes"]) == 2
    turned = client.get(path("offering_versions", offering.pk) + "?old=2&new=1")
    assert ("removed", "Bag") in {(c.what, c.name) for c in turned.context["changes"]}


def test_what_somebody_changed_since_is_shown_before_it_is_published(client, admin, offering):
    save(client, offering, "texts", summary_en="Mine")
    refused = client.post(path("offering_publish", offering.pk), {"note": "", "edition": 1})
    assert refused.status_code == 422
    offering.refresh_from_db()
    assert offering.live is None


def test_an_old_version_becomes_the_draft(client, admin, offering):
    first = offerings.publish(offering, by=admin)
    save(client, offering, "texts", name_en="Second")
    offerings.publish(offering, by=admin)
    client.post(path("restore_offering", offering.pk, first.pk))
    assert draft(offering)["name"]["en"] == "Laptop"
    offering.refresh_from_db()
    assert offering.live.data["name"]["en"] == "Second"
    client.post(path("discard_draft", offering.pk))
    assert not offering.versions.filter(state=VersionState.DRAFT).exists()


def test_retired_and_offered_again(client, admin, offering):
    client.post(path("switch_offering", offering.pk), {"active": "0"})
    assert not Offering.objects.get(pk=offering.pk).is_active
    client.post(path("switch_offering", offering.pk), {"active": "1"})
    assert Offering.objects.get(pk=offering.pk).is_active


def test_a_file_of_one_installation_is_shown_then_read_in_as_drafts(client, admin, offering):
    answer = client.post(path("catalog_export"), {"offering": offering.pk})
    assert answer["Content-Disposition"].startswith("attachment")
    exported = answer.content.replace(b"Laptop", b"Notebook").replace(
        b'"slug": "laptop"', b'"slug": "notebook"'
    )
    upload = _upload(exported)
    page = client.post(path("catalog_import"), {"file": upload})
    (row,) = page.context["rows"]
    assert (row["state"], row["name"]) == ("new", "Notebook")
    assert Offering.objects.count() == 1
    client.post(path("catalog_apply"), {"kept": page.context["kept"], "take": ["notebook"]})
    made = Offering.objects.get(slug="notebook")
    assert made.live is None
    assert draft(made)["name"]["en"] == "Notebook"


def _upload(content):
    return SimpleUploadedFile("offerings.json", content)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b'{"kind": "other"}', b"[" * 100_000, b'{"kind": "maru-offerings"}'],
)
def test_a_broken_or_foreign_file_is_refused_in_words(client, admin, content):
    response = client.post(path("catalog_import"), {"file": _upload(content)})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]
    assert not Offering.objects.exists()


def test_a_spoilt_preview_is_refused(client, admin):
    response = client.post(path("catalog_apply"), {"kept": "x:y", "take": ["a"]})
    assert response.status_code == 302
    assert not Offering.objects.exists()


@pytest.mark.parametrize("at", ["nothing", "section:nothing", "' OR 1=1", "\x00"])
def test_a_part_that_is_gone_is_no_error(client, offering, at):
    url = path("offering_part", offering.pk, "form")
    assert client.get(url, {"at": at}).status_code == 200
    assert client.post(url, {"at": at, "do": "save"}).status_code == 422
    assert client.post(url, {"do": f"remove:{at}"}).status_code == 422


def test_lists_ask_as_often_for_one_as_for_thirty(client, admin, offering, shelf):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path("catalog")).status_code == 200
        return len(asked)

    count()
    one = count()
    for number in range(29):
        offerings.create({"name_en": f"Thing {number}", "shelf": shelf}, by=None)
    assert count() == one


def test_the_editor_asks_as_often_for_two_questions_as_for_forty(client, admin, offering):
    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(path("offering_part", offering.pk, "form") + "?at=why")
        return len(asked)

    count()
    one = count()
    data = draft(offering)
    for number in range(38):
        parts.add_question(data, "device", "text", {"en": f"Q {number}"})
    offerings.save_draft(offering, data, edition=None, by=admin)
    assert count() == one
