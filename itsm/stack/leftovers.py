"""Remembers the children, so that the next start can end what a killed one left running."""

import json
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from itsm.stack import processes
from itsm.stack.processes import Child


def remember(file: Path, children: Iterable[Child]) -> None:
    """Writes down which processes run now: number and start stamp name each for good."""
    found = [
        {"name": child.name, "pid": child.pid, "started": processes.started_at(child.pid)}
        for child in children
        if child.running()
    ]
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(found))
    fresh.replace(file)


def end(file: Path) -> list[str]:
    """Waits for what is still running of an earlier start, ends the rest; returns their names.

    On Linux they were told to stop the moment their supervisor died; elsewhere they are told now.
    PostgreSQL is never killed hard: it gets the time to write everything down.
    """
    try:
        entries = json.loads(file.read_text())
    except (OSError, ValueError):
        return []
    alive = [entry for entry in entries if _is_alive(entry)]
    for entry in alive:
        database = entry["name"] == "postgres"
        _tell(entry["pid"], signal.SIGINT if database else signal.SIGTERM)
        if processes.wait_until(lambda entry=entry: not _is_alive(entry), 60 if database else 8):  # type: ignore[misc]
            continue
        if database:
            _tell(entry["pid"], signal.SIGQUIT)
        else:
            processes.end_group(entry["pid"])
        processes.wait_until(lambda entry=entry: not _is_alive(entry), 30)  # type: ignore[misc]
    file.unlink(missing_ok=True)
    return [entry["name"] for entry in alive]


def _is_alive(entry: dict[str, int]) -> bool:
    return entry["started"] is not None and processes.started_at(entry["pid"]) == entry["started"]


def _tell(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
