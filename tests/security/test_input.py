"""Input made to break out: of SQL, HTML, templates, headers, files and patience."""

import json

import pytest
from django.core.files.base import ContentFile

from notifications.models import Delivery, Template
from tests.api.conftest import Api
from tests.factories import make_agent, make_service, make_team, make_user, open_incident
from tests.security.addresses import addresses
from tickets import actions
from tickets.actions.attach import Upload
from tickets.models import Attachment, CannedText, Event, Ticket

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
BREAKOUTS = (
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea></title></script><script>alert(1)</script>",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "[click](javascript:alert(1))",
)
# Raw pieces that must not stand in any page: each would be a tag of the attacker's.
RAW = ("<script>alert", "<img src=x", "<svg/onload", "<svg onload")
SQL = (
    "' OR '1'='1", "1; DROP TABLE tickets_ticket; --", "\\", "%", "_", "\x00", "' UNION SELECT 1--",
    "number);--", "-number,(select pg_sleep(9))", "²", "٣", "9" * 5000,
    "9" * 40, "-1", "1e400", b"\xed\xa0\x80",
    "{}", "[]", "a" * 5000, "(" * 200, "NaN", "\u202e",
)  # fmt: skip


@pytest.fixture
def desk(client):
    team = make_team()
    person = make_agent("Agent", team, is_staff=True)
    record = open_incident(by=make_user(), service=make_service(team=team))
    client.raise_request_exception = False
    client.force_login(person)
    return person, record


@pytest.mark.slow
def test_no_parameter_reaches_sql_or_breaks_a_page(desk, client):
    _person, record = desk
    lists = (
        "/desk/q/open/", "/desk/q/open/changes/", "/desk/export/", "/search/",
        "/desk/pick/tickets/",
        "/desk/pick/people/", "/desk/pick/agents/", "/desk/pick/teams/", "/desk/pick/services/",
        "/desk/pick/items/", "/desk/pick/categories/", "/desk/new/proposal/", "/portal/search/",
        "/portal/my/", "/portal/report/", "/portal/report/similar/", "/portal/services/", "/inbox/",
        f"/inc/{record.number}/news/", f"/inc/{record.number}/do/start/",
        f"/portal/my/{record.number}/news/",
    )  # fmt: skip
    names = ("q", "sort", "after", "before", "page", "f.status", "f.team", "f.assignee", "f.opened",
             "f.tags", "f.requester", "cursor", "since", "known", "title", "whose", "show", "view",
             "version", "last_seen", "body", "columns", "order")  # fmt: skip
    broken = []
    for address in lists:
        for value in SQL:
            answer = client.get(address, dict.fromkeys(names, value))
            if answer.status_code >= 500:
                broken.append((address, value[:20]))
    assert broken == []
    assert Ticket.objects.count() == 1


@pytest.mark.slow
def test_no_posted_value_breaks_a_page(desk, client):
    _person, record = desk
    base = f"/inc/{record.number}"
    names = ("value", "seen", "title", "description", "body", "mode", "last_seen", "assignee",
             "team", "reason", "level", "user", "restricted", "target", "type", "state", "text",
             "template", "requester", "service", "category", "impact", "urgency", "density",
             "columns", "records", "on", "name", "scope", "token", "slot", "details", "resume_at",
             "pending_reason", "resolution", "resolution_code", "cause_category")  # fmt: skip
    ends = ("edit/items/", "edit/tags/", "edit/impact/", "edit/service/", "edit/requester/",
            "edit/title/", "edit/description/", "assign/", "team/", "watch/", "say/", "links/",
            "tasks/", "checks/", "template/", "do/start/", "do/pend/", "do/resolve/", "draft/memo/",
            "draft/x/")  # fmt: skip
    pages = (*(f"{base}/{end}" for end in ends), "/desk/new/", "/desk/new/draft/", "/inbox/read/",
             "/desk/q/open/display/", "/portal/report/", "/portal/draft/", "/portal/draft/discard/",
             "/portal/files/", "/session/renew/", "/login/", "/password/", "/me/", "/language/",
             "/me/preferences/", "/me/tokens/", f"/portal/my/{record.number}/reply/")  # fmt: skip
    broken = []
    for address in pages:
        for value in SQL:
            given = {**dict.fromkeys(names, value), "mode": "memo", "slot": f"portal:report{value}"}
            answer = client.post(address, given)
            if answer.status_code >= 500:
                broken.append((address, value[:20]))
    assert broken == []


