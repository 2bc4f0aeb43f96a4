"""`manage.py sla_figures`: counts what changed; --rebuild makes all anew, --check proves it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sla.actions.rollup import check_figures, rebuild_figures, roll_up

MOST_LINES = 50


class Command(BaseCommand):
    """Service level figures: brought up to date, made anew from the events, or proved."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--rebuild", action="store_true", help="make all figures anew")
        what.add_argument(
            "--check", action="store_true", help="compare all with the events; writes nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
        elif options["rebuild"]:
            self.stdout.write(f"{rebuild_figures()} records counted")
        else:
            total = 0
            while number := roll_up():
                total += number
            self.stdout.write(f"{total} changes counted")

    def _check(self) -> None:
        wrong = 0
        for line in check_figures():
            wrong += 1
            if wrong <= MOST_LINES:
                self.stderr.write(line)
        if wrong:
            self.stderr.write(f"{wrong} figures are wrong; --rebuild makes them anew")
            sys.exit(1)
        self.stdout.write("all figures are what counting says")
