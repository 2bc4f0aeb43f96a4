"""Deciding in the portal: the list, the page, the mail's link."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions import delegation
from accounts.enums import Role
from accounts.models import Delegation
from core import options
from tests.approving import ask, away, seat_of, stage
from tests.factories import make_agent, make_team, make_user, open_incident
from tickets import actions, decisions
from tickets.models import Approval, ApprovalKey, ApprovalSeat, Comment, Draft, Event
from tickets.turns import to_decide

pytestmark = pytest.mark.django_db


def page(approval, name="approval"):
    return reverse(f"portal:{name}", args=[approval.pk])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def send(client, approval, seat, name="approval_decide", **values):
    return client.post(page(approval, name), {"seat": seat.pk, **values})


def text_of(response):
    return response.content.decode()


# --- the list ---


def test_the_list_has_what_i_can_decide_with_what_is_overdue_first():
    boss = make_user("김하늘")
    later, late = ask(stage(boss, days=5)), ask(stage(boss, days=1), title="늦은 것")
    past = timezone.now() - timedelta(hours=3)
    late.stages.update(due_at=past)
    body = text_of(signed_in(boss).get(reverse("portal:approvals")))
    assert body.index("늦은 것") < body.index("개발용 노트북")
    assert "Overdue since" in body
    assert f'href="{page(later)}"' in body


def test_the_list_says_in_whose_place_i_would_decide():
    boss, deputy = make_user("김하늘"), make_user("박서준")
    ask(stage(boss))
    away(boss, deputy)
    body = text_of(signed_in(deputy).get(reverse("portal:approvals")))
    assert "For 김하늘, who is away" in body


def test_what_i_am_involved_in_is_not_in_my_list_even_as_a_substitute():
    boss, deputy = make_user("김하늘"), make_user("박서준")
    mine, other = ask(stage(boss), by=deputy), ask(stage(boss), title="남의 것")
    away(boss, deputy)
    body = text_of(signed_in(deputy).get(reverse("portal:approvals")))
    assert "남의 것" in body
    assert f'href="{page(mine)}"' not in body
    assert f'href="{page(other)}"' in body


def test_what_i_decided_and_what_i_asked_have_lists_of_their_own():
    boss, person = make_user("김하늘"), make_user("김요청")
    approval = ask(stage(boss), by=person)
    waiting = text_of(signed_in(person).get(reverse("portal:approvals") + "?show=asked"))
    assert "Now with 김하늘" in waiting
    actions.decide(seat_of(approval, boss), "reject", by=boss, opinion="예산이 없습니다.")
    done = text_of(signed_in(boss).get(reverse("portal:approvals") + "?show=done"))
    assert page(approval) in done
    assert "Rejected" in done
    assert "Rejected" in text_of(signed_in(person).get(reverse("portal:approvals") + "?show=asked"))


def test_of_what_a_former_substitute_decided_the_list_keeps_the_title_without_a_way_in():
    boss, deputy = make_user("김하늘"), make_user("박서준")
    approval = ask(stage(boss))
    given = away(boss, deputy)
    actions.decide(seat_of(approval, boss), "approve", by=deputy)
    delegation.cancel(given, by=boss)
    response = signed_in(deputy).get(reverse("portal:approvals") + "?show=done")
    assert "개발용 노트북" in text_of(response)


def test_long_lists_go_on_at_a_key():
    boss = make_user()
    for number in range(32):
        one = ask(stage(boss), title=f"품목 {number:02d}")
        actions.decide(seat_of(one, boss), "approve", by=boss)
    client, where = signed_in(boss), reverse("portal:approvals") + "?show=done"
    first = client.get(where)
    after = first.context["page"].after
    second = client.get(f"{where}&before={after}")
    titles = [row.title for row in (*first.context["page"].rows, *second.context["page"].rows)]
    assert len(titles) == len(set(titles)) == 32
    assert client.get(f"{where}&before=x").status_code == 200


@pytest.mark.parametrize("show", ["todo", "done", "asked"])
def test_the_list_costs_as_much_with_thirty_lines_as_with_one(show):
    boss, person = make_user(), make_user()
    reader = person if show == "asked" else boss

    def add():
        approval = ask(stage(boss, make_user(), days=2), by=person)
        if show == "done":
            actions.decide(seat_of(approval, boss), "approve", by=boss)

    def cost():
        client = signed_in(reader)
        with CaptureQueriesContext(
            connection,
        ) as few:
            assert client.get(reverse("portal:approvals") + f"?show={show}").status_code == 200
        return len(few)

    add()
    one = cost()
    for _more in range(29):
        add()
    assert cost() == one


def test_the_list_and_the_rule_agree_on_every_seat():
    """to_decide is may_decide as SQL."""
    people = [make_user() for _each in range(4)]
    one, two, three, four = people
    both = ask(stage(one, two, decided_by="all"), stage(three))
    ask(stage(one, two, three, decided_by="share", share=60), by=four)
    ask(stage(one, four), by=two)
    ask(stage(two), by=three, involved=[four.pk])
    actions.decide(seat_of(both, one), "approve", by=one)
    away(two, four)
    away(three, one)
    seats = list(ApprovalSeat.objects.select_related("stage__approval", "ticket", "user"))
    for user in people:
        fresh = type(user).objects.get(pk=user.pk)
        listed = {seat.pk for seat in to_decide(fresh)}
        assert listed == {seat.pk for seat in seats if not decisions.may_decide(fresh, seat)}


# --- the page ---


def test_the_page_shows_what_is_asked_the_line_and_one_box_with_two_buttons():
    boss = make_user("김하늘", job_title="팀장")
    approval = ask(stage(boss, kind="review", days=3), stage(make_user("정대표")))
    body = text_of(signed_in(boss).get(page(approval)))
    for word in ("1,500,000원", "Being reviewed", "Waiting", "김하늘", "팀장", "정대표"):
        assert word in body
    assert body.count('value="approve"') == 1
    assert body.count('value="reject"') == 1
    assert "Now with: 김하늘 팀장" in body


def test_approving_ends_the_stage_and_says_who_it_was():
    boss, chief = make_user("김하늘"), make_user("정대표")
    approval = ask(stage(boss), stage(chief))
    response = send(signed_in(boss), approval, seat_of(approval, boss), answer="approve", text="네")
    assert response.url == reverse("portal:approvals")
    seat = seat_of(approval, boss)
    assert (seat.state, seat.opinion, seat.channel) == ("approved", "네", "portal")
    assert seat_of(approval, chief).state == "pending"


def test_rejecting_without_a_reason_asks_for_it_and_changes_nothing():
    boss = make_user()
    approval = ask(stage(boss))
    client = signed_in(boss)
    refused = send(client, approval, seat_of(approval, boss), answer="reject", text="  ")
    assert refused.status_code == 422
    assert "Say why you reject it" in text_of(refused)
    assert seat_of(approval, boss).state == "pending"
    send(client, approval, seat_of(approval, boss), answer="reject", text="예산 코드 확인 필요")
    assert Approval.objects.get(pk=approval.pk).reason == "예산 코드 확인 필요"


def test_what_was_typed_comes_back_when_the_answer_is_none():
    boss = make_user()
    approval = ask(stage(boss))
    refused = send(
        signed_in(boss), approval, seat_of(approval, boss), answer="maybe", text="긴 의견"
    )
    assert refused.status_code == 422
    assert "긴 의견" in text_of(refused)
    assert Draft.objects.get(user=boss).data["text"] == "긴 의견"


def test_decided_meanwhile_says_so_and_shows_what_i_had_written():
    boss, other = make_user(), make_user("박서준")
    approval = ask(stage(boss, other))
    seat = seat_of(approval, boss)
    actions.decide(seat_of(approval, other), "approve", by=other)
    late = send(signed_in(boss), approval, seat, answer="reject", text="제 의견은 다릅니다")
    assert late.status_code == 409
    assert "Nothing was changed" in text_of(late)
    assert "제 의견은 다릅니다" in text_of(late)
    assert 'value="approve"' not in text_of(late)


def test_text_typed_before_the_session_ended_is_there_after_signing_in():
    boss = make_user()
    approval = ask(stage(boss))
    client = signed_in(boss)
    author = client.get(page(approval)).context["author"]
    client.logout()
    values = {"slot": f"portal:approval:{approval.pk}", "author": author, "answer": "approve"}
    away_from = send(client, approval, seat_of(approval, boss), text="보류하지 맙시다", **values)
    assert away_from.status_code == 302
    client.force_login(boss)
    assert "보류하지 맙시다" in text_of(client.get(page(approval)))
    assert seat_of(approval, boss).state == "pending"


def test_the_requester_sees_the_page_and_why_they_may_not_decide():
    person = make_user()
    approval = ask(stage(make_user()), by=person)
    body = text_of(signed_in(person).get(page(approval)))
    assert "You can’t decide on what you ask for" in body
    assert 'value="approve"' not in body


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("decided", "You have decided: Approved"),
        ("recalled", "This is no longer to be decided: Recalled"),
        ("voided", "This is no longer to be decided: No longer counts"),
    ],
)
def test_what_is_over_says_so_plainly(end, said):
    boss, person = make_user(), make_user()
    approval = ask(stage(boss), by=person)
    if end == "decided":
        actions.decide(seat_of(approval, boss), "approve", by=boss)
    elif end == "recalled":
        actions.recall(approval, by=person)
    else:
        actions.void(approval.ticket, "일정 변경", by=None)
    body = text_of(signed_in(boss).get(page(approval)))
    assert said in body
    assert 'value="approve"' not in body


def test_strangers_learn_nothing_of_an_approval():
    approval = ask(stage(make_user()))
    client = signed_in(make_user())
    assert client.get(page(approval)).status_code == 404
    assert client.get(page(approval, "approval_print")).status_code == 404
    for name in ("decide", "hold", "question", "hand_over", "recall"):
        assert client.post(page(approval, f"approval_{name}"), {}).status_code == 404


def test_whose_turn_has_not_come_learns_nothing_yet():
    boss, chief = make_user(), make_user()
    approval = ask(stage(boss), stage(chief))
    assert signed_in(chief).get(page(approval)).status_code == 404


def test_what_changed_since_the_last_round_is_marked():
    boss, person = make_user(), make_user()
    first = ask(stage(boss), by=person, content=[["품목", "맥북"], ["금액", "3,000,000원"]])
    actions.decide(seat_of(first, boss), "reject", by=boss, opinion="너무 비쌉니다.")
    again = actions.ask(
        first.ticket,
        policy=first.policy,
        by=person,
        content=[["품목", "맥북"], ["금액", "2,000,000원"]],
    )
    body = text_of(signed_in(boss).get(page(again)))
    assert "1 change since the last round" in body
    assert "3,000,000원</del>" in body
    assert "너무 비쌉니다." in body  # the earlier round, folded


def test_the_page_costs_the_same_with_many_rounds_stages_and_people():
    person = make_user()

    def round_of(people, ticket=None):
        if ticket is None:
            return ask(stage(*people), by=person)
        first = Approval.objects.filter(ticket=ticket).first()
        return actions.ask(ticket, policy=first.policy, by=person)

    def cost(approval):
        client = signed_in(person)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page(approval)).status_code == 200
        return len(seen)

    few = round_of([make_user()])
    one = cost(few)
    many = round_of([make_user() for _each in range(12)])
    for _again in range(4):
        actions.recall(many, by=person)
        many = round_of([], many.ticket)
    assert cost(many) <= one + 1  # the department of the record's people


# --- hold, ask back, hand over, recall ---


def test_holding_needs_a_reason_and_keeps_it_in_the_list():
    boss = make_user()
    approval, client = ask(stage(boss)), signed_in(boss)
    seat = seat_of(approval, boss)
    assert send(client, approval, seat, "approval_hold", text="").status_code == 422
    assert send(client, approval, seat, "approval_hold", text="견적 대기").status_code == 302
    assert seat_of(approval, boss).state == "held"
    assert "On hold" in text_of(client.get(reverse("portal:approvals")))
    assert send(client, approval, seat, answer="approve").status_code == 302


def test_a_question_to_the_requester_is_a_reply_they_read():
    boss, person = make_user(), make_user()
    approval = ask(stage(boss), by=person)
    send(
        signed_in(boss),
        approval,
        seat_of(approval, boss),
        "approval_question",
        text="왜 두 대인가요?",
    )
    assert Comment.objects.get(ticket=approval.ticket).body == "왜 두 대인가요?"
    detail = signed_in(person).get(reverse("portal:detail", args=[approval.ticket.number]))
    assert "왜 두 대인가요?" in text_of(detail)


def test_handing_over_gives_somebody_else_the_turn():
    boss, other, person = make_user(), make_user("박서준"), make_user()
    approval, client = ask(stage(boss), by=person), signed_in(boss)
    seat = seat_of(approval, boss)
    to_asker = send(client, approval, seat, "approval_hand_over", to=person.pk)
    assert to_asker.status_code == 422
    assert "asks for it" in text_of(to_asker)
    assert send(client, approval, seat, "approval_hand_over", to="").status_code == 422
    assert send(client, approval, seat, "approval_hand_over", to=other.pk).status_code == 302
    assert send(signed_in(other), approval, seat, answer="approve").status_code == 302
    assert client.get(page(approval)).status_code == 404


def test_whoever_asked_takes_it_back_before_the_first_decision():
    one, two, person = make_user(), make_user(), make_user()
    approval = ask(stage(one), stage(two), by=person)
    client = signed_in(person)
    assert "Take it back" in text_of(client.get(page(approval)))
    actions.decide(seat_of(approval, one), "approve", by=one)
    assert "Take it back" not in text_of(client.get(page(approval)))
    client.post(page(approval, "approval_recall"))
    assert Approval.objects.get(pk=approval.pk).state == "pending"
    other = ask(stage(one), by=person)
    client.post(page(other, "approval_recall"))
    assert Approval.objects.get(pk=other.pk).state == "recalled"


# --- nothing changes by looking ---


def test_no_get_of_any_page_changes_anything():
    boss = make_user()
    approval = ask(stage(boss))
    key = actions.make_key(seat_of(approval, boss), boss)
    options.put("approve_without_sign_in", True)
    before = Event.objects.count()
    for client in (signed_in(boss), Client()):
        for name in ("", "decide", "hold", "question", "hand_over", "recall", "print"):
            where = page(approval, f"approval_{name}" if name else "approval")
            client.get(f"{where}?answer=approve&seat={seat_of(approval, boss).pk}")
            client.head(where)
        client.get(reverse("portal:approve", args=[key]) + "?answer=approve")
        client.head(reverse("portal:approve", args=[key]))
    assert Event.objects.count() == before
    assert ApprovalKey.objects.get().used_at is None
    assert seat_of(approval, boss).state == "pending"


# --- the mail's link ---


def link(seat, user=None):
    return reverse("portal:approve", args=[actions.make_key(seat, user or seat.user)])


def test_a_mailed_link_asks_for_the_sign_in_and_comes_back():
    boss = make_user()
    where = link(seat_of(ask(stage(boss)), boss))
    response = Client().get(where)
    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:login"))
    assert where in response.url
    assert Client().post(where, {"answer": "approve"}).status_code == 302
    assert ApprovalSeat.objects.get().state == "pending"


def test_signed_in_the_link_decides_once_by_mail():
    boss = make_user()
    approval = ask(stage(boss), stage(make_user()))
    where, client = link(seat_of(approval, boss)), signed_in(boss)
    assert 'value="approve"' in text_of(client.get(where))
    response = client.post(where, {"answer": "approve", "text": "좋습니다"})
    assert response.status_code == 302
    seat = seat_of(approval, boss)
    assert (seat.state, seat.channel, seat.opinion) == ("approved", "mail", "좋습니다")
    assert Event.objects.filter(data__step="approved").get().channel == "mail"
    again = client.get(where)
    assert again.status_code == 410
    assert "This link has been used" in text_of(again)


def test_where_the_option_allows_it_the_link_alone_opens_that_one_decision():
    boss = make_user("김하늘")
    approval = ask(stage(boss))
    other = ask(stage(boss), title="다른 결재")
    options.put("approve_without_sign_in", True)
    where, client = link(seat_of(approval, boss)), Client()
    body = text_of(client.get(where))
    assert "개발용 노트북" in body
    assert "다른 결재" not in body
    assert "portal-nav" not in body
    assert 'data-user=""' in body
    done = client.post(where, {"answer": "approve"})
    assert "You have approved it." in text_of(done)
    assert seat_of(approval, boss).state == "approved"
    assert "_auth_user_id" not in client.session
    assert client.get(page(other)).status_code == 302


def test_the_links_form_passes_the_check_against_forged_requests():
    """A page that hid where its form comes from would be refused by a browser's Origin header."""
    boss = make_user()
    options.put("approve_without_sign_in", True)
    where = link(seat_of(ask(stage(boss)), boss))
    client = Client(enforce_csrf_checks=True)
    page = client.get(where)
    assert "no-referrer" not in text_of(page) + page.get("Referrer-Policy", "")
    token = client.cookies["csrftoken"].value
    assert client.post(where, {"answer": "approve"}).status_code == 403
    sent = client.post(where, {"answer": "approve", "csrfmiddlewaretoken": token})
    assert "You have approved it." in text_of(sent)


