"""A low score makes work: somebody who leads finds out what went wrong."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.reach import reach_of
from notifications.letters import absolute
from surveys.models import Survey
from tickets import access
from tickets.actions import add_task
from tickets.enums import TASK_ENDED
from tickets.models import Task, Ticket


def follow_up(survey: Survey) -> Task:
    """The task on the record for its team's lead; one that is still open serves again.

    What the requester wrote isn't copied into it: agents who see the record would read it before
    they may. The task leads to it.
    """
    earlier = Survey.objects.filter(ticket=survey.ticket_id, follow_up__isnull=False)
    still = earlier.exclude(follow_up__state__in=TASK_ENDED).select_related("follow_up").first()
    if still is not None and still.follow_up is not None:
        return still.follow_up
    ticket = survey.ticket
    lead = _lead(ticket)
    language = (lead.language if lead else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Low satisfaction: talk to the requester")
        text = _("Score: %(score)s of 5 (%(word)s). What was written: %(link)s") % {
            "score": survey.score,
            "word": survey.get_score_display(),
            "link": absolute(reverse("desk:csat_answer", args=[survey.pk])),
        }
    return add_task(
        ticket,
        title,
        by=None,
        description=text,
        team=ticket.team,
        assignee=lead,
        after_close=True,
    )


def _lead(ticket: Ticket) -> User | None:
    """The team's lead if they are there and may know of the record; else it is the team's."""
    lead = ticket.team.lead
    if lead is None or not lead.is_active or not reach_of(lead).works:
        return None
    return lead if access.can(lead, "view", ticket) else None
