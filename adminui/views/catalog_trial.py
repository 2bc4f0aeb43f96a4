"""The test run of a draft: its form as a chosen person would fill it in. Writes nothing."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access import person
from accounts.models import User
from adminui.base import show
from adminui.forms.common import person_field
from adminui.views.catalog_door import SECTION, catalog_page
from adminui.views.catalog_frame import frame, offering_of
from catalog.definition import Definition, Field, parse
from catalog.enums import FieldType
from catalog.models import Offering
from catalog.queries import editing
from catalog.queries.names import Names
from catalog.queries.trial import Trial, trial
from catalog.wording import money, price_words
from cmdb.models import ConfigurationItem
from core import formats
from core.text import row_id, without_nul


class TrialForm(forms.Form):
    """Who asks, and for whom."""

    requester = person_field(_("Who asks"))
    beneficiary = person_field(_("For somebody else"))


@catalog_page
def show_trial(request: HttpRequest, pk: int) -> HttpResponse:
    """The form, and beside it what asking would do, by the answers so far."""
    offering = offering_of(request, pk)
    draft = editing.draft_of(offering)
    definition = parse(draft.data)
    asked = request.method == "POST"
    form = TrialForm(request.POST if asked else {"requester": person(request).pk})
    chosen = form.cleaned_data if form.is_valid() else {}
    requester = chosen.get("requester") or person(request)
    beneficiary = chosen.get("beneficiary") if definition.for_others else None
    raw = _answers(request, definition, asked)
    ran = trial(offering, definition, raw, requester=requester, beneficiary=beneficiary)
    context = frame(offering, draft, "") | {
        "people": form,
        "for_others": definition.for_others,
        "sections": _sections(definition, ran, tried="try" in request.POST),
        "ran": ran,
        "requester": requester,
        "tried": "try" in request.POST,
        **_told(draft.data, definition, ran, offering),
    }
    if request.headers.get("HX-Request"):
        return render(request, "adminui/catalog/_trial.html", context)
    return show(request, "catalog/trial.html", SECTION, **context)


def _answers(request: HttpRequest, definition: Definition, asked: bool) -> dict[str, Any]:
    """What the page sends; before it sent anything, what is filled in beforehand."""
    if not asked or "first" in request.POST:
        return {one.key: one.default for one in definition.fields if one.default is not None}
    found: dict[str, Any] = {}
    for one in definition.fields:
        name = f"a-{one.key}"
        given = [without_nul(value) for value in request.POST.getlist(name)]
        many = one.type in (FieldType.CHOICES, FieldType.FILE)
        found[one.key] = given if many else given[-1] if given else ""
    return found


def _sections(definition: Definition, ran: Trial, *, tried: bool) -> list[dict[str, Any]]:
    """The questions that are asked now, each with its control ready."""
    picked = _picked(definition, ran.cleaned.values)
    found = []
    for section in definition.sections:
        fields = [
            _question(one, ran, picked, tried=tried)
            for one in section.fields
            if one.key in ran.cleaned.visible
        ]
        if fields:
            found.append({"title": str(section.title), "hint": str(section.hint), "fields": fields})
    return found


def _question(
    one: Field, ran: Trial, picked: Mapping[tuple[str, Any], str], *, tried: bool
) -> dict[str, Any]:
    value = ran.cleaned.values.get(one.key)
    given = value if isinstance(value, list) else [value]
    return {
        "key": one.key,
        "name": f"a-{one.key}",
        "type": str(one.type),
        "label": str(one.label) or one.key,
        "help": str(one.help),
        "required": one.required,
        "value": "" if value is None or isinstance(value, bool) else value,
        "yes": value is True,
        "no": value is False,
        "options": [
            (
                option.key,
                str(option.label),
                money(option.price, ran.price.currency) if option.price else "",
                option.key in given,
            )
            for option in one.options
        ],
        "picked": picked.get((str(one.type), value), "") if not isinstance(value, list) else "",
        "attached": bool(value) if one.type == FieldType.FILE else False,
        "error": ran.cleaned.errors.get(one.key, "") if tried else "",
    }


def _picked(definition: Definition, values: Mapping[str, Any]) -> dict[tuple[str, Any], str]:
    """The names of the people and items that were chosen."""
    found: dict[tuple[str, Any], str] = {}
    tables: tuple[tuple[FieldType, Any], ...] = (
        (FieldType.PERSON, User),
        (FieldType.ITEM, ConfigurationItem),
    )
    for kind, model in tables:
        ids = [row_id(values.get(one.key)) for one in definition.fields if one.type == kind]
        wanted = [pk for pk in ids if pk]
        if wanted:
            rows = model.objects.filter(pk__in=wanted)
            found |= {(str(kind), row.pk): row.name for row in rows}
    return found


def _told(
    data: Mapping[str, Any], definition: Definition, ran: Trial, offering: Offering
) -> dict[str, Any]:
    price = ran.price
    return {
        "price": price_words(price.amount, price.currency, price.period),
        "payer": "" if price.is_free else str(price.payer.label),
        "price_lines": [(str(one.label), money(one.amount, price.currency)) for one in price.lines],
        "audience": Names([data]).audience(data.get("audience") or {}),
        "promises": [(one.label, one.policy, one.goal_words, one.due) for one in ran.promises],
        "task_rows": [
            {
                "title": one.title,
                "team": one.team,
                "after": one.after,
                "starts": formats.moment(one.starts),
                "ends": formats.moment(one.ends) if one.ends else "",
            }
            for one in ran.tasks
        ],
    }
