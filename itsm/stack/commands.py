"""Commands that need the servers for a moment: manage, demo, bench."""

import os
import subprocess
import sys
from pathlib import Path

from itsm.stack import catalogue
from itsm.stack.installation import Installation, open_installation
from itsm.stack.paths import ROOT

# After these the tables may not be what the last start left.
_CHANGES_TABLES = {"migrate", "flush", "dbshell", "shell"}


def split_data(arguments: list[str]) -> tuple[Path | None, list[str]]:
    """Takes a leading `--data DIR` off."""
    if len(arguments) >= 2 and arguments[0] == "--data":
        return Path(arguments[1]), arguments[2:]
    return None, arguments


def forget_tables(installation: Installation) -> None:
    """Makes the next start look at the tables again."""
    (installation.run / "tables.stamp").unlink(missing_ok=True)


def manage(arguments: list[str]) -> None:
    """Any of Django's commands, with the settings and servers of the installation."""
    data, rest = split_data(arguments)
    installation = open_installation(data)
    catalogue.compile_stale()
    with installation.servers():
        done = subprocess.run(
            [sys.executable, ROOT / "manage.py", *rest], env=installation.environment, check=False
        )
    if rest[:1] and rest[0] in _CHANGES_TABLES:
        forget_tables(installation)
    if done.returncode:
        sys.exit(done.returncode)


def demo(arguments: list[str]) -> None:
    """Migrates when needed and makes the demo organisation."""
    data, rest = split_data(arguments)
    place = ["--data", str(data)] if data else []
    manage([*place, "prepare"])
    manage([*place, "demo", *rest])


def bench(arguments: list[str]) -> None:
    """The benchmark, with servers and settings of its own."""
    os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments])