def test_rejecting_by_the_link_needs_a_reason_and_leaves_the_link_working():
    boss = make_user()
    approval = ask(stage(boss))
    where, client = link(seat_of(approval, boss)), signed_in(boss)
    refused = client.post(where, {"answer": "reject", "text": ""})
    assert refused.status_code == 422
    assert "Say why you reject it" in text_of(refused)
    assert client.post(where, {"answer": "reject", "text": "중복"}).status_code == 302
    assert Approval.objects.get(pk=approval.pk).state == "rejected"


def test_an_expired_a_forged_and_somebody_elses_link_say_what_to_do():
    boss = make_user()
    where = link(seat_of(ask(stage(boss)), boss))
    stranger = signed_in(make_user()).get(where)
    assert stranger.status_code == 403
    assert "개발용 노트북" not in text_of(stranger)
    ApprovalKey.objects.update(expires_at=timezone.now())
    expired = signed_in(boss).get(where)
    assert expired.status_code == 410
    assert "Open my approvals" in text_of(expired)
    forged = Client().get(reverse("portal:approve", args=["x" * 43]))
    assert forged.status_code == 404
    assert "Open my approvals" in text_of(forged)


def test_a_link_lasts_fourteen_days():
    boss = make_user()
    link(seat_of(ask(stage(boss)), boss))
    key = ApprovalKey.objects.get()
    lasts = key.expires_at - key.created_at
    assert abs(lasts - timedelta(days=14)) < timedelta(seconds=5)


