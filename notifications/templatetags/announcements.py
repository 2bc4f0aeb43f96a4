"""The tag that shows what is announced, on the start pages of portal and desk."""

from typing import Any

from django import template
from django.template import Context

from notifications import queries

register = template.Library()


@register.inclusion_tag("notifications/_announcements.html", takes_context=True)
def announcements(context: Context) -> dict[str, Any]:
    """{% announcements %}: those for the reader that they have not put away."""
    request = context["request"]
    reader = request.user
    rows = queries.announcements(reader) if reader.is_authenticated else []
    return {
        "rows": rows,
        "here": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }
