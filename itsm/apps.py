"""The composition root as an app: loads the worker's application and the start-up checks."""

from django.apps import AppConfig


class ItsmConfig(AppConfig):
    name = "itsm"

    def ready(self) -> None:
        """Celery must exist before the first task is called."""
        from itsm import celery, checks  # noqa: F401, PLC0415 - only once the apps are loaded
