"""A table that somebody uploads: CSV as Excel and others write it, or XLSX. Nothing is run."""

import csv
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from core.errors import ActionError

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 60
LONGEST_CELL = 2000
# What a small file may unpack to, at most.
UNPACKED = 100 * 1024 * 1024
# In this order: a byte order mark says it; UTF-8 is strict; cp949 is what Korean Excel writes.
ENCODINGS = ("utf-8-sig", "cp949")


@dataclass(frozen=True)
class Sheet:
    """`rows` are as wide as `header`; `lines` says where each stands in the file."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read(name: str, content: bytes) -> Sheet:
    """The first table of the file. ActionError says what is wrong with it."""
    if len(content) > MOST_BYTES:
        raise _refusal(
            _("The file is larger than %(limit)s MB. Split it.") % {"limit": MOST_BYTES >> 20}
        )
    is_zip = content[:4] == b"PK\x03\x04"
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise _refusal(_("This is an old Excel file. Save it as .xlsx or .csv."))
    return _table(_from_xlsx(content) if is_zip else _from_csv(content))


def _refusal(message: str) -> ActionError:
    return ActionError(message, field="file")


def _from_csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [
            [cell[:LONGEST_CELL] for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise _refusal(_("The file can't be split into columns.")) from None


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refusal(_("The file is neither UTF-8 nor Korean (cp949) text. Save it as UTF-8."))


def _from_xlsx(content: bytes) -> list[list[str]]:
    """The first sheet's values; of a formula, the value that was saved with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
                raise _refusal(_("The file is too large once unpacked."))
            if any(_declares_entities(archive.read(name)) for name in archive.namelist()):
                raise _refusal(_("The file is not a readable Excel file."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        limits = {"max_row": MOST_ROWS + 2, "max_col": MOST_COLUMNS + 1}
        rows = [
            [_text(value) for value in row] for row in sheet.iter_rows(values_only=True, **limits)
        ]
    except ActionError:
        raise
    except Exception:  # noqa: BLE001 - a broken file breaks the library in many ways
        raise _refusal(_("The file is not a readable Excel file.")) from None
    return rows


def _declares_entities(part: bytes) -> bool:
    """Whether a part has a document type, by which a few bytes of XML unfold to gigabytes.

    Excel writes none. Without its NULs UTF-16 reads the same.
    """
    return b"<!DOCTYPE" in part.replace(b"\x00", b"")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL]


def _clean(cell: str) -> str:
    """Trimmed; without the apostrophe with which our own files disarm formulas."""
    text = cell.replace("\x00", "").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text


def _table(rows: list[list[str]]) -> Sheet:
    cleaned = [[_clean(cell) for cell in row] for row in rows]
    header = cleaned[0] if cleaned else []
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _refusal(_("The first line has no headings."))
    if len(header) > MOST_COLUMNS:
        raise _refusal(_("At most %(most)s columns.") % {"most": MOST_COLUMNS})
    kept = [(line, row) for line, row in enumerate(cleaned[1:], 2) if any(row)]
    if len(kept) > MOST_ROWS:
        raise _refusal(_("At most %(most)s rows at once. Split the file.") % {"most": MOST_ROWS})
    if not kept:
        raise _refusal(_("There are no rows below the headings."))
    width = len(header)
    return Sheet(
        header,
        [(row + [""] * width)[:width] for _line, row in kept],
        [line for line, _row in kept],
    )
