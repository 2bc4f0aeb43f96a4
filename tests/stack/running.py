"""Starts a whole Maru for a test, and looks at its processes."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from itsm.env import SETTINGS
from itsm.stack import processes
from itsm.stack.paths import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**more: str) -> dict[str, str]:
    """The shell's environment without any of Maru's settings."""
    known = {setting.name for setting in SETTINGS}
    known |= {f"{name}_FILE" for name in known} | {"DJANGO_SETTINGS_MODULE", "MARU_TEST_SERVERS"}
    kept = {name: value for name, value in os.environ.items() if name not in known}
    return {**kept, **more}


class Maru:
    """One `./maru up` in a folder of its own."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.environment = clean_environment(**environment)
        data.parent.mkdir(parents=True, exist_ok=True)
        self.output = data.with_name(f"{data.name}.out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Maru":
        """Starts it and waits for its first page."""
        arguments = ["--port", str(self.port), "--data", str(self.data), "--no-demo"]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "itsm.stack", "up", *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=processes.preparation(),
            )
        running = self.process
        processes.wait_until(lambda: running.poll() is not None or self._is_ready(), 90, 0.1)
        assert running.poll() is None, self.said()
        assert self._is_ready(), self.said()
        return self

    def said(self) -> str:
        return self.output.read_text("utf-8", "replace")

    def _is_ready(self) -> bool:
        return "Maru is ready" in self.said() and "beat" in self.children()

    def get(self, path: str) -> int:
        """The status of a page, 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Process numbers by name, as the supervisor wrote them down."""
        entries = json.loads((self.data / "run/children.json").read_text())
        return {entry["name"]: entry["pid"] for entry in entries}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another `./maru` command on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "itsm.stack", *arguments],
            cwd=ROOT,
            env={**self.environment, "MARU_DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, code: str) -> str:
        """What a line of Python prints inside Django."""
        done = self.run("manage", "shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it; returns its exit code."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(60)


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if processes.started_at(pid) is not None]
