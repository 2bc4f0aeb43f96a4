"""Small parts of the stack: logs, front-end files, messages, proxies."""

from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from itsm.middleware import ClientAddressMiddleware
from itsm.stack import assets, messages
from itsm.stack.console import Failure
from itsm.stack.installation import open_installation
from itsm.stack.logfile import KEPT, LogFile
from itsm.stack.paths import Stamp, fingerprint


def test_a_log_is_rotated_and_old_ones_are_dropped(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "web.log", largest=100)
    for number in range(60):
        log.write(f"line {number:04}\n".encode())
    log.close()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["web.log", *(f"web.log.{number}" for number in range(1, KEPT + 1))]
    assert all(path.stat().st_size <= 110 for path in tmp_path.iterdir())


def test_a_stamp_holds_only_for_the_same_inputs(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamp")
    source = tmp_path / "source"
    source.write_text("one")
    stamp.set(fingerprint(source))
    assert stamp.holds(fingerprint(source))
    source.write_text("two")
    assert not stamp.holds(fingerprint(source))


@pytest.fixture
def icons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "node_modules/@tabler/icons/icons"
    (folder / "outline").mkdir(parents=True)
    (folder / "outline/home.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" stroke-width="2">\n'
        '  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 12" />\n</svg>'
    )
    monkeypatch.setattr(assets, "PACKAGES", tmp_path)
    return folder


@pytest.mark.usefixtures("icons")
def test_the_sprite_has_a_symbol_per_icon() -> None:
    sprite = assets.sprite(["home"])
    assert '<symbol id="i-home" viewBox="0 0 24 24"' in sprite
    assert 'stroke-width="1.75"' in sprite
    assert '<path d="M5 12" />' in sprite
    assert "M0 0h24v24H0z" not in sprite


@pytest.mark.usefixtures("icons")
def test_an_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(Failure, match="unknown icon: hoome"):
        assets.sprite(["home", "hoome"])


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "desk/templates").mkdir(parents=True)
    (tmp_path / "desk/views.py").write_text(
        "from django.utils.translation import gettext as _, pgettext, ngettext\n"
        '_("Queue")\npgettext("verb", "Open")\nngettext("%(n)d ticket", "%(n)d tickets", 2)\n'
    )
    (tmp_path / "desk/templates/page.html").write_text(
        '{% load i18n %}\n  {% trans "Home" %}\n{% trans "Clear" context "verb: filters" %}\n'
        "{% blocktrans trimmed with who=name %}\n    Hello\n    {{ who }}\n{% endblocktrans %}\n"
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "CATALOGUE", tmp_path / "locale/ko/LC_MESSAGES/django.po")
    return tmp_path


@pytest.mark.usefixtures("sources")
def test_messages_are_found_in_python_and_templates() -> None:
    found = {(message.context, message.id) for message in messages.extract_all() if message.id}
    assert found == {
        (None, "Queue"),
        ("verb", "Open"),
        (None, ("%(n)d ticket", "%(n)d tickets")),
        (None, "Home"),
        ("verb: filters", "Clear"),
        (None, "Hello %(who)s"),
    }


def test_the_catalogue_must_be_complete_current_and_keep_placeholders(sources: Path) -> None:
    messages.update()
    assert len(messages.problems()) == 6
    catalogue = messages.CATALOGUE
    text = catalogue.read_text()
    korean = {
        "Queue": "대기열",
        "Open": "열기",
        "Home": "홈",
        "Clear": "지우기",
        "Hello %(who)s": "안녕하세요, %(name)s 님",
    }
    for source, target in korean.items():
        text = text.replace(f'msgid "{source}"\nmsgstr ""', f'msgid "{source}"\nmsgstr "{target}"')
    text = text.replace('msgstr[0] ""', 'msgstr[0] "티켓 %(n)d건"')
    catalogue.write_text(text)
    assert messages.problems() == ["other placeholders than the source: 'Hello %(who)s'"]
    catalogue.write_text(text.replace("%(name)s", "%(who)s"))
    assert messages.problems() == []
    (sources / "desk/views.py").write_text('_("Queues")\n')
    assert "not in the catalogue: 'Queues'" in messages.problems()
    assert "no longer in the sources: 'Queue'" in messages.problems()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.7", "10.0.0.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_saw_counts(proxies: int, forwarded: str, seen: str) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    request.META["REMOTE_ADDR"] = "10.0.0.9"

    def view(inner: HttpRequest) -> HttpResponse:
        return HttpResponse(inner.META["REMOTE_ADDR"])

    with override_settings(PROXIES=proxies):
        assert ClientAddressMiddleware(view)(request).content.decode() == seen


def test_the_settings_file_is_read_and_the_shell_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "MARU_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "maru.env").write_text("# mail\nMARU_SMTP_HOST = mail\nMARU_MAIL_FROM='a@b.kr'\n")
    monkeypatch.setenv("MARU_MAIL_FROM", "shell@b.kr")
    found = open_installation(tmp_path).environment
    assert found["MARU_SMTP_HOST"] == "mail"
    assert found["MARU_MAIL_FROM"] == "shell@b.kr"


def test_servers_that_are_named_are_not_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://maru@db.example.com/maru")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.com/0")
    found = open_installation(tmp_path)
    assert found.postgres is None
    assert found.valkey is None
    assert found.environment["DATABASE_URL"] == "postgres://maru@db.example.com/maru"


def test_a_setting_line_without_a_sign_is_named(tmp_path: Path) -> None:
    (tmp_path / "maru.env").write_text("MARU_SMTP_HOST mail\n")
    with pytest.raises(Failure, match="line 1"):
        open_installation(tmp_path)
