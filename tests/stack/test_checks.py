"""The start-up check refuses databases that Maru would seem to work with."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from itsm.checks import check_connection, check_databases


def _other(**settings: str) -> BaseDatabaseWrapper:
    """A connection that Django's registry does not know."""
    return ConnectionHandler({"default": {**connection.settings_dict, **settings}})["default"]


@pytest.fixture
def database(
    transactional_db: None, request: pytest.FixtureRequest
) -> Iterator[BaseDatabaseWrapper]:
    """A new, empty database made with the locale that the test asks for."""
    name = f"{connection.settings_dict['NAME']}_other"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE '{request.param}'")
    other = _other(NAME=name)
    yield other
    other.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def _ids(database: BaseDatabaseWrapper) -> list[str | None]:
    return [error.id for error in check_connection(database)]


@pytest.mark.parametrize("database", ["C"], indirect=True)
def test_a_database_whose_trigrams_drop_hangul_is_refused(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
    assert _ids(database) == ["maru.E003"]


@pytest.mark.parametrize("database", ["C.UTF-8"], indirect=True)
def test_a_good_one_passes_before_and_after_its_extension(database: BaseDatabaseWrapper) -> None:
    assert _ids(database) == []
    with database.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pg_trgm")
    assert _ids(database) == []


@pytest.mark.django_db
def test_an_old_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsm.checks.OLDEST_POSTGRES", 990_000)
    assert [error.id for error in check_databases(["default"])] == ["maru.E001"]


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_said_without_a_traceback() -> None:
    assert "does not answer" in check_connection(_other(HOST="/nowhere"))[0].msg
