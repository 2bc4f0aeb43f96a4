"""Registers the core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import health, outbox, tasks  # noqa: PLC0415 - models are not loaded before

        outbox.nudge_with(tasks.nudge)
        health.gauges()
