"""What the pages about service levels share: the banner of unpublished changes."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from adminui.base import show
from sla.queries.changes import is_unpublished


def show_draft(
    request: HttpRequest, template: str, section: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page on which agreements are edited; it says when there is something to publish."""
    context["unpublished"] = is_unpublished()
    return show(request, f"sla/{template}", section, status=status, **context)
