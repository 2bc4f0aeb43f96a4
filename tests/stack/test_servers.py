"""The servers that a test run starts for itself."""

import os

import psycopg2
import pytest
from django.core.cache import cache
from django.db import connection

from itsm.stack import processes
from itsm.stack.throwaway import ThrowAway


@pytest.mark.django_db
def test_trigrams_keep_hangul() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT cardinality(show_trgm('결재'))")
        assert cursor.fetchone() == (3,)


def test_the_cache_is_a_redis_protocol_server() -> None:
    cache.set("greeting", "안녕")
    assert cache.get("greeting") == "안녕"


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("mode", [processes.NAMESPACE, processes.SETUID])
def test_root_runs_a_server_that_refuses_root(mode: str) -> None:
    if mode == processes.NAMESPACE and processes.unprivileged_mode() != mode:
        pytest.skip("user namespaces are refused here")
    servers = ThrowAway(mode=mode)
    try:
        servers.start_postgres()
        own = psycopg2.connect(servers.postgres.url)
        cursor = own.cursor()
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
        own.close()
    finally:
        servers.stop()
    assert not servers.folder.exists()
