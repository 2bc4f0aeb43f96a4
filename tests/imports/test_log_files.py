"""Files that are broken as a whole, rows never seen, and mappings with mistakes in them."""

import csv
import gzip
import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.cases import Problem
from imports.loading import load, shipped
from imports.mapping import MappingError
from imports.readers import Damaged
from imports.summary import plan_lines, summary_lines, write_problems
from tests.imports.running import (
    ITALY_HEAD,
    ONE_LIFE,
    SERVICENOW_HEAD,
    VOLVO,
    look,
    servicenow_file,
    servicenow_row,
    take,
    write,
)

COLUMNS = SERVICENOW_HEAD.split(",")
GOOD = dict(zip(COLUMNS, servicenow_row().split(","), strict=True))
ODD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "?", "", "-100", "99999999999999", "31/2/2016 10:00", "1/1/0001 00:00", "\x00", "INC",
            "\ud800", "=1+1", "Resolved", "Closed", "9 - Odd", "1" * 300, "١٢٣", "가나다", "a\nb",
            "Subcategory › x",
        ]
    ),
)  # fmt: skip
ROWS = st.lists(
    st.dictionaries(st.sampled_from(COLUMNS), ODD, max_size=6).map(lambda odd: {**GOOD, **odd}),
    max_size=6,
)


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_rows_never_seen_are_taken_or_named_and_nothing_crashes(rows, tmp_path):
    text = io.StringIO()
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    path = tmp_path / "odd.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    outcome = take(path, "servicenow")
    assert list(summary_lines(outcome))
    write_problems(tmp_path / "errors.csv", outcome.problems)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=400))
@pytest.mark.django_db
def test_any_bytes_at_all_end_in_an_answer(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(SERVICENOW_HEAD.encode() + b"\n" + content)
    outcome = take(path, "servicenow")
    assert outcome.counts["rows"] >= outcome.counts["bad"]


@pytest.mark.django_db
def test_a_damaged_archive_imports_nothing(tmp_path):
    whole = gzip.compress("\n".join([SERVICENOW_HEAD, *ONE_LIFE * 50]).encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match=r"cut\.csv\.gz is damaged"):
        take(path, "servicenow")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (VOLVO[:900], "not well-formed"),
        ('<!DOCTYPE log [<!ENTITY a "b">]><log/>', "document type"),
        ("no xml", "not well-formed"),
    ],
)
def test_a_broken_xes_file_says_so(tmp_path, text, complaint):
    with pytest.raises(Damaged, match=complaint):
        take(write(tmp_path, "log.xes", text), "volvo")


@pytest.mark.django_db
def test_the_wrong_file_for_a_mapping_is_refused_in_one_line(tmp_path):
    path = write(tmp_path, "log.csv", ITALY_HEAD + "\n")
    with pytest.raises(CommandError, match=r"log.csv has no column incident_state or ident_state"):
        call_command("import_log", str(path), mapping="servicenow")


@pytest.mark.django_db
def test_the_command_writes_bad_rows_and_no_formula(tmp_path, capsys):
    path = servicenow_file(tmp_path, [servicenow_row(), servicenow_row(state="=cmd")])
    errors = tmp_path / "errors.csv"
    call_command("import_log", str(path), mapping="servicenow", errors=errors)
    assert "rows taken                    1" in capsys.readouterr().out
    (line,) = csv.DictReader(errors.open())
    assert (line["line"], line["column"], line["value"]) == ("3", "state", "'=cmd")
    assert line["reason"] == "is not in the state map"


def test_every_shipped_mapping_loads():
    assert {"servicenow", "volvo", "rabobank", "helpdesk_italy"} <= set(shipped())
    for name in shipped():
        assert load(name).title


BASE = """
title = "T"
system = "t"
kind = "incident"
[columns]
a = "A"
[fields]
case = "a"
at = "a"
state = "a"
[states]
"x" = "new"
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"x" = "new"', '"x" = "open"', "incident has no state 'open'"),
        ('at = "a"', 'at = "b"', r"\[fields\] at: no column 'b'"),
        ('at = "a"', "", r"\[fields\] at is missing"),
        ('at = "a"', 'at = { column = "a", match = "(" }', r"\[fields\] at: match"),
        ('at = "a"', 'at = "a"\nwho = "a"', r"\[fields\] who: no such field"),
        ('system = "t"', 'system = "T t"', "system: lower-case"),
        ('kind = "incident"', 'kind = "incident"\nzone = "Mars"', "no time zone 'Mars'"),
        ('"x" = "new"', '"x" = { status = "new", reason = "r" }', "no reason 'r'"),
        ('title = "T"', 'title = "T"\nflavour = 1', "unknown: flavour"),
        ("[columns]", '[file]\nencoding = "x"\n[columns]', "encoding: no 'x'"),
        ("[columns]", "[columns", "log.toml: "),
    ],
)
def test_a_mistake_in_a_mapping_is_one_clear_line(tmp_path, old, new, complaint):
    path = tmp_path / "log.toml"
    path.write_text(BASE.replace(old, new))
    with pytest.raises(MappingError, match=complaint) as refused:
        load(str(path))
    assert "\n" not in str(refused.value)


def test_an_unknown_mapping_names_the_shipped_ones():
    with pytest.raises(MappingError, match="servicenow"):
        load("servicenov")


@pytest.mark.django_db
def test_a_mapping_of_ones_own_needs_no_code(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        BASE.replace('a = "A"', 'id = "Vorgang"\nwhen = "Zeit"\nstate = "Status"')
        .replace('case = "a"', 'case = "id"')
        .replace('at = "a"', 'at = { column = "when", formats = ["%d.%m.%Y %H:%M"] }')
        .replace('state = "a"', 'state = "state"')
        .replace('"x" = "new"', '"offen" = "new"\n"fertig" = "closed"')
        .replace("[columns]", '[file]\nencoding = "cp1252"\ndelimiter = ";"\n[columns]')
    )
    path = tmp_path / "log.csv"
    path.write_bytes(
        "Vorgang;Zeit;Status\nä1;01.02.2024 08:00;offen\nä1;02.02.2024 08:00;fertig\n".encode(
            "cp1252"
        )
    )
    assert take(path, str(own)).counts["taken"] == 2
    assert list(plan_lines(look(path, str(own))))


def test_a_problem_that_looks_like_a_formula_is_written_harmlessly(tmp_path):
    problem = Problem(1, "@a", "c", "+1", "-r", "\te")
    write_problems(tmp_path / "e.csv", [problem])
    lines = list(csv.reader((tmp_path / "e.csv").open()))
    assert lines[1] == ["1", "'@a", "c", "'+1", "'-r", "'\te"]
