"""Shared by every test. The servers of the run come from itsm.stack.pytest_plugin."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test reads what another one cached."""
    cache.clear()
