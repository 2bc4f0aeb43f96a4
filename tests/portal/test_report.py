"""Reporting a problem: few questions, nothing lost, one record."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.models import StagedFile
from tests.factories import (
    PASSWORD,
    make_agent,
    make_department,
    make_service,
    make_team,
    make_user,
    open_incident,
)
from tests.portal.support import TOKEN, answers, report
from tickets.models import Draft, Event, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def requester(client):
    make_team()
    user = make_user("김하늘", roman_name="Haneul Kim")
    client.force_login(user)
    return user


def test_a_report_becomes_an_incident_with_impact_and_urgency_from_its_answers(client, requester):
    service = make_service()
    response = report(client, service=service.pk, affected="many", working="no")
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == reverse("portal:received", args=[ticket.number])
    assert (ticket.requester, ticket.opened_by, ticket.service) == (requester, requester, service)
    assert (ticket.impact, ticket.urgency, ticket.priority) == (1, 1, 1)
    assert ticket.channel == "portal"
    assert Event.objects.get(ticket=ticket, verb="opened").channel == "portal"
    page = client.get(response.headers["Location"]).content.decode()
    assert ticket.number in page


@pytest.mark.parametrize(
    ("affected", "working", "priority"),
    [("me", "yes", 5), ("me", "no", 3), ("team", "hardly", 3), ("many", "hardly", 2)],
)
def test_priority_follows_the_matrix(client, requester, affected, working, priority):
    report(client, affected=affected, working=working)
    assert Ticket.objects.get().priority == priority


def test_mistakes_keep_every_word_and_are_said_in_title_summary_and_beside_the_field(
    client, requester
):
    response = report(client, title=" ", details="The details stay.", working="")
    page = response.content.decode()
    assert response.status_code == 422
    assert not Ticket.objects.exists()
    assert "<title>Error: Report a problem" in page
    assert 'class="error-summary"' in page
    assert 'href="#id_title"' in page
    assert 'href="#id_working"' in page
    assert "The details stay." in page
    assert response.context["form"]["affected"].value() == "team"


def test_a_form_sent_twice_makes_one_record(client, requester):
    first = report(client, token=TOKEN)
    second = report(client, token=TOKEN)
    assert Ticket.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_a_spoilt_token_is_no_hindrance(client, requester):
    assert report(client, token="x").status_code == 302


def test_files_chosen_before_a_mistake_are_on_the_record_after_it(client, requester):
    picture = SimpleUploadedFile("화면.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    response = report(client, title="", files=[picture])
    assert response.status_code == 422
    assert "화면.png" in response.content.decode()
    report(client)
    ticket = Ticket.objects.get()
    assert [file.name for file in ticket.attachments.all()] == ["화면.png"]
    assert not StagedFile.objects.exists()


def test_a_refused_file_is_named_with_what_to_do_and_the_others_stay(client, requester):
    program = SimpleUploadedFile("setup.exe", b"MZ" + b"0" * 64)
    note = SimpleUploadedFile("note.txt", b"hello")
    response = report(client, files=[program, note])
    page = response.content.decode()
    assert response.status_code == 422
    assert "setup.exe is a program" in page
    assert [file.name for file in StagedFile.objects.all()] == ["note.txt"]


def test_files_go_up_one_by_one_and_can_be_taken_out_again(client, requester):
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("empty.txt", b"")]
    response = client.post(
        reverse("portal:files"),
        {"slot": "portal:report", "files": files},
        headers={"X-Requested-With": "fetch"},
    )
    page = response.content.decode()
    assert "a.txt" in page
    assert "empty.txt is empty" in page
    file = StagedFile.objects.get()
    page = client.post(
        reverse("portal:remove_file", args=[file.pk]), headers={"X-Requested-With": "fetch"}
    ).content.decode()
    assert "a.txt" not in page
    assert not StagedFile.objects.exists()


def test_another_persons_staged_file_can_neither_be_seen_nor_removed(client, requester):
    other = make_user()
    client.force_login(other)
    client.post(
        reverse("portal:files"),
        {"slot": "portal:report", "files": [SimpleUploadedFile("secret.txt", b"a")]},
    )
    client.force_login(requester)
    assert "secret.txt" not in client.get(reverse("portal:report")).content.decode()
    client.post(reverse("portal:remove_file", args=[StagedFile.objects.get().pk]))
    assert StagedFile.objects.filter(user=other).exists()


def test_no_more_than_ten_files_wait_in_one_form(client, requester):
    files = [SimpleUploadedFile(f"{n}.txt", b"a") for n in range(11)]
    response = client.post(reverse("portal:files"), {"slot": "portal:report", "files": files})
    assert StagedFile.objects.count() == 10
    assert "10.txt was left out" in response.content.decode()


def test_without_script_a_file_is_removed_and_the_words_stay(client, requester):
    data = {"slot": "portal:report", "files": [SimpleUploadedFile("a.txt", b"a")]}
    client.post(reverse("portal:files"), data)
    url = reverse("portal:remove_file", args=[StagedFile.objects.get().pk])
    response = client.post(url, answers(title="Half a report"), follow=True)
    page = response.content.decode()
    assert "a.txt" not in page
    assert "Half a report" in page


def test_what_is_typed_is_kept_and_restored(client, requester):
    data = answers(title="Printer on", details="3rd floor", affected="team")
    assert client.post(reverse("portal:draft"), data).status_code == 204
    page = client.get(reverse("portal:report")).content.decode()
    assert "Printer on" in page
    assert "3rd floor" in page
    assert "Continue where you stopped" in page
    assert "Continue your report" in client.get(reverse("portal:home")).content.decode()


def test_start_over_forgets_words_and_files(client, requester):
    client.post(reverse("portal:draft"), answers(title="Printer on"))
    data = {"slot": "portal:report", "files": [SimpleUploadedFile("a.txt", b"a")]}
    client.post(reverse("portal:files"), data)
    client.post(reverse("portal:discard"), {"slot": "portal:report"})
    assert not Draft.objects.exists()
    assert not StagedFile.objects.exists()


def test_a_late_save_does_not_bring_a_sent_draft_back(client, requester):
    report(client, token=TOKEN)
    client.post(reverse("portal:draft"), answers(title="VPN", token=TOKEN))
    assert not Draft.objects.exists()


def test_only_live_services_are_offered_or_taken(client, requester):
    live, retired = make_service("Mail"), make_service("Old mail", status="retired")
    page = client.get(reverse("portal:services"), {"q": "mail"}).content.decode()
    assert "Mail" in page
    assert "Old mail" not in page
    assert report(client, service=retired.pk).status_code == 422
    assert report(client, service=live.pk).status_code == 302


def test_the_form_cannot_set_what_is_not_asked(client, requester):
    other = make_user()
    report(client, requester=other.pk, team=99, restricted="on", priority=1, status="closed")
    ticket = Ticket.objects.get()
    assert (ticket.requester, ticket.restricted, ticket.status) == (requester, False, "new")


def test_similar_shows_own_open_records_in_both_languages(client, requester):
    open_incident("VPN 접속이 자꾸 끊깁니다", by=requester)
    open_incident("Printer on floor 3 jams", by=requester)
    url = reverse("portal:similar")
    assert "VPN 접속이" in client.get(url, {"title": "vpn 접속 끊김"}).content.decode()
    assert "Printer on floor" in client.get(url, {"title": "printer jam"}).content.decode()
    assert client.get(url, {"title": "vp"}).content.decode().strip() == ""
    assert client.get(url, {"title": "Coffee machine"}).content.decode().strip() == ""


def test_similar_is_not_misled_by_polite_endings(client, requester):
    open_incident("메일이 스팸으로 분류됩니다", by=requester)
    open_incident("화면이 켜지지 않습니다", by=requester)
    url = reverse("portal:similar")
    for title in ("프린터가 안 됩니다", "로그인이 되지 않습니다"):
        assert client.get(url, {"title": title}).content.decode().strip() == ""


def test_similar_never_shows_what_others_reported(client, requester):
    open_incident("Payroll shows the wrong salary")
    open_incident("Payroll is restricted", by=make_user(), service=make_service())
    url = reverse("portal:similar")
    assert "Payroll" not in client.get(url, {"title": "payroll shows wrong"}).content.decode()


def test_similar_shows_an_agent_only_what_names_them(client, requester):
    open_incident("Payroll shows the wrong salary")
    client.force_login(make_agent())
    response = client.get(reverse("portal:similar"), {"title": "payroll shows wrong"})
    assert "Payroll" not in response.content.decode()


def test_similar_includes_a_sharing_departments_records_but_no_restricted_ones(client):
    sales = make_department(shares_records=True)
    one, two = make_user(department=sales), make_user(department=sales)
    open_incident("Payroll shows the wrong salary", by=one)
    secret = open_incident("Payroll shows a secret salary", by=one)
    Ticket.objects.filter(pk=secret.pk).update(restricted=True)
    client.force_login(two)
    page = client.get(reverse("portal:similar"), {"title": "payroll shows"}).content.decode()
    assert "wrong salary" in page
    assert "secret" not in page


def test_a_report_sent_after_the_session_ended_waits_for_its_author(client, requester):
    page = client.get(reverse("portal:report"))
    data = answers(title="Written with love", author=page.context["author"])
    client.logout()
    response = client.post(reverse("portal:report"), data)
    assert response.headers["Location"].startswith("/login/?next=/portal/report/")
    signed_in = client.post(
        response.headers["Location"],
        {"username": requester.email, "password": PASSWORD, "next": "/portal/report/"},
        follow=True,
    )
    assert "Written with love" in signed_in.content.decode()
    assert not Ticket.objects.exists()


def test_nobody_else_who_signs_in_there_reads_it(client, requester):
    page = client.get(reverse("portal:report"))
    data = answers(title="Written with love", author=page.context["author"])
    client.logout()
    client.post(reverse("portal:report"), data)
    other = make_user()
    client.post("/login/", {"username": other.email, "password": PASSWORD})
    assert "Written with love" not in client.get(reverse("portal:report")).content.decode()
    assert not Draft.objects.exists()


def test_an_unsigned_authorship_is_not_believed(client, requester):
    client.logout()
    client.post(reverse("portal:report"), answers(title="Forged", author=str(requester.pk)))
    client.force_login(requester)
    assert "Forged" not in client.get(reverse("portal:report")).content.decode()
