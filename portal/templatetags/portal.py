"""Filters of the portal's pages."""

from django import template

from core import formats

register = template.Library()


@register.filter
def size(octets: int) -> str:
    """A file's size as people write it."""
    return formats.size(int(octets))
