"""The duty rota: who is on duty, two weeks ahead, and who stands in for whom."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person
from accounts.actions import rotas
from accounts.models import Rota, RotaOverride, Team, User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed, NotFound
from core.forms import refuse
from core.text import row_id
from desk.queries import oncall as rows
from desk.rotaforms import ChangeForm, LayerFormSet, RotaForm, SwapForm, layer_initial, local
from desk.views.base import desk_page

# How far the days can be turned.
FARTHEST = timedelta(days=730)


@desk_page
@require_GET
def oncall(request: HttpRequest) -> HttpResponse:
    """Who is on duty now, and the days of one rota."""
    return _page(request, row_id(request.GET.get("rota")))


@desk_page
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Take duty over, send somebody, or say that one is away."""
    rota, user = _rota(pk), person(request)
    form = ChangeForm(rota, user, request.POST)
    if form.is_valid():
        try:
            rotas.add_override(rota, by=user, **form.cleaned_data)
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return _to(rota)
    return _page(request, pk, change_form=form)


@desk_page
@require_POST
def take_back(request: HttpRequest, pk: int, change_pk: int) -> HttpResponse:
    """End a change of duty, or undo one that has not begun."""
    found = RotaOverride.objects.filter(pk=change_pk, rota=pk).select_related("rota__team").first()
    if found is None:
        raise NotFound(_("There is no such change of duty."))
    rotas.remove_override(found, by=person(request))
    messages.success(request, _("Taken back."))
    return _to(found.rota)


@desk_page
@require_POST
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Two people take each other's turn."""
    rota, user, now = _rota(pk), person(request), timezone.now()
    turns = rows.turns_to_swap(rows.planned(rota, timezone.localdate(), now), now)
    form = SwapForm(turns, request.POST)
    if form.is_valid():
        try:
            rotas.swap(rota, *form.instants(), by=user)
        except ActionError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The two turns are swapped."))
            return _to(rota)
    return _page(request, pk, swap_form=form)


@desk_page
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A rota's name, clock and layers, for whoever keeps it."""
    rota = _rota(pk)
    return _editor(request, rota.team, rota)


@desk_page
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new rota of the team `team`."""
    wanted = row_id(request.GET.get("team"))
    team = Team.objects.filter(pk=wanted or 0, is_active=True).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    return _editor(request, team, None)


def _editor(request: HttpRequest, team: Team, rota: Rota | None) -> HttpResponse:
    if not rotas.keeps(person(request), team):
        raise NotAllowed(_("Only the team lead or an administrator may do this."))
    form, layers = _forms(request, team, rota)
    if request.method == "POST" and all([form.is_valid(), layers.is_valid()]):
        try:
            return _to(_save(form, layers, team, rota, person(request)))
        except ActionError as error:
            _refuse(form, layers, error)
    wrong = bool(form.errors) or layers.total_error_count() > 0
    context = {"form": form, "layers": layers, "team": team, "rota": rota, "wrong": wrong}
    return render(request, "desk/oncall_edit.html", context, status=422 if wrong else 200)


def _forms(request: HttpRequest, team: Team, rota: Rota | None) -> tuple[RotaForm, Any]:
    data = request.POST if request.method == "POST" else None
    shown: dict[str, Any] = {"zone": settings.DEFAULT_USER_TIME_ZONE}
    kept: list[dict[str, Any]] = []
    if rota is not None:
        shown = {name: getattr(rota, name) for name in rotas.FIELDS}
        kept = [layer_initial(layer) for layer in rota.layers.prefetch_related("places")]
    people = list(team.members.filter(is_active=True).order_by("display_name", "pk"))
    return RotaForm(data, initial=shown), LayerFormSet(
        data, initial=kept, prefix="layers", form_kwargs={"people": people}
    )


def _save(form: RotaForm, layers: Any, team: Team, rota: Rota | None, by: User) -> Rota:
    values = [layer.values() for layer in layers.layers()]
    if rota is None:
        return rotas.create_rota(team, form.cleaned_data, values, by=by)
    return rotas.change_rota(rota, form.cleaned_data, values, by=by)


def _refuse(form: RotaForm, layers: Any, error: ActionError) -> None:
    """Beside the field of the layer it is about, where there is one."""
    shown = layers.layers()
    for name, message in error.errors.items():
        place = name.split(".")
        if len(place) == 3 and int(place[1]) < len(shown):
            layer = shown[int(place[1])]
            layer.add_error(place[2] if place[2] in layer.fields else None, str(message))
        else:
            form.add_error(name if name in form.fields else None, str(message))
    if not error.errors:
        form.add_error(None, str(error.message))


def _page(
    request: HttpRequest,
    wanted: int | None,
    change_form: ChangeForm | None = None,
    swap_form: SwapForm | None = None,
) -> HttpResponse:
    user, now = person(request), timezone.now()
    shown = rows.rotas_to_see(user)
    context: dict[str, Any] = {
        "rotas": shown,
        "now": rows.now_on_duty([row for row in shown if row.is_active], now),
        "mine": rows.my_turns(user, now),
        "kept_teams": rows.teams_kept_by(user),
        "rota": rows.chosen(user, shown, wanted),
    }
    if context["rota"] is not None:
        context |= _one(request, context["rota"], change_form, swap_form)
    wrong = any(form is not None and form.errors for form in (change_form, swap_form))
    return render(request, "desk/oncall.html", context, status=422 if wrong else 200)


def _one(
    request: HttpRequest, rota: Rota, change_form: ChangeForm | None, swap_form: SwapForm | None
) -> dict[str, Any]:
    """What the page shows of the rota chosen."""
    user, now, first = person(request), timezone.now(), _first_day(request)
    planned = rows.planned(rota, first, now)
    keeper = rotas.keeps(user, rota.team)
    may_change = keeper or rota.team_id in reach_of(user).team_ids
    begins, ends = rows.span_to_take(planned, user, now)
    initial = {"user": user.pk, "begins_at": local(begins), "ends_at": local(ends)}
    turns = rows.turns_to_swap(planned, now) if keeper else []
    return {
        "days": rows.days_of(planned, first),
        "has_deputies": any(layer.rank > 1 for layer in planned.plan.layers),
        "earlier": first - timedelta(days=7),
        "later": first + timedelta(days=7),
        "is_today": first == timezone.localdate(),
        "changes": rows.changes_ahead(rota, user, now),
        "keeper": keeper,
        "change_form": change_form
        or (ChangeForm(rota, user, initial=initial) if may_change else None),
        "swap_form": swap_form or (SwapForm(turns) if len(turns) > 1 else None),
    }


def _first_day(request: HttpRequest) -> date:
    today = timezone.localdate()
    try:
        first = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return today
    return first if abs(first - today) <= FARTHEST else today


def _rota(pk: int) -> Rota:
    found = Rota.objects.filter(pk=pk).select_related("team").first()
    if found is None:
        raise NotFound(_("There is no such rota."))
    return found


def _to(rota: Rota) -> HttpResponse:
    return redirect(f"{reverse('desk:oncall')}?rota={rota.pk}")
