"""Who is asking, and who may administer."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotAllowed


def person(request: HttpRequest) -> User:
    """Who is signed in. Only for pages that need somebody to be: all but those that say not."""
    return cast(User, request.user)


def require_administrator(user: User | None) -> None:
    """NotAllowed unless the person is an administrator. None is the product itself."""
    if user is not None and not reach_of(user).administers:
        raise NotAllowed(_("Only administrators may do this."))
