"""The portal's menu: where one can go, and what waits there."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from tickets.turns import waiting_count


@dataclass(frozen=True)
class Item:
    """A page of the menu. `parts`: beginnings of the addresses that belong to it."""

    key: str
    label: Any
    short: Any
    icon: str
    url: str
    current: bool
    count: int = 0


_PLACES = (
    ("home", "portal:home", _("Home"), _("Home"), "home", ()),
    (
        "catalog",
        "portal:catalog",
        _("Catalog"),
        _("Catalog"),
        "layout-list",
        ("/portal/catalog/", "/portal/request/", "/portal/service/", "/portal/feedback/"),
    ),
    ("my", "portal:my", _("My requests"), pgettext_lazy("menu", "Requests"), "ticket",
     ("/portal/my/", "/portal/report/")),
    ("approvals", "portal:approvals", _("Approvals"), _("Approvals"), "checklist",
     ("/portal/approvals/",)),
    ("kb", "portal:kb", _("Knowledge"), _("Knowledge"), "book", ("/portal/kb/",)),
    ("status", "portal:status", _("Status"), _("Status"), "activity", ("/portal/status/",)),
)  # fmt: skip


def menu(user: User, path: str) -> list[Item]:
    """The pages of the menu, with how much there is to approve. One query."""
    found = []
    for key, name, label, short, icon, parts in _PLACES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = path == url or path.startswith(parts)
        count = to_approve(user) if key == "approvals" else 0
        found.append(Item(key, label, short, icon, url, current, count))
    return found


def to_approve(user: User) -> int:
    """How many decisions wait for the person; kept on the person for one request."""
    known: int | None = getattr(user, "_to_approve", None)
    if known is None:
        known = waiting_count(user)
        user._to_approve = known  # type: ignore[attr-defined]
    return known
