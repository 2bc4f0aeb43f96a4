"""The words of mails, changed by administrators."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import audit
from accounts.enums import AuditVerb
from accounts.models import User
from accounts.reach import reach_of
from core.errors import ActionError, NotAllowed
from notifications.enums import Audience, What
from notifications.models import Template
from notifications.texts import PLACEHOLDERS, WORDS, Words, fill, one_line, unknown_names

LONGEST_BODY = 10_000


@transaction.atomic
def save_template(what: What, audience: Audience, words: Words, *, by: User) -> Template:
    """Use these words from the next mail on. Refused: empty ones, and names nobody knows."""
    _require_administrator(by)
    if (what, audience) not in WORDS:
        raise ActionError(_("There is no such mail."), code="unknown_template")
    errors: dict[str, Any] = {}
    for name in ("subject_ko", "subject_en", "body_ko", "body_en"):
        text = getattr(words, name).strip()
        unknown = unknown_names(text)
        if not text:
            errors[name] = _("Write something here.")
        elif len(text) > LONGEST_BODY:
            errors[name] = _("Shorten this to %(limit)s characters.") % {"limit": LONGEST_BODY}
        elif unknown:
            names = ", ".join(f"{{{name}}}" for name in unknown)
            errors[name] = _("Nothing is put in for: %(names)s.") % {"names": names}
    if errors:
        raise ActionError(_("Some texts can't be used."), errors=errors)
    values = {
        "subject_ko": one_line(words.subject_ko),
        "subject_en": one_line(words.subject_en),
        "body_ko": words.body_ko.strip(),
        "body_en": words.body_en.strip(),
        "updated_by": by,
    }
    row = Template.objects.filter(what=what, audience=audience).first()
    row = row or Template(what=what, audience=audience)
    changes = audit.put(
        row, {name: value for name, value in values.items() if name != "updated_by"}
    )
    row.updated_by = by
    row.save()
    audit.record(row, AuditVerb.CHANGED, by=by, changes=changes)
    return row


@transaction.atomic
def reset_template(what: What, audience: Audience, *, by: User) -> None:
    """Back to the words as delivered."""
    _require_administrator(by)
    for row in Template.objects.filter(what=what, audience=audience):
        audit.record(row, AuditVerb.REMOVED, by=by)
        row.delete()


def preview(words: Words, language: str) -> tuple[str, str]:
    """Subject and body with each name standing for itself, as an administrator checks them."""
    samples = {name: f"‹{meaning}›" for name, meaning in PLACEHOLDERS.items()}
    return one_line(fill(words.subject(language), samples)), fill(words.body(language), samples)


def _require_administrator(by: User) -> None:
    if not reach_of(by).administers:
        raise NotAllowed(_("Only administrators change the words of mails."))
