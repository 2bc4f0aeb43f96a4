"""Something people use: everything there is to say about it, in both languages."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from cmdb.enums import CostPeriod, Criticality, ReviewState, ServiceStatus
from core.models import Bilingual, pick

# Reviews that fall due within so many days are said to be due soon.
SOON = timedelta(days=30)
LONGEST_INTERVAL = 60  # months
WORD = 60


def _words() -> ArrayField:
    return ArrayField(models.CharField(max_length=WORD), default=list, blank=True)


class Service(Bilingual):
    """Something people use, with somebody who answers for it and a team that supports it.

    Texts come in pairs; a property without the language's ending gives the reader's own, or the
    other one where that is missing. `cost_amount` is for one `cost_unit` in each `cost_period`.
    `review_due_on` is the day by which its owner looks it through again; None: never.
    """

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    summary_ko = models.CharField(_("summary (Korean)"), max_length=300, blank=True)
    summary_en = models.CharField(_("summary (English)"), max_length=300, blank=True)
    description_ko = models.TextField(_("description (Korean)"), max_length=8000, blank=True)
    description_en = models.TextField(_("description (English)"), max_length=8000, blank=True)
    status = models.CharField(max_length=10, choices=ServiceStatus, default=ServiceStatus.LIVE)
    criticality = models.PositiveSmallIntegerField(choices=Criticality, default=Criticality.MEDIUM)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="owned_services"
    )
    support_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="supported_services"
    )
    contact_person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="contact_for_services"
    )
    contact_ko = models.CharField(max_length=200, blank=True)
    contact_en = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    users_ko = models.CharField(max_length=300, blank=True)
    users_en = models.CharField(max_length=300, blank=True)
    user_count = models.PositiveIntegerField(null=True, blank=True)
    hours_ko = models.CharField(max_length=200, blank=True)
    hours_en = models.CharField(max_length=200, blank=True)
    support_policy_ko = models.TextField(max_length=8000, blank=True)
    support_policy_en = models.TextField(max_length=8000, blank=True)
    cost_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    cost_currency = models.CharField(max_length=3, default="KRW")
    cost_period = models.CharField(max_length=10, choices=CostPeriod, default=CostPeriod.MONTH)
    cost_unit_ko = models.CharField(max_length=80, blank=True)
    cost_unit_en = models.CharField(max_length=80, blank=True)
    paid_by_ko = models.CharField(max_length=120, blank=True)
    paid_by_en = models.CharField(max_length=120, blank=True)
    tags = _words()
    synonyms_ko = _words()
    synonyms_en = _words()
    review_every = models.PositiveSmallIntegerField(null=True, blank=True, default=12)
    review_due_on = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    depends_on: models.ManyToManyField = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="dependents"
    )

    class Meta:
        verbose_name = _("service")
        ordering: ClassVar = ["name_en"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(review_every=None)
                | Q(review_every__gte=1, review_every__lte=LONGEST_INTERVAL),
                name="service_review_interval",
            ),
            models.CheckConstraint(
                condition=Q(cost_amount=None) | Q(cost_amount__gte=0),
                name="service_cost_not_below_0",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["review_due_on"],
                condition=~Q(status=ServiceStatus.RETIRED),
                name="service_review_due",
            )
        ]

    @property
    def summary(self) -> str:
        return pick(self.summary_ko, self.summary_en)

    @property
    def description(self) -> str:
        return pick(self.description_ko, self.description_en)

    @property
    def contact(self) -> str:
        return pick(self.contact_ko, self.contact_en)

    @property
    def users(self) -> str:
        return pick(self.users_ko, self.users_en)

    @property
    def hours(self) -> str:
        return pick(self.hours_ko, self.hours_en)

    @property
    def support_policy(self) -> str:
        return pick(self.support_policy_ko, self.support_policy_en)

    @property
    def cost_unit(self) -> str:
        return pick(self.cost_unit_ko, self.cost_unit_en)

    @property
    def paid_by(self) -> str:
        return pick(self.paid_by_ko, self.paid_by_en)

    def review_state(self, today: date) -> ReviewState:
        """How its review stands on that day."""
        if self.status == ServiceStatus.RETIRED or self.review_due_on is None:
            return ReviewState.NONE
        if self.review_due_on < today:
            return ReviewState.OVERDUE
        return ReviewState.SOON if self.review_due_on <= today + SOON else ReviewState.OK


class ServiceReview(models.Model):
    """Its owner looked a service through: when, and what they noted."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="reviews")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.service_id} {self.at:%Y-%m-%d}"
