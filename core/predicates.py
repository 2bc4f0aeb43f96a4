"""Small questions that combine with `&`, `|` and `~` into one table of who may do what."""

from collections.abc import Callable
from typing import Any

Test = Callable[[Any, Any], bool]


class Predicate:
    """A named question about (reach of a person, record)."""

    def __init__(self, test: Test, name: str = "") -> None:
        self.test = test
        self.name = name or test.__name__

    def __call__(self, reach: Any, record: Any) -> bool:
        return self.test(reach, record)

    def __and__(self, other: "Predicate") -> "Predicate":
        return Predicate(lambda r, x: self(r, x) and other(r, x), f"({self.name} and {other.name})")

    def __or__(self, other: "Predicate") -> "Predicate":
        return Predicate(lambda r, x: self(r, x) or other(r, x), f"({self.name} or {other.name})")

    def __invert__(self) -> "Predicate":
        return Predicate(lambda r, x: not self(r, x), f"not {self.name}")

    def __repr__(self) -> str:
        return f"<Predicate {self.name}>"


def predicate(test: Test) -> Predicate:
    """Turn a function of (reach, record) into a Predicate."""
    return Predicate(test)


always = Predicate(lambda reach, record: True, "always")
never = Predicate(lambda reach, record: False, "never")
