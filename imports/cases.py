"""From rows to cases: which rows belong together, in which order, and what each one tells."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from imports.mapping import KEEP, LogMapping, Part, StateRule
from imports.readers import BadRow, Reader, Row
from imports.values import Read

# What a row tells about its record, beside state, time and actor.
TOLD = (
    "team", "assignee", "requester", "service", "category", "subcategory", "item", "impact",
    "urgency", "priority", "channel", "opened_by", "opened_at", "reassign_count", "reopen_count",
    "resolved_at", "closed_at",
)  # fmt: skip
SKIPPED, LEFT_OUT = "row skipped", "value left out"


class Problem(NamedTuple):
    """One thing that could not be taken as it stands."""

    line: int
    case: str
    column: str
    value: str
    reason: str
    effect: str


@dataclass(slots=True)
class Step:
    """One row of a case. `told` lacks what the row leaves as it was; None there: empty now."""

    line: int
    at: datetime
    status: str | None = None
    reason: str = ""
    state: str = ""
    actor: str | None = None
    activity: str = ""
    rank: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str | None] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Case:
    """One record of the other tool. `base` is its own row where the file has one per case."""

    id: str
    base: Step | None
    steps: list[Step]
    rows: int
    bad: int


@dataclass
class Gathered:
    """All rows of the files, by case, in order of first appearance."""

    cases: dict[str, list[Row]]
    activity: dict[str, list[Row]]
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    absent: list[str] = field(default_factory=list)


def gather(mapping: LogMapping, path: Path, activity: Path | None) -> Gathered:
    """Read the files to their end. Damaged when that is impossible; ValueError on a wrong file."""
    found = Gathered({}, {})
    _gather(mapping.main, path, found, found.cases)
    if activity is not None and mapping.activity is not None:
        _gather(mapping.activity, activity, found, found.activity)
        for case in [case for case in found.activity if case not in found.cases]:
            found.counts["skipped: no such case in the main file"] += len(found.activity.pop(case))
    return found


def _gather(part: Part, path: Path, found: Gathered, cases: dict[str, list[Row]]) -> None:
    reader = Reader(path, part.shape)
    rule = part.fields["case"]
    skips = part.shape.repeated == "skip"
    seen: dict[str, set[int]] = {}
    for row in reader.rows():
        found.counts["rows"] += 1
        if isinstance(row, BadRow):
            found.problems.append(Problem(row.line, "", "", row.text, row.problem, SKIPPED))
            found.counts["bad"] += 1
            continue
        case, problem, raw = rule.read(row.cells)
        if case is None or problem:
            reason = problem or "names no case"
            found.problems.append(Problem(row.line, "", "case", raw, reason, SKIPPED))
            found.counts["bad"] += 1
            continue
        if skips:
            met = seen.setdefault(case, set())
            if row.same in met:
                found.counts["skipped: the same row again"] += 1
                continue
            met.add(row.same)
        cases.setdefault(case, []).append(row)
    found.absent += [f"{path.name}: {column}" for column in reader.absent]
    _refuse_wrong_file(part, path, reader)


def _refuse_wrong_file(part: Part, path: Path, reader: Reader) -> None:
    needed = {"case", "at", "state"} if part.shape.rows == "events" else {"case", "opened_at"}
    names = part.shape.names
    lacking = {
        " or ".join(part.shape.columns[names[column]])
        for key in needed & set(part.fields)
        for column in part.fields[key].columns
        if names[column] in reader.absent
    }
    if lacking:
        raise ValueError(f"{path.name} has no column {', '.join(sorted(lacking))}")


class CaseReader:
    """Reads the rows of one case after another; problems and counts add up in `gathered`."""

    def __init__(self, mapping: LogMapping, gathered: Gathered) -> None:
        self.mapping = mapping
        self.gathered = gathered
        self._states: dict[str, StateRule | None] = {}

    def cases(self, ids: Sequence[str]) -> Iterator[Case]:
        """The cases named; one without a single good row has no steps and no base."""
        for case_id in ids:
            yield self._case(case_id)

    def _case(self, case_id: str) -> Case:
        rows = self.gathered.cases[case_id]
        more = self.gathered.activity.get(case_id, [])
        mapping = self.mapping
        if mapping.main.shape.rows == "events":
            steps = self._steps(mapping.main, case_id, rows)
            return self._counted(Case(case_id, None, steps, len(rows), len(rows) - len(steps)))
        base = self._base(case_id, rows)
        if base is None:
            return self._counted(Case(case_id, None, [], len(rows) + len(more), len(rows)))
        steps = self._steps(mapping.activity, case_id, more) if mapping.activity else []
        bad = len(more) - len(steps) + len(rows) - 1
        steps += self._milestones(case_id, rows[-1])
        steps.sort(key=lambda step: (step.at, step.rank, step.line))
        return self._counted(Case(case_id, base, steps, len(rows) + len(more), bad))

    def _counted(self, case: Case) -> Case:
        if not case.steps and case.base is None:
            case.bad = case.rows
        self.gathered.counts["bad"] += case.bad
        return case

    def _base(self, case_id: str, rows: list[Row]) -> Step | None:
        """The last row that can be read; one case has one row, so others are reported."""
        for row in rows[:-1]:
            self._complain(row, case_id, "case", case_id, "a later row has the same case", SKIPPED)
        return self._step(self.mapping.main, case_id, rows[-1], when="opened_at")

    def _steps(self, part: Part, case_id: str, rows: list[Row]) -> list[Step]:
        steps = [step for row in rows if (step := self._step(part, case_id, row))]
        if part.shape.order == "time":
            steps.sort(key=lambda step: (step.at, step.rank, step.line))
        return steps

    def _step(self, part: Part, case_id: str, row: Row, when: str = "at") -> Step | None:
        at = part.fields[when].read(row.cells)
        if at.value is None:
            self._complain(row, case_id, when, at.raw, at.problem or "is missing", SKIPPED)
            return None
        step = Step(row.line, at.value)
        if "state" in part.fields and not self._read_state(part, case_id, row, step, when):
            return None
        self._read_fields(part, case_id, row, step)
        for name, rule in part.references.items():
            step.references[name] = self._value(row, case_id, name, rule.read(row.cells))
        for name, rule in part.keep.items():
            step.kept[name] = self._value(row, case_id, name, rule.read(row.cells))
        return step

    def _read_fields(self, part: Part, case_id: str, row: Row, step: Step) -> None:
        for name, rule in part.fields.items():
            if name in ("case", "at", "state"):
                continue
            applies = rule.applies(step.state)
            if applies is None:
                step.told[name] = None
            elif applies:
                value = self._value(row, case_id, name, rule.read(row.cells))
                if name in TOLD:
                    step.told[name] = value
                elif value is not None:
                    setattr(step, name, value)

    def _read_state(self, part: Part, case_id: str, row: Row, step: Step, when: str) -> bool:
        state = part.fields["state"].read(row.cells)
        if state.value is None:
            self._complain(row, case_id, "state", state.raw, state.problem or "is missing", SKIPPED)
            return False
        step.state = state.value
        if state.value not in self._states:
            self._states[state.value] = self.mapping.state(state.value)
        rule = self._states[state.value]
        if rule is None:
            self._complain(row, case_id, "state", state.raw, "is not in the state map", SKIPPED)
            return False
        if rule.status != KEEP:
            step.status, step.reason = rule.status, rule.reason
        else:
            self.gathered.counts[f"state kept as before: {state.value}"] += 1
        return True

    def _milestones(self, case_id: str, row: Row) -> list[Step]:
        steps = []
        for milestone in self.mapping.milestones:
            at = self._value(row, case_id, milestone.at.name, milestone.at.read(row.cells))
            if at is not None:
                steps.append(Step(row.line, at, status=milestone.status, rank="~"))
        return steps

    def _value(self, row: Row, case_id: str, column: str, read: Read) -> Any:
        if read.problem:
            effect = "value cut" if read.value is not None else LEFT_OUT
            self._complain(row, case_id, column, read.raw, read.problem, effect)
        return read.value

    def _complain(
        self, row: Row, case: str, column: str, value: str, reason: str, effect: str
    ) -> None:
        self.gathered.problems.append(Problem(row.line, case, column, value, reason, effect))


def opened_at(case: Case) -> datetime:
    """When the case was opened: as stated, else its first row."""
    if case.base is not None:
        return case.base.at
    stated: datetime | None = case.steps[0].told.get("opened_at")
    return stated or min(step.at for step in case.steps).astimezone(UTC)
