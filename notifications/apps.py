"""Registers the notifications app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from core import outbox  # noqa: PLC0415 - models are not loaded before
        from notifications import actions, receivers  # noqa: PLC0415 - models are not loaded before
        from notifications.actions import deliver, mailing, reminding, telling, webhooks  # noqa: PLC0415 - models are not loaded before

        receivers.connect()
        outbox.register(telling.NOTIFY, actions.tell)
        outbox.register(
            mailing.MAIL, actions.send, attempts=deliver.ATTEMPTS, on_failure=actions.fail
        )
        outbox.register(
            mailing.DIGEST,
            actions.send_digest,
            attempts=deliver.ATTEMPTS,
            on_failure=actions.fail_digest,
        )
        outbox.register(
            reminding.REMINDER,
            actions.send_reminder,
            attempts=deliver.ATTEMPTS,
            on_failure=actions.fail_reminder,
        )
        outbox.register(
            webhooks.WEBHOOK,
            actions.call_out,
            attempts=webhooks.ATTEMPTS,
            on_failure=actions.fail_call,
        )
