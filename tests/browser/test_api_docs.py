"""The API's page draws itself under the same strict policy as every other page."""

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_rendered_docs_draw_every_group_and_open_one(chromium: Browser, live_server) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    answer = page.goto(f"{live_server.url}/api/docs/")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    page.wait_for_selector(".opblock-tag", timeout=20_000)
    assert page.locator(".opblock-tag").count() >= 15
    page.locator("#operations-tag-incidents").click()
    page.locator("#operations-incidents-open_incident .opblock-summary-control").click()
    page.get_by_text("Idempotency-Key").first.wait_for()
    page.close()
    assert complaints == []
