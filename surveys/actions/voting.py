"""Answering a survey, and changing the answer while it is open."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import options
from core.errors import ActionError, NotFound
from surveys.actions.following import follow_up
from surveys.enums import Score
from surveys.models import Reason, Survey
from surveys.rules import side_of
from tickets.actions.checks import limited_text

LONGEST_COMMENT = 4000


@transaction.atomic
def vote(
    survey: Survey, score: int, *, by: User, reasons: Iterable[Reason] = (), comment: str = ""
) -> Survey:
    """Answer, or change the answer. Only its own person may, and only until it ends.

    Effects in order: lock; whose? still open? the answer and its instants; reasons (those that
    go with such a score); for a low score the lead's task, once.
    """
    related = Survey.objects.select_related("user", "ticket__team__lead", "ticket__requester")
    survey = related.select_for_update(of=("self",)).get(pk=survey.pk)
    if by.pk != survey.user_id:
        raise NotFound(_("There is no such survey."))
    now = timezone.now()
    if survey.expires_at <= now or not survey.user.is_active:
        raise ActionError(
            _("This survey has ended. Its answer can no longer be changed."), code="expired"
        )
    if score not in Score.values:
        raise ActionError(_("Choose one of the five faces."), field="score", code="required")
    text = limited_text("comment", comment, limit=LONGEST_COMMENT)
    survey.score, survey.comment, survey.changed_at = score, text, now
    survey.answered_at = survey.answered_at or now
    survey.first_score = survey.first_score or score
    side = side_of(score)
    survey.reasons.set([each for each in reasons if each.side == side])
    if score <= options.get("survey_low_score") and survey.follow_up_id is None:
        survey.follow_up = follow_up(survey)
    survey.save(
        update_fields=[
            "score", "comment", "changed_at", "answered_at", "first_score", "follow_up",
        ]
    )  # fmt: skip
    return survey
