"""Services, configuration items and relations between items; suppliers and their contracts."""

from cmdb.models.item import ConfigurationItem, Relation
from cmdb.models.service import Service, ServiceReview
from cmdb.models.supplier import Contract, Supplier

__all__ = ["ConfigurationItem", "Contract", "Relation", "Service", "ServiceReview", "Supplier"]
