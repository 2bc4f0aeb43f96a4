"""What an administrator tunes, each with its type, default and meaning: the only list of them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import ActionError
from core.models import Option


@dataclass(frozen=True)
class Definition:
    """One option. `type` is bool, int or str; `low` and `high` bound an int."""

    key: str
    type: type
    default: Any
    label: Any
    help: Any = ""
    low: int = 0
    high: int = 10_000


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition("organisation", str, "Maru", _("Name of the organisation")),
        Definition(
            "auto_close_days",
            int,
            5,
            _("Close resolved records after (working days)"),
            _("A resolved record closes by itself after so many working days. 0 switches it off."),
            0,
            60,
        ),
        Definition("holiday_country", str, "KR", _("Public holidays of (country code)")),
        Definition(
            "raise_for_vip",
            bool,
            False,
            _("Raise priority by one for a VIP requester"),
        ),
        Definition(
            "raise_for_criticality",
            bool,
            False,
            _("Raise priority by one for a business critical service"),
        ),
        Definition("default_team", int, 0, _("Team of records that no rule routes"), high=2**31),
        Definition("it_department", int, 0, _("Department with the IT budget"), high=2**31),
        Definition(
            "digest_minutes",
            int,
            15,
            _("Mails sent together come every (minutes)"),
            low=1,
            high=720,
        ),
        Definition(
            "digest_above",
            int,
            5,
            _("Most single mails about service levels in that time"),
            _("When there are more for one person, they are sent together as one mail."),
            low=1,
            high=1000,
        ),
        Definition("attachment_megabytes", int, 25, _("Largest attachment (MB)"), low=1, high=1000),
        Definition(
            "approve_without_sign_in",
            bool,
            False,
            _("Approvals by a mail's link need no sign-in"),
            _("Whoever has the mail can then decide. The sign-in is what proves the person."),
        ),
        Definition(
            "surveys",
            bool,
            True,
            _("Ask requesters how satisfied they are when their record closes"),
        ),
        Definition(
            "survey_pause_days",
            int,
            14,
            _("At most one survey per person in (days)"),
            low=1,
            high=365,
        ),
        Definition(
            "survey_low_score",
            int,
            2,
            _("Follow-up work for scores up to"),
            _("Of five. The lead of the record's team gets a task. 0 switches it off."),
            0,
            4,
        ),
    )
}


def get(key: str) -> Any:
    """The option's value; its default when nobody has set it."""
    value = Option.objects.filter(pk=key).values_list("value", flat=True).first()
    return DEFINITIONS[key].default if value is None else value


def put(key: str, value: Any) -> None:
    """Set an option. ActionError when it is of the wrong type or out of bounds."""
    definition = DEFINITIONS[key]
    try:
        value = value if definition.type is bool else definition.type(value)
    except (TypeError, ValueError):
        raise ActionError(_("Enter a whole number."), field=key) from None
    if definition.type is int and not definition.low <= value <= definition.high:
        raise ActionError(
            _("Enter a number from %(low)s to %(high)s.")
            % {"low": definition.low, "high": definition.high},
            field=key,
        )
    Option.objects.update_or_create(pk=key, defaults={"value": value})
