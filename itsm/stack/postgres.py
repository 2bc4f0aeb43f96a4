"""The embedded PostgreSQL: a direct child on a unix socket, never on the network."""

import functools
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from itsm.stack import processes
from itsm.stack.console import fail
from itsm.stack.paths import tree_fingerprint
from itsm.stack.processes import Child
from itsm.stack.programs import postgres_bin

USER = "maru"
DATABASE = "maru"
# A unix socket's address holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432" and ".lock".
LONGEST_SOCKET_FOLDER = 85
# What a throw-away server does without. Never for data that somebody wants to keep.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


# C.UTF-8 of libc: where lc_ctype is plain C, pg_trgm drops Hangul.
_INITDB = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")


@dataclass(frozen=True)
class Postgres:
    """Where one embedded server lives: data folder, socket folder and log file."""

    data: Path
    sockets: Path
    log: Path
    mode: str
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"postgres://{USER}@/{DATABASE}?host={self.sockets}"

    @property
    def _pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def identity(self) -> str:
        """Names this very database cluster: another one made in its place has another."""
        try:
            return (self.data / "global/pg_control").read_bytes()[:8].hex()
        except OSError:
            return ""

    def is_ready(self) -> bool:
        """Whether the server in this data folder takes connections."""
        try:
            lines = self._pid_file.read_text().splitlines()
            alive = processes.started_at(int(lines[0])) is not None
        except (OSError, IndexError, ValueError):
            return False
        return alive and len(lines) > 7 and lines[7].strip() == "ready"

    def start(self) -> Child:
        """Makes the cluster when there is none, starts the server and waits until it answers."""
        if not self.data.exists():
            self._initialise()
        child = self.launch()
        self._wait(child)
        return child

    def launch(self) -> Child:
        """Starts the server without waiting for it."""
        self._forget_dead_server()
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "logging_collector=off",
            "log_checkpoints=off",
            "timezone=UTC",
            "log_timezone=UTC",
            *self.options,
        ]
        arguments: list[str | Path] = [self.programs / "postgres", "-D", self.data]
        for setting in settings:
            arguments += ["-c", setting]
        with self.log.open("ab") as log:
            return processes.spawn(
                "postgres", arguments, mode=self.mode, stop_signal=signal.SIGINT, output=log
            )

    def _initialise(self) -> None:
        """Makes the cluster and its database aside, and puts it in place when it is whole."""
        fresh = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        if self.mode == processes.SETUID:
            os.chown(fresh, processes.NOBODY, processes.NOBODY)
        self._make("initdb", "-D", fresh, "-U", USER, *_INITDB)
        create = f"CREATE DATABASE {DATABASE}\n"
        self._make("postgres", "--single", "-D", fresh, "postgres", lines=create)
        fresh.rename(self.data)

    def _make(self, program: str, *arguments: str | Path, lines: str = "") -> None:
        made = subprocess.run(
            processes.command([self.programs / program, *arguments], self.mode),
            preexec_fn=processes.preparation(self.mode),
            input=lines,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            fail(f"{program} failed: {_last_line(made.stderr)}", "or set DATABASE_URL to a server")

    def _forget_dead_server(self) -> None:
        """Removes the lock files of a killed server; waits for one that is still going down."""

        def gone() -> bool:
            try:
                pid = int(self._pid_file.read_text().split()[0])
            except (FileNotFoundError, IndexError, ValueError):
                return True
            if processes.started_at(pid) is None:
                return True
            return processes.LINUX and "postgres" not in processes.program_name(pid)

        if not processes.wait_until(gone, 30):
            fail(
                f"another PostgreSQL uses {self.data}",
                f"stop process {self._pid_file.read_text().split()[0]} first",
            )
        self._pid_file.unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def _wait(self, child: Child) -> None:
        def ready() -> bool:
            return not child.running() or self.is_ready()

        answered = processes.wait_until(ready, 60)
        if not child.running() or not answered:
            child.stop(5)
            fail(f"PostgreSQL did not start: {_last_line(self.log.read_text('utf-8', 'replace'))}")

    @functools.cached_property
    def programs(self) -> Path:
        """The programs, copied beside the data where nobody may not read the originals."""
        original = postgres_bin()
        if self.mode != processes.SETUID or _open_to_others(original):
            return original
        install = original.parent
        version = tree_fingerprint([original / "postgres"])[:12]
        copy = self.data.parent / f"programs-{version}"
        if not copy.exists():
            fresh = copy.with_name("programs.new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(install, fresh / install.parent.name / install.name, symlinks=True)
            # The wheel's libraries are found by a path relative to the programs.
            libraries = install.parent.parent / f"{install.parent.name}.libs"
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            fresh.chmod(0o755)
            fresh.rename(copy)
        return copy / install.parent.name / install.name / original.name


def _open_to_others(path: Path) -> bool:
    """Whether every folder on the way lets other users through."""
    folder = path.resolve()
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (folder, *folder.parents))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
