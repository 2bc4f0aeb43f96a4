"""Filters and tags of the portal's pages."""

from django import template
from django.template import Context

from accounts.reach import reach_of
from core import formats
from portal.queries import nav
from portal.queries.daybars import Day
from sla.enums import OutageKind

register = template.Library()


@register.filter
def size(octets: int) -> str:
    """A file's size as people write it."""
    return formats.size(int(octets))


@register.filter
def troubles(day: Day) -> list[str]:
    """What a day of the status page had, the worst first: the kind and how long."""
    return [
        f"{OutageKind(kind).label} {formats.duration(minutes * 60)}"
        for kind, minutes in day.minutes.items()
    ]


@register.simple_tag(takes_context=True)
def opens_desk(context: Context) -> bool:
    """Whether the reader has the agents' desk beside the portal."""
    user = context["request"].user
    return bool(user.is_authenticated and reach_of(user).opens_desk)


@register.simple_tag(takes_context=True)
def portal_menu(context: Context) -> list[nav.Item]:
    """The pages of the portal's menu, for whoever is signed in."""
    request = context["request"]
    return nav.menu(request.user, request.path) if request.user.is_authenticated else []
