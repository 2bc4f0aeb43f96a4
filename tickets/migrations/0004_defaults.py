"""A new installation has priorities, reasons, codes and categories to begin with."""

from typing import Any

from django.db import migrations

from tickets import defaults


def install(apps: Any, schema_editor: Any) -> None:
    defaults.install(apps)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_external_reference")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