@pytest.mark.parametrize("what", ["nothing", "x", "update", "page"])
def test_a_menu_that_is_none_is_not_found(desk, client, what):
    assert client.get(f"/inc/{desk[1].number}/menu/{what}/").status_code == 404


def test_a_slot_with_a_line_break_or_foreign_digits_leads_nowhere(client):
    client.force_login(make_user())
    for slot in ("portal:reply:INC-1\n", "portal:reply:INC-١", "portal:report\n"):
        answer = client.post("/portal/draft/discard/", {"slot": slot})
        assert answer["Location"] == "/portal/"


def test_wildcards_of_like_mean_themselves(desk, client):
    person, _record = desk
    open_incident("100% sure_thing", by=person)
    for text, hits in (("%", 1), ("_", 1), ("\\", 0), ("%%", 0), ("s_re", 0)):
        found = client.get("/desk/pick/tickets/", {"q": text}).context["options"]
        assert len(found) == hits, text


@pytest.mark.slow
def test_markup_of_people_is_shown_nowhere_as_markup(desk, client):
    person, record = desk
    for text in BREAKOUTS:
        actions.edit(record, {"title": text, "description": text, "tags": [text[:40]]}, by=person)
        record.refresh_from_db()
        upload = Upload(f"{text.replace('/', '|')}.txt", ContentFile(b"x"), 1)
        actions.comment(record, text, by=person, files=[upload])
        actions.comment(record, text, by=person, visibility="internal")
        actions.add_task(record, text, by=person)
        actions.add_check(record, text, by=person)
        client.post("/desk/new/draft/", {"title": text, "description": text})
        client.post(f"/inc/{record.number}/draft/memo/", {"body": text})
    person.display_name = person.roman_name = BREAKOUTS[1]
    person.save()
    CannedText.objects.create(key="x", name_en=SCRIPT, name_ko=SCRIPT, body_en=SCRIPT, body_ko="")
    given = {"q": BREAKOUTS[0], "f.tags": BREAKOUTS[1], "title": BREAKOUTS[3], "body": BREAKOUTS[0]}
    for address in addresses({"number": record.number, "reference": record.number}):
        if address.startswith(("/api/", "/files/", "/djadmin/", "/admin-ui/import/export")):
            continue
        answer = client.get(address, given)
        if answer.streaming or "json" in answer.headers.get("Content-Type", ""):
            continue
        text = answer.content.decode()
        assert not [raw for raw in RAW if raw in text], address
        assert 'href="javascript:' not in text, address
        for field in ("SECRET_KEY", "only-for-tests"):
            assert "only-for-tests" not in text, (address, field)


def test_changed_rows_hold_escaped_markup(desk, client):
    person, record = desk
    actions.edit(record, {"title": BREAKOUTS[1]}, by=person)
    known = f"{record.pk}.1"
    answer = client.get("/desk/q/open/changes/", {"known": known, "since": "2020-01-01T00:00:00Z"})
    markup = "".join(answer.json()["rows"].values())
    assert "<img src=x" not in markup


def test_a_saved_reply_fills_its_words_and_runs_nothing(desk, client):
    _person, record = desk
    body = "{requester.password} {requester.__class__} {{ 7|add:7 }} {% debug %} {number}"
    CannedText.objects.create(key="x", name_en="x", name_ko="x", body_en=body, body_ko=body)
    text = client.get(f"/inc/{record.number}/menu/canned/").content.decode()
    assert "{requester.password} {requester.__class__} {{ 7|add:7 }} {% debug %}" in text
    assert record.number in text


def test_a_mail_text_fills_its_words_and_runs_nothing(desk):
    person, record = desk
    evil = "{text.__class__} {{ 7|add:7 }} {% debug %} {requester}"
    Template.objects.create(
        what="replied", audience="requester", subject_ko=evil, subject_en=evil,
        body_ko=evil, body_en=evil,
    )  # fmt: skip
    letter = _letter(record, person, "{title} {requester.password}" + SCRIPT)
    for text in (letter.subject, letter.body):
        assert "{text.__class__} {{ 7|add:7 }} {% debug %}" in text
    html = letter.alternatives[0][0]
    assert "<script" not in html


def _letter(record, author, body):
    from notifications.letters import letter

    said = actions.comment(record, body, by=author)
    delivery = Delivery(
        user=record.requester, ticket=record, event=Event.objects.get(comment=said), comment=said,
        what="replied", audience="requester",
    )  # fmt: skip
    return letter(delivery)


