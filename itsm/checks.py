"""Start-up checks of the database: version, extension, and that Hangul survives in trigrams."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError

OLDEST_POSTGRES = 150_000


@register(Tags.database)
def check_databases(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuses a database that Maru would seem to work with, and then find nothing in."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor == "postgresql":
            found += check_connection(connection)
    return found


def check_connection(connection: BaseDatabaseWrapper) -> list[CheckMessage]:
    """What is wrong with one database; looking at pg_trgm only once it is installed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
            cursor.execute(
                "SELECT installed_version IS NOT NULL FROM pg_available_extensions "
                "WHERE name = 'pg_trgm'"
            )
            row = cursor.fetchone()
            installed = bool(row and row[0])
            if installed:
                cursor.execute("SELECT cardinality(show_trgm('결재'))")
                trigrams = cursor.fetchone()[0]
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        return [Error(f"The database does not answer: {reason}", hint="Look at DATABASE_URL.")]
    if version < OLDEST_POSTGRES:
        return [
            Error(
                f"PostgreSQL {version // 10_000} is too old.",
                hint="Take PostgreSQL 15 or newer.",
                id="maru.E001",
            )
        ]
    if row is None:
        return [
            Error(
                "The extension pg_trgm is missing.",
                hint="Install PostgreSQL's contrib package on the database server.",
                id="maru.E002",
            )
        ]
    if installed and not trigrams:
        return [
            Error(
                "This database's pg_trgm drops Hangul, so Korean could not be searched.",
                hint="Make the database anew: createdb -T template0 -E UTF8 --locale=C.UTF-8",
                id="maru.E003",
            )
        ]
    return []
