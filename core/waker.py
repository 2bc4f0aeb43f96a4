"""Asks a worker to dispatch, beside the request: a broker that is away costs the request nothing.

One thread per process sends; what is asked for while it is sending is asked once more after.
Without a broker nothing is lost: beat's next turn finds what is due.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger("maru.outbox")
# After the broker did not answer, seconds in which this process leaves it alone.
PAUSE = 5.0


class Waker:
    """Calls `send` soon after `ask`, never in the caller's thread."""

    def __init__(self, send: Callable[[], object]) -> None:
        self._send = send
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._owner = 0

    def ask(self) -> None:
        """Return at once. A forked child starts a thread of its own."""
        self._asked.set()
        if self._owner == os.getpid():
            return
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()
                threading.Thread(target=self._run, name="waker", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            try:
                self._send()
            except Exception as error:  # noqa: BLE001 - a broker fails in many ways
                log.warning("no worker could be woken", extra={"reason": str(error)})
                time.sleep(PAUSE)
