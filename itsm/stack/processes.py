"""Child processes that end with their supervisor, and facts about processes by number."""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

NOBODY = 65534
PR_SET_PDEATHSIG = 1
LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None) if LINUX else None
_USER_NAMESPACE = ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]

# How a server that refuses root is run: as we are, as root who looks like nobody inside a user
# namespace (outside, every file stays root's), or as nobody for real.
PLAIN, NAMESPACE, SETUID = "plain", "namespace", "setuid"


def unprivileged_mode() -> str:
    """The way to run PostgreSQL from this account."""
    if os.geteuid() != 0:
        return PLAIN
    if shutil.which("unshare") is None:
        return SETUID
    tried = subprocess.run([*_USER_NAMESPACE, "true"], capture_output=True, check=False)
    return NAMESPACE if tried.returncode == 0 else SETUID


def command(arguments: Sequence[str | Path], mode: str = PLAIN) -> list[str]:
    prefix = _USER_NAMESPACE if mode == NAMESPACE else []
    return [*prefix, *map(str, arguments)]


def preparation(mode: str = PLAIN, death_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """What a child does before exec: own session, own user, and a signal when its parent is gone.

    The parent must fork from its main thread: the kernel sends the signal when that thread ends.
    """
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        if mode == SETUID:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal)  # after setuid, which clears it
            if os.getppid() != parent:
                os._exit(1)

    return prepare


@dataclass
class Child:
    """A running child and how it wants to be stopped."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int = signal.SIGTERM
    output: IO[bytes] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.running():
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds: float = 30.0) -> None:
        """Asks, waits, then ends the child's whole process group."""
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            end_group(self.pid)
            self.process.wait(10)


def spawn(
    name: str,
    arguments: Sequence[str | Path],
    *,
    mode: str = PLAIN,
    stop_signal: int = signal.SIGTERM,
    output: IO[bytes] | int = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Child:
    """Starts a child whose stop signal is also what it gets when this process dies."""
    process = subprocess.Popen(
        command(arguments, mode),
        preexec_fn=preparation(mode, stop_signal),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=None if environment is None else dict(environment),
        cwd=folder,
    )
    return Child(name, process, stop_signal, process.stdout)


def end_group(pid: int) -> None:
    """Kills a process group that did not end when asked."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def started_at(pid: int) -> int | None:
    """The kernel's start stamp of a live process: with the pid it names one process for good.

    None when there is no such process or it is a zombie. Where there is no /proc, 0 for any live
    process.
    """
    if LINUX:
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        fields = text[text.rindex(")") + 2 :].split()
        return None if fields[0] in "ZX" else int(fields[19])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return 0
    return 0


def program_name(pid: int) -> str:
    """The program a live process runs, empty where that can't be known."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Polls until `ready` or the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
