"""Files leave through their record's door, and no browser runs what is in them."""

from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions
from tickets.actions.attach import Upload
from tickets.models import Attachment

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


@pytest.fixture
def agent():
    return make_agent(team=make_team())


@pytest.fixture
def requester(client):
    user = make_user()
    client.force_login(user)
    return user


def attach(ticket, name, content, *, by, visibility="public"):
    upload = Upload.of(SimpleUploadedFile(name, content))
    return actions.attach(ticket, upload, by=by, visibility=visibility)


def url(file):
    return reverse("tickets:attachment", args=[file.pk])


def test_a_picture_is_shown_in_place_and_kept_by_nobody_else(client, agent, requester):
    file = attach(open_incident(by=requester), "화면 캡처.png", PNG, by=requester)
    response = client.get(url(file))
    assert b"".join(response.streaming_content) == PNG
    assert response.headers["Content-Type"] == "image/png"
    disposition = response.headers["Content-Disposition"]
    assert disposition == f"inline; filename*=utf-8''{quote('화면 캡처.png')}"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in response.headers["Cache-Control"]
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_asked_to_save_even_a_picture_is_saved(client, agent, requester):
    file = attach(open_incident(by=requester), "a.png", PNG, by=requester)
    response = client.get(url(file), {"save": ""})
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", HTML),
        ("picture.png", HTML),
        ("picture.gif", SVG),
        ("drawing.svg", SVG),
        ("photo.jpg", b"\xef\xbb\xbf   <ScRiPt>alert(1)</script>"),
        ("letter.pdf", b"<html><body onload=alert(1)>"),
        ("data.xml", b"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'/>"),
        ("notes.txt", b"alert(1)"),
        ("style.css", b"body { background: url(//a.example) }"),
        ("module.mjs", b"import 'https://a.example/x.js'"),
        ("archive.zip", b"PK\x03\x04" + b"0" * 64),
    ],
)
def test_nothing_that_could_run_is_ever_shown_in_place(client, agent, requester, name, content):
    file = attach(open_incident(by=requester), name, content, by=requester)
    response = client.get(url(file))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_picture_with_a_page_behind_it_stays_a_picture(client, agent, requester):
    file = attach(open_incident(by=requester), "both.png", PNG + HTML, by=requester)
    response = client.get(url(file))
    markup = response.headers["Content-Type"] != "image/png"
    assert not markup or response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name", ['a"; filename="b.html', "a\r\nSet-Cookie: x=1.txt", "../../a.txt"]
)
def test_a_name_cannot_break_out_of_its_header_or_folder(client, agent, requester, name):
    ticket = open_incident(by=requester)
    upload = Upload(name, BytesIO(b"hello"), 5)
    kept = actions.attach(ticket, upload, by=requester)
    response = client.get(url(kept))
    assert "Set-Cookie" not in response.headers
    assert "\n" not in response.headers["Content-Disposition"]
    assert ".." not in kept.file.name


def test_who_may_not_see_the_record_or_the_note_finds_no_file(client, agent, requester):
    ticket = open_incident(by=requester)
    public = attach(ticket, "public.txt", b"x", by=requester)
    internal = attach(ticket, "internal.txt", b"x", by=agent, visibility="internal")
    assert client.get(url(public)).status_code == 200
    assert client.get(url(internal)).status_code == 404
    client.force_login(make_user())
    assert client.get(url(public)).status_code == 404
    assert client.get(reverse("tickets:attachment", args=[10**9])).status_code == 404
    client.logout()
    assert client.get(url(public)).headers["Location"].startswith("/login/")
    client.force_login(agent)
    assert client.get(url(internal)).status_code == 200


def test_a_restricted_records_file_is_for_those_it_names(client, agent, requester):
    ticket = open_incident(by=requester)
    file = attach(ticket, "secret.txt", b"x", by=requester)
    actions.restrict(ticket, True, by=agent)
    client.force_login(make_agent())
    assert client.get(url(file)).status_code == 404


def test_a_removed_file_is_gone_for_everybody(client, agent, requester):
    file = attach(open_incident(by=requester), "a.txt", b"x", by=requester)
    actions.detach(file, by=requester)
    assert client.get(url(file)).status_code == 404


def test_a_file_lost_from_the_disk_is_a_clear_404(client, agent, requester):
    file = attach(open_incident(by=requester), "a.txt", b"x", by=requester)
    Attachment.objects.get(pk=file.pk).file.storage.delete(file.file.name)
    assert client.get(url(file)).status_code == 404


def test_an_unchanged_file_is_not_sent_again_but_asked_for_each_time(client, agent, requester):
    file = attach(open_incident(by=requester), "a.png", PNG, by=requester)
    tag = client.get(url(file)).headers["ETag"]
    assert client.get(url(file), headers={"If-None-Match": tag}).status_code == 304
    client.force_login(make_user())
    assert client.get(url(file), headers={"If-None-Match": tag}).status_code == 404


def test_files_change_nothing_and_take_no_other_method(client, agent, requester):
    file = attach(open_incident(by=requester), "a.txt", b"x", by=requester)
    assert client.post(url(file)).status_code == 405
    assert client.head(url(file)).status_code == 200
