"""Agreements may hold for requests of certain offerings only."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sla", "0006_figure_indexes")]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="offerings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveBigIntegerField(),
                blank=True,
                default=list,
                size=None,
            ),
        ),
    ]
