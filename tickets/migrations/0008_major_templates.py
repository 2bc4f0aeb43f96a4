"""A task template can be the response to major incidents, for all services or one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cmdb", "0001_initial"), ("tickets", "0007_service_levels")]
    operations = [
        migrations.AddField(
            "worktemplate",
            "for_major",
            models.BooleanField(default=False, verbose_name="for major incidents"),
        ),
        migrations.AddField(
            "worktemplate",
            "service",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cmdb.service",
            ),
        ),
    ]
