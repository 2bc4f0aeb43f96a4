"""A mapping: how another tool's file reads. `imports.loading` makes it of a TOML file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imports.values import Rule

KEEP = "keep"  # the state a row does not tell: as before


class MappingError(Exception):
    """What is wrong with a mapping, in one line."""


@dataclass(frozen=True)
class StateRule:
    """Where a state of the other tool leads: a state of ours, and why it waits."""

    pattern: str
    status: str
    reason: str = ""


@dataclass(frozen=True)
class FileShape:
    """How one file is written."""

    format: str = "csv"
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    missing: frozenset[str] = frozenset({""})
    formats: tuple[str, ...] = ("iso",)
    rows: str = "events"
    order: str = "file"
    repeated: str = "keep"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return list(self.columns)


@dataclass(frozen=True)
class Part:
    """One file of a mapping: its shape, and its fields as written in the mapping."""

    shape: FileShape
    fields: Mapping[str, Rule]
    references: Mapping[str, Rule]
    keep: Mapping[str, Rule]


@dataclass(frozen=True)
class Milestone:
    """A column of a one-row case that says when it reached a state."""

    status: str
    at: Rule


@dataclass(frozen=True)
class LogMapping:
    """A whole mapping, checked."""

    name: str
    source: bytes
    title: str
    system: str
    kind: str
    priorities: str
    main: Part
    activity: Part | None
    beside: tuple[str, ...]
    states: tuple[StateRule, ...]
    reasons: Mapping[str, Mapping[str, Any]]
    milestones: tuple[Milestone, ...]
    machines: frozenset[str]
    defaults: Mapping[str, Any]
    words: tuple[str, ...]

    def state(self, text: str) -> StateRule | None:
        """The first rule that the state's text fits: an exact one before one with `*`."""
        from_pattern = None
        for rule in self.states:
            if rule.pattern == text:
                return rule
            if from_pattern is None and "*" in rule.pattern and _fits(rule.pattern, text):
                from_pattern = rule
        return from_pattern


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text) is not None
