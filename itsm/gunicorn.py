"""How gunicorn serves the pages, on one machine and in a container (--config python:itsm.gunicorn).

Threads, because each keeps its own database connection open; processes, because Python runs one
thread at a time.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from prometheus_client import multiprocess

from itsm import env

wsgi_app = "itsm.wsgi"
worker_class = "gthread"
workers = env.WEB_PROCESSES()
threads = env.WEB_THREADS()
# Loaded once and shared by the processes; a developer's changes are loaded anew instead.
preload_app = not env.DEBUG()
reload = env.DEBUG()
graceful_timeout = 10
keepalive = 30
# The heartbeat file must never wait for a disk.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes a private file in it
worker_tmp_dir = str(_IN_MEMORY) if _IN_MEMORY.is_dir() else tempfile.gettempdir()
control_socket_disable = True
loglevel = "warning"
# Where the processes put their counters, so that /metrics can add them up.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="maru-metrics-")


def child_exit(_server: Any, worker: Any) -> None:
    """Forgets the gauges of a process that ended."""
    multiprocess.mark_process_dead(worker.pid)
