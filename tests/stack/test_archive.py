"""`./maru backup` and `./maru restore`: what goes in comes out again."""

import tarfile
from pathlib import Path

import pytest

from tests.stack.running import Maru

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]
NAMES = "from django.contrib.auth.models import Group as G; print(*G.objects.values_list('name'))"
ADD = "from django.contrib.auth.models import Group as G; G.objects.create(name='결재')"


def test_a_backup_restores_into_another_installation(tmp_path: Path) -> None:
    first = Maru(tmp_path / "first")
    assert first.run("manage", "prepare").returncode == 0
    first.ask(ADD)
    (first.data / "attachments/deep").mkdir()
    (first.data / "attachments/deep/사진.png").write_bytes(b"\x89PNG")
    file = tmp_path / "maru.tar"
    done = first.run("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600

    second = Maru(tmp_path / "second")
    done = second.run("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert second.ask(NAMES) == first.ask(NAMES) == "('결재',)"
    assert (second.data / "attachments/deep/사진.png").read_bytes() == b"\x89PNG"
    assert (second.data / "secret_key").read_text() == (first.data / "secret_key").read_text()
    check = "print(__import__('django.db').db.connection.introspection.table_names())"
    assert second.ask(check) == first.ask(check)

    again = second.run("restore", str(file))
    assert again.returncode == 1
    assert "the database is not empty – add --force" in again.stderr
    second.ask("from django.contrib.auth.models import Group as G; G.objects.all().delete()")
    assert second.run("restore", str(file), "--force").returncode == 0
    assert second.ask(NAMES) == "('결재',)"


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    maru = Maru(tmp_path / "data")
    file = tmp_path / "evil.tar"
    (tmp_path / "secret").write_text("x")
    with tarfile.open(file, "w") as tar:
        tar.add(tmp_path / "secret", "../escaped")
    done = maru.run("restore", str(file))
    assert done.returncode == 1
    assert "name a file that ./maru backup wrote" in done.stderr
    assert not (maru.data.parent / "escaped").exists()
