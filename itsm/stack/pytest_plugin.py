"""Gives a pytest run servers of its own before Django's settings are read.

One PostgreSQL and one Valkey per run; pytest-django makes a database per xdist worker, and each
worker uses a Valkey database of its own. MARU_TEST_DATABASE_URL and MARU_TEST_REDIS_URL name
servers to use instead. The user's own DATABASE_URL and REDIS_URL are never touched.
"""

import os
from collections.abc import Generator

import pytest

from itsm.env import SETTINGS
from itsm.stack.throwaway import ThrowAway

_RUNNING = "MARU_TEST_SERVERS"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _take_own_valkey_database(int(worker.removeprefix("gw")))
    elif not _only_informs(early_config) and _RUNNING not in os.environ:
        _start(early_config)
    yield


def _start(config: pytest.Config) -> None:
    database = os.environ.get("MARU_TEST_DATABASE_URL")
    redis = os.environ.get("MARU_TEST_REDIS_URL")
    _forget_settings()
    servers = ThrowAway()
    config.add_cleanup(servers.stop)
    if not database:
        servers.start_postgres()
    if not redis:
        servers.start_valkey()
    os.environ["DATABASE_URL"] = database or servers.postgres.url
    os.environ["REDIS_URL"] = redis or servers.valkey.url
    os.environ["MARU_DATA_DIR"] = str(servers.folder / "data")
    os.environ[_RUNNING] = str(os.getpid())


def _forget_settings() -> None:
    """Tests see the defaults, whatever the shell they were started from has set."""
    for setting in SETTINGS:
        os.environ.pop(setting.name, None)
        os.environ.pop(f"{setting.name}_FILE", None)


def _take_own_valkey_database(number: int) -> None:
    address = os.environ["REDIS_URL"]
    if address.endswith("?db=0"):
        os.environ["REDIS_URL"] = f"{address.removesuffix('0')}{number + 1}"


def _only_informs(config: pytest.Config) -> bool:
    options = config.known_args_namespace
    return bool(getattr(options, "help", False) or getattr(options, "version", False))
