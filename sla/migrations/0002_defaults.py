"""A new installation has calendars and policies to begin with, published as the first book."""

from typing import Any

from django.db import migrations

from sla import defaults


def install(apps: Any, schema_editor: Any) -> None:
    defaults.install(apps)


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial"), ("tickets", "0007_service_levels")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
