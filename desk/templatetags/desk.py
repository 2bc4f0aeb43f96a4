"""What the agent's frame needs on every page: the rail of views and the inbox count."""

from typing import Any

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def inbox_count(context: Context) -> str:
    """Unread notifications, capped for show; empty when there are none."""
    return ""


@register.simple_tag(takes_context=True)
def rail(context: Context) -> list[dict[str, Any]]:
    """Groups of links with counts."""
    return []
