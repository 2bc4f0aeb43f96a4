"""The embedded Valkey: a direct child on a unix socket, keeping its keys in an append-only file."""

import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from itsm.stack import processes
from itsm.stack.console import fail
from itsm.stack.processes import Child
from itsm.stack.programs import valkey_server


@dataclass(frozen=True)
class Valkey:
    """Where one embedded server lives; `durable` keeps keys over a restart."""

    data: Path
    socket: Path
    log: Path
    durable: bool = True

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> Child:
        """Starts the server and waits until it answers."""
        child = self.launch()
        started = processes.wait_until(lambda: self.answers() or not child.running(), 30)
        if not started or not child.running():
            child.stop(5)
            fail(f"Valkey did not start: its log is {self.log}")
        return child

    def launch(self) -> Child:
        """Starts the server without waiting for it."""
        if self.answers():
            fail(f"another Valkey uses {self.socket}", "stop it first")
        self.socket.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        arguments: list[str | Path] = [valkey_server(), "--port", "0", "--daemonize", "no"]
        arguments += ["--unixsocket", self.socket, "--unixsocketperm", "700", "--dir", self.data]
        arguments += ["--appendonly", "yes" if self.durable else "no", "--save", ""]
        arguments += ["--maxmemory-policy", "noeviction", "--databases", "64"]
        with self.log.open("ab") as log:
            return processes.spawn("valkey", arguments, stop_signal=signal.SIGTERM, output=log)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False
