"""Teams with their members, and departments."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import person
from accounts.actions import teams
from accounts.models import Department, Membership, Team
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.common import initial
from adminui.forms.people import DepartmentForm, MemberForm, TeamForm
from core.errors import NotFound


def _team(pk: int) -> Team:
    team = Team.objects.select_related("lead").filter(pk=pk).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    return team


@administration
def show_teams(request: HttpRequest) -> HttpResponse:
    return show(request, "teams.html", "teams", teams=queries.teams())


@administration
def create(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None, initial={"routing": "manual"})
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: teams.create_team(form.cleaned_data, by=person(request)),
        _("Added. Put its members in now."),
    )
    if made:
        return redirect("adminui:team", made.pk)
    return show(request, "team.html", "teams", form=form, status=422 if form.errors else 200)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One team: name, lead, how it gives out work, members."""
    team = _team(pk)
    form = TeamForm(request.POST or None, initial=initial(team, TeamForm))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: teams.edit_team(team, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:team", pk)
    context = {
        "team": _team(pk),
        "form": form,
        "members": queries.members(team),
        "member_form": MemberForm(),
    }
    return show(request, "team.html", "teams", status=422 if form.errors else 200, **context)


@administration
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    active = request.POST.get("active") == "1"
    said = _("The team is active again.") if active else _("The team gets no more work.")
    tell(request, lambda: teams.set_team_active(_team(pk), active, by=person(request)), said)
    return redirect("adminui:team", pk)


@administration
@require_POST
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    form = MemberForm(request.POST)
    if form.is_valid():
        user = form.cleaned_data["user"]
        tell(
            request,
            lambda: teams.add_member(_team(pk), user, by=person(request)),
            _("%(name)s is in the team now.") % {"name": user.name},
        )
    return redirect("adminui:team", pk)


def _member(pk: int, member_pk: int) -> Membership:
    rows = Membership.objects.select_related("team", "user")
    member = rows.filter(pk=member_pk, team_id=pk).first()
    if member is None:
        raise NotFound(_("This person is not in the team."))
    return member


@administration
@require_POST
def remove_member(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    member = _member(pk, member_pk)
    said = _("%(name)s is no longer in the team.") % {"name": member.user.name}
    tell(request, lambda: teams.remove_member(member, by=person(request)), said)
    return redirect("adminui:team", pk)


@administration
@require_POST
def set_available(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    available = request.POST.get("available") == "1"
    member = _member(pk, member_pk)
    said = _("Takes new work.") if available else _("Gets no new work for now.")
    tell(request, lambda: teams.set_available(member, available, by=person(request)), said)
    return redirect("adminui:team", pk)


@administration
def show_departments(request: HttpRequest) -> HttpResponse:
    rows = queries.departments()
    return show(request, "departments.html", "departments", departments=rows)


@administration
def create_department(request: HttpRequest) -> HttpResponse:
    form = DepartmentForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: teams.create_department(form.cleaned_data, by=person(request)),
        _("Added."),
    )
    if made:
        return redirect("adminui:departments")
    return show(
        request, "department.html", "departments", form=form, status=422 if form.errors else 200
    )


@administration
def edit_department(request: HttpRequest, pk: int) -> HttpResponse:
    department = Department.objects.filter(pk=pk).first()
    if department is None:
        raise NotFound(_("There is no such department."))
    form = DepartmentForm(request.POST or None, initial=initial(department, DepartmentForm))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: teams.edit_department(department, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:departments")
    context = {"form": form, "department": department}
    status = 422 if form.errors else 200
    return show(request, "department.html", "departments", status=status, **context)
