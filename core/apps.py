"""Registers the core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        # Models are loaded only now.
        from core import health, outbox, tasks  # noqa: PLC0415

        outbox.nudge_with(tasks.nudge)
        health.gauges()
