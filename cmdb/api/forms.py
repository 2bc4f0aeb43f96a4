"""What may be sent about services, items and relations."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.models import Team, User
from cmdb.enums import CostPeriod, Criticality, ItemStatus, ItemType, RelationType, ServiceStatus
from cmdb.models import ConfigurationItem, Service
from cmdb.models.service import LONGEST_INTERVAL, WORD
from core.api.fields import Choice, Input, Reference, References, Text, Whole

OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True}
MOST_USERS = 2_000_000_000
MOST_COST = 999_999_999_999


class Money(serializers.FloatField):
    """A JSON number from 0 on, with two places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MOST_COST, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return Decimal(str(round(super().to_internal_value(data), 2)))


def _words(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=WORD), required=False, max_length=30, **kwargs
    )


class ChangingService(Input):
    """A service's facts. Its owner may not change `owner` and `criticality`."""

    name_ko = Text(**OPTIONAL, max_length=120)
    name_en = Text(**OPTIONAL, max_length=120)
    summary_ko = Text(**OPTIONAL, max_length=300)
    summary_en = Text(**OPTIONAL, max_length=300)
    description_ko = Text(**OPTIONAL, max_length=8000)
    description_en = Text(**OPTIONAL, max_length=8000)
    status = Choice(choices=ServiceStatus.values, required=False)
    criticality = Choice(choices=Criticality.values, required=False)
    owner = Reference(User, key="email", required=False, allow_null=True, help_text="Id or e-mail.")
    support_team = Reference(
        Team, key="slug", required=False, allow_null=True, help_text="Id or slug."
    )
    contact_person = Reference(
        User, key="email", required=False, allow_null=True, help_text="Id or e-mail."
    )
    contact_ko = Text(**OPTIONAL, max_length=200)
    contact_en = Text(**OPTIONAL, max_length=200)
    contact_email = Text(**OPTIONAL, max_length=254)
    contact_phone = Text(**OPTIONAL, max_length=40)
    users_ko = Text(**OPTIONAL, max_length=300)
    users_en = Text(**OPTIONAL, max_length=300)
    user_count = Whole(required=False, allow_null=True, max_value=MOST_USERS)
    hours_ko = Text(**OPTIONAL, max_length=200)
    hours_en = Text(**OPTIONAL, max_length=200)
    support_policy_ko = Text(**OPTIONAL, max_length=8000)
    support_policy_en = Text(**OPTIONAL, max_length=8000)
    cost_amount = Money(required=False, allow_null=True)
    cost_currency = Text(required=False, max_length=3, help_text="Three letters, such as KRW.")
    cost_period = Choice(choices=CostPeriod.values, required=False)
    cost_unit_ko = Text(**OPTIONAL, max_length=80)
    cost_unit_en = Text(**OPTIONAL, max_length=80)
    paid_by_ko = Text(**OPTIONAL, max_length=120)
    paid_by_en = Text(**OPTIONAL, max_length=120)
    tags = _words()
    synonyms_ko = _words()
    synonyms_en = _words()
    review_every = Whole(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=LONGEST_INTERVAL,
        help_text="Months; null: no reviews.",
    )
    depends_on = References(Service, key="slug", required=False, help_text="Ids or slugs.")


class AddingService(ChangingService):
    """One of the two names is needed."""


class ReviewingService(Input):
    note = Text(**OPTIONAL, max_length=1000)


class ChangingItem(Input):
    name = Text(required=False, max_length=160)
    type = Choice(choices=ItemType.values, required=False)
    status = Choice(choices=ItemStatus.values, required=False)
    serial = Text(**OPTIONAL, max_length=120)
    location = Text(**OPTIONAL, max_length=160)
    owner = Reference(User, key="email", required=False, allow_null=True, help_text="Id or e-mail.")
    support_team = Reference(
        Team, key="slug", required=False, allow_null=True, help_text="Id or slug."
    )
    services = References(Service, key="slug", required=False, help_text="Ids or slugs.")


class AddingItem(ChangingItem):
    name = Text(max_length=160)


class AddingRelation(Input):
    """`source` depends on, runs on, is part of, is connected to `target`."""

    source = Reference(ConfigurationItem, key="name", help_text="Id or name.")  # type: ignore[assignment]
    type = Choice(choices=RelationType.values)
    target = Reference(ConfigurationItem, key="name", help_text="Id or name.")
