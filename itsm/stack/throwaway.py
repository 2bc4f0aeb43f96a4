"""Throw-away servers for a test run: quick, private, gone with the process that started them."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from itsm.stack import processes
from itsm.stack.postgres import THROW_AWAY, Postgres
from itsm.stack.processes import Child
from itsm.stack.valkey import Valkey

PREFIX = "maru-test-"


class ThrowAway:
    """PostgreSQL and Valkey in a folder of their own under the system's temporary folder."""

    def __init__(self, *, durable: bool = False, mode: str | None = None) -> None:
        _sweep()
        mode = mode or processes.unprivileged_mode()
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_short_temporary_folder()))
        self._lock = (self.folder / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if mode == processes.SETUID:
            self.folder.chmod(0o755)
        sockets = self.folder / "s"
        sockets.mkdir(mode=0o700)
        if mode == processes.SETUID:
            os.chown(sockets, processes.NOBODY, processes.NOBODY)
        self.postgres = Postgres(
            data=self.folder / "pg",
            sockets=sockets,
            log=self.folder / "postgres.log",
            mode=mode,
            options=() if durable else THROW_AWAY,
        )
        self.valkey = Valkey(
            data=self.folder / "valkey",
            socket=sockets / "valkey.sock",
            log=self.folder / "valkey.log",
            durable=durable,
        )
        self.children: dict[str, Child] = {}

    def start_postgres(self) -> None:
        self.children["postgres"] = self.postgres.start()

    def start_valkey(self) -> None:
        self.children["valkey"] = self.valkey.start()

    def stop(self) -> None:
        """Stops both and removes the folder."""
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop(20)
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _short_temporary_folder() -> Path:
    """The temporary folder, or /tmp where its path is too long for a unix socket."""
    folder = Path(tempfile.gettempdir())
    return folder if len(os.fsencode(folder)) <= 50 else Path("/tmp")


def _sweep() -> None:
    """Removes the folders of test runs that were killed."""
    for folder in _short_temporary_folder().glob(f"{PREFIX}*"):
        try:
            with (folder / "lock").open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _server_alive(folder):
                    continue
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue


def _server_alive(folder: Path) -> bool:
    """Whether a server is still on its way down."""
    try:
        pid = int((folder / "pg/postmaster.pid").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return False
    return processes.started_at(pid) is not None
