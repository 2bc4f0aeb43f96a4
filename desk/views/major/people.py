"""Who does what, and who is called in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.errors import NotFound
from desk.queries.major import Console
from desk.views.base import desk_page
from desk.views.major import forms
from desk.views.major.base import console_of, dialog, done, posted
from incidents import actions
from incidents.enums import ResponseRole


@desk_page
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, number: str, role: str) -> HttpResponse:
    """One tap on a name gives the role; a new commander gets a handover note."""
    page = console_of(request, number)
    if role not in ResponseRole.values:
        raise NotFound(_("There is no such role."))
    user: Any = request.user
    holder = getattr(page.major, role)
    context = {
        "title": ResponseRole(role).label,
        "ticket": page.ticket,
        "holder": holder,
        "handover": role == ResponseRole.COMMANDER and holder is not None,
        "people": _offered(page),
    }
    return dialog(
        request,
        forms.RoleForm(posted(request, "user")),
        lambda given: actions.set_role(page.ticket, role, by=user, **given),
        lambda: done(request, page.ticket),
        context,
        "desk/major/_role.html",
    )


def _offered(page: Console) -> list[User]:
    """The people of its teams, those who hold no role first."""
    teams = [page.ticket.team_id, page.major.technical_team_id]
    members = User.objects.filter(memberships__team__in=teams, is_active=True)
    held = {getattr(page.major, f"{one.value}_id") for one in ResponseRole}
    found = members.exclude(pk=page.user.pk).distinct().order_by("display_name")[:12]
    return sorted(found, key=lambda person: person.pk in held)


@desk_page
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, number: str) -> HttpResponse:
    page = console_of(request, number)
    user: Any = request.user
    form = forms.CallForm(posted(request, "person"))
    return dialog(
        request,
        form,
        lambda given: actions.call_for_help(page.ticket, by=user, **given),
        lambda: done(request, page.ticket),
        {"title": _("Call for help"), "submit": _("Call"), "ticket": page.ticket},
        "desk/major/_call.html",
    )
