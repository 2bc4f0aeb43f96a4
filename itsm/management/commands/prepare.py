"""Everything between an installed program and its first page: tables, static files, demo data."""

from io import StringIO
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
from itsm.stack.console import say, step


class Command(BaseCommand):
    help = "Checks and migrates the database, collects static files, makes the demo organisation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--static", action="store_true", help="collect static files")
        parser.add_argument("--demo", action="store_true", help="demo data when nobody is there")

    def handle(self, *args: Any, static: bool, demo: bool, **options: Any) -> None:
        """Effects in order: check, migrate, check again, static files, demo organisation."""
        self._refuse_unfit()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            with step(f"Migrating the database ({len(waiting)} steps)"):
                call_command("migrate", interactive=False, verbosity=0)
            # Only now is pg_trgm there to be asked.
            self._refuse_unfit()
        if static:
            with step("Collecting static files"):
                call_command("collectstatic", interactive=False, verbosity=0, stdout=StringIO())
        if demo and "demo" in get_commands() and not get_user_model().objects.exists():
            say("  Making the demo organisation")
            call_command("demo")

    def _refuse_unfit(self) -> None:
        """Says in one line why this database can't be used."""
        for problem in check_databases([DEFAULT_DB_ALIAS]):
            raise CommandError(f"{problem.msg} {problem.hint}")
