"""What the pages of surveys show."""

from typing import Any

from django.forms import Form
from django.utils import timezone

from accounts.models import User
from core.states import Phase
from surveys.enums import FACES, Score, Stars
from surveys.models import Survey
from surveys.queries import answers
from tickets.models import Ticket


def faces(chosen: Any = None) -> list[dict[str, Any]]:
    """The five faces with their words, one of them chosen or none."""
    return [
        {"value": score.value, "icon": FACES[score], "word": score.label,
         "chosen": str(chosen) == str(score.value)}
        for score in Score
    ]  # fmt: skip


def stars(chosen: Any = None) -> list[dict[str, Any]]:
    """Five to one stars with their words."""
    return [
        {"value": each.value, "word": each.label, "row": range(each.value),
         "chosen": str(chosen) == str(each.value)}
        for each in reversed(Stars)
    ]  # fmt: skip


def offer(ticket: Ticket, user: User) -> dict[str, Any]:
    """What a closed record's page says of its survey; nothing for a record that is open."""
    survey = answers.offered(ticket, user) if ticket.phase == Phase.CLOSED else None
    face = FACES[survey.score] if survey is not None and survey.score else ""
    return {"survey": survey, "survey_face": face, "survey_faces": faces()}


def page_of(survey: Survey, form: Form, face: str) -> dict[str, Any]:
    """A survey with what was sent, else with the face of the link, else with its answer."""
    sent = form.is_bound
    score = form["score"].value() if sent else face if face in map(str, Score.values) else ""
    ticked = {str(pk) for pk in form["reasons"].value() or ()} if sent else None
    sides = answers.reasons_of(survey)
    for line in (line for side in sides.values() for line in side):
        if ticked is not None:
            line["ticked"] = str(line["reason"].pk) in ticked
    return {
        "survey": survey,
        "ticket": survey.ticket,
        "form": form,
        "faces": faces(score or survey.score),
        "sides": sides,
        "comment": form["comment"].value() if sent else survey.comment,
        "earlier": answers.earlier_answer(survey),
        "ended": survey.expires_at <= timezone.now(),
    }
