"""`./maru check`: everything that can be said about the code without running its tests."""

import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from itsm.stack import assets, catalogue
from itsm.stack.console import colour, fail, say
from itsm.stack.paths import ROOT
from itsm.stack.throwaway import ThrowAway


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def checks(database: str, redis: str) -> list[Check]:
    """The slowest first, as two run at a time."""
    tools = Path(sys.executable).parent
    django = [sys.executable, str(ROOT / "manage.py")]
    # A long, mixed value: Django's deploy check looks at the key, too.
    key = {"MARU_SECRET_KEY": "check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP"}
    servers = {**key, "DATABASE_URL": database, "REDIS_URL": redis}
    production = {
        **servers,
        "DJANGO_SETTINGS_MODULE": "itsm.settings.production",
        "MARU_PUBLIC_URL": "https://desk.example.com",
        "MARU_PROXIES": "1",
    }
    deploy = ["check", "--deploy", "--fail-level", "WARNING", "--database", "default"]
    return [
        Check("types (mypy)", [str(tools / "mypy"), "."]),
        Check("lint (ruff)", [str(tools / "ruff"), "check", "."]),
        Check("format (ruff)", [str(tools / "ruff"), "format", "--check", "."]),
        Check("imports (import-linter)", [str(tools / "lint-imports")]),
        Check("templates (djlint)", [str(tools / "djlint"), "templates", "--lint", "--quiet"]),
        Check("migrations", [*django, "makemigrations", "--check", "--dry-run"], servers),
        Check("deployment", [*django, *deploy], production),
        Check("translations", [sys.executable, "-m", "itsm.stack", "messages", "--check"]),
    ]


def check(arguments: list[str]) -> None:
    """Runs all checks, or those whose name contains one of the words given."""
    catalogue.compile_stale()
    assets.bring()
    servers = ThrowAway()
    try:
        servers.start_postgres()
        servers.start_valkey()
        wanted = [
            check
            for check in checks(servers.postgres.url, servers.valkey.url)
            if not arguments or any(word in check.name for word in arguments)
        ]
        if not wanted:
            fail(f"no check is called {' '.join(arguments)}")
        failed = _run(wanted)
    finally:
        servers.stop()
    if failed:
        fail(f"{len(failed)} of {len(wanted)} checks failed: {', '.join(failed)}")
    say(f"  All {len(wanted)} checks passed.")


def _run(wanted: list[Check]) -> list[str]:
    """Two at a time; says each result in the order of the list. Returns the names that failed."""
    failed = []
    with ThreadPoolExecutor(2) as pool:
        running = [(check, pool.submit(_one, check)) for check in wanted]
        for check, future in running:
            if not _report(check, future):
                failed.append(check.name)
    return failed


def _one(check: Check) -> tuple[subprocess.CompletedProcess[str], float]:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**os.environ, **check.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done, time.monotonic() - started


def _report(check: Check, future: "Future[tuple[subprocess.CompletedProcess[str], float]]") -> bool:
    done, seconds = future.result()
    good = done.returncode == 0
    mark = colour("ok", "32") if good else colour("FAILED", "31")
    say(f"  {check.name}: {mark} ({seconds:.1f} s)")
    if not good:
        say("\n".join(f"    {line}" for line in done.stdout.strip().splitlines()))
    return good
