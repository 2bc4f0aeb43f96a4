"""Keeps a set of services running: reads their lines, restarts what dies, stops all in order."""

import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from itsm.stack import leftovers, processes
from itsm.stack.console import colour, say
from itsm.stack.logfile import LogFile, rotate_if_large
from itsm.stack.processes import Child

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Who has run this long is well again: the next pause is short.
WELL_AFTER = 60.0
STOP_SECONDS = 20.0
_COLOURS = {"web": "36", "worker": "35", "beat": "33"}


@dataclass
class Service:
    """One thing that must always run. `stop_last` services outlive those that use them."""

    name: str
    start: Callable[[], Child]
    stop_last: bool = False
    child: Child | None = None
    since: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    rest: bytes = field(default=b"", repr=False)


class Supervisor:
    """Single-threaded, because children get their parent's death signal from its main thread."""

    def __init__(self, logs: Path, memory: Path) -> None:
        self.logs = logs
        self.memory = memory
        self.services: list[Service] = []
        self._files: dict[str, LogFile] = {}
        self._selector = selectors.DefaultSelector()
        self._stop_asked = 0
        self._terminal = True

    def add(self, service: Service) -> None:
        """Starts a service, or takes it over when it already has a child."""
        self.services.append(service)
        if service.child is None:
            service.child = service.start()
        self._watch(service)

    def run(self, until: Callable[[], bool] = lambda: False, every: float = 60.0) -> None:
        """Keeps everything running until asked to stop, or until `until` is true."""
        asked = time.monotonic()
        while not self._stop_asked:
            self._turn(min(every, self._next_pause()))
            if time.monotonic() >= asked + every:
                if until():
                    return
                asked = time.monotonic()

    @property
    def stopping(self) -> bool:
        return self._stop_asked > 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal ask to stop; a second time hurries."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._selector.register(reader, selectors.EVENT_READ, lambda: reader.recv(4096))
        signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to wake up
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            reader.close()
            writer.close()

    def stop(self) -> None:
        """Stops the users of the servers first, then the servers."""
        for last in (False, True):
            group = [s for s in self.services if s.stop_last == last and s.child]
            for service in group:
                service.child.ask_to_stop()  # type: ignore[union-attr]
            hurry = self._stop_asked
            deadline = time.monotonic() + STOP_SECONDS
            while any(s.child and s.child.running() for s in group):
                late = time.monotonic() > deadline or self._stop_asked > hurry
                if late and not last:
                    break
                self._turn(0.1, restart=False)
            for service in group:
                if service.child and not last:
                    processes.end_group(service.child.pid)
        self.memory.unlink(missing_ok=True)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked += 1

    def _next_pause(self) -> float:
        """Seconds until something is due; signals and lines wake us earlier."""
        dues = [service.due - time.monotonic() for service in self.services if not service.child]
        return max(0.0, min([60.0, *dues]))

    def _turn(self, seconds: float, *, restart: bool = True) -> None:
        for key, _events in self._selector.select(seconds):
            key.data()
        for service in self.services:
            if service.child and not service.child.running():
                self._died(service, expected=not restart)
            if restart and service.child is None and time.monotonic() >= service.due:
                service.child = service.start()
                self._watch(service)
        for service in self.services:
            if service.name not in self._files:
                rotate_if_large(self.logs / f"{service.name}.log")

    def _watch(self, service: Service) -> None:
        """Notes a new child, and reads its lines when they come through a pipe."""
        service.since = time.monotonic()
        child = service.child
        if child and child.output:
            os.set_blocking(child.output.fileno(), False)
            self._files.setdefault(service.name, LogFile(self.logs / f"{service.name}.log"))
            self._selector.register(
                child.output, selectors.EVENT_READ, lambda: self._read(service, child)
            )
        running = [s.child for s in self.services if s.child]
        leftovers.remember(self.memory, running)

    def _read(self, service: Service, child: Child) -> None:
        assert child.output
        try:
            content = os.read(child.output.fileno(), 65536)
        except BlockingIOError:
            return
        if not content:
            self._selector.unregister(child.output)
            child.output.close()
            child.output = None
            return
        *lines, service.rest = (service.rest + content).split(b"\n")
        for line in lines:
            self._files[service.name].write(line + b"\n")
            self._show(service.name, line.decode("utf-8", "replace"))

    def _show(self, name: str, line: str) -> None:
        """One line on the terminal; a terminal that is gone is not an error."""
        if not self._terminal or not line.strip():
            return
        try:
            say(f"{colour(f'{name:<8}', _COLOURS.get(name, '31'))} {line}")
        except OSError:
            self._terminal = False

    def _died(self, service: Service, *, expected: bool) -> None:
        child = service.child
        if child is None:
            return
        if child.output:
            self._read(service, child)
        # A main process that was killed leaves its own children behind.
        processes.end_group(child.pid)
        service.child = None
        if expected:
            return
        if time.monotonic() - service.since > WELL_AFTER:
            service.pause = FIRST_PAUSE
        service.due = time.monotonic() + service.pause
        how = child.process.returncode
        why = f"signal {-how}" if how < 0 else f"exit code {how}"
        self._show(service.name, f"ended ({why}); starting again in {service.pause:g} s")
        service.pause = min(service.pause * 2, LONGEST_PAUSE)
