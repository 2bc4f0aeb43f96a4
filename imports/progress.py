"""A bar on a terminal, a line now and then elsewhere: how far, how fast, how long still."""

import time
from typing import Any

_BAR = 24
_QUIET_SECONDS = 5.0


class Progress:
    """Call it with (done, total). Writes to `stream`, at most a few times a second."""

    def __init__(self, stream: Any, unit: str) -> None:
        self.stream = stream
        self.unit = unit
        self.started = time.monotonic()
        self.said = self.started
        self.lively = bool(getattr(stream, "isatty", lambda: False)())
        self.open = False

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        last = done >= total
        if now - self.said < (0.1 if self.lively else _QUIET_SECONDS) and not (last and self.open):
            return
        self.said = now
        line = self._line(done, total, now - self.started)
        if self.lively:
            self.stream.write(f"\r{line}\x1b[K{chr(10) if last else ''}")
            self.open = not last
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def _line(self, done: int, total: int, seconds: float) -> str:
        rate = done / seconds if seconds > 0 else 0.0
        left = (total - done) / rate if rate else 0.0
        filled = round(_BAR * done / total) if total else _BAR
        bar = f"[{'#' * filled}{'.' * (_BAR - filled)}] " if self.lively else ""
        share = f"{100 * done // total if total else 100}%"
        return (
            f"{bar}{share:>4}  {done:,} of {total:,} {self.unit}  "
            f"{rate:,.0f}/s  {_clock(left)} left"
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
