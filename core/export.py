"""Lists as files: CSV and XLSX, row by row, in bounded memory, harmless in a spreadsheet."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from openpyxl import Workbook

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What a worksheet holds at most, its heading included.
SHEET_ROWS = 1_048_576
LONGEST_CELL = 32_767
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BATCH = 500
Row = Sequence[Any]


def harmless(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula; other values as they are."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value


def answer(name: str, kind: str, headings: Sequence[str], rows: Iterable[Row]) -> HttpResponse:
    """The rows as a download called `name`. `kind` is a key of FORMATS.

    Instants in `rows` must be in the reader's zone already: they are written as they read.
    """
    response: Any = _xlsx(headings, rows) if kind == "xlsx" else _csv(headings, rows)
    response["Content-Type"] = FORMATS[kind]
    response["Content-Disposition"] = (
        f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    )
    response["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, response)  # views answer one type, streamed or not


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(headings: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    return StreamingHttpResponse(_lines(headings, rows))


def _lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Starts with a byte order mark, by which Excel knows that it is UTF-8."""
    writer = csv.writer(_Echo())
    waiting = ["\ufeff", writer.writerow([harmless(text) for text in headings])]
    for row in rows:
        waiting.append(writer.writerow([_plain(value) for value in row]))
        if len(waiting) >= _BATCH:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting = []
    yield "".join(waiting).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return harmless(value)


def _xlsx(headings: Sequence[str], rows: Iterable[Row]) -> FileResponse:
    """Written to a temporary file as it comes; the file is gone when the answer is sent."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(text) for text in headings])
    for number, row in enumerate(rows, 2):
        if number > SHEET_ROWS:
            break
        sheet.append([_cell(value) for value in row])
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    book.save(target)
    target.seek(0)
    return FileResponse(target)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, str):
        return harmless(_CONTROL.sub("", value)[:LONGEST_CELL])
    return value
