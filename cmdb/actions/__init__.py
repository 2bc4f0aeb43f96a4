"""Every verb on services, configuration items and relations; each is checked and audited."""

from cmdb.actions.items import create_item, edit_item, relate, unrelate
from cmdb.actions.services import create_service, edit_service

__all__ = [
    "create_item",
    "create_service",
    "edit_item",
    "edit_service",
    "relate",
    "unrelate",
]
