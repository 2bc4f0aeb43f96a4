"""What lists sort and filter by of the service levels, and the words of new events."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import tickets.models.ticket
from tickets.enums import Verb

OPEN = models.Q(phase__in=["new", "active", "waiting"])


def _order(*first: str) -> list[str]:
    return [*first, "breaks_at", "priority", "opened_at", "id"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0006_newest_of_a_team")]
    operations = [
        migrations.AddField(
            "ticket", "breaks_at", models.DateTimeField(default=tickets.models.ticket.NEVER)
        ),
        migrations.AddField(
            "ticket", "sla_state", models.CharField(blank=True, default="", max_length=8)
        ),
        AddIndexConcurrently(
            "ticket", models.Index(fields=_order(), condition=OPEN, name="ticket_breaks")
        ),
        AddIndexConcurrently(
            "ticket", models.Index(fields=_order("team"), condition=OPEN, name="ticket_team_breaks")
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(fields=_order("assignee"), condition=OPEN, name="ticket_assignee_breaks"),
        ),
        migrations.AlterField(
            "event", "verb", models.CharField(choices=Verb.choices, max_length=16)
        ),
    ]
