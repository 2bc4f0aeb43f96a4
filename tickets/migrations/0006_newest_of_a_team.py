"""The newest records of a team, and better knowledge of how common a word is."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tickets", "0005_search")]
    operations = [
        AddIndexConcurrently(
            "ticket",
            models.Index(fields=["team", "-updated_at", "-id"], name="ticket_team_updated"),
        ),
        migrations.RunSQL(
            "ALTER INDEX search_ticket_words ALTER COLUMN 1 SET STATISTICS 300",
            "ALTER INDEX search_ticket_words ALTER COLUMN 1 SET STATISTICS -1",
        ),
    ]
