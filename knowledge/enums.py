"""What articles are, for whom, and what is done with them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ArticleKind(TextChoices):
    """What an article answers."""

    HOW_TO = "how_to", _("How to do it")
    FAULT = "fault", _("Fault and remedy")
    QUESTION = "question", _("Frequent question")
    POLICY = "policy", pgettext_lazy("article", "Policy")


class Audience(TextChoices):
    """Who may read an article once it is published."""

    EVERYBODY = "everybody", _("Everybody")
    DESK = "desk", _("Service desk only")
    DEPARTMENTS = "departments", _("Some departments")


class Language(TextChoices):
    KO = "ko", _("Korean")
    EN = "en", _("English")


class Step(TextChoices):
    """What was done to an article, as its history says it."""

    CREATED = "created", pgettext_lazy("article", "Draft written")
    EDITED = "edited", pgettext_lazy("article", "Changed")
    SUBMITTED = "submitted", pgettext_lazy("article", "Sent for review")
    PUBLISHED = "published", pgettext_lazy("article", "Published")
    SENT_BACK = "sent_back", pgettext_lazy("article", "Sent back")
    DISCARDED = "discarded", pgettext_lazy("article", "Changes thrown away")
    RETIRED = "retired", pgettext_lazy("article", "Retired")
    REOPENED = "reopened", pgettext_lazy("article", "Taken up again")
    REVIEWED = "reviewed", pgettext_lazy("article", "Found to be still right")
    RESTORED = "restored", pgettext_lazy("article", "Older text taken back")
    SETTINGS = "settings", pgettext_lazy("article", "Settings changed")


class How(TextChoices):
    """What an article has to do with a record."""

    SOURCE = "source", _("Written from it")
    REPLY = "reply", _("Sent in a reply")
    LED_TO = "led_to", _("Did not solve it, so it was reported")


class Reader(TextChoices):
    """Where somebody searched or read."""

    PORTAL = "portal", _("Portal")
    DESK = "desk", _("Service desk")
