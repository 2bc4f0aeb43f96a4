"""An article from the record it came from to the requester whom it spares a report."""

import re

import pytest
from playwright.sync_api import expect

from knowledge import actions
from knowledge.models import Article, ArticleDay, ArticleUse, Feedback
from tests.factories import (
    make_agent,
    make_service,
    make_team,
    make_user,
    open_incident,
    resolution,
)
from tests.knowledge.support import make_editor, publish, written
from tickets import actions as kernel
from tickets.models import Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
BODY = """## 준비

1. **설정**을 엽니다.
2. `비밀번호 초기화`를 누릅니다.

| 화면 | 하는 일 |
| --- | --- |
| 설정 | 새 비밀번호 |

```
net user 사번 /domain
```
"""


@pytest.fixture
def agent():
    return make_agent("박상담", team=make_team("업무 시스템팀"))


def ready(page):
    page.wait_for_selector("html[data-ready]")


def test_from_a_record_to_a_report_that_was_not_needed(open_page, agent, accessible):
    service = make_service("계정 관리")
    ticket = open_incident(
        "비밀번호 초기화가 안 됩니다", description="화면이 하얗습니다.", service=service
    )
    kernel.transition(ticket, "start", by=agent)
    kernel.transition(ticket, "resolve", by=agent, **resolution(resolution="캐시를 지웁니다."))

    page = open_page(agent, ticket.get_absolute_url(), language="ko")
    page.get_by_role("tab", name=re.compile("Links|연결|링크")).click()
    page.locator("#panel form[action$='kb/write/'] button").click()
    ready(page)
    expect(page.locator("#id_title_ko")).to_have_value("비밀번호 초기화가 안 됩니다")
    expect(page.locator("#id_body_ko")).to_have_value(re.compile("캐시를 지웁니다"))
    page.fill("#id_title_ko", "비밀번호 초기화")
    accessible(page)
    page.locator("button[name=do][value=submit]").click()
    ready(page)
    article = Article.objects.get()
    assert article.state == "review"

    editor = make_editor("최편집")
    page = open_page(editor, "/kb/review/", language="en")
    accessible(page)
    page.get_by_role("link", name="비밀번호 초기화").click()
    ready(page)
    actions.save(article, {"audience": "everybody"}, by=editor)
    page.reload()
    ready(page)
    accessible(page)
    page.get_by_role("button", name="Publish").click()
    ready(page)
    expect(page.locator(".badge--success").first).to_be_visible()

    requester = make_user("김하늘")
    page = open_page(requester, "/portal/kb/", width=390, language="ko")
    page.fill("#kb-q", "비밀벌호")
    page.press("#kb-q", "Enter")
    ready(page)
    page.locator(".kb-hit").click()
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("비밀번호 초기화")
    accessible(page)
    page.locator("button[name=solved][value=yes]").click()
    ready(page)
    assert Feedback.objects.get().solved
    assert ArticleDay.objects.get().deflected == 1


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_suggestion_ends_a_half_typed_report(open_page, agent, accessible, language):
    publish(written(by=agent, title_ko="VPN이 끊길 때", body_ko=BODY))
    page = open_page(make_user("김하늘"), "/portal/report/", width=390, language=language)
    page.locator("#id_title").press_sequentially("VPN이 자꾸 끊깁니다")
    button = page.locator(".kb-suggested button")
    expect(button).to_be_visible()
    accessible(page)
    button.click()
    expect(page).to_have_url(re.compile(r"/portal/$"))
    assert Feedback.objects.get().form == "report"
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ko", "dark")])
def test_pages_pass_axe(open_page, agent, accessible, fits, language, theme):
    article = publish(written(by=agent, title_ko="비밀번호 초기화", body_ko=BODY, tags=["로그인"]))
    actions.save(article, {"body_ko": BODY.replace("설정", "환경 설정")}, by=agent)
    actions.vote(article, False, by=make_user(), comment="그래도 안 됩니다.")
    actions.miss("회의실 예약", "portal")
    one = f"/kb/{article.pk}/"
    page = open_page(agent, "/kb/", language=language, theme=theme)
    for path in (
        "/kb/", one, f"{one}?draft", f"{one}edit/", f"{one}history/", "/kb/review/", "/kb/reports/",
        "/kb/new/", "/portal/kb/", f"/portal/kb/{article.slug}/",
    ):  # fmt: skip
        page.goto(path)
        ready(page)
        accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (
        "/kb/",
        one,
        f"{one}edit/",
        f"{one}history/",
        "/portal/kb/",
        f"/portal/kb/{article.slug}/",
    ):
        page.goto(path)
        ready(page)
        fits(page)


def test_an_article_is_put_into_a_reply_and_counted(open_page, agent, accessible):
    publish(written(by=agent, title_en="Screen flickers", body_en="Change the cable."))
    ticket = open_incident("My screen flickers")
    page = open_page(agent, ticket.get_absolute_url())
    page.locator("#compose-reply").click()
    page.locator("#reply-body").press("Control+Shift+K")
    page.get_by_role("button", name=re.compile("Insert the link")).first.click()
    article = Article.objects.get()
    expect(page.locator("#reply-body")).to_have_value(re.compile(article.number))
    page.locator("#reply-body").press("Control+Enter")
    expect(page.locator("[data-undo]")).to_be_visible()
    assert ArticleUse.objects.get().how == "reply"


def test_a_pasted_picture_stands_in_the_text(open_page, agent):
    article = written(by=agent)
    page = open_page(agent, f"/kb/{article.pk}/edit/")
    page.locator("#id_body_en").focus()
    page.evaluate(
        """() => {
            const bytes = new Uint8Array([137,80,78,71,13,10,26,10,0,0,0,13,73,72,68,82,0,0,0,0]);
            const bag = new DataTransfer();
            bag.items.add(new File([bytes], "shot.png", {type: "image/png"}));
            document.querySelector("#id_body_en").dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: bag, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#id_body_en")).to_have_value(re.compile(r"!\[shot\.png\]\(file:\d+\)"))
    expect(page.locator(".kb-file")).to_have_count(1)
