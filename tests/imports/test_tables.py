"""Importing people, services and items: looked at first, written once, each by its action."""

import csv
import io
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from accounts.enums import Role
from accounts.models import AuditEvent, User
from cmdb.models import ConfigurationItem, Service
from core.errors import ActionError
from imports import sheets
from imports.actions import tables
from imports.models import Upload
from tests.factories import make_department, make_service, make_team, make_user

pytestmark = pytest.mark.django_db

PEOPLE = """이메일,이름,영문이름,부서,직급,내선,VIP
kim@example.org,김하나,Hana Kim,영업부,과장,2001,예
lee@example.org,이둘,,영업부,대리,2002,아니오
lee@example.org,이둘,,영업부,대리,2003,
broken,무명,,영업부,,,
choi@example.org,최넷,,없는부서,,,
park@example.org,,,,,,
"""


def administrator(**fields) -> User:
    return make_user(role=Role.ADMINISTRATOR, **fields)


def kept_of(text: str, table: str = "people", by: User | None = None, encoding="utf-8") -> Upload:
    return tables.upload(table, "list.csv", text.encode(encoding), by=by or administrator())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_korean_headings_are_understood_in_every_encoding(encoding):
    make_department("영업부")
    kept = kept_of(PEOPLE, encoding=encoding)
    assert kept.columns == [
        "email", "display_name", "roman_name", "department", "job_grade", "extension", "is_vip",
    ]  # fmt: skip
    assert kept.rows[0][1] == "김하나"


def test_each_row_is_judged_and_nothing_is_written():
    make_department("영업부")
    before = User.objects.count()
    kept = kept_of(PEOPLE)
    rows = tables.judged(kept)
    assert [row.does for row in rows] == ["new", "new", "error", "error", "error", "error"]
    assert [row.line for row in rows] == [2, 3, 4, 5, 6, 7]
    assert "line 3" in rows[2].problems[0]
    assert "없는부서" in rows[4].problems[0]
    assert User.objects.count() == before + 1  # the administrator


def test_confirming_writes_what_is_new_by_actions_and_names_the_rest():
    department, admin = make_department("영업부"), administrator()
    kept = tables.confirm(kept_of(PEOPLE, by=admin), by=admin)
    assert kept.result["counts"] == {"new": 2, "error": 4}
    kim = User.objects.get(email="kim@example.org")
    assert (kim.display_name, kim.roman_name, kim.department) == ("김하나", "Hana Kim", department)
    assert kim.is_vip
    assert not kim.has_usable_password()
    assert AuditEvent.objects.filter(object_id=str(kim.pk), actor=admin).exists()
    assert 5 in [problem["line"] for problem in kept.result["problems"]]
    assert not User.objects.filter(display_name="무명").exists()


def test_confirming_twice_writes_once():
    make_department("영업부")
    admin = administrator()
    kept = kept_of(PEOPLE, by=admin)
    tables.confirm(kept, by=admin)
    audited = AuditEvent.objects.count()
    tables.confirm(Upload.objects.get(pk=kept.pk), by=admin)
    assert AuditEvent.objects.count() == audited


def test_a_second_import_changes_only_what_differs_and_leaves_blanks_alone():
    admin = administrator()
    make_user("김하나", email="kim@example.org", extension="2001", phone="010")
    make_user("이둘", email="lee@example.org", extension="7")
    text = "email,name,ext,phone\nKIM@example.org,김하나,2001,\nlee@example.org,이둘,8,\n"
    kept = kept_of(text, by=admin)
    assert [(row.does, row.changes) for row in tables.judged(kept)] == [
        ("same", []),
        ("changed", ["extension"]),
    ]
    tables.confirm(kept, by=admin)
    assert User.objects.get(email="lee@example.org").extension == "8"
    assert User.objects.get(email="kim@example.org").phone == "010"


def test_services_and_items_name_teams_owners_and_each_other():
    admin = administrator(email="boss@example.org")
    team = make_team("네트워크팀")
    text = "서비스명,영문명,중요도,담당팀,책임자\nVPN 접속,VPN,2,네트워크팀,boss@example.org\n"
    tables.confirm(kept_of(text, "services", admin), by=admin)
    service = Service.objects.get(name_en="VPN")
    assert (service.support_team, service.owner, service.criticality) == (team, admin, 2)
    text = "name;type;status;services\nvpn-gw-01;Network device;in use;VPN 접속\n=x;Rocket;;\n"
    kept = tables.confirm(kept_of(text, "items", admin), by=admin)
    assert kept.result["counts"] == {"new": 1, "error": 1}
    item = ConfigurationItem.objects.get()
    assert (item.type, item.status, item.services.get()) == ("network", "in_use", service)


