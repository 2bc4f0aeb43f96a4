"""Incident numbers come from a sequence of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE ticket_incident_seq START 1001", "DROP SEQUENCE ticket_incident_seq"
        )
    ]
