"""The servers that a test run starts for itself."""

import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_trigrams_keep_hangul() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT cardinality(show_trgm('결재'))")
        assert cursor.fetchone() == (3,)


def test_the_cache_is_a_redis_protocol_server() -> None:
    cache.set("greeting", "안녕")
    assert cache.get("greeting") == "안녕"
