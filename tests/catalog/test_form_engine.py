"""The form engine: what is asked, what counts, what is kept, and what is wrong with a form."""

import time
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from catalog.answers import Item, Known, clean, fits, stored
from catalog.conditions import is_empty
from catalog.definition import parse, shown
from catalog.pricing import quote, token
from catalog.problems import problems
from tests.catalog.forms import filled, forms
from tests.catalog.support import choice, definition, field

TODAY = date(2026, 11, 24)
KNOWN = Known(people={1: "Kim"}, items={1: Item("host", "server", 5)})


def cleaned(form: Any, raw: Any, **more: Any) -> Any:
    return clean(parse(form), raw, today=TODAY, known=KNOWN, **more)


def errors(*fields: Any, **raw: Any) -> dict[str, str]:
    return cleaned(definition(*fields), raw, beneficiary_id=5).errors


def paths(*fields: Any, **more: Any) -> set[str]:
    return {problem.path for problem in problems(definition(*fields, **more))}


@settings(max_examples=150, deadline=None)
@given(filled())
def test_hidden_questions_keep_their_values_and_nothing_is_asked_of_them(case: Any) -> None:
    form, raw = case
    found = cleaned(form, raw)
    assert found.values == stored(parse(form), raw)
    assert set(found.errors) <= set(found.visible)
    assert set(found.counted) <= set(found.visible)


@settings(max_examples=150, deadline=None)
@given(filled())
def test_checking_answers_again_changes_nothing(case: Any) -> None:
    form, raw = case
    once = cleaned(form, raw)
    assert cleaned(form, once.values) == once


@settings(max_examples=100, deadline=None)
@given(filled())
def test_what_is_hidden_changes_nothing_that_is_shown_or_paid(case: Any) -> None:
    form, raw = case
    read = parse(form)
    values = stored(read, raw)
    seen = shown(read, values, TODAY)
    without = {key: value for key, value in values.items() if key in seen}
    assert shown(read, without, TODAY) == seen
    assert quote(read, without, TODAY) == quote(read, values, TODAY)


@settings(max_examples=100, deadline=None)
@given(forms())
def test_forms_made_of_fitting_parts_have_no_problem_but_impossible_conditions(form: Any) -> None:
    told = problems(form)
    assert all("never hold" in problem.message for problem in told)


@settings(max_examples=200, deadline=None)
@given(filled())
def test_a_question_that_is_seen_is_never_called_impossible(case: Any) -> None:
    form, raw = case
    read = parse(form)
    valid = cleaned(form, raw)
    if valid.errors or set(valid.values) - set(valid.visible):
        return
    wrong = {problem.path for problem in problems(form)}
    for n, asked in enumerate(read.fields):
        if asked.key in valid.visible:
            assert f"form.sections.0.fields.{n}.shown_if" not in wrong


def test_a_value_comes_back_when_its_question_does() -> None:
    form = definition(field("a"), field("b", shown_if={"field": "a", "is": "filled"}))
    hidden = cleaned(form, {"a": "", "b": "kept"})
    assert hidden.visible == ("a",)
    assert cleaned(form, {**hidden.values, "a": "x"}).counted == {"a": "x", "b": "kept"}


def test_a_chain_of_hidden_questions_hides_all_behind_it() -> None:
    form = definition(
        field("a"),
        field("b", shown_if={"field": "a", "is": "filled"}),
        field("c", shown_if={"field": "b", "is": "eq", "value": "yes"}, required=True),
    )
    assert cleaned(form, {"b": "yes"}).visible == ("a",)


@pytest.mark.parametrize(
    ("asked", "given", "says"),
    [
        (field("x", required=True), "", "Fill this in"),
        (field("x", required=True), " \u3000", "Fill this in"),
        (field("x", longest=3), "four", "Shorten this to 3"),
        (field("x"), "a\nb", "one line"),
        (field("x", pattern=r"\d{8}", pattern_help="Eight digits."), "1234", "Eight digits."),
        (choice("x", "a"), "gone", "no longer part"),
        (choice("x", "a", type_="choices"), ["a", "gone"], "no longer part"),
        (field("x", "yes_no"), "maybe", "yes or no"),
        (field("x", "number"), "many", "Write a number"),
        (field("x", "number"), "9" * 16, "at most 15 digits"),
        (field("x", "number", low=1, high=5), "6", "from 1 to 5"),
        (field("x", "number", low=1), "0", "at least 1"),
        (field("x", "amount"), "-1", "at least 0"),
        (field("x", "date"), "2026-02-30", "Write a date"),
        (field("x", "date", low=0), "2026-11-23", "at least 2026-11-24"),
        (field("x", "date", low="+1", high="2026-12-01"), "2026-12-02", "from 2026-11-25"),
        (field("x", "person"), "2", "can't be chosen"),
        (field("x", "person"), "Kim", "can't be chosen"),
        (field("x", "item"), "9", "can't be chosen"),
        (field("x", "item", item_types=["printer"]), "1", "can't be chosen"),
        (field("x", "file", files=1), ["a", "b"], "at most 1 file"),
    ],
)
def test_each_wrong_answer_is_told_what_to_do(asked: Any, given: Any, says: str) -> None:
    assert says in errors(asked, x=given)["x"]


