"""`sla_clocks`: proves that the kept clocks are what the facts say, or makes them so."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from sla.actions import check, rebuild

SHOWN = 20


class Command(BaseCommand):
    help = "Compares every clock with what its record's events say; --rebuild writes the answer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="compute every clock anew")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            self._rebuild()
        else:
            self._check()

    def _check(self) -> None:
        wrong = 0
        for line in check():
            wrong += 1
            if wrong <= SHOWN:
                self.stdout.write(line)
        if wrong:
            raise CommandError(f"{wrong} differences; --rebuild mends them")
        self.stdout.write("Every clock is what its events say.")

    def _rebuild(self) -> None:
        written = rebuild()
        self.stdout.write(
            f"{written.created} created, {written.changed} changed, {written.removed} removed, "
            f"{written.records} records shown differently."
        )
