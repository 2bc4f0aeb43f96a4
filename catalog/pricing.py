"""What a request costs, worked out from its answers. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.definition import Definition, Words, shown
from catalog.enums import FieldType, Payer, Period

_QUANTUM = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One thing that the price is made of."""

    label: Words
    amount: Decimal


@dataclass(frozen=True)
class Quote:
    """The price of a request as shown before it is sent. `lines` add up to `amount`."""

    amount: Decimal
    currency: str
    period: Period
    payer: Payer
    lines: tuple[Line, ...]

    @property
    def is_free(self) -> bool:
        return not self.amount


def quote(definition: Definition, values: Mapping[str, Any], today: date) -> Quote:
    """The offering's own price and that of the options chosen in questions that are asked."""
    seen = shown(definition, values, today)
    lines = [Line(definition.name, definition.price.amount)]
    for field in definition.fields:
        chosen = seen.get(field.key)
        if field.type in (FieldType.CHOICE, FieldType.CHOICES) and chosen is not None:
            for key in chosen if isinstance(chosen, list) else [chosen]:
                option = field.option(key)
                if option is not None and option.price:
                    lines.append(Line(option.label, option.price))
    counted = tuple(Line(one.label, one.amount.quantize(_QUANTUM)) for one in lines if one.amount)
    price = definition.price
    total = sum((line.amount for line in counted), Decimal(0))
    return Quote(total, price.currency, price.period, price.payer, counted)


def from_price(definition: Definition) -> tuple[Decimal, bool]:
    """The lowest price for lists, and whether answers can raise it."""
    raised = any(option.price for field in definition.fields for option in field.options)
    return definition.price.amount, raised


def token(version_id: int, quoted: Quote) -> str:
    """What somebody agreed to: it changes with the version and with the price."""
    said = [version_id, str(quoted.amount), quoted.currency, quoted.period, quoted.payer]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
