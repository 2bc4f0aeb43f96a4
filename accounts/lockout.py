"""What somebody sees who tried too many wrong passwords; the same for known and unknown names."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def locked_out(
    request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any
) -> HttpResponse:
    """Answer 429 with a page that says when to try again."""
    message = _("Too many failed sign-ins. Wait 15 minutes, or reset your password by mail.")
    return render(request, "400.html", {"message": message}, status=429)


def name_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail as failures are counted: case and spaces around it make no new name."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return str(given).strip().lower()


LINKS_AN_HOUR = 20


def asks_too_often(request: HttpRequest) -> bool:
    """Whether this address asked for more password links within an hour than a person would."""
    key = f"password-links:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, 3600)
    return int(cache.incr(key)) > LINKS_AN_HOUR


GUESSES_ALLOWED = 20
GUESSES_FORGOTTEN = 15 * 60


def guesses_too_often(request: HttpRequest, what: str, *, count: bool = True) -> bool:
    """Whether this address guessed more often at `what` than a person mistypes.

    Counts one more wrong guess, unless `count` is off; forgotten after 15 minutes.
    """
    key = f"guesses:{what}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, GUESSES_FORGOTTEN)
    tried = int(cache.incr(key) if count else cache.get(key, 0))
    return tried >= GUESSES_ALLOWED
