"""`./maru bench`: makes a database of a size, serves it, measures every page, prints a table."""

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from itsm.stack.installation import Installation, open_installation

ROOT = Path(__file__).resolve().parents[1]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="maru bench", description="Measures speed.")
    parser.add_argument("--size", choices=("10k", "100k", "1m"), default="10k")
    parser.add_argument("--rounds", type=int, default=60, help="requests to each page (60)")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--data", type=Path, help="keep the database here, and use it again")
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    folder = chosen.data or Path(tempfile.mkdtemp(prefix="maru-bench-"))
    try:
        installation = open_installation(folder)
        with installation.servers():
            run(installation, chosen)
    finally:
        if not chosen.data:
            shutil.rmtree(folder, ignore_errors=True)


def run(installation: Installation, chosen: argparse.Namespace) -> None:
    os.environ.update(installation.environment)
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "itsm.settings",
            "MARU_API_READS_PER_MINUTE": "0",
            "MARU_API_WRITES_PER_MINUTE": "0",
            "MARU_LOG_LEVEL": "warning",
        }
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import generate, measure, report
    from tickets.models import Ticket

    call_command("migrate", verbosity=0)
    if not Ticket.objects.exists():
        start = time.monotonic()
        generate.fill(generate.SIZES[chosen.size])
        print(f"filled in {time.monotonic() - start:.0f} s", file=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()
    with _server() as port:
        found = measure.run(port, chosen.only, chosen.rounds, random.Random(7))
    table = report.table(found, size=chosen.size)
    print(table)
    if chosen.out:
        chosen.out.write_text(table + "\n", encoding="utf-8")


@contextmanager
def _server() -> Iterator[int]:
    """One web worker with one thread, on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.server:application", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "1"]
    command += ["--log-level", "warning", "--keep-alive", "120", "--no-control-socket"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit("bench: the web server does not start")


if __name__ == "__main__":
    main()
