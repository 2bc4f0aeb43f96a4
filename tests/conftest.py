"""Shared by every test. The servers of the run come from itsm.stack.pytest_plugin."""

import os
from typing import Any, cast

import pytest
from django.core.cache import cache

from itsm.stack import browser


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _keep_default_rows(items)
    _skip_without_chromium(items)


def _keep_default_rows(items: list[pytest.Item]) -> None:
    """Each test that commits finds the rows of the migrations, whatever was flushed before it.

    Mixing both ways doesn't work: a flush makes content types anew, under other ids.
    """
    committing = pytest.mark.django_db(transaction=True, serialized_rollback=True)
    for item in items:
        if "transactional_db" in getattr(item, "fixturenames", ()):
            item.add_marker(committing)
        for marker in item.iter_markers("django_db"):
            if marker.kwargs.get("transaction"):
                cast("dict[str, Any]", marker.kwargs)["serialized_rollback"] = True


def _skip_without_chromium(items: list[pytest.Item]) -> None:
    """Without Chromium browser tests are skipped, but never where a machine decides (CI=true)."""
    if os.environ.get("CI", "").lower() == "true" or browser.find():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=browser.MISSING))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says aloud that browser tests did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = [report for report in skipped if browser.MISSING in str(report.longrepr)]
    if left_out:
        terminalreporter.write_sep("!", f"{len(left_out)} BROWSER TESTS DID NOT RUN", yellow=True)
        terminalreporter.write_line(browser.MISSING)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test reads what another one cached."""
    cache.clear()
