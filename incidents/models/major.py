"""What an incident has while and after it is a major one."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from incidents.enums import MajorState, Severity
from tickets.models import Ticket


def _person() -> Any:
    return models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")


class MajorIncident(models.Model):
    """One row for an incident that was ever proposed as a major one.

    `next_update_at` is when stakeholders were promised the next notice; `review_due_at` by when
    the review is to be complete. The texts are the summary on the console, for the desk only.
    """

    ticket = models.OneToOneField(Ticket, models.PROTECT, primary_key=True, related_name="major")
    state = models.CharField(max_length=12, choices=MajorState, default=MajorState.PROPOSED)
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, default=Severity.TWO
    )

    proposed_by = _person()
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_why = models.TextField(blank=True)
    declared_by = _person()
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_why = models.TextField(blank=True)
    rejected_by = _person()
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_why = models.TextField(blank=True)
    stood_down_by = _person()
    stood_down_at = models.DateTimeField(null=True, blank=True)

    commander = _person()
    deputy = _person()
    communications = _person()
    scribe = _person()
    technical_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+"
    )
    bridge_url = models.URLField(_("bridge"), max_length=500, blank=True)
    next_update_at = models.DateTimeField(_("next notice"), null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)

    symptoms = models.TextField(_("symptoms"), blank=True)
    impact = models.TextField(pgettext_lazy("major incident", "impact"), blank=True)
    hypothesis = models.TextField(_("suspected cause"), blank=True)
    current_action = models.TextField(_("what is being done"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)

    class Meta:
        verbose_name = _("major incident")
        indexes: ClassVar = [
            models.Index(fields=["state", "-declared_at"], name="major_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="major_severity_range"
            ),
            models.CheckConstraint(
                condition=Q(commander=None)
                | (
                    (Q(deputy=None) | ~Q(deputy=models.F("commander")))
                    & (Q(communications=None) | ~Q(communications=models.F("commander")))
                    & (Q(scribe=None) | ~Q(scribe=models.F("commander")))
                ),
                name="major_commander_commands_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"

    @property
    def is_running(self) -> bool:
        return self.state == MajorState.DECLARED
