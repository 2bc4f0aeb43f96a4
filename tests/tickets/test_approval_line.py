"""The approval line in words: every state has its own, and paper shows the same."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from pypdf import PdfReader
from reportlab.platypus import SimpleDocTemplate

from tests.approving import ask, away, make_policy, seat_of, stage
from tests.factories import make_department, make_user, open_incident
from tickets import actions, decisions, lines
from tickets.approvalline import in_words, of_preview, of_rounds
from tickets.paper import seal_box

pytestmark = pytest.mark.django_db


def shown(approval):
    return of_rounds(decisions.rounds(approval.ticket))[0]


def words(approval):
    """The word of every person after who asked, step by step."""
    return [[box.mark.word for box in part.boxes] for part in shown(approval).parts[1:]]


def test_waiting_reviewed_on_hold_approved_rejected_not_needed():
    one, two, three = make_user(), make_user(), make_user()
    approval = ask(stage(one, two), stage(three))
    assert words(approval) == [["Being reviewed", "Being reviewed"], ["Waiting"]]
    actions.hold(seat_of(approval, one), "견적 대기", by=one)
    assert words(approval)[0][0] == "On hold"
    actions.decide(seat_of(approval, two), "approve", by=two)
    assert words(approval) == [["Not needed", "Approved"], ["Being reviewed"]]
    actions.decide(seat_of(approval, three), "reject", by=three, opinion="아니요")
    assert words(approval)[1] == ["Rejected"]
    assert shown(approval).word == "Rejected"


def test_a_substitutes_decision_keeps_both_names():
    boss, deputy = make_user("김하늘"), make_user("최대결")
    approval = ask(stage(boss))
    away(boss, deputy)
    assert shown(approval).parts[1].boxes[0].note == "Away. Standing in: 최대결"
    actions.decide(seat_of(approval, boss), "approve", by=deputy)
    box = shown(approval).parts[1].boxes[0]
    assert box.mark.word == "Approved as substitute"
    assert (box.name, box.sealed_by) == ("김하늘", "최대결")
    assert box.note == "최대결 decided in their place"


def test_delegated_final_approval_and_approval_afterwards_have_their_words():
    head, chief = make_user(), make_user()
    rule = {"name": {"ko": "50만원 미만", "en": "Below 500,000"}, "stage": 0}
    below = {**rule, "if": {"field": "amount", "is": "lt", "value": "500000"}}
    policy = make_policy(stage(head), stage(chief), finals=[below])
    person = make_user()
    approval = actions.ask(
        open_incident(by=person), policy=policy, by=person, facts={"amount": 100}
    )
    actions.decide(seat_of(approval, head), "approve", by=head)
    assert words(approval) == [["Approved with final authority"], ["Decided below"]]
    later = ask(stage(head), afterwards=True)
    actions.decide(seat_of(later, head), "approve", by=head)
    assert words(later) == [["Approved afterwards"]]


@pytest.mark.parametrize(("end", "word"), [("recall", "Recalled"), ("void", "No longer counts")])
def test_what_was_stopped_says_how(end, word):
    boss, chief = make_user(), make_user()
    approval = ask(stage(boss), stage(chief))
    if end == "recall":
        actions.recall(approval, by=approval.asked_by)
    else:
        actions.void(approval.ticket, "바뀜", by=None)
    assert words(approval) == [[word], [word]]
    assert shown(approval).now == ""


def test_who_has_it_now_is_said_with_how_long_and_until_when():
    boss = make_user("김하늘", job_title="팀장")
    approval = ask(stage(boss, days=2))
    approval.stages.update(opened_at=timezone.now() - timedelta(hours=6))
    said = shown(approval).now
    assert said.startswith("Now with: 김하늘 팀장, for 6h. Due on ")
    approval.stages.update(due_at=timezone.now() - timedelta(hours=1))
    assert "It was due on" in shown(approval).now
    assert shown(approval).parts[1].is_overdue


def test_the_preview_says_which_rule_chose_whom_and_who_was_passed_over():
    chief = make_user("정대표")
    person = make_user("김요청", manager=chief, department=make_department("영업1팀"))
    policy = make_policy({"who": [{"type": "manager"}]})
    preview = of_preview(lines.line_for(policy, lines.Subject(person)), person)
    assert [part.boxes[0].name for part in preview.parts] == ["김요청", "정대표"]
    assert preview.parts[1].boxes[0].why == "manager of the requester"
    assert preview.rule == "Spending"
    assert preview.parts[0].boxes[0].place in ("영업1팀", "Sales")
    involved = lines.Subject(person, involved=frozenset({chief.pk}))
    chief.manager = make_user("한회장")
    chief.save()
    passed = of_preview(lines.line_for(policy, involved), person)
    assert "instead of 정대표" in passed.parts[1].boxes[0].why


def test_all_rounds_are_read_at_one_price():
    def cost(approval):
        with CaptureQueriesContext(connection) as seen:
            of_rounds(decisions.rounds(approval.ticket))
        return len(seen)

    one = cost(ask(stage(make_user())))
    many = ask(stage(*[make_user(department=make_department()) for _each in range(8)]))
    for _again in range(3):
        actions.recall(many, by=many.asked_by)
        many = actions.ask(many.ticket, policy=many.policy, by=many.asked_by)
    assert cost(many) <= one + 1


def test_mails_have_the_line_in_words():
    boss, chief = make_user("김하늘"), make_user("정대표")
    text = in_words(shown(ask(stage(boss, kind="review"), stage(chief))))
    assert text.splitlines() == [
        "▶ Review: 김하늘 – Being reviewed",
        "· Approval: 정대표 – Waiting",
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_seal_box_of_a_pdf_has_every_name_and_word(language):
    people = [make_user(f"결재자{number}", job_title="팀장") for number in range(7)]
    approval = ask(stage(*people[:3], decided_by="all"), *(stage(one) for one in people[3:]))
    for person in people[:4]:
        actions.decide(seat_of(approval, person), "approve", by=person)
    with translation.override(language):
        out = BytesIO()
        SimpleDocTemplate(out).build([seal_box(shown(approval))])
    text = PdfReader(BytesIO(out.getvalue())).pages[0].extract_text()
    for person in people:
        assert person.display_name in text.replace("\n", "")
