"""What the page's timer says."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from desk.widgets import spoken

register = template.Library()


@register.simple_tag
def clock_words() -> SafeString:
    """The timer's sentences as attributes of #words: data-sla-left, data-sla-over, …"""
    return format_html_join(" ", 'data-sla-{}="{}"', spoken().items())
