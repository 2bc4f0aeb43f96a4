"""The review as PDF: complete, with embedded fonts, in both languages."""

from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone, translation
from pypdf import PdfReader

from accounts.enums import Role
from incidents import actions
from incidents.exports import review_pdf
from tests.factories import make_agent, make_service, make_team, open_incident, resolution
from tickets import actions as kernel

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed() -> Any:
    team = make_team("네트워크팀")
    lead = make_agent("이서연", team, role=Role.TEAM_LEAD, roman_name="Seoyeon Lee")
    service = make_service("원격 접속", team)
    ticket = open_incident("VPN 게이트웨이 장애 – 원격 접속 불가", by=lead, service=service)
    actions.declare(ticket, by=lead, why="전사 영향", severity=1, commander=lead)
    actions.log(ticket, "인증서 체인 오류 <확인>", by=lead, text="자정에 만료됨.")
    actions.publish(
        ticket,
        by=lead,
        stage="resolved",
        condition="operational",
        text_ko="복구되었습니다.",
        text_en="It works again.",
    )
    kernel.transition(ticket, "resolve", by=lead, anyway=True, **resolution())
    texts = {
        "impact": "재택 근무자 2,140명이 두 시간 동안 접속하지 못했습니다.",
        "causes": "만료된 중간 인증서.",
        "went_well": "빠른 소집.",
        "went_badly": "만료 전 경보 없음.",
    }
    actions.save_review(ticket, texts, by=lead)
    actions.add_review_action(
        ticket, "만료 60일 전 경보", owner=lead, due_on=timezone.localdate(), by=lead
    )
    actions.approve_review(ticket, by=lead)
    ticket.refresh_from_db()
    return ticket


def read(ticket: Any, language: str) -> tuple[str, PdfReader]:
    with translation.override(language):
        content = review_pdf(ticket, ticket.major, ticket.major.review)
    reader = PdfReader(BytesIO(content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split()), reader


@pytest.mark.parametrize(
    ("language", "notice", "person"),
    [("ko", "복구되었습니다.", "이서연"), ("en", "It works again.", "Seoyeon Lee")],
)
def test_everything_is_in_it_in_the_readers_language(reviewed, language, notice, person):
    text, _reader = read(reviewed, language)
    with translation.override(language):
        headings = [
            translation.gettext(words) for words in ("Post-incident review", "Causes", "Timeline")
        ]
        headings.append(translation.pgettext("review", "Actions"))
        headings.append(translation.pgettext("major incident", "Impact"))
    for words in (
        *headings,
        reviewed.number,
        "VPN 게이트웨이 장애",
        "재택 근무자 2,140명이 두 시간 동안 접속하지 못했습니다.",
        "인증서 체인 오류 <확인>",
        "만료 60일 전 경보",
        "TSK-",
        notice,
        person,
    ):
        assert words in text


def test_fonts_are_embedded(reviewed):
    _text, reader = read(reviewed, "ko")
    fonts = [
        font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()
    ]
    used = [font for font in fonts if "Pretendard" in str(font["/BaseFont"])]
    assert used
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in used)


def test_a_draft_says_so(reviewed):
    review = reviewed.major.review
    review.approved_by = review.approved_at = None
    text, _reader = read(reviewed, "en")
    assert "Draft, not approved yet" in text


def test_a_long_text_flows_over_pages(reviewed):
    actions.log(reviewed, "Everything", by=reviewed.assignee, text="가나다 라마바 사아자\n" * 600)
    text, reader = read(reviewed, "ko")
    assert len(reader.pages) > 5
    assert text.count("가나다") == 600
