"""The Celery application: broker settings come from Django's, tasks from each app's tasks.py."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")

app = Celery("maru")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Django's logging stays in force: without a receiver Celery would set up its own."""
