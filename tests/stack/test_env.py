"""Settings: one typed source, loud about what can't be used."""

import subprocess
import sys
from pathlib import Path

import pytest

from itsm import env
from itsm.settings.stores import database
from itsm.stack.paths import ROOT
from itsm.stack.settings_page import PAGE, page
from tests.stack.running import clean_environment


def test_every_default_is_what_its_own_reader_gives() -> None:
    for setting in env.SETTINGS:
        if setting.default in {"", None, ()} or isinstance(setting.default, bool):
            continue
        assert setting.read_text(str(setting.default)) == setting.default, setting.name


def test_nothing_set_gives_every_default() -> None:
    assert env.read_all({}) == {setting.name: setting.default for setting in env.SETTINGS}


@pytest.mark.parametrize(
    ("setting", "given", "remedy"),
    [
        (env.SMTP_PORT, "many", "write a whole number from 1 to 65535"),
        (env.SMTP_PORT, "70000", "write a whole number from 1 to 65535"),
        (env.DEBUG, "perhaps", "write yes or no"),
        (env.TIME_ZONE, "Seoul", "write a time zone's name, such as Asia/Seoul"),
        (env.PUBLIC_URL, "desk.example.com", "write http:// or https:// and the host"),
        (env.PUBLIC_URL, "https://example.com/desk", "write http:// or https:// and the host"),
        (env.DATABASE_URL, "mysql://host/maru", "write postgres://user:password@host"),
        (env.REDIS_URL, "localhost:6379", "write redis://host:6379/0"),
        (env.SECRET_KEY, "short", "write at least 32 random characters"),
        (env.LANGUAGE, "fr", "write one of ko, en"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_remedy(
    setting: env.Setting[object], given: str, remedy: str
) -> None:
    with pytest.raises(env.SettingError, match=f"^{setting.name}: .*{remedy}"):
        setting({setting.name: given})


def test_a_wrong_secret_is_not_repeated() -> None:
    with pytest.raises(env.SettingError) as caught:
        env.SECRET_KEY({"MARU_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 40 + "\n")
    assert env.SECRET_KEY({"MARU_SECRET_KEY_FILE": str(file)}) == "k" * 40


@pytest.mark.parametrize("content", [None, ""])
def test_a_secret_file_must_be_there_and_hold_something(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(env.SettingError, match=r"^MARU_SECRET_KEY_FILE: "):
        env.SECRET_KEY({"MARU_SECRET_KEY_FILE": str(file)})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(env.SettingError, match="both set – keep one"):
        env.SECRET_KEY({"MARU_SECRET_KEY": "k" * 40, "MARU_SECRET_KEY_FILE": str(tmp_path)})


def test_only_secrets_come_from_files() -> None:
    assert env.SMTP_HOST({"MARU_SMTP_HOST_FILE": "/nowhere"}) == ""


def test_the_page_for_administrators_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run ./maru settings --write"


def test_no_setting_is_read_elsewhere() -> None:
    readers = [ROOT / "itsm/env.py", *(ROOT / "itsm/stack").glob("*.py")]
    for path in [*ROOT.glob("*/**/*.py")]:
        inner = path.relative_to(ROOT)
        if path in readers or inner.parts[0] in {"tests", "var", "bench"}:
            continue
        if any(part.startswith(".") for part in inner.parts):
            continue
        content = path.read_text(encoding="utf-8")
        named = [s.name for s in env.SETTINGS if f'"{s.name}"' in content]
        assert not named, f"{inner} reads {named}: take it from itsm.env or django.conf.settings"


def test_an_address_becomes_djangos_database() -> None:
    found = database("postgres://u%40x:p%2Fw@db.example.com:6432/maru?sslmode=require", pooled=True)
    assert found["USER"] == "u@x"
    assert found["PASSWORD"] == "p/w"
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.com", "6432", "maru")
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert database("postgres://u@/maru?host=/run/pg")["HOST"] == "/run/pg"
    two = database("postgres://u@db1,db2:6432/maru?target_session_attrs=read-write")
    assert (two["HOST"], two["PORT"]) == ("db1,db2", "5432,6432")
    assert database("postgres://u@[::1]:6432/maru")["HOST"] == "::1"
    assert database("postgres://u:old@db/maru", password="new")["PASSWORD"] == "new"


def _production(**environment: str) -> subprocess.CompletedProcess[str]:
    code = (
        "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, "
        "s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, sorted(s.ALLOWED_HOSTS))"
    )
    known = clean_environment(DJANGO_SETTINGS_MODULE="itsm.settings.production", **environment)
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_needs_a_secret_of_its_own() -> None:
    done = _production()
    assert done.returncode != 0
    assert "MARU_SECRET_KEY is not set – " in done.stderr


def test_production_behind_tls_is_strict_and_never_debugs() -> None:
    done = _production(
        MARU_SECRET_KEY="k" * 40,
        MARU_PUBLIC_URL="https://desk.example.com",
        MARU_PROXIES="1",
        MARU_DEBUG="yes",
    )
    assert done.stdout.split(" ", 4)[:4] == ["False", "True", "31536000", "True"]
    assert "desk.example.com" in done.stdout
