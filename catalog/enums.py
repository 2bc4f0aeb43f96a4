"""Words of the catalog: states of versions, types of questions, who pays, how a cost came about."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VersionState(TextChoices):
    """A version is written as a draft, published once, and then never changes."""

    DRAFT = "draft", pgettext_lazy("offering", "Draft")
    PUBLISHED = "published", pgettext_lazy("offering", "Published")
    REPLACED = "replaced", pgettext_lazy("offering", "Replaced")


class FieldType(TextChoices):
    """What a question of a form asks for."""

    TEXT = "text", _("One line of text")
    LONG_TEXT = "long_text", _("Text of several lines")
    CHOICE = "choice", _("One of several")
    CHOICES = "choices", _("Any of several")
    YES_NO = "yes_no", _("Yes or no")
    NUMBER = "number", pgettext_lazy("kind of answer", "Number")
    AMOUNT = "amount", _("Amount of money")
    DATE = "date", _("Date")
    PERSON = "person", _("Person")
    ITEM = "item", _("Configuration item")
    FILE = "file", _("File")
    NOTE = "note", _("Text to read")


class Fulfil(TextChoices):
    """Whether a request is fulfilled by itself when its last task is done."""

    BY_HAND = "by_hand", _("Somebody says so")
    AUTO = "auto", _("When all tasks are done")


class Period(TextChoices):
    """How often a price is due."""

    ONCE = "once", pgettext_lazy("price", "once")
    MONTH = "month", pgettext_lazy("price", "per month")
    YEAR = "year", pgettext_lazy("price", "per year")


class Payer(TextChoices):
    """Whose budget pays."""

    NOBODY = "nobody", _("Free of charge")
    DEPARTMENT = "department", _("The department of the person it is for")
    IT = "it", _("The IT budget")


class CostKind(TextChoices):
    """Why an amount stands in the books."""

    BOOKED = "booked", _("Booked")
    REVERSED = "reversed", _("Reversed")


class Delivered(TextChoices):
    """How much of a request has been delivered."""

    NOTHING = "nothing", _("Nothing yet")
    PART = "part", _("Delivered in part")
    ALL = "all", _("Delivered")
