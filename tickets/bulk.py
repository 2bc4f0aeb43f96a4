"""Rows by COPY: the quickest way into PostgreSQL. Knows columns and types, no meaning."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})
Encode = Callable[[Any], str]


def next_keys(model: type[models.Model], count: int) -> list[int]:
    """So many fresh primary keys."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy(
    model: type[models.Model],
    rows: Sequence[Mapping[str, Any]],
    *,
    fields: Iterable[Any] = (),
    without_key: bool = False,
) -> None:
    """Insert rows given as {field name: stored value}; a missing one has the field's default."""
    if not rows:
        return
    chosen = list(fields) or list(model._meta.concrete_fields)
    if without_key:
        chosen = [column for column in chosen if not column.primary_key]
    with connection.cursor() as cursor:
        _copy_into(cursor, connection.ops.quote_name(model._meta.db_table), chosen, rows)


def _copy_into(
    cursor: Any, table: str, columns: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    plan = [(column.name, _default(column), _encoder(column)) for column in columns]
    text = StringIO()
    for row in rows:
        text.write("\t".join([_cell(row, *column) for column in plan]))
        text.write("\n")
    text.seek(0)
    names = ", ".join(connection.ops.quote_name(column.column) for column in columns)
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)


def update(
    model: type[models.Model], rows: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> None:
    """Set columns of many rows at once, given as {"id": key, field name: stored value}."""
    if not rows:
        return
    quote = connection.ops.quote_name
    chosen: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    columns = [quote(field.column) for field in chosen]
    table, fresh = quote(model._meta.db_table), quote(f"fresh_{model._meta.db_table}")
    key = f"{table}.{columns[0]} = {fresh}.{columns[0]}"
    put = ", ".join(f"{column} = {fresh}.{column}" for column in columns[1:])
    # Names of our own models, no value from outside.
    like = f"SELECT {', '.join(columns)} FROM {table} LIMIT 0"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {fresh} ON COMMIT DROP AS {like}")
        _copy_into(cursor, fresh, chosen, rows)
        cursor.execute(f"UPDATE {table} SET {put} FROM {fresh} WHERE {key}")  # noqa: S608
        cursor.execute(f"DROP TABLE {fresh}")


def _cell(row: Mapping[str, Any], name: str, default: Callable[[], Any], encode: Encode) -> str:
    value = row[name] if name in row else default()
    return "\\N" if value is None else encode(value)


def _default(column: Any) -> Callable[[], Any]:
    return column.get_default if column.has_default() or not column.null else lambda: None


def _encoder(column: Any) -> Encode:
    if isinstance(column, models.JSONField):
        return _json
    if isinstance(column, ArrayField):
        return _array
    if isinstance(column, models.DateTimeField):
        return _instant
    return _plain


def _plain(value: Any) -> str:
    return str(value).translate(_ESCAPES)


def _instant(value: datetime | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\\u0000", "").translate(_ESCAPES)


def _array(values: Sequence[str]) -> str:
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return f"{{{','.join(quoted)}}}".translate(_ESCAPES)
