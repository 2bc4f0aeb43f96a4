"""Sign-in by e-mail and password; takes the same time whether or not the address is known."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.reach import person_with_standing


class EmailBackend(ModelBackend):
    """Finds the person by e-mail without regard to case."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or password is None:
            return None
        name = username.strip().lower()
        user = User.objects.filter(email__iexact=name).first()
        # The database takes ı for I and ſ for S. Failures are counted by the name as typed, so a
        # spelling that merely looks alike would have tries of its own.
        if user is None or user.email.lower() != name:
            # Hash anyway, so that the answer takes as long as for a known address.
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    def get_user(self, user_id: int) -> User | None:
        """The signed-in person with their standing, in the one query every request makes."""
        user = person_with_standing(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
