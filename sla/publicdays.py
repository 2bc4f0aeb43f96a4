"""Public holidays of a country, substitute and temporary ones included, in both languages."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays
from django.utils import timezone

YEARS_BACK = 1
YEARS_AHEAD = 2


@lru_cache(maxsize=128)
def _year(country: str, region: str, year: int, language: str) -> dict[date, str]:
    known = holidays.country_holidays(
        country, subdiv=region or None, years=year, language=language or None
    )
    return dict(known)


def languages(country: str) -> tuple[str, str]:
    """The library's Korean and English for this country; empty where it has none of its own."""
    known = holidays.country_holidays(country).supported_languages or ()
    english = next((language for language in known if language.startswith("en")), "")
    return ("ko" if "ko" in known else "", english)


def public_days(country: str, region: str, years: Iterable[int]) -> dict[date, tuple[str, str]]:
    """{day: (Korean name, English name)}. NotImplementedError for a country it doesn't know."""
    korean, english = languages(country)
    found: dict[date, tuple[str, str]] = {}
    for year in years:
        names = _year(country, region, year, english)
        korean_names = _year(country, region, year, korean) if korean else {}
        for day, name in names.items():
            found[day] = (korean_names.get(day, "")[:120], name[:120])
    return dict(sorted(found.items()))


def years(today: date | None = None) -> range:
    """The years whose holidays a calendar knows."""
    this = (today or timezone.localdate()).year
    return range(this - YEARS_BACK, this + YEARS_AHEAD + 1)


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """Two-letter codes of the countries whose public holidays are known."""
    known = holidays.list_supported_countries(include_aliases=False)
    return tuple(sorted(code for code in known if len(code) == 2))


@lru_cache(maxsize=256)
def regions(country: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of the regions of a country that have holidays of their own."""
    known = holidays.country_holidays(country)
    names = known.get_subdivision_aliases()
    return tuple((code, (names.get(code) or [code])[0]) for code in known.subdivisions)


def is_known(country: str, region: str) -> bool:
    """Whether public holidays are known for the country, and for the region if one is named."""
    if country not in countries():
        return False
    return not region or region in {code for code, _name in regions(country)}
