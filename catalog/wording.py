"""Prices in words."""

from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.enums import Period
from core.formats import is_korean

# Currencies without a smaller unit.
WHOLE = frozenset({"KRW", "JPY", "VND"})


def figure(amount: Decimal, currency: str) -> str:
    """An amount without its currency, with decimals where the currency has them."""
    digits = 0 if currency in WHOLE and amount == amount.to_integral_value() else 2
    return f"{amount:,.{digits}f}"


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency: "1,500,000 KRW", "12.50 EUR"; in Korean "1,500,000원"."""
    if currency == "KRW" and is_korean():
        return f"{figure(amount, currency)}원"
    return f"{figure(amount, currency)} {currency}"


def price_words(amount: Decimal | None, currency: str, period: str) -> str:
    """A price and how often it is due; the word for nothing where it is free."""
    if not amount:
        return _("Free of charge")
    if period in (Period.MONTH, Period.YEAR):
        return f"{money(amount, currency)} {Period(period).label}"
    return money(amount, currency)
