"""Every setting of an installation: name, type, default, meaning. The one source.

Django's settings, `./maru up` and the page docs/admin/configure.md read from here. A value that
can't be used stops the program with one line that says what to write instead. A secret may also
come from a file: NAME_FILE holds its path.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

T = TypeVar("T")


class SettingError(ValueError):
    """A setting that can't be used; the message names it and says what to write."""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting, read from the environment when asked."""

    name: str
    section: str
    read_text: Callable[[str], T]
    default: T
    meaning: str
    shown_default: str = ""
    secret: bool = False

    def __call__(self, environment: Mapping[str, str] | None = None) -> T:
        """The value in force; raises SettingError when the text given can't be used."""
        source = os.environ if environment is None else environment
        given = self._given(source)
        if given is None:
            return self.default
        try:
            return self.read_text(given)
        except ValueError as error:
            shown = "its value" if self.secret else repr(given)
            raise SettingError(f"{self.name}: {shown} can't be used – {error}") from None

    def is_given(self, environment: Mapping[str, str] | None = None) -> bool:
        return self._given(os.environ if environment is None else environment) is not None

    def _given(self, source: Mapping[str, str]) -> str | None:
        text = source.get(self.name, "").strip()
        path = source.get(f"{self.name}_FILE", "").strip() if self.secret else ""
        if text and path:
            raise SettingError(f"{self.name} and {self.name}_FILE are both set – keep one")
        if path:
            try:
                text = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise SettingError(
                    f"{self.name}_FILE: {path} can't be read – {error.strerror}"
                ) from None
            if not text:
                raise SettingError(f"{self.name}_FILE: {path} is empty – write the secret into it")
        return text or None


def text(given: str) -> str:
    return given


