"""The parts of an offering but its questions: texts, tasks, price, audience, bundle."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.enums import Role
from accounts.models import Department, Team, User
from adminui.forms.catalog_conditions import ConditionForm
from adminui.forms.catalog_values import Both, plain_number, shown
from adminui.forms.common import Names, person_field, team_field
from adminui.widgets import row_picker
from catalog.enums import FieldType, Fulfil, Payer, Period
from catalog.models import Offering, Shelf
from catalog.queries import words
from cmdb.models import Service
from tickets.models import ApprovalPolicy

MOST_PRICE = 12
CURRENCIES = ("KRW", "USD", "EUR", "JPY", "CNY", "GBP")
LEVELS = (
    (1, pgettext_lazy("impact or urgency", "High")),
    (2, pgettext_lazy("impact or urgency", "Medium")),
    (3, pgettext_lazy("impact or urgency", "Low")),
)


class ShelfForm(Names):
    """A category of the catalog."""

    parent = forms.ModelChoiceField(
        Shelf.objects.filter(parent=None),
        label=gettext_lazy("Below"),
        required=False,
        empty_label=gettext_lazy("None: of the first level"),
    )


class PlaceForm(forms.Form):
    """Where an offering stands. It counts at once, for every version."""

    shelf = forms.ModelChoiceField(
        Shelf.objects.select_related("parent"),
        label=gettext_lazy("Category"),
        empty_label=gettext_lazy("Choose a category"),
    )
    service = forms.ModelChoiceField(
        Service.objects.order_by("name_en", "name_ko"),
        label=gettext_lazy("Service"),
        required=False,
        empty_label=pgettext_lazy("service", "None"),
        help_text=gettext_lazy("Its owner may edit this offering."),
    )

    def __init__(self, data: Any = None, *, owned: Any = None, **extra: Any) -> None:
        super().__init__(data, **extra)
        if owned is not None:
            self.fields["service"].queryset = owned  # type: ignore[attr-defined]
            self.fields["service"].required = True


class NewOfferingForm(Names, PlaceForm):
    """What an offering needs to begin with."""

    field_order = ("name_ko", "name_en", "shelf", "service")


class TextsForm(Both):
    """What readers see of an offering."""

    texts = (
        ("name", gettext_lazy("Name"), 120, False),
        ("summary", gettext_lazy("In one sentence"), 300, False),
        ("outcome", gettext_lazy("What one gets"), 300, False),
        ("description", gettext_lazy("Description"), 10_000, True),
    )
    synonyms = forms.CharField(
        label=gettext_lazy("Also found as"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Other words that people type, with commas between."),
    )

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        super().__init__(data, row=row)
        self.fields["synonyms"].initial = row.get("synonyms", "")

    def put(self, data: dict[str, Any]) -> None:
        for name, *_rest in self.texts:
            data[name] = self.written(name)
        data["synonyms"] = self.cleaned_data["synonyms"].strip()


class WorkForm(forms.Form):
    """Who gets the request, how pressing it is, and when it counts as delivered."""

    team = team_field(gettext_lazy("Team of the request"))
    impact = forms.TypedChoiceField(label=gettext_lazy("Impact"), choices=LEVELS, coerce=int)
    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), choices=LEVELS, coerce=int)
    fulfil = forms.ChoiceField(label=gettext_lazy("Delivered"), choices=Fulfil)

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        super().__init__(
            data,
            initial={
                "team": row.get("team"),
                "impact": row.get("impact") or 3,
                "urgency": row.get("urgency") or 3,
                "fulfil": row.get("fulfil") or Fulfil.BY_HAND,
            },
        )
        self.fields["team"].empty_label = _("As routing decides")  # type: ignore[attr-defined]

    def put(self, data: dict[str, Any]) -> None:
        team = self.cleaned_data["team"]
        data["team"] = team.pk if team else None
        for name in ("impact", "urgency", "fulfil"):
            data[name] = self.cleaned_data[name]


class TaskForm(Both):
    """One task of the plan."""

    texts = (
        ("title", gettext_lazy("Title"), 200, False),
        ("description", gettext_lazy("What is to be done"), 4000, True),
    )
    team = team_field(gettext_lazy("Team"), required=False)
    hours = forms.IntegerField(
        label=gettext_lazy("Within working hours"), min_value=1, max_value=2000, required=False
    )
    after = forms.MultipleChoiceField(
        label=gettext_lazy("Starts after"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: at once. Tasks after the same one run side by side."),
    )

    def __init__(
        self,
        row: Mapping[str, Any],
        others: Sequence[Mapping[str, Any]],
        fields: Sequence[Mapping[str, Any]],
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted, row=row)
        self.row = row
        self.condition = ConditionForm(row.get("if"), fields, posted)
        self.fields["team"].initial = row.get("team")
        self.fields["team"].empty_label = _("Choose a team")  # type: ignore[attr-defined]
        self.fields["hours"].initial = row.get("hours")
        self.fields["after"].choices = [  # type: ignore[attr-defined]
            (one["key"], words.text(one.get("title"), words.UNNAMED))
            for one in others
            if one.get("key") != row.get("key")
        ]
        self.fields["after"].initial = row.get("after")
        if not self.fields["after"].choices:  # type: ignore[attr-defined]
            del self.fields["after"]

    def values(self) -> dict[str, Any]:
        team = self.cleaned_data["team"]
        return {
            "title": self.written("title"),
            "description": self.written("description"),
            "team": team.pk if team else None,
            "hours": self.cleaned_data["hours"],
            "after": self.cleaned_data.get("after", []),
            "if": self.condition.value(),
        }


class Money(forms.CharField):
    """An amount, kept as text: "1500000" or "12.50"."""

    def __init__(self, **extra: Any) -> None:
        super().__init__(max_length=20, **extra)

    def clean(self, value: Any) -> Any:
        text = plain_number(super().clean(value))
        whole, _dot, cents = text.partition(".")
        if text and not (whole.isascii() and whole.isdigit() and len(whole) <= MOST_PRICE):
            raise forms.ValidationError(_("Write an amount such as 1500000 or 12.50."))
        if cents and not (cents.isascii() and cents.isdigit() and len(cents) <= 2):
            raise forms.ValidationError(_("Write an amount such as 1500000 or 12.50."))
        return text


class PromiseForm(forms.Form):
    """When it is there, and what it costs whom."""

    delivery_days = forms.IntegerField(
        label=gettext_lazy("Delivered within working days"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=gettext_lazy(
            "Shown before asking, and counted from the approval. "
            "Empty: what the service level promises."
        ),
    )
    amount = Money(label=gettext_lazy("Price before options"), required=False)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(each, each) for each in CURRENCIES]
    )
    period = forms.ChoiceField(label=gettext_lazy("Due"), choices=Period)
    payer = forms.ChoiceField(
        label=gettext_lazy("Who pays"), choices=Payer, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        price = row.get("price") or {}
        super().__init__(
            data,
            initial={
                "delivery_days": row.get("delivery_days"),
                "amount": shown(price.get("amount")),
                "currency": price.get("currency") or CURRENCIES[0],
                "period": price.get("period") or Period.ONCE,
                "payer": price.get("payer") or Payer.NOBODY,
            },
        )
        known = price.get("currency")
        if known and known not in CURRENCIES:
            self.fields["currency"].choices = [  # type: ignore[attr-defined]
                (each, each) for each in (known, *CURRENCIES)
            ]

    def put(self, data: dict[str, Any]) -> None:
        cleaned = self.cleaned_data
        data["delivery_days"] = cleaned["delivery_days"]
        price = {name: cleaned[name] for name in ("currency", "period", "payer")}
        data["price"] = {"amount": cleaned["amount"] or "0"} | price


def _many(rows: Any, label: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        rows, label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


class AudienceForm(forms.Form):
    """Who finds the offering and may ask for it."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who may ask for it"),
        choices=(
            ("everybody", gettext_lazy("Everybody")),
            ("some", gettext_lazy("Only these; whoever is in one of the lists")),
        ),
        widget=forms.RadioSelect,
    )
    departments = _many(
        Department.objects.order_by("name_en", "name_ko"), gettext_lazy("Departments")
    )
    teams = _many(
        Team.objects.filter(is_active=True).order_by("name_en", "name_ko"), gettext_lazy("Teams")
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = _many(User.objects.none(), gettext_lazy("People"))
    person = person_field(gettext_lazy("Add a person"))
    for_others = forms.BooleanField(
        label=gettext_lazy("May be asked for on behalf of somebody else"), required=False
    )

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        said = row.get("audience") or {}
        everybody = not said or bool(said.get("everybody"))
        names = ("departments", "teams", "roles", "people")
        super().__init__(
            data,
            initial={
                "who": "everybody" if everybody else "some",
                "for_others": bool(row.get("for_others")),
            }
            | {name: said.get(name) or [] for name in names},
        )
        known = User.objects.filter(pk__in=said.get("people") or []).order_by("display_name")
        self.fields["people"].queryset = known  # type: ignore[attr-defined]
        if not said.get("people"):
            del self.fields["people"]

    @property
    def is_limited(self) -> bool:
        return self["who"].value() == "some"

    def put(self, data: dict[str, Any]) -> None:
        cleaned = self.cleaned_data
        data["for_others"] = cleaned["for_others"]
        if cleaned["who"] == "everybody":
            data["audience"] = {"everybody": True}
            return
        people = [person.pk for person in cleaned.get("people", [])]
        if cleaned["person"] and cleaned["person"].pk not in people:
            people.append(cleaned["person"].pk)
        data["audience"] = {
            "departments": [row.pk for row in cleaned["departments"]],
            "teams": [row.pk for row in cleaned["teams"]],
            "roles": cleaned["roles"],
            "people": people,
        }


class LineForm(forms.Form):
    """One offering that a bundle brings along: when, and with which answers."""

    offering = forms.ModelChoiceField(
        Offering.objects.none(),
        label=gettext_lazy("Offering"),
        empty_label=gettext_lazy("Choose an offering"),
        widget=forms.Select({"data-redraw": ""}),
    )

    def __init__(
        self,
        row: Mapping[str, Any],
        fields: Sequence[Mapping[str, Any]],
        offered: Any,
        target: Sequence[Mapping[str, Any]],
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted, initial={"offering": row.get("offering")})
        self.fields["offering"].queryset = offered  # type: ignore[attr-defined]
        self.condition = ConditionForm(row.get("if"), fields, posted)
        self.target = [one for one in target if one.get("type") != FieldType.NOTE]
        answers = row.get("answers") or {}
        for one in self.target:
            self._add(one, fields, answers.get(one["key"]))

    def _add(
        self, asked: Mapping[str, Any], fields: Sequence[Mapping[str, Any]], kept: Any
    ) -> None:
        label = words.text(asked.get("label"), asked["key"])
        fitting = [
            (f"@{one['key']}", words.text(one.get("label"), one["key"]))
            for one in fields
            if _fits(one, asked)
        ]
        choices = [("", _("Not answered")), *fitting, ("=", _("Always this:"))]
        fixed = isinstance(kept, Mapping)
        self.fields[f"from_{asked['key']}"] = forms.ChoiceField(
            label=label,
            choices=choices,
            required=False,
            initial="=" if fixed else f"@{kept}" if kept else "",
        )
        given = kept.get("value") if fixed else None
        self.fields[f"value_{asked['key']}"] = _fixed(asked, label, given)

    def rows(self) -> list[tuple[Any, Any, bool]]:
        return [
            (self[f"from_{one['key']}"], self[f"value_{one['key']}"], bool(one.get("required")))
            for one in self.target
        ]

    def values(self) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        for one in self.target:
            chosen = self.cleaned_data.get(f"from_{one['key']}") or ""
            if chosen.startswith("@"):
                answers[one["key"]] = chosen[1:]
            elif chosen == "=":
                given = self.cleaned_data.get(f"value_{one['key']}")
                answers[one["key"]] = {"value": _kept(one, given)}
        return {
            "offering": self.cleaned_data["offering"].pk,
            "if": self.condition.value(),
            "answers": answers,
        }


def _fits(one: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether an answer to `one` can answer `asked` as well."""
    texts = (FieldType.TEXT, FieldType.LONG_TEXT)
    if one.get("type") == asked.get("type"):
        return True
    return asked.get("type") in texts and one.get("type") in (*texts, FieldType.NUMBER)


def _fixed(asked: Mapping[str, Any], label: str, given: Any) -> forms.Field:
    named = _("%(question)s: always this") % {"question": label}
    kind = asked.get("type")
    if kind == FieldType.YES_NO:
        choices: list[Any] = [("true", _("Yes")), ("false", _("No"))]
        initial = "false" if given is False else "true"
        return forms.ChoiceField(label=named, choices=choices, required=False, initial=initial)
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        options = [
            (one["key"], words.text(one.get("label"), one["key"]))
            for one in asked.get("options") or []
        ]
        first = given[0] if isinstance(given, list) and given else given
        return forms.ChoiceField(
            label=named, choices=[("", "–"), *options], required=False, initial=first
        )
    if kind == FieldType.PERSON:
        return row_picker("people", User.objects.filter(is_active=True), named, initial=given)
    return forms.CharField(label=named, max_length=1000, required=False, initial=shown(given))


def _kept(asked: Mapping[str, Any], given: Any) -> Any:
    kind = asked.get("type")
    if kind == FieldType.YES_NO:
        return given != "false"
    if kind == FieldType.CHOICES:
        return [given] if given else []
    if kind == FieldType.PERSON:
        return given.pk if given else None
    return plain_number(given or "") if kind in (FieldType.NUMBER, FieldType.AMOUNT) else given


class ApprovalForm(forms.Form):
    """Who has to approve."""

    policy = forms.ModelChoiceField(
        ApprovalPolicy.objects.filter(is_active=True),
        label=gettext_lazy("Approval policy"),
        required=False,
        empty_label=gettext_lazy("No approval: work starts at once"),
    )

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        kept = (row.get("approval") or {}).get("policy")
        super().__init__(data, initial={"policy": kept})
        # One that is switched off stays chosen until somebody chooses anew; a problem says so.
        self.fields["policy"].queryset = ApprovalPolicy.objects.filter(  # type: ignore[attr-defined]
            Q(is_active=True) | Q(pk=kept), kind__in=("", "request")
        )

    def put(self, data: dict[str, Any]) -> None:
        policy = self.cleaned_data["policy"]
        data["approval"] = {"policy": policy.pk if policy else None}


class ArticlesForm(forms.Form):
    """What may answer the question before anything is asked for."""

    articles = forms.ModelMultipleChoiceField(
        Offering.objects.none(),
        label=gettext_lazy("Articles shown beside the form"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, row: Mapping[str, Any]) -> None:
        super().__init__(data, initial={"articles": row.get("articles") or []})
        model = apps.get_model("knowledge", "Article")
        self.fields["articles"].queryset = model.objects.order_by("-pk")  # type: ignore[attr-defined]

    def put(self, data: dict[str, Any]) -> None:
        data["articles"] = [row.pk for row in self.cleaned_data["articles"]]
