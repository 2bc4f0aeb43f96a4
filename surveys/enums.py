"""Words of surveys and of feedback: five faces, five stars, which reasons go with which."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Score(IntegerChoices):
    """One of five faces; each has its word, so that nobody has to read a face."""

    VERY_LOW = 1, pgettext_lazy("survey", "Very dissatisfied")
    LOW = 2, pgettext_lazy("survey", "Dissatisfied")
    MIDDLE = 3, pgettext_lazy("survey", "Neither")
    HIGH = 4, pgettext_lazy("survey", "Satisfied")
    VERY_HIGH = 5, pgettext_lazy("survey", "Very satisfied")


class Stars(IntegerChoices):
    """What somebody thinks of a service as such."""

    ONE = 1, pgettext_lazy("stars", "Poor")
    TWO = 2, pgettext_lazy("stars", "Below expectations")
    THREE = 3, pgettext_lazy("stars", "All right")
    FOUR = 4, pgettext_lazy("stars", "Good")
    FIVE = 5, pgettext_lazy("stars", "Excellent")


class Side(TextChoices):
    """With which answers a reason is offered."""

    LOW = "low", _("What was not good")
    HIGH = "high", _("What was good")


FACES = {1: "mood-angry", 2: "mood-sad", 3: "mood-neutral", 4: "mood-smile", 5: "mood-happy"}
# From this score on somebody counts as satisfied.
SATISFIED = Score.HIGH
