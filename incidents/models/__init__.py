"""Rows of incidents, and of what becomes of the major ones."""

from incidents.models.incident import Incident
from incidents.models.log import LogEntry, LogRevision
from incidents.models.major import MajorIncident
from incidents.models.review import Review, ReviewAction
from incidents.models.update import Update

__all__ = [
    "Incident",
    "LogEntry",
    "LogRevision",
    "MajorIncident",
    "Review",
    "ReviewAction",
    "Update",
]
