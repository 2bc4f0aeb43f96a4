"""Counts over all records, for the operator's figures. No person's permissions apply."""

from django.db.models import Count

from tickets.models import Ticket


def open_by_kind_and_phase() -> list[tuple[tuple[str, str], float]]:
    """How many records are open, by kind and phase; reads the index of open records."""
    groups = Ticket.objects.open().order_by().values_list("kind", "phase")
    return [((kind, phase), float(n)) for kind, phase, n in groups.annotate(n=Count("pk"))]
