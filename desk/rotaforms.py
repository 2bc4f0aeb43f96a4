"""Forms of the duty rota: a rota and its layers, a change of duty, a swap."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import rotas
from accounts.actions.rotas import LayerValues
from accounts.enums import Weekday
from accounts.models import Rota, RotaLayer, User
from core.zones import zone_choices
from desk.forms import FILL_IN, LOCAL, local_instant

RANKS = [(1, _("On duty")), (2, _("Deputy")), (3, _("Second deputy"))]
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ChangeForm(forms.Form):
    """Somebody else is on duty for a while. Members take it on themselves; leads send anybody."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("On duty is"),
        required=False,
        empty_label=_("Whoever is next in the order"),
    )
    instead_of = forms.ModelChoiceField(
        User.objects.none(),
        label=_("In the place of"),
        required=False,
        empty_label=_("Whoever it would be"),
    )
    begins_at = local_instant(_("From"))
    ends_at = local_instant(_("Until"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=200,
        help_text=_("Everybody on the desk can read it."),
    )

    def __init__(self, rota: Rota, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = rota.team.members.filter(is_active=True).order_by("display_name", "pk")
        keeper = rotas.keeps(by, rota.team)
        self.fields["user"].queryset = members if keeper else members.filter(pk=by.pk)  # type: ignore[attr-defined]
        self.fields["instead_of"].queryset = members  # type: ignore[attr-defined]
        for name in ("begins_at", "ends_at"):
            self.fields[name].required = True
            self.fields[name].error_messages |= FILL_IN


class SwapForm(forms.Form):
    """Two turns whose people change places."""

    one = forms.ChoiceField(label=_("This turn"), error_messages=FILL_IN)
    other = forms.ChoiceField(label=_("And this one"), error_messages=FILL_IN)

    def __init__(self, turns: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("one", "other"):
            self.fields[name].choices = turns  # type: ignore[attr-defined]

    def instants(self) -> tuple[datetime, datetime]:
        one, other = (self.cleaned_data[name] for name in ("one", "other"))
        return datetime.fromisoformat(one), datetime.fromisoformat(other)


class RotaForm(forms.Form):
    """What a rota is called and by whose clock it goes."""

    name_ko = forms.CharField(label=_("Name (Korean)"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=120, required=False)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Hand-overs keep to this clock, in summer time too."),
    )
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        initial=True,
        help_text=_("Switched off, nobody is on duty by it."),
    )


class LayerForm(forms.Form):
    """One layer. The numbers beside the people are their places in the order."""

    rank = forms.TypedChoiceField(label=_("Who takes turns here is"), coerce=int, choices=RANKS)
    starts_on = forms.DateField(
        label=_("First day"), initial=timezone.localdate, widget=DAY, error_messages=FILL_IN
    )
    hands_over = forms.TimeField(
        label=_("Handed over at"), initial=time(9), widget=TIME, error_messages=FILL_IN
    )
    every = forms.IntegerField(
        label=_("Days a turn lasts (7: a week)"),
        initial=7,
        min_value=1,
        max_value=rotas.LONGEST_TURN,
    )
    days = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        coerce=int,
        choices=Weekday.choices,
        initial=list(range(7)),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    begins = forms.TimeField(
        label=_("Only from"), required=False, widget=TIME, help_text=_("Empty: all day.")
    )
    ends = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=TIME,
        help_text=_("Earlier than from: on the next day."),
    )

    def __init__(self, people: list[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for user in people:
            self.fields[f"place_{user.pk}"] = forms.IntegerField(
                label=user.name,
                required=False,
                min_value=1,
                max_value=99,
                widget=forms.NumberInput(attrs={"class": "input input--sm"}),
            )

    def places(self) -> list[Any]:
        """The fields of the people, in the order of the team."""
        return [self[f"place_{user.pk}"] for user in self.people]

    def values(self) -> LayerValues:
        data = self.cleaned_data
        placed = [user for user in self.people if data.get(f"place_{user.pk}")]
        placed.sort(key=lambda user: data[f"place_{user.pk}"])
        return LayerValues(
            starts_on=data["starts_on"],
            hands_over=data["hands_over"],
            every=data["every"],
            members=tuple(placed),
            rank=data["rank"],
            days=tuple(data["days"]),
            begins=data["begins"],
            ends=data["ends"],
        )


class _Layers(forms.BaseFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place among the layers")
        form.fields["DELETE"].label = _("Remove this layer")

    def layers(self) -> list[LayerForm]:
        """The layers that are to be, in the order in which they are asked."""
        kept = [form for form in self.forms if form.has_changed() or form.initial.get("is_kept")]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        last = len(self.forms)
        return sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or last)


LayerFormSet = forms.formset_factory(
    LayerForm, formset=_Layers, extra=1, can_delete=True, can_order=True, max_num=rotas.MOST_LAYERS
)


def layer_initial(layer: RotaLayer) -> dict[str, Any]:
    """What a layer's form shows of its row."""
    names = ("rank", "starts_on", "hands_over", "every", "days", "begins", "ends")
    places = {f"place_{p.user_id}": n for n, p in enumerate(layer.places.all(), start=1)}
    return {name: getattr(layer, name) for name in names} | places | {"is_kept": True}


def local(value: datetime) -> str:
    """An instant as a datetime-local field wants it."""
    return timezone.localtime(value).strftime(LOCAL)