def test_a_title_adds_no_header_to_a_mail(desk):
    person, record = desk
    Ticket.objects.filter(pk=record.pk).update(title="x\r\nBcc: evil@example.net\r\n\r\nbody")
    record.refresh_from_db()
    message = _letter(record, person, "Hello").message()
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("data.xml", b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'/>"),
        ("photo.png", b"<!doctype html><script>alert(1)</script>"),
        ("photo.jpg", b"\x00\x00<script>alert(1)</script>"),
        ("letter.txt", b"plain <script>alert(1)</script>"),
        ("page.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>"),
        ("mail.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<script>"),
        ("style.css", b"body{background:url(javascript:alert(1))}"),
        ("photo.gif", b"GIF89a/*<script>alert(1)</script>*/=1;"),
        ("p\r\nX-Evil: 1\r\n\r\n.html", b"<html>"),
    ],
)
def test_no_file_is_served_as_something_that_runs(desk, client, name, content):
    person, record = desk
    file = actions.attach(record, Upload(name, ContentFile(content), len(content)), by=person)
    api = Api(person)
    for answer in (
        client.get(f"/files/{file.pk}/"),
        api.get(f"/tickets/{record.number}/attachments/{file.pk}/"),
    ):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "X-Evil" not in answer
        inline = answer["Content-Disposition"].startswith("inline")
        assert not inline or answer["Content-Type"].startswith(("image/", "application/pdf"))
        assert not inline or "svg" not in answer["Content-Type"]


def test_files_are_kept_under_names_nobody_chose(desk):
    person, record = desk
    for name in (
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "/etc/cron.d/x",
        "con",
        ".htaccess",
        "\x00",
    ):
        file = actions.attach(record, Upload(name, ContentFile(b"x"), 1), by=person)
        stored = Attachment.objects.get(pk=file.pk)
        assert ".." not in stored.file.name
        assert "passwd" not in stored.file.name
        assert "/" not in stored.name
        assert "\\" not in stored.name


def test_ten_thousand_fields_are_refused(desk, client):
    many = {f"f{n}": "x" for n in range(10_000)}
    for address in ("/desk/new/", "/portal/report/", "/login/", "/inbox/read/"):
        assert client.post(address, many).status_code == 400, address
        body = "&".join(f"{name}=x" for name in many)
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 400, address


def test_a_huge_body_is_refused_before_it_is_read(desk, client):
    for address in ("/desk/new/", "/portal/report/", "/login/", "/api/v1/tickets/"):
        answer = client.post(
            address,
            b"x",
            content_type="multipart/form-data; boundary=x",
            CONTENT_LENGTH="99999999999",
        )
        assert answer.status_code == 413, address
    answer = client.post(
        "/login/", "a=" + "x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400


def test_deeply_nested_json_is_refused(desk):
    api = Api(desk[0])
    for bomb in (
        "[" * 200_000,
        '{"a":' * 100_000,
        "[" * 900 + "]" * 900,
        '{"title":' + "9" * 9999 + "}",
    ):
        answer = api.client.post(
            "/api/v1/tickets/", bomb, content_type="application/json", headers=api.headers
        )
        assert answer.status_code in (400, 413, 422), bomb[:9]


def test_no_form_or_api_sets_what_it_does_not_show(desk, client):
    person, record = desk
    forbidden = {
        "is_superuser": "on", "is_staff": "on", "is_active": "", "role": "administrator",
        "roles": "administrator", "grants": "1", "password": "x", "email": "evil@example.net",
        "id": "1", "pk": "1", "user": "1", "requester_id": "1", "number": "INC-9999999",
        "status": "closed", "phase": "closed", "priority": "1", "restricted": "on", "is_vip": "on",
        "opened_by": "1", "channel": "api", "resolved_at": "2020-01-01", "by_requester": "on",
        "visibility": "internal", "department": "1", "employee_no": "1", "is_machine": "on",
    }  # fmt: skip
    person.refresh_from_db()
    before = {field.attname: getattr(person, field.attname) for field in person._meta.fields}
    client.post("/me/", {**forbidden, "phone": "1"})
    client.post("/me/preferences/", {**forbidden, "language": "en"})
    person.refresh_from_db()
    for name in ("is_superuser", "is_staff", "is_active", "password", "email", "is_vip",
                 "employee_no", "is_machine", "department_id"):  # fmt: skip
        assert getattr(person, name) == before[name], name
    assert person.grants.count() == 1
    api = Api(person)
    for name, value in forbidden.items():
        if name in ("priority", "status", "restricted", "number", "opened_by", "phase", "id"):
            answer = api.patch(f"/tickets/{record.number}/", {name: value})
            assert answer.status_code in (400, 422), (name, answer.content)
    assert json.loads(api.get("/users/me/").content)["email"] == before["email"]
