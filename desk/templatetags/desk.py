"""What the agent's frame and the ticket templates need: rail, inbox count, file addresses."""

import json
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.reach import reach_of
from catalog.queries import costs
from core import formats
from core.states import Transition
from core.templatetags.ui import icon_markup, phase_icon
from desk.boards import BOARDS
from desk.counts import board_counts, shown
from notifications.queries import MOST_COUNTED, unread_count
from sla.queries.extent import may_read
from tickets.models import Ticket

register = template.Library()


@register.simple_tag(takes_context=True)
def inbox_count(context: Context) -> str:
    """Unread notifications as shown on the bell; empty when there are none."""
    user = context["request"].user
    if not user.is_authenticated:
        return ""
    number = unread_count(user)
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")


@register.simple_tag(takes_context=True)
def rail(context: Context) -> list[dict[str, Any]]:
    """Groups of links: the views with their counts, and administration for administrators."""
    request = context["request"]
    match = request.resolver_match
    now = match.kwargs.get("view") if match and match.view_name == "desk:queue" else ""
    counts = board_counts(request.user)
    views = [
        {
            "key": board.key,
            "label": board.label,
            "icon": board.icon,
            "url": reverse("desk:queue", args=[board.key]),
            "count": shown(counts[board.key]) if board.key in counts else None,
            "current": board.key == now,
            "hotkey": board.hotkey,
        }
        for board in BOARDS.values()
    ]
    groups: list[dict[str, Any]] = [{"title": "", "items": views}]
    other = _other_links(request)
    return [*groups, {"title": _("More"), "items": other}] if other else groups


def _other_links(request: Any) -> list[dict[str, Any]]:
    links = [
        ("desk:kb", _("Knowledge"), "book", True),
        ("cmdb:services", _("Services"), "category", True),
        ("cmdb:items", _("Configuration items"), "server", True),
        ("desk:sla_objectives", _("Service objectives"), "activity", True),
        ("desk:oncall", _("Duty rota"), "phone", True),
        ("major:list", _("Major incidents"), "flame", True),
        ("sla:report", _("Service level report"), "activity", may_read(request.user)),
        ("desk:csat", _("Satisfaction"), "mood-smile", True),
        ("desk:costs", _("Costs"), "calculator", costs.may_read(request.user)),
        ("portal:home", _("Portal"), "lifebuoy", True),
    ]
    oversees = bool(reach_of(request.user).roles & {Role.ADMINISTRATOR, Role.AUDITOR})
    links.append(("adminui:home", _("Administration"), "settings", oversees))
    found = []
    for name, label, icon, shown_to in links:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if shown_to:
            here = request.path.startswith(url)
            found.append({"key": name, "label": label, "icon": icon, "url": url, "current": here})
    # An address below another's is its own place only.
    nearest = max((link["url"] for link in found if link["current"]), key=len, default="")
    for link in found:
        link["current"] = link["url"] == nearest
    return found


@register.simple_tag
def file_url(pk: int) -> str:
    """Where a file is fetched, through the access door."""
    return reverse("tickets:attachment", args=[pk])


@register.simple_tag
def drawn_icon(name: str, x: int, y: int, size: int = 18) -> SafeString:
    """An icon inside a drawing, where style sheets don't place it."""
    place = f'<svg x="{int(x)}" y="{int(y)}" width="{int(size)}" height="{int(size)}" '
    return mark_safe(icon_markup(name).replace("<svg ", place, 1))  # noqa: S308 - our own icon


@register.filter
def octets(size: int) -> str:
    return formats.size(size)


@register.simple_tag
def target_icon(ticket: Ticket, move: Transition) -> SafeString:
    """The shape of the state that a transition leads to."""
    phase = ticket.kind_info.machine.phase(move.target)
    return mark_safe(  # noqa: S308 - an icon of our own and a word of an enum
        f'<span class="status" data-phase="{escape(phase.value)}">'
        f"{phase_icon(phase.value, move.target)}</span>"
    )


@register.simple_tag
def wanted(clash: dict[str, Any], seen: int) -> str:
    """The value to save over somebody else's, for hx-vals."""
    value = clash["wanted_list"] or clash["wanted"]
    plain = "" if value is None else value
    return escape(json.dumps({"value": plain, "seen": str(seen)}))
