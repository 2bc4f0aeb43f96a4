"""What may be written about a service: each refusal with its field and what to do."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from cmdb.enums import CostPeriod, Criticality, ServiceStatus
from cmdb.models import Service
from cmdb.models.service import LONGEST_INTERVAL, WORD
from core.errors import ActionError

PAIRS = (
    "name",
    "summary",
    "description",
    "contact",
    "users",
    "hours",
    "support_policy",
    "cost_unit",
    "paid_by",
)
TEXTS = (
    *(f"{name}_{language}" for name in PAIRS for language in ("ko", "en")),
    "contact_email",
    "contact_phone",
    "cost_currency",
)
WORDS = ("tags", "synonyms_ko", "synonyms_en")
FIELDS = (
    *TEXTS,
    *WORDS,
    "status",
    "criticality",
    "owner",
    "support_team",
    "contact_person",
    "user_count",
    "cost_amount",
    "cost_period",
    "review_every",
)
CHOICES: dict[str, Any] = {
    "status": ServiceStatus.values,
    "criticality": Criticality.values,
    "cost_period": CostPeriod.values,
}
MOST_WORDS = 30
MOST_USERS = 2_000_000_000
MOST_COST = Decimal("999999999999.99")


def checked(service: Service, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values tidied; ActionError with every refusal at once."""
    unknown = set(values) - {*FIELDS, "depends_on"}
    if unknown:
        raise ActionError(
            _("These fields can't be edited: %(names)s.") % {"names": ", ".join(sorted(unknown))},
            code="unknown_field",
        )
    cleaned = {name: _tidy(name, value) for name, value in values.items() if name != "depends_on"}
    found = {name: _why_not(service, name, value) for name, value in cleaned.items()}
    errors = {name: message for name, message in found.items() if message}
    errors |= _why_not_names(service, cleaned)
    if errors:
        first = next(iter(errors))
        raise ActionError(errors[first], field=first, errors=errors)
    return cleaned


def _tidy(name: str, value: Any) -> Any:
    if name in WORDS:
        return list(dict.fromkeys(" ".join(word.split()) for word in value if word.strip()))
    if name == "cost_currency" and isinstance(value, str):
        return value.strip().upper()
    return value.strip() if isinstance(value, str) else value


def _why_not(service: Service, name: str, value: Any) -> str:
    """What is wrong with one value, and what to do about it; empty where nothing is."""
    if name in CHOICES:
        return "" if value in CHOICES[name] else _("Choose one of the values offered.")
    if name in TEXTS:
        return _why_no_text(name, value)
    if name in WORDS:
        return _why_no_words(value)
    if name in ("owner", "contact_person"):
        is_new = value is not None and value.pk != getattr(service, f"{name}_id")
        gone = is_new and not value.is_active
        return _("This person has left. Choose somebody else.") if gone else ""
    return _why_no_number(name, value) if value is not None else ""


def _why_no_number(name: str, value: Any) -> str:
    if name == "review_every" and not 1 <= value <= LONGEST_INTERVAL:
        message = _("Between 1 and %(limit)s months. Leave it empty for no reviews.")
        return message % {"limit": LONGEST_INTERVAL}
    if name == "user_count" and not 0 <= value <= MOST_USERS:
        return _("Enter a number from 0 on.")
    if name == "cost_amount" and not 0 <= value <= MOST_COST:
        return _("Enter an amount from 0 on.")
    return ""


def _why_no_text(name: str, value: str) -> str:
    longest = getattr(Service._meta.get_field(name), "max_length", None)
    if longest is not None and len(value) > longest:
        return _("Shorten this to %(limit)s characters.") % {"limit": longest}
    if name == "cost_currency" and not re.fullmatch("[A-Z]{3}", value):
        return _("Enter the three letters of a currency, such as KRW.")
    if name == "contact_email" and value:
        try:
            validate_email(value)
        except ValidationError as error:
            return str(error.messages[0])
    return ""


def _why_no_words(value: list[str]) -> str:
    if len(value) > MOST_WORDS:
        return _("At most %(limit)s words.") % {"limit": MOST_WORDS}
    if any(len(word) > WORD for word in value):
        return _("A word has at most %(limit)s characters.") % {"limit": WORD}
    return ""


def _why_not_names(service: Service, cleaned: Mapping[str, Any]) -> dict[str, str]:
    """One name at least, and none that another service in use has."""
    names = {name: cleaned.get(name, getattr(service, name)) for name in ("name_ko", "name_en")}
    if not any(names.values()):
        return {"name_ko": _("Enter the name in at least one language.")}
    errors = {}
    others = Service.objects.exclude(pk=service.pk).exclude(status=ServiceStatus.RETIRED)
    for field, name in names.items():
        same = Q(name_ko__iexact=name) | Q(name_en__iexact=name)
        is_new = bool(name) and (service.pk is None or name != getattr(service, field))
        if is_new and others.filter(same).exists():
            errors[field] = _("Another service has this name.")
    return errors