@pytest.mark.parametrize(
    ("asked", "given", "value"),
    [
        (field("x"), " a\x00b ", "ab"),
        (field("x"), "가", "가"),
        (field("x", "long_text"), "a\r\nb", "a\nb"),
        (field("x", "number"), "1,200", "1200"),
        (field("x", "amount"), "1,500,000원", "1500000"),
        (field("x", "number"), "０７", "7"),
        (field("x", "date"), "2026. 11. 30.", "2026-11-30"),
        (field("x", "person"), "1", 1),
        (field("x", "item", mine=True), "1", 1),
        (field("x", "yes_no"), "no", False),
    ],
)
def test_ways_of_writing_are_understood(asked: Any, given: Any, value: Any) -> None:
    found = cleaned(definition(asked), {"x": given}, beneficiary_id=5)
    assert (found.errors, found.values) == ({}, {"x": value})


def test_an_item_of_somebody_else_is_not_mine() -> None:
    form = definition(field("x", "item", mine=True))
    assert cleaned(form, {"x": "1"}, beneficiary_id=6).errors


def test_a_pattern_that_thinks_too_long_does_not_hold_up_the_page() -> None:
    start = time.monotonic()
    fits(r"(a|aa|a?)+(b|c)+(a|aa)+$", "a" * 5000 + "!")
    fits(r"(.*)*(.*)*(.*)*x{3}y$", "x" * 5000)
    assert time.monotonic() - start < 3


def test_the_price_is_the_offering_s_and_that_of_visible_options() -> None:
    only = {"field": "model", "is": "eq", "value": "pro"}
    form = definition(
        choice("model", "air:100", "pro:250.50"),
        choice("more", "bag:10", "mouse:20", type_="choices", shown_if=only),
        price={"amount": "5", "payer": "it", "currency": "EUR"},
    )
    read = parse(form)
    both = {"model": "pro", "more": ["bag", "mouse"]}
    assert str(quote(read, both, TODAY).amount) == "285.50"
    cheap = quote(read, {**both, "model": "air"}, TODAY)
    assert str(cheap.amount) == "105.00"
    assert token(1, cheap) != token(2, cheap)
    assert token(1, cheap) != token(1, quote(read, both, TODAY))


def test_a_condition_on_something_unknown_later_or_itself_is_refused() -> None:
    assert paths(field("a", shown_if={"field": "z", "is": "filled"})) == {
        "form.sections.0.fields.0.shown_if"
    }
    assert paths(field("a", shown_if={"field": "b", "is": "filled"}), field("b")) == {
        "form.sections.0.fields.0.shown_if"
    }
    assert paths(field("a", shown_if={"field": "a", "is": "filled"})) == {
        "form.sections.0.fields.0.shown_if"
    }


def _both(*parts: Any) -> Any:
    return {"all": [{"field": key, "is": op, "value": value} for key, op, value in parts]}


