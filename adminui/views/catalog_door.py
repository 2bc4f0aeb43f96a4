"""Who comes into the pages of the catalog's editors: administrators and owners of services."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.access import person
from accounts.reach import reach_of
from adminui.base import View
from catalog import access
from cmdb.models import Service
from core.errors import NotAllowed

SECTION = "catalog"


def catalog_page(view: View) -> View:
    """For administrators, and for whoever owns a service: they edit what belongs to it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not access.edits_any(person(request)):
            raise NotAllowed(
                _("Offerings are changed by the owner of their service and by administrators.")
            )
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return guarded


def owned_services(request: HttpRequest) -> Any:
    """The services that somebody who is no administrator may put an offering to; None: all."""
    user = person(request)
    return None if reach_of(user).administers else Service.objects.filter(owner=user)