def switch(given: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if given.lower() not in words:
        raise ValueError("write yes or no")
    return words[given.lower()]


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    def read(given: str) -> int:
        if not given.isascii() or not given.isdigit() or not lowest <= int(given) <= highest:
            raise ValueError(f"write a whole number from {lowest} to {highest}")
        return int(given)

    return read


def names(given: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in given.split(",") if part.strip())


def one_of(*choices: str) -> Callable[[str], str]:
    def read(given: str) -> str:
        if given.lower() not in choices:
            raise ValueError(f"write one of {', '.join(choices)}")
        return given.lower()

    return read


def time_zone(given: str) -> str:
    if given not in available_timezones():
        raise ValueError("write a time zone's name, such as Asia/Seoul")
    return given


def web_address(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("write http:// or https:// and the host, such as https://desk.example.com")
    return given.rstrip("/")


def origins(given: str) -> tuple[str, ...]:
    return tuple(web_address(part) for part in names(given))


def database_address(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("write postgres://user:password@host:5432/database")
    return given


def redis_address(given: str) -> str:
    if urlsplit(given).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("write redis://host:6379/0, rediss://… or unix:///path?db=0")
    return given


def long_secret(given: str) -> str:
    if len(given) < 32:
        raise ValueError("write at least 32 random characters")
    return given


def folder(given: str) -> Path | None:
    return Path(given).expanduser().absolute()


_NO_NAMES: tuple[str, ...] = ()
SETTINGS: list[Setting[object]] = []


def _setting(
    name: str,
    section: str,
    read: Callable[[str], T],
    default: T,
    meaning: str,
    shown_default: str = "",
    *,
    secret: bool = False,
) -> Setting[T]:
    setting = Setting(name, section, read, default, meaning, shown_default, secret)
    SETTINGS.append(setting)  # type: ignore[arg-type]
    return setting


BASICS, STORES, MAIL, LIMITS, PROCESSES = (
    "Basics",
    "Database, Redis and files",
    "Mail",
    "Limits",
    "Processes and logs",
)

SECRET_KEY = _setting(
    "MARU_SECRET_KEY",
    BASICS,
    long_secret,
    "",
    "Signs sessions and links. Everybody is signed out when it changes.",
    "`./maru up` makes one at its first start and keeps it in the data folder",
    secret=True,
)
PUBLIC_URL = _setting(
    "MARU_PUBLIC_URL",
    BASICS,
    web_address,
    "http://127.0.0.1:8000",
    "The address people open. Links in mails begin with it. With https:// cookies are sent over "
    "TLS only, and browsers are told to stay with TLS.",
)
ALLOWED_HOSTS = _setting(
    "MARU_ALLOWED_HOSTS",
    BASICS,
    names,
    _NO_NAMES,
    "Further host names under which Maru may be asked, separated by commas.",
    "the host of MARU_PUBLIC_URL, and localhost",
)
TRUSTED_ORIGINS = _setting(
    "MARU_TRUSTED_ORIGINS",
    BASICS,
    origins,
    _NO_NAMES,
    "Further addresses whose pages may send forms, separated by commas.",
    "MARU_PUBLIC_URL only",
)
TIME_ZONE = _setting(
    "MARU_TIME_ZONE",
    BASICS,
    time_zone,
    "Asia/Seoul",
    "Shown to people who have not chosen a time zone. Times are stored in UTC.",
)
LANGUAGE = _setting(
    "MARU_LANGUAGE",
    BASICS,
    one_of("ko", "en"),
    "en",
    "For people whose browser asks for neither Korean nor English.",
)
DEBUG = _setting(
    "MARU_DEBUG",
    BASICS,
    switch,
    False,
    "Shows error details in the browser and reads changed templates and styles at once. For "
    "developers: refused when MARU_PUBLIC_URL begins with https://.",
)
PROXIES = _setting(
    "MARU_PROXIES",
    BASICS,
    whole(0, 9),
    0,
    "How many proxies of yours stand in front. From one on, X-Forwarded-For and "
    "X-Forwarded-Proto are believed; the nearest proxy must overwrite what browsers send.",
)
HSTS_SECONDS = _setting(
    "MARU_HSTS_SECONDS",
    BASICS,
    whole(0, 10**9),
    31_536_000,
    "How long browsers must stay with TLS. Only used when MARU_PUBLIC_URL begins with https://.",
)
DATABASE_URL = _setting(
    "DATABASE_URL",
    STORES,
    database_address,
    "postgres:///maru",
    "PostgreSQL 15 or newer with the pg_trgm extension, such as "
    "postgres://user:password@host:5432/maru. A unix socket: postgres://user@/maru?host=/folder. "
    "Further parameters (sslmode, …) are handed to libpq.",
    "`./maru up` starts one of its own",
    secret=True,
)
DATABASE_PASSWORD = _setting(
    "MARU_DATABASE_PASSWORD",
    STORES,
    text,
    "",
    "The password for DATABASE_URL, when it should not stand in the address.",
    "the one in DATABASE_URL",
    secret=True,
)
DATABASE_POOLED = _setting(
    "MARU_DATABASE_POOLED",
    STORES,
    switch,
    False,
    "Say yes when the database is reached through PgBouncer in transaction mode.",
)
DATABASE_MAX_AGE = _setting(
    "MARU_DATABASE_MAX_AGE",
    STORES,
    whole(0, 86_400),
    600,
    "Seconds a database connection is kept open between requests.",
)
REDIS_URL = _setting(
    "REDIS_URL",
    STORES,
    redis_address,
    "redis://127.0.0.1:6379/0",
    "Redis 6.2 or newer, or Valkey: the queue of the workers and the cache.",
    "`./maru up` starts one of its own",
    secret=True,
)
DATA_DIR = _setting(
    "MARU_DATA_DIR",
    STORES,
    folder,
    None,
    "Attachments and collected static files; with `./maru up` also the database, the secret key "
    "and the logs. Every web and worker machine must see the same attachments below it.",
    "`var/data` in the project; `--data` of `./maru up` wins",
)
SMTP_HOST = _setting(
    "MARU_SMTP_HOST",
    MAIL,
    text,
    "",
    "The mail server that takes outgoing mail.",
    "none: mails are printed to the worker's log",
)
SMTP_PORT = _setting("MARU_SMTP_PORT", MAIL, whole(1, 65_535), 587, "Its port.")
SMTP_SECURITY = _setting(
    "MARU_SMTP_SECURITY",
    MAIL,
    one_of("starttls", "tls", "none"),
    "starttls",
    "How the connection is encrypted: starttls (usually port 587), tls (465) or none.",
)
SMTP_USER = _setting("MARU_SMTP_USER", MAIL, text, "", "Name to sign in with.", "no sign-in")
SMTP_PASSWORD = _setting(
    "MARU_SMTP_PASSWORD", MAIL, text, "", "Password to sign in with.", "none", secret=True
)
MAIL_FROM = _setting("MARU_MAIL_FROM", MAIL, text, "maru@localhost", "Sender of every mail.")
ATTACHMENT_MAX_COUNT = _setting(
    "MARU_ATTACHMENT_MAX_COUNT", LIMITS, whole(1, 100), 10, "Most attachments of one message."
)
SESSION_HOURS = _setting(
    "MARU_SESSION_HOURS", LIMITS, whole(1, 8760), 12, "Hours after which people sign in again."
)
API_READS_PER_MINUTE = _setting(
    "MARU_API_READS_PER_MINUTE",
    LIMITS,
    whole(0, 1_000_000),
    1200,
    "API requests that read, for each token or signed-in person. 0: no limit.",
)
API_WRITES_PER_MINUTE = _setting(
    "MARU_API_WRITES_PER_MINUTE",
    LIMITS,
    whole(0, 1_000_000),
    300,
    "API requests that change something, for each token or signed-in person. 0: no limit.",
)
WEBHOOK_ALLOW = _setting(
    "MARU_WEBHOOK_ALLOW",
    LIMITS,
    names,
    _NO_NAMES,
    "Hosts or networks of your own that webhooks may call although they are not public, and to "
    "which http:// is allowed, separated by commas, such as chat.example.com, 10.1.0.0/16.",
    "public addresses over https:// only",
)
WEB_PROCESSES = _setting(
    "MARU_WEB_PROCESSES", PROCESSES, whole(1, 64), 2, "Web server processes of `./maru up`."
)
WEB_THREADS = _setting(
    "MARU_WEB_THREADS",
    PROCESSES,
    whole(1, 64),
    4,
    "Threads of each web process; each keeps one database connection.",
)
WORKER_PROCESSES = _setting(
    "MARU_WORKER_PROCESSES", PROCESSES, whole(1, 64), 2, "Worker processes of `./maru up`."
)
LOG_LEVEL = _setting(
    "MARU_LOG_LEVEL",
    PROCESSES,
    one_of("debug", "info", "warning", "error"),
    "info",
    "The least important kind of line that is logged.",
)
LOG_FORMAT = _setting(
    "MARU_LOG_FORMAT",
    PROCESSES,
    one_of("text", "json"),
    "text",
    "text for people, json for a log collector.",
)
METRICS_TOKEN = _setting(
    "MARU_METRICS_TOKEN",
    PROCESSES,
    long_secret,
    "",
    "Who sends it as `Authorization: Bearer …` may read /metrics.",
    "only this machine may read /metrics",
    secret=True,
)


def read_all(environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """Every setting's value by name; raises SettingError at the first that can't be used."""
    return {setting.name: setting(environment) for setting in SETTINGS}
