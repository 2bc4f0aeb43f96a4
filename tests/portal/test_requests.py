"""My requests and one request: what is shown, to whom, and what can be done."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    PASSWORD,
    make_agent,
    make_department,
    make_team,
    make_user,
    open_incident,
    resolution,
    waiting_for_requester,
    waiting_for_supplier,
)
from tests.portal.support import TOKEN
from tickets import actions
from tickets.actions.attach import Upload
from tickets.models import Comment, Draft, Seen, Ticket, Watch

pytestmark = pytest.mark.django_db
CHANGES = ("reply", "confirm", "reopen", "withdraw", "follow_up", "watch", "seen")


@pytest.fixture
def team():
    return make_team("Service Desk")


@pytest.fixture
def agent(team):
    return make_agent("박상담", team=team, roman_name="Agent Park")


@pytest.fixture
def requester(client, team):
    user = make_user("김하늘", roman_name="Haneul Kim")
    client.force_login(user)
    return user


def upload(name, content=b"text"):
    return Upload.of(SimpleUploadedFile(name, content))


def at(name, ticket):
    return reverse(f"portal:{name}", args=[ticket.number])


def text_of(client, url, **data):
    response = client.get(url, data)
    assert response.status_code == 200
    return response.content.decode()


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


# What is shown -------------------------------------------------------------------------------


def test_home_puts_what_needs_a_reply_first(client, requester, agent):
    waiting = open_incident("Waiting one", by=requester)
    newest = open_incident("Newest one", by=requester)
    actions.transition(waiting, "pend", by=agent, pending_reason=waiting_for_requester())
    Ticket.objects.filter(pk=newest.pk).update(updated_at=timezone.now() + timedelta(hours=1))
    page = text_of(client, reverse("portal:home"))
    assert page.index("Waiting one") < page.index("Newest one")
    assert "1 request waits for your reply" in page
    assert "Hello, Haneul Kim" in page


def test_home_says_friendly_that_nothing_is_open(client, requester):
    assert "Nothing open" in text_of(client, reverse("portal:home"))


def test_internal_notes_their_files_and_authors_never_reach_the_portal(client, requester, agent):
    ticket = open_incident(by=requester, assignee=None)
    other = make_agent("비밀요원", team=ticket.team, roman_name="Secret Agent")
    actions.comment(
        ticket, "INTERNAL-NOTE", by=other, visibility="internal", files=[upload("INTERNAL.txt")]
    )
    actions.attach(ticket, upload("HIDDEN.txt"), by=other, visibility="internal")
    actions.comment(ticket, "Public answer", by=agent, files=[upload("guide.txt")])
    for url in (at("detail", ticket), reverse("portal:my"), reverse("portal:home")):
        page = text_of(client, url)
        for secret in ("INTERNAL", "HIDDEN", "Secret Agent", "비밀요원"):
            assert secret not in page
    page = text_of(client, at("detail", ticket))
    assert "Public answer" in page
    assert "guide.txt" in page
    found = text_of(client, reverse("portal:search"), q="INTERNAL-NOTE")
    assert "Nothing found for" in found


def test_an_agent_sees_no_notes_on_their_own_request_in_the_portal_either(client, agent):
    ticket = open_incident(by=agent)
    actions.comment(ticket, "INTERNAL-NOTE", by=agent, visibility="internal")
    client.force_login(agent)
    assert "INTERNAL-NOTE" not in text_of(client, at("detail", ticket))


def test_what_is_the_desks_business_is_no_event_of_the_portal(client, requester, agent):
    ticket = open_incident(by=requester)
    second = make_team("Secret Squad")
    actions.edit(ticket, {"tags": ["difficult-customer"]}, by=agent)
    actions.transition(ticket, "start", by=agent)
    actions.assign(ticket, by=agent, team=second, reason="NOT-FOR-THEM")
    page = text_of(client, at("detail", ticket))
    assert "difficult-customer" not in page
    assert "NOT-FOR-THEM" not in page
    assert page.count("Being handled") >= 1


def test_the_reason_an_agent_notes_for_waiting_stays_inside(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.transition(
        ticket,
        "pend",
        by=agent,
        pending_reason=waiting_for_requester(),
        reason="They never answer the phone",
    )
    page = text_of(client, at("detail", ticket))
    assert "never answer" not in page
    assert "The team is waiting for your reply." in page
    assert "Waiting for requester" in page


def test_waiting_for_a_supplier_asks_nothing_of_the_requester(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_supplier())
    page = text_of(client, at("detail", ticket))
    assert "Waiting for supplier" in page
    assert "waiting for your reply" not in page


def test_times_and_order_do_not_tell_when_the_desk_writes_notes(client, requester, agent):
    first = open_incident("First", by=requester)
    open_incident("Second", by=requester)

    def told():
        rows = client.get(reverse("portal:my")).context["page"].rows
        home = client.get(reverse("portal:home")).context["requests"]
        talk = client.get(at("detail", first)).context["conversation"]
        return [(row.number, row.news_at, row.flag) for row in (*rows, *home)], talk.last_at

    before = told()
    actions.comment(first, "INTERNAL-NOTE", by=agent, visibility="internal")
    actions.edit(first, {"tags": ["x"]}, by=agent)
    assert told() == before
    actions.comment(first, "Answer", by=agent)
    assert told() != before


def test_an_open_page_hears_of_replies_but_not_of_notes(client, requester, agent):
    ticket = open_incident(by=requester)
    known = {"last_seen": "0", "status": "new"}
    assert text_of(client, at("news", ticket), **known).strip() == ""
    actions.comment(ticket, "INTERNAL-NOTE", by=agent, visibility="internal")
    actions.comment(ticket, "Mine", by=requester)
    assert text_of(client, at("news", ticket), **known).strip() == ""
    said = actions.comment(ticket, "Answer", by=agent)
    assert "something new" in text_of(client, at("news", ticket), **known)
    known["last_seen"] = str(said.pk)
    assert text_of(client, at("news", ticket), **known).strip() == ""
    actions.transition(ticket, "start", by=agent)
    assert "something new" in text_of(client, at("news", ticket), **known)


def test_markup_in_texts_is_shown_not_run(client, requester, agent):
    ticket = open_incident("<script>alert(1)</script>", by=requester, description="<b>x</b>")
    actions.comment(ticket, '<img src=x onerror="alert(1)"> https://a.example/?"><i>', by=agent)
    page = text_of(client, at("detail", ticket))
    for live in ("<script>alert", "<b>x</b>", "<img src=x", "<i>"):
        assert live not in page


def test_a_taken_back_reply_is_gone(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.retract(actions.comment(ticket, "Oops", by=agent), by=agent)
    assert "Oops" not in text_of(client, at("detail", ticket))


def test_reading_is_noted_by_post_and_ends_the_new_reply_mark(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.comment(ticket, "Try again please", by=agent)
    assert "New reply" in text_of(client, reverse("portal:my"))
    client.get(at("detail", ticket))
    assert not Seen.objects.exists()
    client.post(at("seen", ticket))
    assert "New reply" not in text_of(client, reverse("portal:my"))


# Who may see -------------------------------------------------------------------------------------


def test_somebody_elses_request_is_not_there(client, requester):
    ticket = open_incident("Not yours", by=make_user())
    for name in ("detail", "received", "news"):
        assert client.get(at(name, ticket)).status_code == 404
    for name in CHANGES:
        assert client.post(at(name, ticket), {"text": "x", "watch": "on"}).status_code == 404
    missing = client.get(reverse("portal:detail", args=["INC-999999"]))
    hidden = client.get(at("detail", ticket))
    assert missing.status_code == hidden.status_code == 404
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version
    assert not Watch.objects.exists()


def test_lists_and_search_hold_nothing_of_others(client, requester):
    open_incident("Not yours", by=make_user())
    number = Ticket.objects.get().number
    for url in (reverse("portal:home"), reverse("portal:my")):
        assert "Not yours" not in text_of(client, url)
    for text in ("not", number, number.removeprefix("INC-")):
        assert "Nothing found for" in text_of(client, reverse("portal:search"), q=text)


def test_a_sharing_department_sees_each_others_requests_but_not_restricted_ones(client, team):
    sales = make_department(shares_records=True)
    colleague, reader = make_user(department=sales), make_user(department=sales)
    shared, secret = open_incident("Shared", by=colleague), open_incident("Secret", by=colleague)
    Ticket.objects.filter(pk=secret.pk).update(restricted=True)
    client.force_login(reader)
    page = text_of(client, reverse("portal:my"), whose="department")
    assert "Shared" in page
    assert "Secret" not in page
    assert client.get(at("detail", secret)).status_code == 404
    page = text_of(client, at("detail", shared))
    assert 'id="reply"' not in page
    assert client.post(at("reply", shared), {"text": "me too"}).status_code == 403
    assert client.post(at("withdraw", shared)).status_code == 403
    assert fresh(shared).status == "new"


def test_a_department_that_does_not_share_has_no_such_list(client, requester):
    page = text_of(client, reverse("portal:my"), whose="department")
    assert "My department" not in page


def test_the_desk_is_sent_to_its_own_page_and_strangers_of_it_see_nothing(client, agent):
    ticket = open_incident()
    client.force_login(agent)
    assert client.get(at("detail", ticket)).headers["Location"] == ticket.get_absolute_url()
    assert client.post(at("reply", ticket), {"text": "x"}).status_code == 404


def test_requests_an_agent_opened_for_others_are_not_the_agents_own(client, agent):
    open_incident("For somebody else", by=agent, requester=make_user())
    client.force_login(agent)
    assert "For somebody else" not in text_of(client, reverse("portal:my"))


def test_signed_out_people_are_asked_to_sign_in(client, team):
    ticket = open_incident()
    for url in (reverse("portal:home"), reverse("portal:my"), at("detail", ticket)):
        assert client.get(url).headers["Location"].startswith("/login/?next=")
    script = client.get(reverse("portal:similar"), headers={"HX-Request": "true"})
    assert script.status_code == 401


def test_the_start_page_is_the_desk_for_agents_and_the_portal_for_others(client, agent, requester):
    assert client.get("/").headers["Location"] == reverse("portal:home")
    client.force_login(agent)
    assert client.get("/").headers["Location"] == reverse("desk:home")


def test_people_of_the_desk_find_the_way_between_desk_and_portal(client, agent, requester):
    desk = f'href="{reverse("desk:home")}"'
    assert desk not in text_of(client, reverse("portal:home"))
    client.force_login(agent)
    assert desk in text_of(client, reverse("portal:home"))


# What can be done ----------------------------------------------------------------------------


def test_a_reply_with_a_file_resumes_what_waits_for_it(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.transition(ticket, "pend", by=agent, pending_reason=waiting_for_requester())
    slot = f"portal:reply:{ticket.number}"
    file = SimpleUploadedFile("shot.txt", b"shot")
    client.post(reverse("portal:files"), {"slot": slot, "files": [file]})
    response = client.post(at("reply", ticket), {"text": "It is the blue one.", "slot": slot})
    assert response.headers["Location"] == at("detail", ticket)
    said = Comment.objects.get()
    assert (said.body, said.channel, said.visibility) == ("It is the blue one.", "portal", "public")
    assert [kept.name for kept in said.attachments.all()] == ["shot.txt"]
    assert fresh(ticket).status == "in_progress"


def test_a_picture_alone_is_an_answer(client, requester):
    ticket = open_incident(by=requester)
    client.post(at("reply", ticket), {"text": "", "files": [SimpleUploadedFile("p.txt", b"x")]})
    assert Comment.objects.get().attachments.count() == 1


def test_an_empty_reply_says_what_to_do(client, requester):
    ticket = open_incident(by=requester)
    response = client.post(at("reply", ticket), {"text": "  "})
    assert response.status_code == 422
    assert "Write something here." in response.content.decode()


def test_a_reply_sent_twice_is_said_once(client, requester):
    ticket = open_incident(by=requester)
    for _copy in range(2):
        client.post(at("reply", ticket), {"text": "Once", "token": TOKEN})
    assert Comment.objects.count() == 1


def test_a_crossed_reply_shows_the_new_message_and_keeps_the_text(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.comment(ticket, "Meanwhile we fixed it", by=agent)
    response = client.post(at("reply", ticket), {"text": "Where are you?", "last_seen": "0"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody wrote meanwhile" in page
    assert "Meanwhile we fixed it" in page
    assert "Where are you?</textarea>" in page
    assert Comment.objects.count() == 1
    said = Comment.objects.get()
    client.post(at("reply", ticket), {"text": "Thanks!", "last_seen": str(said.pk)})
    assert Comment.objects.count() == 2


def test_confirming_closes(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    page = text_of(client, at("detail", ticket))
    assert "Restarted the VPN gateway." in page
    assert "Yes, it is solved" in page
    client.post(at("confirm", ticket))
    assert fresh(ticket).status == "closed"


@pytest.mark.parametrize("text", ["", "Still broken."])
def test_reopening_takes_one_touch_and_text_if_one_likes(client, requester, agent, text):
    ticket = open_incident(by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    client.post(at("reopen", ticket), {"text": text})
    again = fresh(ticket)
    assert (again.status, again.reopen_count) == ("in_progress", 1)
    assert [said.body for said in Comment.objects.all()] == ([text] if text else [])


def test_withdrawing_is_possible_only_while_nobody_works_on_it(client, requester, agent):
    ticket = open_incident(by=requester)
    begun = open_incident(by=requester)
    actions.transition(begun, "start", by=agent)
    client.post(at("withdraw", ticket))
    assert fresh(ticket).status == "cancelled"
    assert "Withdraw this request" not in text_of(client, at("detail", begun))
    assert client.post(at("withdraw", begun)).status_code == 422
    assert fresh(begun).status == "in_progress"


def test_what_comes_back_after_closing_becomes_a_linked_request(client, requester, agent):
    ticket = open_incident("Printer jams", by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    actions.transition(ticket, "close", by=requester)
    assert 'id="reply"' in text_of(client, at("detail", ticket))
    assert client.post(at("follow_up", ticket), {"text": ""}).status_code == 422
    files = [SimpleUploadedFile("again.txt", b"x")]
    response = client.post(at("follow_up", ticket), {"text": "Again.", "files": files}, follow=True)
    follower = Ticket.objects.exclude(pk=ticket.pk).get()
    assert follower.description == "Again."
    assert follower.attachments.count() == 1
    assert ticket.number in response.content.decode()
    assert follower.number in text_of(client, at("detail", ticket))


def test_following_can_be_switched_off_and_on(client, requester, agent, team):
    sales = make_department(shares_records=True)
    colleague, reader = make_user(department=sales), make_user(department=sales)
    ticket = open_incident("Shared", by=colleague)
    client.force_login(reader)
    client.post(at("watch", ticket), {"watch": "on"})
    assert "Shared" in text_of(client, reverse("portal:my"), whose="followed")
    client.post(at("watch", ticket), {"watch": "off"})
    assert not Watch.objects.exists()


def test_who_stops_following_and_may_not_see_it_any_more_goes_back_to_the_list(client, agent):
    ticket, friend = open_incident(), make_user()
    actions.watch(ticket, friend, by=agent)
    client.force_login(friend)
    assert client.get(at("detail", ticket)).status_code == 200
    response = client.post(at("watch", ticket), {"watch": "off"})
    assert response.headers["Location"] == reverse("portal:my")


def test_a_reply_sent_after_the_session_ended_is_still_there_after_signing_in(client, requester):
    ticket = open_incident(by=requester)
    author = client.get(at("detail", ticket)).context["author"]
    client.logout()
    data = {"text": "Long answer", "slot": f"portal:reply:{ticket.number}", "author": author}
    response = client.post(at("reply", ticket), data)
    signed_in = client.post(
        response.headers["Location"],
        {"username": requester.email, "password": PASSWORD, "next": at("reply", ticket)},
        follow=True,
    )
    assert signed_in.redirect_chain[-1][0] == at("detail", ticket)
    assert "Long answer</textarea>" in signed_in.content.decode()
    assert not Comment.objects.exists()


def test_nothing_changes_by_get(client, requester, agent):
    ticket = open_incident(by=requester)
    actions.transition(ticket, "resolve", by=agent, **resolution())
    before = fresh(ticket).version
    for name in CHANGES:
        assert client.get(at(name, ticket)).status_code in (204, 302)
    for name in ("draft", "discard", "files"):
        client.get(reverse(f"portal:{name}"), {"slot": "portal:report", "title": "x"})
    assert fresh(ticket).version == before
    assert not Seen.objects.exists()
    assert not Draft.objects.exists()


def test_unsafe_methods_need_the_csrf_token(requester):
    ticket = open_incident(by=requester)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(requester)
    for name in CHANGES:
        assert strict.post(at(name, ticket), {"text": "x"}).status_code == 403
    for name in ("report", "draft", "discard", "files"):
        assert strict.post(reverse(f"portal:{name}")).status_code == 403


def test_spoilt_input_is_no_error(client, requester):
    for url in ("search/?q=%00x", "services/?q=%00", "report/similar/?title=%00abc"):
        assert client.get(f"/portal/{url}").status_code == 200
    assert client.get("/portal/my/?page=%00~1&show=%00").status_code == 200
    assert client.get("/portal/my/INC-1%00/").status_code == 404
    data = {"slot": "portal:report", "title": "a\x00b", "token": "\x00"}
    assert client.post(reverse("portal:draft"), data).status_code == 204
    ticket = open_incident(by=requester)
    data = {"text": "a\x00b", "last_seen": "9" * 40}
    assert client.post(at("reply", ticket), data).status_code == 422


# Lists ------------------------------------------------------------------------------------------


def test_filters_open_needs_reply_finished(client, requester, agent):
    waiting, closed = open_incident("Waiting", by=requester), open_incident("Over", by=requester)
    open_incident("Fresh", by=requester)
    actions.transition(waiting, "pend", by=agent, pending_reason=waiting_for_requester())
    actions.transition(closed, "cancel", by=requester, reason="x")
    url = reverse("portal:my")

    def shown(**filters):
        page = client.get(url, filters).context["page"]
        return {row.title for row in page.rows}

    assert shown() == {"Waiting", "Fresh"}
    assert shown(show="reply") == {"Waiting"}
    assert shown(show="closed") == {"Over"}
    assert shown(show="' OR 1=1", whose="x", page="~~") == {"Waiting", "Fresh"}


def test_pages_follow_each_other_without_gap_or_double(client, requester):
    for number in range(45):
        open_incident(f"Problem {number}", by=requester)
    seen, cursor, pages = [], "", 0
    while True:
        page = client.get(reverse("portal:my"), {"page": cursor}).context["page"]
        seen += [row.title for row in page.rows]
        pages += 1
        if not page.after:
            break
        cursor = page.after
    assert pages == 3
    assert len(seen) == len(set(seen)) == 45
    assert page.before


@pytest.mark.parametrize("name", ["home", "my", "search"])
def test_lists_cost_the_same_at_one_and_at_thirty_rows(client, requester, name):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(f"portal:{name}"), {"q": "problem"})
        return len(queries)

    open_incident("Problem 0", by=requester)
    client.get(reverse("portal:home"))
    one = cost()
    for number in range(30):
        open_incident(f"Problem {number}", by=requester)
    assert cost() == one
    assert one <= {"home": 20, "my": 12, "search": 16}[name]


def test_a_request_costs_the_same_at_one_and_at_thirty_messages(client, requester, agent):
    ticket = open_incident(by=requester)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(at("detail", ticket))
        return len(queries)

    actions.comment(ticket, "first", by=agent, files=[upload("a.txt")])
    client.get(reverse("portal:home"))
    one = cost()
    for number in range(30):
        actions.comment(ticket, f"{number}", by=agent, files=[upload("a.txt")])
    assert cost() == one
    assert one <= 24


def test_search_finds_titles_in_both_languages_and_numbers_in_any_spelling(client, requester):
    ticket = open_incident("회의실 프린터가 멈췄습니다", by=requester)
    open_incident("Printer jams", by=requester)
    url = reverse("portal:search")
    assert "프린터가" in text_of(client, url, q="프린터")
    assert "Printer jams" in text_of(client, url, q="JAMS printer")
    for spelling in (ticket.number.lower(), f"#{ticket.serial}", str(ticket.serial)):
        assert client.get(url, {"q": spelling}).headers["Location"] == at("detail", ticket)
