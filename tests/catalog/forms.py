"""Random forms and answers, for properties of the form engine."""

from typing import Any

from hypothesis import strategies as st

from catalog.enums import FieldType
from catalog.problems import FITTING

OPTIONS = ("a", "b", "c")
NUMBERS = ("0", "-0", "1", "2.5", "2.50", "10", "-3", "007", "1,000", "１２", "9" * 15, "1e5", "x")
DAYS = ("2026-11-24", "2026-1-5", "2026. 12. 1.", "20260301", "2026-02-30", "soon", "2025-12-31")
TEXTS = ("", " ", "a", " a ", "가나", "한글 a", "a\r\nb", "true", "0", "5", "x\x00y", "é")


def raw(type_: str) -> Any:
    """What somebody may type into a control, well or badly."""
    values: dict[str, Any] = {
        "choice": st.sampled_from([*OPTIONS, "", "gone"]),
        "choices": st.lists(st.sampled_from([*OPTIONS, "gone", ""]), max_size=4),
        "yes_no": st.sampled_from(["yes", "no", "", "maybe", "TRUE", True, False]),
        "number": st.sampled_from(NUMBERS),
        "amount": st.sampled_from(NUMBERS),
        "date": st.sampled_from(DAYS),
        "person": st.sampled_from(["1", "2", "", "Kim"]),
        "item": st.sampled_from(["1", "2", "", "host"]),
        "file": st.lists(st.sampled_from(["a.txt", "나.hwp"]), max_size=3),
    }
    return values.get(type_, st.sampled_from(TEXTS) | st.text(max_size=5))


def _value(type_: str, operator: str) -> Any:
    single: dict[str, Any] = {
        "choice": st.sampled_from(OPTIONS),
        "choices": st.sampled_from(OPTIONS),
        "yes_no": st.booleans(),
        "number": st.sampled_from([0, 1, "2.5", 10, -3, "1000", 12]),
        "amount": st.sampled_from([0, 1, "2.5", 10, -3, "1000", 12]),
        "date": st.sampled_from(["2026-11-24", "2026-12-01", {"days": 0}, {"days": -30}]),
        "person": st.sampled_from([1, 2]),
        "item": st.sampled_from([1, 2]),
    }
    one = single.get(type_, st.sampled_from(["a", "가나", "true", "5", "0"]))
    return st.lists(one, min_size=1, max_size=3) if operator in ("in", "not_in") else one


@st.composite
def conditions(draw: Any, before: list[dict[str, Any]], depth: int = 2) -> Any:
    """A condition on questions before, of comparisons that fit them."""
    shape = draw(st.sampled_from(["one", "one", "all", "any", "not"])) if depth else "one"
    if shape == "not":
        return {"not": draw(conditions(before, depth - 1))}
    if shape != "one":
        return {shape: draw(st.lists(conditions(before, depth - 1), min_size=1, max_size=3))}
    field = draw(st.sampled_from(before))
    operator = draw(st.sampled_from(FITTING[FieldType(field["type"])]))
    atom = {"field": field["key"], "is": operator}
    if operator not in ("filled", "empty"):
        atom["value"] = draw(_value(field["type"], operator))
    return atom


@st.composite
def forms(draw: Any) -> dict[str, Any]:
    """A definition with up to eight questions, some asked only if."""
    fields: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 8))):
        type_ = draw(st.sampled_from(FieldType.values))
        field: dict[str, Any] = {
            "key": f"q{n}",
            "type": type_,
            "label": f"Q{n}",
            "required": draw(st.booleans()),
        }
        if type_ in ("choice", "choices"):
            field["options"] = [
                {"key": key, "label": key, "price": "100" if key == "b" else None}
                for key in OPTIONS
            ]
        asking = [one for one in fields if one["type"] != "note"]
        if asking and draw(st.booleans()):
            field["shown_if"] = draw(conditions(asking))
        fields.append(field)
    return {
        "name": "Form",
        "summary": "Summary",
        "price": {"amount": "10", "payer": "it"},
        "form": {"sections": [{"key": "s", "title": "S", "fields": fields}]},
    }


@st.composite
def filled(draw: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A form and what somebody put into it."""
    form = draw(forms())
    fields = form["form"]["sections"][0]["fields"]
    given = {f["key"]: draw(raw(f["type"])) for f in fields if f["type"] != "note"}
    kept = draw(st.sets(st.sampled_from(sorted(given)))) if given else set()
    return form, {key: given[key] for key in sorted(kept)}
