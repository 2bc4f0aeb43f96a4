"""What `./maru` says on the terminal: one line per step, one line per failure with its remedy."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import NoReturn


class Failure(Exception):
    """Something the person at the terminal can mend: what happened, and what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} – {self.remedy}" if self.remedy else self.what


def fail(what: str, remedy: str = "") -> NoReturn:
    raise Failure(what, remedy)


def say(line: str = "") -> None:
    print(line, flush=True)


def colour(text: str, code: str) -> str:
    """`text` in an ANSI colour where the terminal shows one."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{code}m{text}\033[0m"


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Announces a step that may take a while, and says how long it took."""
    started = time.monotonic()
    print(f"  {what} …", end="", flush=True)
    try:
        yield
    except BaseException:
        say(f" {colour('failed', '31')}")
        raise
    say(f" {colour('done', '32')} ({time.monotonic() - started:.1f} s)")
