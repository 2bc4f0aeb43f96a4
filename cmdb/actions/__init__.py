"""Every verb on services, items, relations, suppliers and contracts; each checked and audited."""

from cmdb.actions.items import create_item, edit_item, relate, unrelate
from cmdb.actions.reviews import chase_reviews, mark_reviewed
from cmdb.actions.services import create_service, edit_service
from cmdb.actions.suppliers import (
    create_contract,
    create_supplier,
    edit_contract,
    edit_supplier,
)

__all__ = [
    "chase_reviews",
    "create_contract",
    "create_item",
    "create_service",
    "create_supplier",
    "edit_contract",
    "edit_item",
    "edit_service",
    "edit_supplier",
    "mark_reviewed",
    "relate",
    "unrelate",
]
