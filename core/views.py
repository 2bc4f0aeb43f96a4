"""Pages that belong to no process: refusals and error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import ActionError

_TEMPLATES = {403: "403.html", 404: "404.html"}


def refusal(request: HttpRequest, error: ActionError) -> HttpResponse:
    """The page (or htmx fragment) that says why an action refused and what to do."""
    template = _TEMPLATES.get(error.status, "400.html")
    return render(
        request, template, {"error": error, "message": error.message}, status=error.status
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """A body that nothing here takes."""
    message = _("This is more than can be sent at once. Send fewer or smaller files.")
    return render(request, "400.html", {"message": message}, status=413)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that outlived its session: say so instead of a bare 403."""
    message = _("The page was open too long. Reload it and send it again; your draft is kept.")
    return render(request, "403.html", {"message": message}, status=403)