@pytest.mark.parametrize(
    "impossible",
    [
        _both(("n", "gt", 5)),
        _both(("n", "lt", 1)),
        _both(("n", "gt", 2), ("n", "lt", 2)),
        _both(("c", "eq", "a"), ("c", "eq", "b")),
        _both(("c", "ne", "a"), ("c", "ne", "b"), ("c", "filled", None)),
        _both(("d", "lt", "2026-01-01"), ("d", "gt", "2026-02-01")),
        _both(("y", "eq", True), ("y", "eq", False)),
        {"not": {"any": [{"field": "y", "is": "filled"}, {"field": "y", "is": "empty"}]}},
        # Asked only if c is a, so never together with c is b.
        _both(("t", "filled", None), ("c", "eq", "b")),
    ],
)
def test_a_condition_that_can_never_hold_is_refused(impossible: Any) -> None:
    before = [
        field("n", "number", low=1, high=5),
        choice("c", "a", "b"),
        field("d", "date"),
        field("y", "yes_no"),
        field("t", shown_if={"field": "c", "is": "eq", "value": "a"}),
    ]
    assert paths(*before, field("last", shown_if=impossible)) == {
        "form.sections.0.fields.5.shown_if"
    }


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ([field("a"), field("a")], "form.sections.0.fields.0.key"),
        ([field("A b")], "form.sections.0.fields.0.key"),
        ([field("a", "colour")], "form.sections.0.fields.0.type"),
        ([field("a", label="")], "form.sections.0.fields.0.label"),
        ([choice("a")], "form.sections.0.fields.0.options"),
        ([choice("a", "x", "x")], "form.sections.0.fields.0.options.0.key"),
        ([choice("a", "x:much")], "form.sections.0.fields.0.options.0.price"),
        ([choice("a", "x", default="y")], "form.sections.0.fields.0.default"),
        ([field("a", "number", low=5, high=1)], "form.sections.0.fields.0.high"),
        ([field("a", "date", low="soon")], "form.sections.0.fields.0.low"),
        ([field("a", pattern="(", pattern_help="x")], "form.sections.0.fields.0.pattern"),
        ([field("a", pattern="a+")], "form.sections.0.fields.0.pattern_help"),
        ([field("a", "item", item_types=["tank"])], "form.sections.0.fields.0.item_types"),
    ],
)
def test_each_mistake_in_a_form_is_told_at_its_place(fields: Any, path: str) -> None:
    assert path in paths(*fields)


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"name": {}}, "name"),
        ({"tasks": [{"key": "a", "title": "A", "team": 1, "after": ["a"]}]}, "tasks"),
        ({"tasks": [{"key": "a", "title": "A"}]}, "tasks.0.team"),
        ({"tasks": [{"key": "a", "title": "A", "team": 1, "after": ["z"]}]}, "tasks.0.after"),
        ({"tasks": [{"key": "a", "title": "A", "team": 1, "hours": -1}]}, "tasks.0.hours"),
        ({"price": {"amount": "cheap"}}, "price.amount"),
        ({"price": {"amount": "5"}}, "price.payer"),
        ({"price": {"currency": "won"}}, "price.currency"),
        ({"delivery_days": "soon"}, "delivery_days"),
        ({"audience": {"departments": []}}, "audience"),
        ({"bundle": [{"offering": None}]}, "bundle.0.offering"),
        ({"bundle": [{"offering": 1, "answers": {"a": "z"}}]}, "bundle.0.answers.a"),
    ],
)
def test_each_mistake_beside_the_form_is_told_at_its_place(more: Any, path: str) -> None:
    assert path in paths(field("q"), **more)


@pytest.mark.parametrize(
    "spoilt",
    [None, [], 5, {"form": 5}, {"form": {"sections": [5, {"fields": [5, {}]}]}},
     {"form": {"sections": [{"fields": [{"key": [], "type": {}}]}]}},
     {"tasks": [{"key": {}, "after": 5}], "price": [], "audience": [], "bundle": [[]]},
     {"form": {"sections": [{"fields": [{"key": "a", "type": "choice", "options": "no",
       "shown_if": [1], "low": {}, "pattern": 5}]}]}}],
)  # fmt: skip
def test_a_spoilt_definition_is_read_without_falling_over(spoilt: Any) -> None:
    read = parse(spoilt)
    assert problems(spoilt)
    cleaned(spoilt, {"a": "x"})
    assert not quote(read, {}, TODAY).amount


def test_dates_from_today_move_with_the_day() -> None:
    form = definition(
        field("when", "date"),
        field("why", shown_if={"field": "when", "is": "lt", "value": {"days": 5}}),
    )
    soon = (TODAY + timedelta(days=4)).isoformat()
    assert "why" in cleaned(form, {"when": soon}).visible
    later = clean(parse(form), {"when": soon}, today=TODAY - timedelta(days=1), known=KNOWN)
    assert "why" not in later.visible


def test_no_is_an_answer() -> None:
    assert not is_empty(False)
    assert errors(field("x", "yes_no", required=True), x="no") == {}


def test_a_condition_as_large_as_allowed_is_checked_at_once() -> None:
    many = {"any": [{"field": "n", "is": "eq", "value": n} for n in range(40)]}
    huge: Any = {"all": [{"all": [many] * 40}] * 40}
    start = time.monotonic()
    paths(field("n", "number"), field("x", shown_if=huge))
    assert time.monotonic() - start < 5
