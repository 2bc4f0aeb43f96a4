"""A form that arrives twice does its work once."""

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from portal.models import Submission
from tickets.models import Ticket


def once(token: UUID | None, by: User, do: Callable[[], Ticket]) -> Ticket:
    """Run `do`, or give back what came of it when this form was sent before.

    A second copy that arrives while the first is at work waits for it on the unique key.
    """
    if token is None:
        return do()
    with transaction.atomic():
        try:
            with transaction.atomic():
                sent = Submission.objects.create(user=by, token=token)
        except IntegrityError:
            first = Submission.objects.select_related("ticket").get(user=by, token=token)
            return first.ticket  # type: ignore[return-value]
        sent.ticket = do()
        sent.save(update_fields=["ticket"])
        return sent.ticket


def was_sent(token: UUID | None, by: User) -> bool:
    """Whether the form with this token has been sent."""
    return token is not None and Submission.objects.filter(user=by, token=token).exists()
