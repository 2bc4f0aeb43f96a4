"""What a record is called elsewhere, and what it names there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

OWN = "record"


class ExternalReference(models.Model):
    """A name in another tool: the record's own id there, or a thing it refers to.

    `system` is the other tool, `type` what the value names: "record" is the record itself (each
    such id belongs to one record), others are "problem", "change", "article" and the like, kept
    until records of that kind can take their place.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="references")
    system = models.CharField(max_length=40)
    type = models.CharField(max_length=30)
    value = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "value"], condition=Q(type=OWN), name="reference_own_id_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "system", "type", "value"], name="reference_once"
            ),
        ]
        indexes: ClassVar = [models.Index(Upper("value"), name="reference_value")]

    def __str__(self) -> str:
        return f"{self.system}: {self.value}"
