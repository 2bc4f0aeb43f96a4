"""`import_log`: records and their whole history from another tool's event log."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from imports.actions import log
from imports.loading import load, shipped
from imports.mapping import LogMapping, MappingError
from imports.progress import Progress
from imports.readers import Damaged
from imports.summary import plan_lines, summary_lines, write_problems


class Command(BaseCommand):
    help = "Imports another tool's event log (CSV or XES, plain or gzipped) by a mapping."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", required=True, help=f"{', '.join(shipped())}; or a .toml file"
        )
        parser.add_argument("--activity", type=Path, help="second file, where the mapping has one")
        parser.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
        parser.add_argument("--errors", type=Path, help="where bad rows go (FILE.errors.csv)")
        parser.add_argument("--batch", type=int, default=500, help="cases per transaction")

    def handle(
        self,
        *args: Any,
        file: Path,
        mapping: str,
        activity: Path | None,
        dry_run: bool,
        errors: Path | None,
        batch: int,
        **options: Any,
    ) -> None:
        try:
            known = load(mapping)
            second = activity or _beside(file, known)
            progress = Progress(self.stderr, "cases")
            if dry_run:
                outcome = log.plan(known, file, second, progress)
            else:
                outcome = log.run(known, file, second, progress, batch=max(1, batch))
        except (MappingError, Damaged, ValueError) as error:
            raise CommandError(str(error)) from None
        for line in plan_lines(outcome) if dry_run else summary_lines(outcome):
            self.stdout.write(line)
        if outcome.problems:
            target = errors or Path(f"{file.name}.errors.csv")
            write_problems(target, outcome.problems)
            self.stdout.write(f"  each of them is in {target}")


def _beside(file: Path, mapping: LogMapping) -> Path | None:
    """The activity file whose name follows from the main one's, when it is there."""
    if not mapping.beside or mapping.beside[0] not in file.name:
        return None
    old, new = mapping.beside
    found = file.with_name(file.name.replace(old, new))
    return found if found.is_file() else None
