"""Small files that would become huge: XML entities and archives."""

import gzip
import io
import zipfile

import pytest
from openpyxl import Workbook

from core.errors import ActionError
from imports import sheets
from imports.mapping import FileShape
from imports.readers import Damaged, Reader

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LAUGHS += "]>"


def workbook(part, change, encoding="utf-8"):
    """A small Excel file, one of its parts changed."""
    book, plain, changed = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["email", "name"])
    book.active.append(["a@example.org", "A"])
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, change(text.decode()).encode(encoding) if name == part else text)
    return changed.getvalue()


def with_laughs(text):
    declaration, rest = text.split("?>", 1) if text.startswith("<?xml") else ("<?xml", text)
    return f"{declaration}?>{LAUGHS}{rest.replace('email', '&i;')}"


@pytest.mark.parametrize(
    "part",
    ["xl/styles.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"],
)
def test_entities_in_an_excel_file_are_not_unfolded(part):
    with pytest.raises(ActionError, match="not a readable Excel file"):
        sheets.read("a.xlsx", workbook(part, with_laughs))


def test_another_encoding_hides_no_entities():
    def change(text):
        return with_laughs(text).replace('"UTF-8"', '"UTF-16"')

    def encoded(name):
        return workbook("xl/worksheets/sheet1.xml", change, encoding=name)

    for name in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(ActionError, match="not a readable Excel file"):
            sheets.read("a.xlsx", encoded(name))


def test_a_file_from_elsewhere_is_not_fetched():
    outside = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'

    def change(text):
        return with_laughs(text).replace(LAUGHS, outside)

    with pytest.raises(ActionError, match="not a readable Excel file"):
        sheets.read("a.xlsx", workbook("xl/worksheets/sheet1.xml", change))


@pytest.mark.parametrize("zipped", [False, True])
def test_entities_in_an_event_log_are_refused(tmp_path, zipped):
    log = f"<?xml version='1.0'?>{LAUGHS}<log><trace><event>&i;</event></trace></log>".encode()
    path = tmp_path / "log.xes"
    path.write_bytes(gzip.compress(log) if zipped else log)
    shape = FileShape.__new__(FileShape)
    for name, value in {"format": "xes", "columns": {"case": ["case:id"]}}.items():
        object.__setattr__(shape, name, value)
    with pytest.raises(Damaged, match="document type"):
        list(Reader(path, shape).rows())