def test_columns_can_be_chosen_otherwise_but_not_twice():
    admin = administrator()
    kept = kept_of("who,call\na@example.org,A\n", by=admin)
    assert kept.columns == ["", ""]
    tables.set_columns(kept, ["email", "display_name"], by=admin)
    assert [row.does for row in tables.judged(kept)] == ["new"]
    with pytest.raises(ActionError):
        tables.set_columns(kept, ["email", "email"], by=admin)


def workbook(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_excel_files_are_read_and_their_formulas_are_not_run():
    sheet = sheets.read("a.xlsx", workbook(["Name", "Serial"], ["host", 42.0], ["=1+1", None]))
    assert sheet.header == ["Name", "Serial"]
    assert sheet.rows[0] == ["host", "42"]
    assert sheet.rows == [["host", "42"]] or sheet.rows[1][0] in ("", "=1+1", "2")


def bomb() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED + 1))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no headings"),
        (b"email,name\n", "no rows"),
        (b"a\n" + b"b\n" * 2_001, "At most 2000 rows"),
        (b"x" * (sheets.MOST_BYTES + 1), "larger than 5 MB"),
        (b"PK\x03\x04 no archive", "not a readable Excel"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        (b"a,b\n\xff\xff\xff", "neither UTF-8 nor Korean"),
        (b",".join([b"c"] * 61) + b"\n1\n", "At most 60 columns"),
    ],
)
def test_files_that_can_not_be_taken_say_why(content, complaint):
    with pytest.raises(ActionError, match=complaint):
        sheets.read("x", content)


def test_an_archive_that_unpacks_to_far_too_much_is_refused():
    with pytest.raises(ActionError, match="too large once unpacked"):
        sheets.read("x.xlsx", bomb())


def test_the_pages_upload_show_and_confirm(client):
    make_department("영업부")
    admin = administrator(language="en")
    client.force_login(admin, backend="accounts.backends.EmailBackend")
    assert client.get(reverse("adminui:import")).status_code == 200
    file = SimpleUploadedFile("people.csv", PEOPLE.encode("cp949"))
    answer = client.post(reverse("adminui:import"), {"table": "people", "file": file})
    kept = Upload.objects.get()
    assert answer["Location"] == reverse("adminui:import_preview", args=[kept.pk])
    page = client.get(answer["Location"]).content.decode()
    assert "김하나" in page
    assert "Import 2 rows" in page
    assert not User.objects.filter(email="kim@example.org").exists()
    answer = client.post(reverse("adminui:import_confirm", args=[kept.pk]), follow=True)
    assert User.objects.filter(email="kim@example.org").exists()
    assert "Line 5" in answer.content.decode()


def test_a_bad_file_is_refused_on_the_form(client):
    client.force_login(administrator(language="en"), backend="accounts.backends.EmailBackend")
    file = SimpleUploadedFile("people.xlsx", b"PK\x03\x04 no")
    answer = client.post(reverse("adminui:import"), {"table": "people", "file": file})
    assert answer.status_code == 422
    assert "not a readable Excel file" in answer.content.decode()


def test_only_administrators_import_and_nobody_opens_anothers_upload(client):
    kept = kept_of("email,name\na@example.org,A\n")
    for user, status in ((make_user(), 403), (administrator(), 404)):
        client.force_login(user, backend="accounts.backends.EmailBackend")
        for name in ("import_preview", "import_confirm"):
            url = reverse(f"adminui:{name}", args=[kept.pk])
            answer = client.post(url)
            assert answer.status_code == status, name
    assert not User.objects.filter(email="a@example.org").exists()


@pytest.mark.parametrize("table", ["people", "services", "items"])
def test_an_exported_list_can_be_imported_again_and_changes_nothing(client, table):
    admin = administrator(language="ko")
    make_user("=cmd", email="odd@example.org", phone="+82 10")
    service = make_service("메일", make_team("메일팀"), owner=admin)
    ConfigurationItem.objects.create(name="mail-01", owner=admin).services.add(service)
    client.force_login(admin, backend="accounts.backends.EmailBackend")
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("adminui:export_list", args=[table]), {"format": kind})
        content = b"".join(answer.streaming_content)
        if kind == "csv" and table == "people":
            assert "'=cmd" in content.decode("utf-8-sig")
            assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        kept = tables.upload(table, f"list.{kind}", content, by=admin)
        assert {row.does for row in tables.judged(kept)} == {"same"}, kind
