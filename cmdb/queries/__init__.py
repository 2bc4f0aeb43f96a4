"""Questions about services, items, their graph, and contracts."""

from cmdb.queries.contracts import contracts_of
from cmdb.queries.services import live, matching, needing_retired, review_filter, shown_pair

__all__ = [
    "contracts_of",
    "live",
    "matching",
    "needing_retired",
    "review_filter",
    "shown_pair",
]
