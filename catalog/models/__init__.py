"""Rows of the catalog and of requests."""

from catalog.models.offering import Favourite, Offering, OfferingVersion, Shelf, Use
from catalog.models.request import Cost, Request

__all__ = ["Cost", "Favourite", "Offering", "OfferingVersion", "Request", "Shelf", "Use"]
