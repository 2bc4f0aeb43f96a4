"""What the administration's views share: who may come in, and the frame of a page."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.access import person
from accounts.enums import Role
from accounts.reach import reach_of
from adminui.sections import BY_KEY, menu
from catalog.access import edits_any
from core.errors import ActionError, NotAllowed
from core.forms import refuse

View = Callable[..., HttpResponse]


def administration(view: View) -> View:
    """For administrators. Everybody else is told so; what they may not do, actions refuse too."""
    return _guarded(view, frozenset({Role.ADMINISTRATOR}))


def oversight(view: View) -> View:
    """Reading pages that auditors open as well."""
    return _guarded(view, frozenset({Role.ADMINISTRATOR, Role.AUDITOR}))


def _guarded(view: View, roles: frozenset[Role]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not roles & reach_of(person(request)).roles:
            raise NotAllowed(_("Only administrators may do this."))
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return guarded


def menu_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What the reader finds in the menu and on the start page."""
    reach = reach_of(person(request))
    return menu(
        administers=reach.administers,
        oversees=Role.AUDITOR in reach.roles,
        owns=not reach.administers and edits_any(person(request)),
    )


def show(
    request: HttpRequest, template: str, section: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page inside the administration's frame, its section marked in the menu."""
    context |= {"groups": menu_for(request), "section": BY_KEY[section]}
    return render(request, f"adminui/{template}", context, status=status)


def attempt(request: HttpRequest, form: Form, act: Callable[[], Any], said: str) -> Any:
    """Do `act` if the form is valid and say so; what it refuses is put onto the form.

    What `act` returned (True where that is nothing), or None when it was refused.
    """
    if not form.is_valid():
        return None
    try:
        done = act()
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return None
    messages.success(request, said)
    return True if done is None else done


def tell(request: HttpRequest, act: Callable[[], Any], said: str) -> bool:
    """Do `act` for a button without a form; its refusal is shown as a message. Whether it did."""
    try:
        act()
    except ActionError as error:
        if error.status != 422:
            raise
        messages.error(request, str(error.message))
        return False
    messages.success(request, said)
    return True


def with_toast(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let a fragment show the message that a whole page would."""
    for message in messages.get_messages(request):
        toast = {"text": str(message), "tone": message.level_tag}
        response["HX-Trigger"] = json.dumps({"toast": toast})
    return response
