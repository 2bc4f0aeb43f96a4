"""`./maru up`: everything on one machine, under one supervisor."""

import argparse
import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from itsm import env
from itsm.stack import assets, catalogue, leftovers, processes
from itsm.stack.console import colour, fail, say, step
from itsm.stack.installation import Installation, open_installation
from itsm.stack.paths import NOBODY_YET, ROOT, VENDOR_STAMP, Stamp, fingerprint, tree_fingerprint
from itsm.stack.processes import Child
from itsm.stack.supervisor import Service, Supervisor

MIGRATIONS = "*/migrations/*.py"


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="maru up", description="Starts Maru on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="port of the web page (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--data", type=Path, help="data folder (var/data)")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty organisation")
    return parser.parse_args(arguments)


def up(arguments: list[str]) -> None:
    """Prepares what is missing, starts everything, and stays until it is stopped."""
    chosen = options(arguments)
    installation = open_installation(chosen.data, host=chosen.host, port=chosen.port)
    with installation.held() as alone:
        if not alone:
            fail(f"{installation.data} is in use by another Maru", "stop it, or take --data DIR")
        if left := leftovers.end(installation.run / "children.json"):
            say(f"  Ended what an earlier run left behind: {', '.join(left)}")
        _refuse_taken_port(chosen.host, chosen.port)
        assets.bring()
        catalogue.compile_stale()
        supervisor = Supervisor(installation.logs, installation.run / "children.json")
        with supervisor.listening():
            try:
                _start(supervisor, installation, chosen)
            finally:
                _stop(supervisor)


def _start(supervisor: Supervisor, installation: Installation, chosen: argparse.Namespace) -> None:
    for service in _servers(installation):
        supervisor.add(service)
    _prepare(installation, demo=not chosen.no_demo)
    web, *others = _programs(installation, chosen.host, chosen.port)
    supervisor.add(web)
    patience = time.monotonic() + 60
    supervisor.run(
        until=lambda: _answers(chosen.host, chosen.port) or _hopeless(web, patience), every=0.2
    )
    if not supervisor.stopping and _hopeless(web, patience):
        fail("the web server does not start", f"its log is {installation.logs / 'web.log'}")
    if supervisor.stopping:
        return
    _welcome(installation)
    # Only now: they would keep people waiting for the first page.
    for service in others:
        supervisor.add(service)
    supervisor.run()


def _hopeless(web: Service, patience: float) -> bool:
    """Whether the web server ended three times or said nothing sensible for a minute."""
    return web.pause > 2 or time.monotonic() > patience


def _stop(supervisor: Supervisor) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        say("\n  Stopping …")
    supervisor.stop()
    with contextlib.suppress(OSError):
        say("  Stopped.")


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(f"can't listen on {host} port {port}: {error.strerror}", "choose another --port")


def _servers(installation: Installation) -> list[Service]:
    """The embedded servers, started and answering."""
    found = []
    postgres, valkey = installation.postgres, installation.valkey
    if postgres:
        with step("Starting PostgreSQL" if postgres.data.exists() else "Making the database"):
            child = postgres.start()
        found.append(Service("postgres", postgres.launch, stop_last=True, child=child))
    if valkey:
        found.append(Service("valkey", valkey.launch, stop_last=True, child=valkey.start()))
    return found


def _prepare(installation: Installation, *, demo: bool) -> None:
    """Tables, static files and demo data, unless this very code did it for this very database."""
    static = tree_fingerprint([ROOT / "static", VENDOR_STAMP, ROOT / "requirements.lock"])
    static_done = Stamp(installation.run / "static.stamp")
    migrations = fingerprint(*sorted(ROOT.glob(MIGRATIONS)), ROOT / "requirements.lock")
    cluster = installation.postgres.identity if installation.postgres else ""
    tables = f"{migrations} {cluster} {demo}"
    tables_done = Stamp(installation.run / "tables.stamp")
    if static_done.holds(static) and cluster and tables_done.holds(tables):
        return
    sign_ins = installation.run / "sign-ins.txt"
    arguments = ["prepare", "--sign-ins", str(sign_ins), *(["--demo"] if demo else [])]
    if not static_done.holds(static):
        arguments.append("--static")
    run_django(installation, arguments)
    static_done.set(static)
    # Without anybody the next start looks again: somebody may have been made meanwhile.
    nobody = sign_ins.is_file() and sign_ins.read_text(encoding="utf-8") == NOBODY_YET
    tables_done.set("" if nobody else tables)


def run_django(installation: Installation, arguments: list[str]) -> None:
    """One management command, its output on our terminal."""
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=installation.environment,
        cwd=ROOT,
        preexec_fn=processes.preparation(),
        check=False,
    )
    if done.returncode:
        fail(f"{arguments[0]} failed", "the reason stands above")


def _programs(installation: Installation, host: str, port: int) -> list[Service]:
    """Web, worker and beat, each writing its lines to us."""
    environment = dict(installation.environment)
    metrics = installation.run / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    environment["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    # We say it ourselves, in one line (see _welcome).
    environment["PYTHONWARNINGS"] = "ignore:You're running the worker"
    schedule = installation.run / "beat-schedule"
    celery = [sys.executable, "-m", "celery", "--app", "itsm.celery", "--quiet"]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [sys.executable, "-m", "gunicorn", "--config", "python:itsm.gunicorn", "--bind", address]
    worker = [*celery, "worker", "--concurrency", str(env.WORKER_PROCESSES(environment))]
    worker += ["--without-gossip", "--without-mingle", "--hostname", f"maru-{port}@%h"]
    beat = [*celery, "beat", "--schedule", str(schedule), "--pidfile", ""]

    def service(name: str, command: list[str]) -> Service:
        def start() -> Child:
            return processes.spawn(
                name, command, output=subprocess.PIPE, environment=environment, folder=ROOT
            )

        return Service(name, start)

    return [service("web", web), service("worker", worker), service("beat", beat)]


def _answers(host: str, port: int) -> bool:
    """Whether the web server serves its sign of life."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _welcome(installation: Installation) -> None:
    say(f"\n  Maru is ready: {colour(env.PUBLIC_URL(installation.environment), '1;32')}")
    notes = installation.run / "sign-ins.txt"
    if notes.is_file():
        say(notes.read_text(encoding="utf-8").rstrip())
    if os.geteuid() == 0:
        say("  You are root: good for a trial; let an ordinary account run it for others.")
    say(f"  Data: {installation.data}   Stop: Ctrl-C\n")
