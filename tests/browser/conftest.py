"""A real browser over the running product, as a person has it in front of them."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from itsm.stack import browser

# Playwright's loop runs in the test's thread, where Django would refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    kept = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if kept is not None:
            # Within its loop Django has another connection: that one is to know as well which
            # rows the migrations made, for what is flushed after a test.
            vars(connections[connection.alias])["_test_serialized_contents"] = kept
        running = playwright.chromium.launch(
            executable_path=browser.find(), args=list(browser.ARGUMENTS)
        )
        yield running
        running.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """open_page(user, path, width=, language=, theme=): a page of that person's own browser.

    Errors in the page's scripts and refusals by the page policy fail the test.
    """
    contexts, complaints = [], []

    def opened(
        user: User, path: str = "/", *, width: int = 1440, language: str = "en", theme: str = ""
    ) -> Page:
        User.objects.filter(pk=user.pk).update(language=language, theme=theme or "light")
        client = Client()
        client.force_login(user)
        context = chromium.new_context(
            viewport={"width": width, "height": 844},
            base_url=live_server.url,
            has_touch=width < 768,
        )
        contexts.append(context)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(8000)
        page.set_default_navigation_timeout(30000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(complaints, message.text))
        page.goto(path)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    for context in contexts:
        # What is still being answered would hold rows that the next test's clean-up needs.
        for page in context.pages:
            page.wait_for_load_state("networkidle")
        context.close()
    _wait_for_the_server()
    assert not complaints


def _wait_for_the_server() -> None:
    """Until no request has touched the database for a moment: the clean-up locks every table."""
    quiet = 0
    with connection.cursor() as cursor:
        for _look in range(200):
            cursor.execute(
                "SELECT count(*), pg_sleep(0.05)::text FROM pg_stat_activity WHERE state <> 'idle'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            (busy, _slept) = cursor.fetchone()
            quiet = 0 if busy else quiet + 1
            if quiet == 4:
                return


def _note(complaints: list[str], text: str) -> None:
    if "Content Security Policy" in text or "Content-Security-Policy" in text:
        complaints.append(text)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """accessible(page): axe finds nothing at WCAG 2.2 AA."""

    def check(page: Page) -> None:
        found = Axe().run(page, options=WCAG).response["violations"]
        told = [
            f"{broken['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
            for broken in found
            for node in broken["nodes"]
        ]
        assert not told, "\n".join(told)

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """fits(page): the page never scrolls sideways."""

    def check(page: Page) -> None:
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{page.url} is {over} px too wide"

    return check
