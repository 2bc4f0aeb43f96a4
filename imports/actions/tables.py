"""Importing a table: kept as uploaded, judged as often as wanted, written once confirmed."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.models import User
from core.errors import ActionError, NotFound
from imports import sheets
from imports.models import Upload
from imports.tables import TABLES, Row, guess, judge

KEPT = timedelta(days=1)


@transaction.atomic
def upload(table: str, name: str, content: bytes, *, by: User) -> Upload:
    """Keep a file's rows for its preview. Older ones of the same person are dropped."""
    require_administrator(by)
    if table not in TABLES:
        raise ActionError(_("Choose one of the values offered."), field="table")
    sheet = sheets.read(name, content)
    Upload.objects.filter(by=by, done_at=None).delete()
    Upload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return Upload.objects.create(
        by=by,
        table=table,
        name=name[:200],
        header=sheet.header,
        rows=sheet.rows,
        lines=sheet.lines,
        columns=guess(TABLES[table], sheet.header),
    )


def get(pk: int, *, by: User) -> Upload:
    """One's own upload."""
    found = Upload.objects.filter(pk=pk, by=by).first()
    if found is None:
        raise NotFound(_("There is no such upload. Choose the file again."))
    return found


def set_columns(kept: Upload, columns: Sequence[str], *, by: User) -> None:
    """Say which column is which field; a field can be named once."""
    require_administrator(by)
    known = {entry.key for entry in TABLES[kept.table].fields}
    chosen = [key if key in known else "" for key in columns][: len(kept.header)]
    chosen += [""] * (len(kept.header) - len(chosen))
    named = [key for key in chosen if key]
    if len(named) != len(set(named)):
        raise ActionError(_("Two columns can't be the same field."), field="columns")
    kept.columns = chosen
    kept.save(update_fields=["columns"])


def judged(kept: Upload) -> list[Row]:
    """What each row would do now."""
    return judge(TABLES[kept.table], kept.lines, kept.rows, kept.columns)


def confirm(kept: Upload, *, by: User) -> Upload:
    """Write the rows that are new or changed, each by its action; what is refused is named.

    Confirming twice writes once.
    """
    require_administrator(by)
    if not Upload.objects.filter(pk=kept.pk, done_at=None).update(done_at=timezone.now()):
        return get(kept.pk, by=by)
    table = TABLES[kept.table]
    counts: Counter[str] = Counter()
    problems: list[dict[str, Any]] = []
    for row in judged(kept):
        does = row.does
        if does in ("new", "changed"):
            try:
                _write(table, row, by)
            except ActionError as refused:
                does = "error"
                row.problems.append(str(refused.message))
        counts[does] += 1
        if does == "error":
            problems.append({"line": row.line, "problems": row.problems})
    kept.result = {"counts": counts, "problems": problems[:500]}
    kept.rows, kept.lines = [], []
    kept.done_at = timezone.now()
    kept.save(update_fields=["result", "rows", "lines", "done_at"])
    return kept


def _write(table: Any, row: Row, by: User) -> None:
    if row.row is None:
        table.create(row.values, by=by)
    else:
        table.edit(row.row, {name: row.values[name] for name in row.changes}, by=by)
