"""What the agent's views share: who may come in, and how a fragment is answered."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.reach import reach_of
from core.errors import NotAllowed

View = Callable[..., HttpResponse]


def desk_page(view: View) -> View:
    """For people whose roles open the desk; others are told so, the unknown asked to sign in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reach_of(request.user).opens_desk:  # type: ignore[arg-type]
            raise NotAllowed(_("The desk is for agents. Your own requests are in the portal."))
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return guarded


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Tell the page's scripts something: toast={"text": …}, modal_close=True …"""
    named = {name.replace("_", ":"): value for name, value in events.items()}
    response["HX-Trigger"] = json.dumps(named)
    return response
