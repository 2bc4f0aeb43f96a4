"""`./maru up`: starts everything, keeps it running, stops it, and recovers when it was killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from itsm.stack import processes
from itsm.stack.paths import ROOT
from tests.stack.running import Maru, alive, clean_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("up")]
COUNT = "from django.contrib.auth.models import Group as G; print(G.objects.count())"
ADD = "from django.contrib.auth.models import Group as G; G.objects.create(name='kept')"


@pytest.fixture(scope="module")
def maru(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maru]:
    """One installation for the module; each test leaves it running or stopped as it likes."""
    running = Maru(tmp_path_factory.mktemp("maru") / "data")
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


@pytest.fixture
def up(maru: Maru) -> Maru:
    if maru.process is None or maru.process.poll() is not None:
        maru.start()
    return maru


def test_the_data_folder_and_its_secret_are_private(up: Maru) -> None:
    assert up.data.stat().st_mode & 0o777 == 0o700
    assert (up.data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len((up.data / "secret_key").read_text()) >= 50


def test_all_parts_run_and_pages_are_served(up: Maru) -> None:
    assert set(up.children()) == {"postgres", "valkey", "web", "worker", "beat"}
    assert up.get("/healthz") == 200
    assert f"http://127.0.0.1:{up.port}" in up.said()


def test_a_second_one_on_the_same_data_is_refused(up: Maru) -> None:
    done = up.run("up", "--port", "1", "--data", str(up.data))
    assert done.returncode != 0
    assert "is in use by another Maru – stop it, or take --data DIR" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said_in_one_line(up: Maru, tmp_path: Path) -> None:
    done = up.run("up", "--port", str(up.port), "--data", str(tmp_path / "other"))
    assert done.returncode != 0
    assert f"port {up.port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_manage_uses_the_servers_that_run(up: Maru) -> None:
    before = up.children()
    assert up.ask("print(6 * 7)").endswith("42")
    assert up.children() == before


@pytest.mark.parametrize("name", ["web", "worker", "beat", "valkey", "postgres"])
def test_a_part_that_dies_is_started_again(up: Maru, name: str) -> None:
    first = up.children()[name]
    os.kill(first, signal.SIGKILL)
    assert processes.wait_until(lambda: up.children().get(name, first) != first, 20, 0.1)
    assert processes.wait_until(lambda: up.get("/healthz") == 200, 20, 0.1)
    assert alive([first]) == []


def test_killed_hard_it_leaves_nothing_and_loses_nothing(up: Maru) -> None:
    up.ask(ADD)
    pids = list(up.children().values())
    assert up.stop(signal.SIGKILL) == -signal.SIGKILL
    assert processes.wait_until(lambda: not alive(pids), 20, 0.1), "children outlived it"
    up.start()
    assert up.ask(COUNT).splitlines()[-1] == "1"
    assert len(alive(list(up.children().values()))) == 5


def test_with_its_database_killed_too_it_comes_back(up: Maru) -> None:
    before = up.ask(COUNT)
    postgres = up.children()["postgres"]
    up.stop(signal.SIGKILL)
    os.kill(postgres, signal.SIGKILL)
    up.start()
    assert up.ask(COUNT) == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_stops_everything(up: Maru, number: signal.Signals) -> None:
    pids = list(up.children().values())
    assert up.stop(number) == 0
    assert alive(pids) == []
    assert "Stopped." in up.said()
    assert not (up.data / "run/children.json").exists()


def test_the_second_start_is_quick(up: Maru) -> None:
    up.stop()
    started = time.monotonic()
    up.start()
    # 4 s on an idle machine; other tests run beside this one.
    assert time.monotonic() - started < 12
    assert "Migrating" not in up.said()
    assert "Collecting" not in up.said()


def test_manage_starts_servers_for_itself_when_nothing_runs(up: Maru) -> None:
    up.stop()
    assert up.ask("print(6 * 7)").endswith("42")
    assert not (up.data / "postgres/postmaster.pid").exists()


def test_two_copies_run_side_by_side(up: Maru, tmp_path: Path) -> None:
    other = Maru(tmp_path / "other").start()
    try:
        assert (up.get("/healthz"), other.get("/healthz")) == (200, 200)
        assert not set(up.children().values()) & set(other.children().values())
    finally:
        other.stop()
    assert up.get("/healthz") == 200


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    deep = Maru(tmp_path / ("deep" * 20) / ("folder" * 10)).start()
    assert deep.stop() == 0


def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "itsm.stack", "up", "--data", str(tmp_path / "data")],
        cwd=ROOT,
        env=clean_environment(MARU_SMTP_PORT="many"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "maru: MARU_SMTP_PORT: 'many' can't be used – write a whole number from 1 to 65535"
    )
