"""The words of the importer: its plan, its summary, and the file of what it could not take."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from imports.actions.log import Outcome
from imports.cases import Problem
from imports.mapping import KEEP

PLURAL = {
    "person": "people",
    "team": "teams",
    "service": "services",
    "category": "categories",
    "item": "configuration items",
}
_MOST = 12


def plan_lines(outcome: Outcome) -> Iterator[str]:
    """What an import would do."""
    counts = outcome.counts
    yield f"Plan for {outcome.mapping.title} (nothing is written)"
    yield f"  rows in the file      {counts['rows']:>9,}"
    yield f"  rows to take          {counts['to take']:>9,}"
    yield from _skipped(counts)
    yield f"  bad rows              {counts['bad']:>9,}"
    yield from _facts(outcome, "would be made")


def summary_lines(outcome: Outcome) -> Iterator[str]:
    """What an import did."""
    counts = outcome.counts
    yield f"{outcome.mapping.title}"
    yield f"  rows read             {counts['rows']:>9,}"
    yield f"  rows taken            {counts['taken']:>9,}"
    yield f"    as records          {counts['cases taken']:>9,}"
    yield f"    as events           {counts['events']:>9,}"
    yield from _skipped(counts)
    yield f"  bad rows              {counts['bad']:>9,}"
    for key in ("jumps that the log makes", "events before the opening"):
        if counts[key]:
            yield f"  {key + ' ':<22}{counts[key]:>9,}   (kept as they are, and marked)"
    yield from _facts(outcome, "made")


def _skipped(counts: Counter[str]) -> Iterator[str]:
    for key in sorted(counts):
        if key.startswith("skipped") and counts[key]:
            reason = key.partition(": ")[2]
            yield f"  rows skipped          {counts[key]:>9,}   {reason}"


def _facts(outcome: Outcome, made: str) -> Iterator[str]:
    if outcome.first is not None:
        yield f"  from {outcome.first:%Y-%m-%d %H:%M} to {outcome.last:%Y-%m-%d %H:%M} UTC"
    for kind, (new, here) in outcome.names.items():
        yield f"  {PLURAL[kind]:<22}{new:>9,} {made}, {here:,} here already"
    if outcome.states:
        yield "  states"
    for state in sorted(outcome.states):
        for status, count in outcome.states[state].most_common():
            target = "(as before)" if status == KEEP else status
            yield f"    {state:<34} → {target:<14}{count:>9,}"
    for key in sorted(outcome.counts):
        if key.startswith("assumed"):
            name = key.partition(": ")[2]
            yield f"  {outcome.counts[key]:,} cases never tell {name}: the default is taken"
    if outcome.mapping.priorities:
        yield f"  priorities: {outcome.mapping.priorities}"
    if outcome.absent:
        yield f"  not in the file: {', '.join(outcome.absent)}"
    yield from _problems(outcome.problems)


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    """The problems by column and reason, with an example of each."""
    kinds: Counter[tuple[str, str, str]] = Counter()
    example: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        key = (problem.column or "row", problem.reason, problem.effect)
        kinds[key] += 1
        example.setdefault(key, problem)
    if kinds:
        yield f"  {len(problems):,} problems"
    for key, count in kinds.most_common(_MOST):
        column, reason, effect = key
        first = example[key]
        value = f" (line {first.line}: “{first.value[:40]}”)"
        yield f"    {count:>7,} × {column} {reason}: {effect}{value}"
    if len(kinds) > _MOST:
        yield f"    … and {len(kinds) - _MOST} other kinds"


def write_problems(path: Path, problems: Sequence[Problem]) -> None:
    """One line for each problem. No cell can be taken for a formula by a spreadsheet."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["line", "case", "column", "value", "reason", "effect"])
        for problem in sorted(problems):
            texts = (_harmless(text) for text in problem[1:])
            lines.writerow([problem.line, *texts])


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
