"""The product as gunicorn serves it, each answer saying what it cost.

Two floors answer beside it: nothing at all, and the 50-row list in raw SQL.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import connection

from itsm.wsgi import application as product

LIST = """
SELECT t.id, t.number, t.title, t.status, t.priority, t.opened_at, t.updated_at,
       r.display_name, g.name_ko, s.name_ko, a.display_name
FROM tickets_ticket t JOIN accounts_user r ON r.id = t.requester_id
JOIN accounts_team g ON g.id = t.team_id LEFT JOIN cmdb_service s ON s.id = t.service_id
LEFT JOIN accounts_user a ON a.id = t.assignee_id
WHERE t.phase IN ('new', 'active', 'waiting') ORDER BY t.priority, t.opened_at, t.id LIMIT 50
"""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """A WSGI application: /bench/empty, /bench/sql, and everything else from the product."""
    asked = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(sql, params, many, context)

    answer: list[Any] = []

    def note(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        answer[:] = [status, list(headers)]

    start, before = time.thread_time(), _database_time()
    with connection.execute_wrapper(count):
        body = b"".join(_floor(environ, note) or product(environ, note))
    cost = (time.thread_time() - start) * 1000
    database = _database_time() - before if before else 0.0
    status, headers = answer
    headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
    headers += [("Content-Length", str(len(body))), ("X-Sql", str(asked))]
    headers += [("X-Cpu", f"{cost:.3f}"), ("X-Database-Cpu", f"{database:.3f}")]
    start_response(status, headers)
    return [body]


def _database_time() -> float:
    """Milliseconds of processor that our database process has used; 0 where nobody can tell."""
    if connection.connection is None:
        return 0.0
    try:
        spent = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(spent.split()[0]) / 1e6


def _floor(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes] | None:
    path = environ["PATH_INFO"]
    if not path.startswith("/bench/"):
        return None
    start_response("200 OK", [])
    if path == "/bench/sql":
        with connection.cursor() as cursor:
            cursor.execute(LIST)
            return [str(cursor.fetchall()).encode()]
    return [b"ok"]
