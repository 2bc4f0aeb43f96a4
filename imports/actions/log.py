"""Importing an event log: plan it, or write it in batches that can be taken up again."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from imports.actions.names import Directory, reasons_for
from imports.cases import Case, CaseReader, Gathered, Problem, gather
from imports.mapping import KEEP, LogMapping
from imports.models import LogRun
from imports.readers import fingerprint
from imports.story import Teller, names_in
from tickets import history, kinds, priority
from tickets.models import ExternalReference
from tickets.models.reference import OWN

Report = Callable[[int, int], None]
# Where a case never tells one of these, the mapping's default (or our matrix) stands in.
ASSUMED = {"impact", "urgency", "priority", "team", "requester"}


@dataclass
class Outcome:
    """What a reading came to. `counts` names each figure of the summary."""

    mapping: LogMapping
    counts: Counter[str]
    problems: list[Problem]
    absent: list[str]
    states: dict[str, Counter[str]] = field(default_factory=dict)
    names: dict[str, tuple[int, int]] = field(default_factory=dict)
    first: Any = None
    last: Any = None

    def accounts_for_every_row(self) -> bool:
        """Taken, skipped and bad together are the rows read."""
        skipped = sum(n for key, n in self.counts.items() if key.startswith("skipped"))
        return self.counts["rows"] == self.counts["taken"] + skipped + self.counts["bad"]


def plan(mapping: LogMapping, path: Path, activity: Path | None, report: Report) -> Outcome:
    """Read everything, write nothing: what an import would do."""
    return _Import(mapping, path, activity, report).plan()


def run(
    mapping: LogMapping, path: Path, activity: Path | None, report: Report, *, batch: int = 500
) -> Outcome:
    """Import the file. Cases that are here already are left alone, so it can be run again."""
    return _Import(mapping, path, activity, report).run(batch)


class _Import:
    def __init__(
        self, mapping: LogMapping, path: Path, activity: Path | None, report: Report
    ) -> None:
        self.mapping = mapping
        self.path = path
        self.activity = activity
        self.report = report
        self.gathered: Gathered = gather(mapping, path, activity)
        self.reader = CaseReader(mapping, self.gathered)
        self.outcome = Outcome(
            mapping, self.gathered.counts, self.gathered.problems, self.gathered.absent
        )
        self.states: dict[str, Counter[str]] = {}

    def plan(self) -> Outcome:
        cases = self._fresh()
        directory = Directory(self.mapping.system, self.mapping.machines)
        named: set[tuple[str, str]] = set()
        for number, case in enumerate(self.reader.cases(cases), 1):
            if self._usable(case):
                named.update(names_in(case, self.mapping))
                self._note(case)
            self.report(number, len(cases))
        unknown = directory.unknown(named)
        for kind in sorted({kind for kind, _name in named}):
            here = sum(1 for other, _name in named if other == kind)
            new = len(unknown.get(kind, []))
            self.outcome.names[kind] = (new, here - new)
        self.outcome.states = self.states
        return self.outcome

    def run(self, batch: int) -> Outcome:
        cases = self._fresh()
        progress = self._progress()
        directory = Directory(self.mapping.system, self.mapping.machines)
        waiting = iter(cases)
        done = 0
        while ids := list(islice(waiting, batch)):
            directory = self._safely(ids, directory, progress)
            done += len(ids)
            self.report(done, len(cases))
        if progress is not None:
            progress.finished_at = timezone.now()
            progress.save(update_fields=["finished_at"])
        if self.outcome.counts["taken"]:
            history.settle()
        self.outcome.states = self.states
        kinds_made = sorted({*directory.made, *directory.matched})
        self.outcome.names = {
            kind: (directory.made.get(kind, 0), directory.matched.get(kind, 0))
            for kind in kinds_made
        }
        return self.outcome

    def _fresh(self) -> list[str]:
        """The cases that are not here yet; none where no such kind of record is installed."""
        cases, counts = self.gathered.cases, self.gathered.counts
        if self.mapping.kind not in {kind.key for kind in kinds.all_kinds()}:
            reason = f"skipped: no records of kind “{self.mapping.kind}” in this installation"
            for case in cases:
                counts[reason] += self._rows(case)
            return []
        here = self._already_here(list(cases))
        for case in here:
            counts["skipped: imported before"] += self._rows(case)
        counts["cases here already"] = len(here)
        return [case for case in cases if case not in here]

    def _rows(self, case: str) -> int:
        return len(self.gathered.cases[case]) + len(self.gathered.activity.get(case, ()))

    def _already_here(self, cases: Sequence[str]) -> set[str]:
        own = ExternalReference.objects.filter(system=self.mapping.system, type=OWN)
        if len(cases) <= 10_000:
            own = own.filter(value__in=cases)
        return set(own.values_list("value", flat=True)) & set(cases)

    def _progress(self) -> LogRun:
        files = [self.path, *([self.activity] if self.activity else [])]
        key = fingerprint(files, self.mapping.source)
        run, _new = LogRun.objects.get_or_create(
            key=key,
            defaults={
                "system": self.mapping.system,
                "mapping": self.mapping.name,
                "file_name": self.path.name[:255],
            },
        )
        return run

    def _safely(self, ids: list[str], directory: Directory, progress: LogRun) -> Directory:
        """A batch; where it can't be written, its cases one by one, and the culprit is named."""
        counts, problems = self.gathered.counts.copy(), len(self.gathered.problems)
        try:
            self._batch(list(ids), directory, progress)
        except (ValueError, DataError, IntegrityError) as error:
            self.gathered.counts.clear()
            self.gathered.counts.update(counts)
            del self.gathered.problems[problems:]
            progress.refresh_from_db()
            directory = Directory(self.mapping.system, self.mapping.machines)
            if len(ids) == 1:
                self._refuse(ids[0], str(error).splitlines()[0])
            else:
                for case in ids:
                    directory = self._safely([case], directory, progress)
        return directory

    def _refuse(self, case: str, reason: str) -> None:
        rows = self.gathered.cases[case]
        self.gathered.counts["bad"] += self._rows(case)
        self.gathered.problems.append(
            Problem(rows[0].line, case, "case", case, reason, "case skipped")
        )

    @transaction.atomic
    def _batch(self, ids: list[str], directory: Directory, progress: LogRun) -> None:
        """So many cases in one transaction: all of it is there afterwards, or none."""
        with connection.cursor() as cursor:
            lock = zlib.crc32(self.mapping.system.encode())
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x4D41_0000_0000 + lock])
        for name in self._already_here(ids):  # another run was quicker
            self.gathered.counts["skipped: imported before"] += self._rows(name)
            ids.remove(name)
        cases = [case for case in self.reader.cases(ids) if self._usable(case)]
        directory.ensure(key for case in cases for key in names_in(case, self.mapping))
        teller = Teller(
            self.mapping,
            directory.ids,
            reasons_for(self.mapping.system, self._reasons(cases)),
            priority.matrix(),
        )
        pasts = [teller.tell(case) for case in cases]
        history.write(pasts, request_id=f"import-{progress.pk}")
        self._count(cases, pasts)
        for case in cases:
            self._note(case)
        progress.cases_done += len(cases)
        progress.last_case = ids[-1][:200] if ids else progress.last_case
        progress.counts = {key: n for key, n in self.gathered.counts.items() if n}
        progress.updated_at = timezone.now()
        progress.save(update_fields=["cases_done", "last_case", "counts", "updated_at"])

    def _reasons(self, cases: Sequence[Case]) -> dict[str, Any]:
        used = {step.reason for case in cases for step in case.steps if step.reason}
        used |= {case.base.reason for case in cases if case.base and case.base.reason}
        return {word: self.mapping.reasons[word] for word in sorted(used)}

    def _usable(self, case: Case) -> bool:
        return bool(case.steps) or case.base is not None

    def _note(self, case: Case) -> None:
        """For the plan and the summary: span of time, and where the states went."""
        outcome = self.outcome
        for step in _rows_of(case):
            if step.state:
                to = step.status if step.status is not None else KEEP
                self.states.setdefault(step.state, Counter())[to] += 1
            outcome.first = min(outcome.first or step.at, step.at)
            outcome.last = max(outcome.last or step.at, step.at)
        self.gathered.counts["to take"] += case.rows - case.bad
        for name in ASSUMED & set(self.mapping.main.fields):
            if not any(step.told.get(name) for step in _rows_of(case)):
                self.gathered.counts[f"assumed: {name}"] += 1

    def _count(self, cases: Sequence[Case], pasts: Sequence[history.Past]) -> None:
        counts = self.gathered.counts
        for case, past in zip(cases, pasts, strict=True):
            counts["cases taken"] += 1
            counts["taken"] += case.rows - case.bad
            counts["events"] += len(past.happened)
            opened = past.happened[0].at
            counts["events before the opening"] += sum(h.at < opened for h in past.happened)
            for happening in past.happened:
                counts["jumps that the log makes"] += bool(happening.data.get("jump"))


def _rows_of(case: Case) -> Iterator[Any]:
    if case.base is not None:
        yield case.base
    yield from case.steps
