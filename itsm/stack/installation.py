"""One installation: its data folder, its secret, its settings and its embedded servers."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from itsm import env
from itsm.stack import processes
from itsm.stack.console import fail
from itsm.stack.paths import DEFAULT_DATA
from itsm.stack.postgres import LONGEST_SOCKET_FOLDER, Postgres
from itsm.stack.processes import Child
from itsm.stack.valkey import Valkey

SETTINGS_FILE = "maru.env"


@dataclass(frozen=True)
class Installation:
    """Where everything lies and what every process of it is told.

    `postgres` and `valkey` are None when DATABASE_URL or REDIS_URL name other servers.
    """

    data: Path
    environment: dict[str, str]
    postgres: Postgres | None
    valkey: Valkey | None

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @contextlib.contextmanager
    def held(self) -> Iterator[bool]:
        """Holds the data folder while inside; yields False when another process holds it."""
        with (self.run / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextlib.contextmanager
    def servers(self) -> Iterator[None]:
        """The embedded servers are up inside: those of a running Maru, else started for now."""
        with (self.run / "users").open("a+") as users, self.held() as alone:
            children = self._start_servers() if alone else []
            fcntl.flock(users, fcntl.LOCK_SH)
            if not alone:
                self._wait_for_servers()
            try:
                yield
            finally:
                if children:
                    # Commands that joined meanwhile may finish first.
                    fcntl.flock(users, fcntl.LOCK_EX)
                    stop_all(children)

    def _start_servers(self) -> list[Child]:
        return [server.start() for server in (self.postgres, self.valkey) if server]

    def _wait_for_servers(self) -> None:
        def ready() -> bool:
            database = self.postgres is None or self.postgres.is_ready()
            return database and (self.valkey is None or self.valkey.answers())

        if not processes.wait_until(ready, 60):
            fail(f"Maru is starting or stopping in {self.data}", "try again in a moment")


def stop_all(children: list[Child]) -> None:
    """Asks all of them to stop, then waits for each."""
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(30)


def open_installation(
    data: Path | None = None, *, host: str = "127.0.0.1", port: int = 8000
) -> Installation:
    """Reads the settings and makes the data folder and its secret where they are missing."""
    given = dict(os.environ)
    folder = data or env.DATA_DIR(given) or DEFAULT_DATA
    folder = folder.expanduser().absolute()
    _make_private(folder)
    for part in ("run", "logs", "attachments"):
        (folder / part).mkdir(mode=0o700, exist_ok=True)
    environment = {**_settings_file(folder / SETTINGS_FILE), **given}
    environment["MARU_DATA_DIR"] = str(folder)
    if not env.SECRET_KEY.is_given(environment):
        environment["MARU_SECRET_KEY_FILE"] = str(_secret(folder / "secret_key"))
    if not env.PUBLIC_URL.is_given(environment):
        environment["MARU_PUBLIC_URL"] = f"http://{_shown(host)}:{port}"
        known = [*env.ALLOWED_HOSTS(environment), *_own_names(host)]
        environment["MARU_ALLOWED_HOSTS"] = ",".join(dict.fromkeys(known))
    try:
        env.read_all(environment)
    except env.SettingError as error:
        fail(str(error))
    postgres = valkey = None
    place, mode = _servers_place(folder)
    if not env.DATABASE_URL.is_given(environment):
        postgres = Postgres(place / "postgres", _sockets(place), folder / "logs/postgres.log", mode)
        environment["DATABASE_URL"] = postgres.url
    if not env.REDIS_URL.is_given(environment):
        sockets = _sockets(place)
        valkey = Valkey(folder / "valkey", sockets / "valkey.sock", folder / "logs/valkey.log")
        environment["REDIS_URL"] = valkey.url
    return Installation(folder, environment, postgres, valkey)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        fail(f"{folder} can't be used: {error.strerror}", "choose another folder with --data")


def _settings_file(path: Path) -> dict[str, str]:
    """NAME=value lines of the data folder's settings file; what the shell sets wins."""
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        name, sign, value = line.strip().partition("=")
        if not name or name.startswith("#"):
            continue
        if not sign:
            fail(f"{path}, line {number}: no “=”", "write NAME=value")
        found[name.strip()] = value.strip().strip("\"'")
    return found


def _secret(path: Path) -> Path:
    """Makes the secret key at the first start; only its owner can read it."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path


def _shown(host: str) -> str:
    """The host part of an address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::", ""}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _own_names(host: str) -> list[str]:
    """Names under which this machine may be asked when it listens on `host`."""
    if host not in {"0.0.0.0", "::", ""}:
        return [_shown(host)]
    names = [socket.gethostname(), socket.getfqdn()]
    with contextlib.suppress(OSError):
        names += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent: only the way out is looked up
        names.append(probe.getsockname()[0])
    return [f"[{name}]" if ":" in name else name for name in names]


def _servers_place(data: Path) -> tuple[Path, str]:
    """Where the embedded database lives and how it is run.

    Root without user namespaces runs it as nobody, who can't enter a private folder: it then
    lies below /var/lib/maru, with a link from the data folder.
    """
    mode = processes.unprivileged_mode()
    if mode != processes.SETUID:
        return data, mode
    place = Path("/var/lib/maru") / hashlib.sha256(bytes(data)).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    for folder in (place, place.parent):
        folder.chmod(0o755)
    link = data / "postgres"
    if not link.is_symlink() and not link.exists():
        link.symlink_to(place / "postgres")
    return place, mode


def _sockets(place: Path) -> Path:
    """A private folder whose path is short enough for a unix socket."""
    folder = place / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        name = hashlib.sha256(bytes(place)).hexdigest()[:12]
        folder = Path("/tmp") / f"maru-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owners = {os.getuid()} | ({processes.NOBODY} if os.getuid() == 0 else set())
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid not in owners or facts.st_mode & 0o077:
        fail(f"{folder} belongs to somebody else", "choose another data folder with --data")
    if place.parent == Path("/var/lib/maru"):
        shutil.chown(folder, processes.NOBODY, processes.NOBODY)
    return folder
