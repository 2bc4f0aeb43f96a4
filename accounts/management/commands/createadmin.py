"""Makes the first administrator, or makes somebody one again."""

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actions import people, roles
from accounts.enums import Role, Scope
from accounts.models import User
from core.errors import ActionError


class Command(BaseCommand):
    help = "Make an administrator: asks for what is not given as an option or in the environment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=os.environ.get("MARU_ADMIN_EMAIL", ""))
        parser.add_argument("--name", default=os.environ.get("MARU_ADMIN_NAME", ""))
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
        parser.add_argument(
            "--technical",
            action="store_true",
            help="may also open the technical administration at /djadmin/",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"] or self._ask("E-mail: ")
        user = User.objects.filter(email__iexact=email.strip()).first()
        name = options["name"] or (user.display_name if user else self._ask("Name: "))
        password = self._password(options["password_stdin"])
        try:
            with transaction.atomic():
                user = self._make(user, email, name, password, options["technical"])
        except ActionError as error:
            raise CommandError(str(error.message)) from None
        self.stdout.write(f"{user.email} is an administrator.")

    def _make(
        self, user: User | None, email: str, name: str, password: str, technical: bool
    ) -> User:
        if user is None:
            values = {"email": email, "display_name": name}
            user = people.create_person(values, by=None, invite=False)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)
        user.is_staff = user.is_superuser = user.is_superuser or technical
        user.save(update_fields=["password", "is_staff", "is_superuser"])
        roles.grant(user, Role.ADMINISTRATOR, Scope.ALL, by=None)
        return user

    def _password(self, from_stdin: bool) -> str:
        if from_stdin:
            return sys.stdin.readline().rstrip("\n")
        given = os.environ.get("MARU_ADMIN_PASSWORD", "")
        if given:
            return given
        self._need_terminal("--password-stdin")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Password again: "):
            raise CommandError("the two passwords differ – start again")
        return first

    def _ask(self, question: str) -> str:
        self._need_terminal("--email, --name")
        return input(question)

    def _need_terminal(self, instead: str) -> None:
        if not sys.stdin.isatty():
            raise CommandError(f"nobody is there to ask – give {instead}")
