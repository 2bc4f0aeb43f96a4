"""Who may read which answers: figures by role, single answers through their record, too."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.reach import reach_of
from core.errors import NotAllowed
from sla.queries import extent
from sla.queries.extent import Extent
from surveys.models import Feedback, Survey
from surveys.rules import is_shared

MODERATORS = frozenset({Role.MANAGER, Role.ADMINISTRATOR})


def extent_of(user: User) -> Extent:
    """Whose answers a person reads: by their reading roles, else those of their own teams."""
    if extent.may_read(user):
        return extent.extent_of(user)
    reach = reach_of(user)
    if not reach.opens_desk:
        raise NotAllowed(_("The results are for the service desk."))
    return Extent(False, tuple(sorted(reach.team_ids)))


def reads_at_once(user: User, survey: Survey) -> bool:
    """Managers and whoever leads the team read what was written without waiting."""
    return extent.may_read(user) or survey.team.lead_id == user.pk


def comment_for(user: User, survey: Survey, now: datetime) -> str | None:
    """What was written, or None while it is held back from this reader."""
    shown = reads_at_once(user, survey) or is_shared(survey.changed_at, now)
    return survey.comment if shown else None


def may_moderate(user: User, feedback: Feedback) -> bool:
    """Managers and administrators, but nobody for a service of their own."""
    is_own = feedback.service.owner_id == user.pk
    return bool(MODERATORS & reach_of(user).roles) and not is_own
