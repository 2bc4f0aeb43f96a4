"""Files that a spreadsheet opens as they are, and runs nothing from."""

import csv
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from core import export

ODD = ["=1+1", "+82 2", "-5", "@SUM(A1)", "\tx", "\rx", "평범", 7, datetime(2026, 1, 2, 3, 4), ""]


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_csv_starts_with_a_mark_and_disarms_formulas():
    content = body(export.answer("목록", "csv", ["=head", "b"], [ODD]))
    assert content.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head == ["'=head", "b"]
    assert row == [
        "'=1+1", "'+82 2", "'-5", "'@SUM(A1)", "'\tx", "'\rx", "평범", "7", "2026-01-02 03:04", "",
    ]  # fmt: skip


def test_xlsx_has_texts_instants_and_no_formula():
    content = body(export.answer("목록", "xlsx", ["a"], [[*ODD, "bad\x0bchar"]]))
    sheet = load_workbook(io.BytesIO(content)).active
    cells = next(iter(sheet.iter_rows(min_row=2)))
    assert all(cell.data_type != "f" for cell in cells)
    assert cells[0].value == "'=1+1"
    assert cells[8].value == datetime(2026, 1, 2, 3, 4)
    assert cells[10].value == "badchar"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_name_of_the_file_survives_korean(kind):
    response = export.answer("내 목록", kind, ["a"], [])
    assert "filename*=UTF-8''%EB%82%B4%20" in response["Content-Disposition"]
    assert response["Content-Type"] == export.FORMATS[kind]
    body(response)


def test_rows_are_read_as_they_are_sent():
    read = []

    def rows():
        for number in range(5_000):
            read.append(number)
            yield [number]

    stream = iter(export.answer("x", "csv", ["n"], rows()).streaming_content)
    assert read == []
    next(stream)
    assert len(read) < 1_000
