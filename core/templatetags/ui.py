"""Tags of the interface: icons, times, status, priority, people, form fields, page attributes."""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import formats

register = template.Library()

PRIORITY_ICONS = {1: "chevrons-up", 2: "chevron-up", 3: "equal", 4: "chevron-down", 5: "minus"}
PHASE_ICONS = {
    "new": "circle-dot",
    "active": "progress",
    "waiting": "hourglass",
    "resolved": "circle-check",
    "closed": "lock",
}


@lru_cache(maxsize=256)
def icon_markup(name: str, cls: str = "", label: str = "") -> SafeString:
    """One symbol of the sprite as `<svg>`; hidden from screen readers without a label."""
    role = (
        format_html(' role="img" aria-label="{}"', label)
        if label
        else mark_safe(' aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon{}"{}><use href="{}#i-{}"/></svg>',
        f" {cls}" if cls else "",
        role,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, cls: str = "", label: str = "") -> SafeString:
    """{% icon "check" %}: a symbol from the sprite (static/icons.txt lists those that exist)."""
    return icon_markup(name, cls, str(label))


@register.simple_tag
def priority_icon(level: int) -> SafeString:
    return icon_markup(PRIORITY_ICONS.get(level, "minus"))


@register.simple_tag
def phase_icon(phase: str, status: str = "") -> SafeString:
    """The shape of a state; a cancelled or rejected record has another than a closed one."""
    if status in ("cancelled", "rejected"):
        return icon_markup("ban")
    return icon_markup(PHASE_ICONS.get(phase, "circle"))


@register.simple_tag(takes_context=True)
def html_attributes(context: Context) -> SafeString:
    """Language, theme, density and shortcut switch of the reader, for the <html> element."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return format_html(
        'lang="{}" data-theme="{}" data-density="{}" data-shortcuts="{}"{}',
        context.get("LANGUAGE_CODE") or "en",
        getattr(user, "theme", "system"),
        getattr(user, "density", "default"),
        "on" if getattr(user, "shortcuts", False) else "off",
        mark_safe(' data-rail="collapsed"') if _rail_collapsed(request) else "",
    )


def _rail_collapsed(request: Any) -> bool:
    return bool(request) and request.COOKIES.get("rail") == "collapsed"


register.simple_tag(formats.time_tag, name="when")


@lru_cache(maxsize=64)
def _fixed(name: str, language: str) -> SafeString:
    return mark_safe(render_to_string(name))  # noqa: S308 - a template of our own


@register.simple_tag
def fixed(name: str) -> SafeString:
    """{% fixed "desk/_shortcuts.html" %}: an include that only depends on the language."""
    return _fixed(name, get_language() or "en")


@register.filter
def initials(name: str) -> str:
    """What an avatar shows: the given name of a Korean name, the initials of another."""
    words = str(name or "").split()
    if not words:
        return "?"
    first = words[0]
    if "가" <= first[0] <= "힣":
        return first[-2:] if len(first) <= 4 else first[:2]
    return (first[0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def tone(key: Any) -> int:
    """A quiet, stable tint 0–5 for a person, from their id."""
    return int(key) % 6 if str(key).isdigit() else 0


@register.inclusion_tag("ui/_avatar.html")
def avatar(person: Any, name: bool = False, size: str = "") -> dict[str, Any]:
    """{% avatar user name=True %}: initials in a circle, with the name beside it if asked."""
    return {"person": person, "with_name": name, "size": size}


@register.inclusion_tag("ui/_status.html")
def status(label: Any, phase: str, key: str = "", badge: bool = True) -> dict[str, Any]:
    """{% status ticket.state.label ticket.phase ticket.status %}"""
    return {"label": label, "phase": str(phase), "key": key, "badge": badge}


@register.inclusion_tag("ui/_priority.html")
def priority(level: int, label: Any = "") -> dict[str, Any]:
    """{% priority ticket.priority %}: shape and text, P1 loudest."""
    return {"level": level, "label": label}


@register.inclusion_tag("ui/_field.html")
def field(
    bound: BoundField, hint: Any = "", label: Any = "", optional: bool = True, cls: str = ""
) -> dict[str, Any]:
    """{% field form.title %}: label above, hint, control, message; says 'optional' where it is."""
    _dress(bound, bool(hint or bound.help_text), cls)
    kind = getattr(bound.field.widget, "input_type", "")
    choice = kind in ("checkbox", "radio")
    return {
        "field": bound,
        "hint": hint or bound.help_text,
        "label": label or bound.label,
        "optional": optional and not bound.field.required,
        "checkbox": kind == "checkbox" and not hasattr(bound.field, "choices"),
        "group": choice and hasattr(bound.field, "choices"),
    }


def _dress(bound: BoundField, has_hint: bool, cls: str) -> None:
    attrs = bound.field.widget.attrs
    kind = getattr(bound.field.widget, "input_type", "text")
    if kind not in ("checkbox", "radio", "file", "hidden") and "input" not in attrs.get(
        "class", ""
    ):
        attrs["class"] = f"input {cls} {attrs.get('class', '')}".strip()
    described = [f"{bound.auto_id}_hint"] if has_hint else []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)


@register.inclusion_tag("ui/_error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """{% error_summary form %}: what to mend, each line a link to its field; takes the focus."""
    lines = [
        (form[name].auto_id if name in form.fields else "", message)
        for name, messages in form.errors.items()
        for message in messages
    ]
    return {"lines": lines}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """{% query page=2 peek=None %}: the current query string, keys set or (None) dropped."""
    request = context.get("request")
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return "?" + params.urlencode() if params else "?"


@register.simple_tag(takes_context=True)
def current(context: Context, *names: str) -> SafeString | str:
    """aria-current="page" when the page's URL name is one of `names` (or in namespace "desk:*")."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ""
    hit = any(
        match.view_name == name or (name.endswith(":*") and match.namespace == name[:-2])
        for name in names
    )
    return mark_safe('aria-current="page"') if hit else ""
