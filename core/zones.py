"""The time zones that people choose from."""

import zoneinfo
from functools import cache


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Places and UTC, as (name, how it is shown)."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return [(name, name.replace("_", " ")) for name in names if not name.startswith("Etc/")]
