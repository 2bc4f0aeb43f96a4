"""Instants as the reader writes them: interface.md 5.4."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from core import formats

NOW = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)  # 14:05 on Monday in Seoul
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(NOW, tick=False), timezone.override(SEOUL):
        yield


@pytest.mark.parametrize(
    ("language", "value", "text"),
    [
        ("ko", NOW, "11.23(월) 14:05"),
        ("en", NOW, "Mon 23 Nov, 14:05"),
        ("ko", datetime(2025, 1, 31, 15, 30, tzinfo=UTC), "2025.02.01(토) 00:30"),
        ("en", datetime(2025, 1, 31, 15, 30, tzinfo=UTC), "Sat 1 Feb 2025, 00:30"),
        # The year turns in the reader's zone, not in UTC.
        ("ko", datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "01.01(목) 00:00"),
    ],
)
def test_moments_in_both_languages_and_the_readers_zone(language, value, text):
    with translation.override(language):
        assert formats.moment(value) == text


@pytest.mark.parametrize(("language", "text"), [("ko", "2026.02"), ("en", "Feb 2026")])
def test_a_month_is_told_with_its_year(language, text):
    with translation.override(language):
        assert formats.month(date(2026, 2, 1)) == text


def test_another_zone_shows_another_hour():
    with translation.override("en"), timezone.override(ZoneInfo("America/New_York")):
        assert formats.moment(NOW) == "Mon 23 Nov, 00:05"


@pytest.mark.parametrize(
    ("past", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-30), "just now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(hours=24), "yesterday 14:05"),
        (timedelta(days=3), "Fri 20 Nov"),
    ],
)
def test_how_long_ago(past, text):
    with translation.override("en"):
        assert formats.ago(NOW - past) == text


def test_a_time_element_carries_the_instant_and_the_full_time():
    with translation.override("en"):
        shown = formats.time_tag(NOW - timedelta(minutes=3))
    assert shown == (
        '<time datetime="2026-11-23T05:02:00+00:00" title="Mon 23 Nov, 14:02" data-ago>'
        "3 min ago</time>"
    )
    assert formats.time_tag(None) == ""


def test_ages_sizes_and_counts():
    with translation.override("en"):
        assert formats.age(NOW - timedelta(minutes=35)) == "35m"
        assert formats.age(NOW - timedelta(days=12)) == "12d"
        assert (formats.size(10), formats.size(3_500_000)) == ("1 KB", "3.3 MB")
        assert (formats.count(1), formats.count(1234)) == ("1 record", "1,234 records")
