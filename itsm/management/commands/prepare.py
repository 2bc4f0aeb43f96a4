"""Everything between an installed program and its first page: tables, static files, demo data."""

from io import StringIO
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import (
    BaseCommand,
    CommandError,
    CommandParser,
    call_command,
    get_commands,
)
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from itsm.checks import check_databases
from itsm.stack.console import step
from itsm.stack.paths import NOBODY_YET


class Command(BaseCommand):
    help = "Checks and migrates the database, collects static files, makes the demo organisation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--static", action="store_true", help="collect static files")
        parser.add_argument("--demo", action="store_true", help="demo data when nobody is there")
        parser.add_argument("--sign-ins", type=Path, help="file that will say who can sign in")

    def handle(
        self, *args: Any, static: bool, demo: bool, sign_ins: Path | None, **options: Any
    ) -> None:
        """Effects in order: check, migrate, check again, static files, demo organisation, note."""
        self._refuse_unfit()
        self._migrate()
        if static:
            with step("Collecting static files"):
                call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
        said = ""
        if demo and "demo" in get_commands() and not _anybody():
            answer = StringIO()
            call_command("demo", stdout=answer)
            said = answer.getvalue()
        if sign_ins:
            _note(sign_ins, said)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            with step(f"Migrating the database ({len(waiting)} steps)"):
                call_command("migrate", interactive=False, verbosity=0)
            # Only now is pg_trgm there to be asked.
            self._refuse_unfit()

    def _refuse_unfit(self) -> None:
        """Says in one line why this database can't be used."""
        for problem in check_databases([DEFAULT_DB_ALIAS]):
            raise CommandError(f"{problem.msg} {problem.hint}")


def _anybody() -> bool:
    return get_user_model().objects.exists()


def _note(file: Path, said: str) -> None:
    """Writes what the demo says about its people, or that there is nobody yet."""
    if said:
        file.write_text(said, encoding="utf-8")
    elif not _anybody():
        file.write_text(NOBODY_YET, encoding="utf-8")
    elif file.is_file() and file.read_text(encoding="utf-8") == NOBODY_YET:
        file.unlink()
