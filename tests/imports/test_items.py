"""Items and their relations from files: looked at first, each line judged, a second run idle."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from accounts.enums import Role
from cmdb.models import ConfigurationItem, Relation
from imports.actions import tables
from tests.factories import make_item, make_service, make_user

pytestmark = pytest.mark.django_db
ITEMS = """이름,유형,상태,위치,서비스
app-1,Application,사용 중,3층,메일
db-1,Database,In use,3층,"메일; 없는서비스"
app-1,Server,In use,,
,Server,In use,,
db-2,Toaster,In use,,
"""
RELATIONS = """item,relation,other item
app-1,runs on,db-1
App-1,runs_on,DB-1
app-1,depends on,nowhere
app-1,is part of,app-1
app-1,,db-1
app-1,laughs at,db-1
"""


@pytest.fixture
def admin():
    return make_user(role=Role.ADMINISTRATOR)


def kept_of(table: str, text: str, by):
    return tables.upload(table, "list.csv", text.encode(), by=by)


def test_items_are_judged_line_by_line_and_nothing_is_written(admin):
    make_service("메일")
    rows = tables.judged(kept_of("items", ITEMS, admin))
    assert [row.does for row in rows] == ["new", "error", "error", "error", "error"]
    told = [" ".join(row.problems) for row in rows]
    assert "없는서비스" in told[1]
    assert "line 2" in told[2]
    assert "Toaster" in told[4]
    assert not ConfigurationItem.objects.exists()


def test_items_come_with_their_services_and_a_second_run_changes_nothing(admin):
    service = make_service("메일")
    done = tables.confirm(kept_of("items", ITEMS, admin), by=admin)
    assert done.result["counts"] == {"new": 1, "error": 4}
    assert list(ConfigurationItem.objects.get().services.all()) == [service]
    again = tables.judged(kept_of("items", ITEMS, admin))
    assert again[0].does == "same"


def test_each_relation_says_what_is_wrong_and_what_to_do(admin):
    make_item("app-1")
    make_item("db-1")
    rows = tables.judged(kept_of("relations", RELATIONS, admin))
    assert [row.does for row in rows] == ["new", *["error"] * 5]
    told = [" ".join(row.problems) for row in rows]
    assert "line 2" in told[1]
    assert "nowhere" in told[2]
    assert "Import the items first" in told[2]
    assert "not related to itself" in told[3]
    assert "Relation is missing" in told[4]
    assert "laughs at" in told[5]
    assert not Relation.objects.exists()


def test_relations_are_written_once_however_often_they_are_imported(admin):
    source, target = make_item("app-1"), make_item("db-1")
    for counts in ({"new": 1, "error": 5}, {"same": 1, "error": 5}):
        done = tables.confirm(kept_of("relations", RELATIONS, admin), by=admin)
        assert done.result["counts"] == counts
    relation = Relation.objects.get()
    assert (relation.source, relation.target, relation.type) == (source, target, "runs_on")


def test_what_is_exported_comes_back_unchanged_as_a_workbook(client, admin):
    client.force_login(admin)
    source, target = make_item("app-1"), make_item("db-1")
    source.relations_out.create(target=target, type="part_of")
    answer = client.get("/admin-ui/import/export/relations/?format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    book = Workbook()
    for line in lines:
        book.active.append(line.split(","))
    content = BytesIO()
    book.save(content)
    kept = tables.upload("relations", "list.xlsx", content.getvalue(), by=admin)
    assert [row.does for row in tables.judged(kept)] == ["same"]


def test_the_pages_show_the_preview_and_then_what_was_done(client, admin):
    client.force_login(admin)
    make_item("app-1")
    make_item("db-1")
    kept = kept_of("relations", RELATIONS, admin)
    page = client.get(f"/admin-ui/import/{kept.pk}/").content.decode()
    assert "nowhere" in page
    assert client.post(f"/admin-ui/import/{kept.pk}/confirm/", follow=True).status_code == 200
    assert Relation.objects.count() == 1
