"""People: list, page, roles, leaving."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import queries as account_queries
from accounts.access import person
from accounts.actions import passwords, people, roles, tokens
from accounts.forms import TokenForm
from accounts.models import ApiToken, AuditEvent, RoleGrant, User
from adminui import queries
from adminui.base import administration, attempt, show, tell
from adminui.forms.common import initial
from adminui.forms.people import (
    GrantForm,
    HandOverForm,
    NewPersonForm,
    PeopleFilter,
    PersonForm,
    people_fields,
)
from adminui.log import lines
from core.errors import NotFound
from tickets.actions import handover
from tickets.models import Ticket

SHOWN_RECORDS = 50


def find(pk: int) -> User:
    user = User.objects.select_related("department", "manager").filter(pk=pk).first()
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


@administration
def show_people(request: HttpRequest) -> HttpResponse:
    """People by name; the filter is the query string."""
    form = PeopleFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = queries.people(wanted, request.GET.get("after", ""))
    return show(request, "people.html", "people", page=page, filter=form)


@administration
def create(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    made = request.method == "POST" and attempt(
        request,
        form,
        lambda: people.create_person(
            people_fields(form.cleaned_data),
            by=person(request),
            is_machine=form.cleaned_data["is_machine"],
        ),
        _("Added. People get a mail with which they choose a password."),
    )
    if made:
        return redirect("adminui:person", made.pk)
    status = 422 if form.errors else 200
    return show(request, "person_new.html", "people", form=form, status=status)


@administration
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: data, roles, teams, tokens of a machine, what was changed lately."""
    user = find(pk)
    form = PersonForm(request.POST or None, initial=initial(user, PersonForm))
    done = request.method == "POST" and attempt(
        request,
        form,
        lambda: people.edit_person(user, form.cleaned_data, by=person(request)),
        _("Saved."),
    )
    if done:
        return redirect("adminui:person", pk)
    return _page(request, find(pk), form=form)


def _page(request: HttpRequest, user: User, *, form: Any, **context: Any) -> HttpResponse:
    log = AuditEvent.objects.filter(object_type="accounts.user", object_id=str(user.pk))
    bad = form.errors or getattr(context.get("token_form"), "errors", None)
    context = {
        "person": user,
        "form": form,
        "is_self": user.pk == person(request).pk,
        "grants": user.grants.order_by("role"),
        "grant_form": GrantForm(),
        "memberships": user.memberships.select_related("team").order_by("team__name_en"),
        "log": lines(list(log.select_related("actor").order_by("-id")[:10])),
        "tokens": account_queries.usable_tokens(user) if user.is_machine else (),
        "token_form": TokenForm(),
    } | context
    return show(request, "person.html", "people", status=422 if bad else 200, **context)


@administration
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    form = GrantForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        tell(
            request,
            lambda: roles.grant(find(pk), data["role"], data["scope"], by=person(request)),
            _("Role given."),
        )
    return redirect("adminui:person", pk)


@administration
@require_POST
def revoke(request: HttpRequest, pk: int, grant_pk: int) -> HttpResponse:
    given = RoleGrant.objects.select_related("user").filter(pk=grant_pk, user_id=pk).first()
    if given is not None:
        tell(request, lambda: roles.revoke(given, by=person(request)), _("Role taken away."))
    return redirect("adminui:person", pk)


@administration
@require_POST
def mail_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail a password link: to somebody new, or who lost theirs."""
    tell(
        request,
        transaction.atomic(lambda: passwords.ask_link(find(pk).email)),
        _("A link is on its way to them."),
    )
    return redirect("adminui:person", pk)


@administration
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person holds, to whom it goes, and the button that closes the account."""
    user = find(pk)
    form = HandOverForm(request.POST or None)

    @transaction.atomic
    def leave() -> None:
        handover.hand_over(user, by=person(request), to=form.cleaned_data["to"])
        people.deactivate(user, by=person(request))

    done = request.method == "POST" and attempt(
        request, form, leave, _("The account is closed. Records and history stay.")
    )
    if done:
        return redirect("adminui:person", pk)
    held = handover.held_tickets(user)
    visible = Ticket.objects.visible_to(person(request)).filter(pk__in=held.values("pk"))
    context = {
        "person": user,
        "form": form,
        "holdings": handover.holdings(user),
        "records": list(visible.order_by("priority", "opened_at")[:SHOWN_RECORDS]),
        "leads": user.led_teams.filter(is_active=True),
        "heads": user.managed_departments.all(),
        "owns": user.owned_services.all(),
    }
    return show(
        request, "person_leaves.html", "people", status=422 if form.errors else 200, **context
    )


@administration
@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    tell(
        request,
        lambda: people.reactivate(find(pk), by=person(request)),
        _("The account is open again."),
    )
    return redirect("adminui:person", pk)


@administration
def anonymise(request: HttpRequest, pk: int) -> HttpResponse:
    """Says what goes and what stays; the button can't be undone."""
    user = find(pk)
    if request.method == "POST":
        said = _("Name, address and contacts are gone.")
        tell(request, lambda: people.anonymise(user, by=person(request)), said)
        return redirect("adminui:person", pk)
    return show(request, "person_anonymise.html", "people", person=user)


@administration
@require_POST
def issue_token(request: HttpRequest, pk: int) -> HttpResponse:
    """A token for a machine account; its text is in this answer, and nowhere else."""
    user = find(pk)
    form = TokenForm(request.POST)
    issued = attempt(
        request,
        form,
        lambda: tokens.issue(
            user,
            form.cleaned_data["name"],
            [form.cleaned_data["scope"]],
            form.expires_at(),
            by=person(request),
        ),
        _("The token is ready."),
    )
    token_form = TokenForm() if issued else form
    start = PersonForm(initial=initial(user, PersonForm))
    response = _page(request, user, form=start, issued=issued, token_form=token_form)
    response["Cache-Control"] = "no-store"
    return response


@administration
@require_POST
def revoke_token(request: HttpRequest, pk: int, token_pk: int) -> HttpResponse:
    token = ApiToken.objects.filter(pk=token_pk, user_id=pk, user__is_machine=True).first()
    if token is not None:
        tell(request, lambda: tokens.revoke(token, by=person(request)), _("The token is revoked."))
    return redirect("adminui:person", pk)