def test_a_link_whose_decision_was_made_meanwhile_says_so():
    boss, other = make_user(), make_user()
    approval = ask(stage(boss, other))
    where = link(seat_of(approval, boss))
    actions.decide(seat_of(approval, other), "approve", by=other)
    response = signed_in(boss).get(where)
    assert response.status_code == 200
    assert "no longer to be decided" in text_of(response)
    assert 'value="approve"' not in text_of(response)


def test_a_substitutes_link_dies_with_the_absence():
    boss, deputy = make_user(), make_user()
    approval = ask(stage(boss))
    given = away(boss, deputy)
    where = link(seat_of(approval, boss), deputy)
    assert "You decide in the place of" in text_of(signed_in(deputy).get(where))
    delegation.cancel(given, by=boss)
    gone = signed_in(deputy).post(where, {"answer": "approve"})
    assert gone.status_code == 410
    assert seat_of(approval, boss).state == "pending"


def test_whoever_guesses_links_is_held_up():
    boss = make_user()
    where = link(seat_of(ask(stage(boss)), boss))
    client = Client()
    for number in range(20):
        client.get(reverse("portal:approve", args=[f"{number:043d}"]))
    assert client.get(where).status_code == 429
    assert signed_in(boss).get(where).status_code == 429


# --- standing in ---


