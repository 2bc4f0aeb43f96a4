"""Articles that may answer what somebody is writing."""

from accounts.models import User
from cmdb.models import ConfigurationItem, Service
from knowledge.search import Hit, alike

SHORTEST = 3


def suggest(
    text: str,
    *,
    reader: User,
    service: Service | None = None,
    item: ConfigurationItem | None = None,
    limit: int = 4,
) -> list[Hit]:
    """At most `limit` articles for the words, and the service or item they are about.

    Fewer than three letters and no service suggest nothing: it is for typing, letter by letter.
    """
    said = text.strip()
    if len(said) < SHORTEST and service is None and item is None:
        return []
    return alike(reader, said[:200], service=service, item=item, limit=limit)
