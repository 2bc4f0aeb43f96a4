"""`demo`: a made-up organisation with a year behind it."""

import secrets
import time
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from demo import wishes
from demo.build import build
from demo.organisation import DOMAIN, SIGN_INS
from tickets.models import Ticket

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Makes a demo organisation: people, services and a year of incidents."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=20, help="the same seed, the same year")
        parser.add_argument("--incidents", type=int, default=6000)
        parser.add_argument("--password", help="for the demo sign-ins; by default a random one")
        parser.add_argument("--force", action="store_true", help="beside what is there already")

    def handle(
        self,
        *args: Any,
        seed: int,
        incidents: int,
        password: str | None,
        force: bool,
        **options: Any,
    ) -> None:
        """Progress goes to stderr; stdout says who can sign in, and nothing else keeps it."""
        if User.objects.filter(email__endswith=f"@{DOMAIN}").exists():
            raise CommandError("the demo organisation is here already")
        if not force and (User.objects.exists() or Ticket.objects.exists()):
            raise CommandError("this database is in use; --force adds the demo organisation to it")
        password = password or _password()
        started = time.monotonic()
        build(
            seed=seed,
            now=timezone.now(),
            count=incidents,
            password=password,
            say=lambda text: self.stderr.write(f"  … {text}"),
        )
        wishes.make(seed)
        self.stderr.write(f"  made in {time.monotonic() - started:.0f} s")
        self.stdout.write(f"  Demo sign-ins, all with the password {password}")
        for key, name, roman, _department, roles, *_rest in SIGN_INS:
            what = ", ".join(role.replace("_", " ") for role in roles) or "requester"
            shown = f"{name} ({roman})" if roman else name
            self.stdout.write(f"    {f'{key}@{DOMAIN}':<24} {what:<18} {shown}")


def _password() -> str:
    """Easy to type, not to guess."""
    parts = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return "-".join(parts)
