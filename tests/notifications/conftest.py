"""Helpers of the tests of notifications."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import outbox


@pytest.fixture
def tell():
    """Do everything the outbox holds, as if the time for taking back were over."""

    def dispatch():
        while outbox.dispatch_due(now=timezone.now() + timedelta(minutes=1)).total:
            pass

    return dispatch