def test_somebody_names_who_stands_in_and_both_see_it():
    boss, deputy = make_user("김하늘"), make_user("박서준")
    start = timezone.localtime() + timedelta(hours=1)
    values = {
        "to": deputy.pk,
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "연차",
    }
    where = reverse("accounts:delegation")
    assert signed_in(boss).post(where, values).status_code == 302
    assert "박서준" in text_of(signed_in(boss).get(where))
    assert "Standing in for 김하늘" in text_of(signed_in(deputy).get(where))
    refused = signed_in(boss).post(where, values)
    assert refused.status_code == 422
    assert "Somebody already stands in" in text_of(refused)
    circle = signed_in(deputy).post(where, {**values, "to": boss.pk})
    assert "is away at that time" in text_of(circle)
    itself = signed_in(deputy).post(where, {**values, "to": deputy.pk})
    assert "Choose somebody else." in text_of(itself)


def test_who_has_left_can_not_stand_in():
    boss, gone = make_user(), make_user(is_active=False)
    start = timezone.localtime() + timedelta(hours=1)
    values = {
        "to": gone.pk,
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    refused = signed_in(boss).post(reverse("accounts:delegation"), values)
    assert refused.status_code == 422
    assert "they have left" in text_of(refused)
    assert not Delegation.objects.exists()


def test_an_administrator_names_a_substitute_for_somebody_absent_others_do_not():
    boss, deputy = make_user("김하늘"), make_user()
    admin = make_agent(role=Role.ADMINISTRATOR)
    start = timezone.localtime() + timedelta(hours=1)
    values = {
        "to": deputy.pk,
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    where = reverse("accounts:delegation") + f"?person={boss.pk}"
    assert signed_in(make_user()).post(where, values).status_code == 404
    assert signed_in(admin).post(where, values).status_code == 302
    row = Delegation.objects.get()
    assert row.user == boss
    cancel = reverse("accounts:cancel_delegation", args=[row.pk])
    assert signed_in(make_user()).post(cancel).status_code == 404
    assert signed_in(deputy).get(cancel).status_code == 405
    assert signed_in(boss).post(cancel).status_code == 302
    assert Delegation.objects.get().cancelled_at is not None


def test_the_list_of_colleagues_answers_a_name_never_everybody():
    make_user("김하늘")
    client = signed_in(make_user())
    where = reverse("accounts:colleagues")
    assert "김하늘" not in text_of(client.get(where))
    assert "김하늘" in text_of(client.get(where + "?q=ㄱㅎㄴ"))


def test_the_print_has_the_seal_box():
    boss = make_user("김하늘", job_title="팀장")
    person = make_user("김요청")
    approval = ask(stage(boss), by=person)
    actions.decide(seat_of(approval, boss), "approve", by=boss)
    body = text_of(signed_in(person).get(page(approval, "approval_print")))
    assert "seals__seal" in body
    assert "팀장" in body


def test_a_restricted_record_stays_unknown_to_the_rest_of_the_desk():
    boss = make_user()
    approval = ask(stage(boss))
    agent = make_agent(team=make_team())
    actions.restrict(approval.ticket, True, by=None)
    assert signed_in(agent).get(page(approval)).status_code == 404
    assert signed_in(boss).get(page(approval)).status_code == 200
    assert open_incident(by=agent).pk


def test_my_profile_names_who_stands_in_for_me_and_for_whom_i_do():
    boss, deputy = make_user("김하늘"), make_user("박서준")
    away(boss, deputy)
    assert "박서준" in text_of(signed_in(boss).get("/me/"))
    assert "김하늘" in text_of(signed_in(deputy).get("/me/"))
