"""What the organisation tunes: the options that core/options.py declares."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_administrator
from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from core import options, outbox
from core.errors import ActionError


@transaction.atomic
def save_options(values: Mapping[str, Any], *, by: User | None) -> None:
    """Set options; each change is audited. All or none."""
    require_administrator(by)
    changes: audit.Changes = {}
    for key, value in values.items():
        if key not in options.DEFINITIONS:
            raise ActionError(
                _("These fields can't be edited: %(names)s.") % {"names": key},
                code="unknown_field",
            )
        old = options.get(key)
        options.put(key, value)
        new = options.get(key)
        if old != new:
            changes[key] = [old, new]
    if changes:
        audit.write("core.option", "", "", AuditVerb.CHANGED, by=by, changes=changes)


@transaction.atomic
def retry_messages(*pks: int, by: User | None) -> int:
    """Try set-aside messages of the outbox again; how many."""
    return _messages(outbox.retry, pks, AuditVerb.RETRIED, by)


@transaction.atomic
def discard_messages(*pks: int, by: User | None) -> int:
    """Give set-aside messages up for good; how many. Their rows keep the reason."""
    return _messages(outbox.discard, pks, AuditVerb.REMOVED, by)


def _messages(act: Any, pks: tuple[int, ...], verb: AuditVerb, by: User | None) -> int:
    require_administrator(by)
    messages = list(outbox.set_aside().filter(pk__in=pks).select_for_update())
    done: int = act(*(message.pk for message in messages))
    for message in messages:
        audit.write("core.outboxmessage", message.pk, message.topic, verb, by=by, changes={})
    return done
