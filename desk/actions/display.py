"""How a person wants their lists."""

from collections.abc import Sequence

from accounts.enums import Density
from accounts.models import User
from desk.columns import COLUMNS


def set_display(*, by: User, density: str = "", columns: Sequence[str] = ()) -> None:
    """Keep density and queue columns; unknown values are ignored, no columns means the default."""
    if density in Density.values:
        by.density = density
    by.columns = {**by.columns, "queue": [key for key in columns if key in COLUMNS]}
    by.save(update_fields=["density", "columns"])
