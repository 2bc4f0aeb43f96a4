"""Articles, their texts, files and history; what was found of use, and what was not found."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Department, User
from accounts.reach import NOBODY, reach_of
from cmdb.models import ConfigurationItem, Service
from core.models import pick
from core.states import State
from knowledge.enums import ArticleKind, Audience, How, Language, Reader, Step
from knowledge.rules import may_edit_all, may_write
from knowledge.states import MACHINE
from tickets.models import Ticket

DRAFT, REVIEW, PUBLISHED, RETIRED = "draft", "review", "published", "retired"


_LINE = """
WITH RECURSIVE line(id, parent_id) AS (
    SELECT id, parent_id FROM accounts_department WHERE id = %s
    UNION SELECT above.id, above.parent_id FROM accounts_department above
    JOIN line ON above.id = line.parent_id
) SELECT id FROM line
"""


def line_of(user: User) -> frozenset[int]:
    """The person's department and those above it; kept on the user object, as their reach is."""
    known: frozenset[int] | None = getattr(user, "_line", None)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(_LINE, [user.department_id])
            known = frozenset(row[0] for row in cursor.fetchall())
        user._line = known  # type: ignore[attr-defined]
    return known


class ArticleQuerySet(models.QuerySet["Article"]):
    """Where permission meets SQL: every list, count, search and suggestion starts here."""

    def live(self) -> "ArticleQuerySet":
        return self.filter(live__isnull=False).exclude(state=RETIRED)

    def meant_for(self, user: User) -> "ArticleQuerySet":
        """The live articles that the person is meant to read: rules.is_live & rules.is_meant."""
        reach = reach_of(user)
        if reach is NOBODY:
            return self.none()
        audience = Q(audience=Audience.EVERYBODY)
        if reach.opens_desk:
            audience |= Q(audience=Audience.DESK)
        if user.department_id is not None:
            mine = ArticleDepartment.objects.filter(department_id__in=line_of(user))
            audience |= Q(
                audience=Audience.DEPARTMENTS, pk__in=mine.order_by().values("article_id")
            )
        return self.live().filter(audience)

    def findable_by(self, user: User, today: date | None = None) -> "ArticleQuerySet":
        """Those that search and suggestions may show: an expired one rests until it is reviewed."""
        today = today or timezone.localdate()
        return self.meant_for(user).filter(Q(expires_on=None) | Q(expires_on__gt=today))

    def visible_to(self, user: User) -> "ArticleQuerySet":
        """The articles the person may know of: the same rule as rules "read", as SQL."""
        reach = reach_of(user)
        if may_edit_all(reach) or Role.AUDITOR in reach.roles:
            return self.all()
        meant = Q(pk__in=Article.objects.meant_for(user).order_by().values("pk"))
        if may_write(reach):
            return self.filter(meant | Q(author=user) | Q(owner=user))
        return self.filter(meant)


class Article(models.Model):
    """Something to know. `live` is the text readers get; `working` the newest one.

    `state` says where the working text stands; while it is written anew, the live one stays.
    """

    slug = models.SlugField(max_length=90, unique=True, allow_unicode=True)
    state = models.CharField(max_length=10, default=MACHINE.initial)
    kind = models.CharField(_("kind"), max_length=10, choices=ArticleKind, default="how_to")
    audience = models.CharField(
        _("for whom"), max_length=12, choices=Audience, default=Audience.EVERYBODY
    )
    departments: models.ManyToManyField = models.ManyToManyField(
        Department, through="ArticleDepartment", blank=True, related_name="articles"
    )
    services: models.ManyToManyField = models.ManyToManyField(
        Service, blank=True, related_name="articles"
    )
    items: models.ManyToManyField = models.ManyToManyField(
        ConfigurationItem, blank=True, related_name="articles"
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    synonyms = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    author = models.ForeignKey(User, models.PROTECT, related_name="written_articles")
    owner = models.ForeignKey(User, models.PROTECT, related_name="owned_articles")
    live = models.ForeignKey(
        "ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    working = models.ForeignKey("ArticleVersion", models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    review_every_months = models.PositiveSmallIntegerField(_("review every (months)"), default=12)
    reviewed_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        indexes: ClassVar = [
            models.Index(fields=["state", "-changed_at"], name="article_state"),
            models.Index(
                fields=["review_due_on"],
                condition=Q(review_due_on__isnull=False),
                name="article_review_due",
            ),
            models.Index(
                fields=["expires_on"], condition=Q(expires_on__isnull=False), name="article_expires"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=PUBLISHED) | Q(live__isnull=False),
                name="article_published_is_live",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page at the desk."""
        return reverse("desk:article", args=[self.pk])

    @property
    def number(self) -> str:
        return f"KB-{self.pk}"

    @property
    def stage(self) -> State:
        """Its state with its label."""
        return MACHINE.by_key[self.state]

    @property
    def is_live(self) -> bool:
        return self.live_id is not None and self.state != RETIRED

    def is_expired(self, today: date | None = None) -> bool:
        """Whether search leaves it out until it is reviewed."""
        return self.expires_on is not None and self.expires_on <= (today or timezone.localdate())


class ArticleDepartment(models.Model):
    """A department that an article is for."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "article"], name="article_department_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.department_id}"


TEXTS = ("title_ko", "title_en", "summary_ko", "summary_en", "body_ko", "body_en")


class ArticleVersion(models.Model):
    """One text of an article in both languages. Once published it is never changed."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title_ko = models.CharField(_("title (Korean)"), max_length=200, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    summary_ko = models.CharField(_("summary (Korean)"), max_length=300, blank=True)
    summary_en = models.CharField(_("summary (English)"), max_length=300, blank=True)
    body_ko = models.TextField(_("text (Korean)"), blank=True)
    body_en = models.TextField(_("text (English)"), blank=True)
    writers = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"

    @property
    def title(self) -> str:
        return pick(self.title_ko, self.title_en)

    @property
    def summary(self) -> str:
        return str(getattr(self, f"summary_{self.language}"))

    @property
    def body(self) -> str:
        return str(getattr(self, f"body_{self.language}"))

    @property
    def language(self) -> str:
        """The language that a reader gets: theirs, or the only one there is."""
        mine = "ko" if (get_language() or "en").startswith("ko") else "en"
        other = "en" if mine == "ko" else "ko"
        return mine if self.has(mine) or not self.has(other) else other

    @property
    def is_foreign(self) -> bool:
        """Whether readers get it in another language than theirs."""
        return not (get_language() or "en").startswith(self.language)

    def has(self, language: str) -> bool:
        """Whether it is there in that language: with a title and a text."""
        return bool(getattr(self, f"title_{language}") and getattr(self, f"body_{language}"))

    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}


class ArticleFile(models.Model):
    """A picture or file of an article. `content_type` is what its bytes say."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="files")
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["article", "id"], name="article_file")]

    def __str__(self) -> str:
        return self.name


class ArticleStep(models.Model):
    """A line of an article's history. Nothing here is ever changed."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["article", "-id"], name="article_steps")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.step}"


class ArticleUse(models.Model):
    """An article and a record that have to do with each other."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="uses")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="articles_used")
    how = models.CharField(max_length=8, choices=How)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "ticket", "how"], name="article_use_once")
        ]
        indexes: ClassVar = [models.Index(fields=["ticket"], name="article_use_ticket")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.how} {self.ticket_id}"


class ArticleDay(models.Model):
    """What became of an article on one day; figures are read from here."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    unsolved = models.PositiveIntegerField(default=0)
    deflected = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "day"], name="article_day_once")
        ]
        indexes: ClassVar = [models.Index(fields=["day"], name="article_day")]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"


class ArticleView(models.Model):
    """That a person read an article that day, so that reading twice counts once. Kept for days."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "user", "day"], name="article_view_once")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.day}"


class Feedback(models.Model):
    """Whether an article solved it: one answer per person and day, the last one counts.

    `form` is the form that was being filled in when it was answered, if there was one.
    A yes given in the portal is a request that never had to be made.
    """

    article = models.ForeignKey(Article, models.PROTECT, related_name="feedback")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    day = models.DateField()
    solved = models.BooleanField()
    comment = models.TextField(blank=True)
    place = models.CharField(max_length=8, choices=Reader)
    form = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "user", "day"], name="article_feedback_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["day"], condition=Q(solved=True, place="portal"), name="article_deflected"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {'yes' if self.solved else 'no'}"


class SearchMiss(models.Model):
    """Words that were searched and not found. Says nothing of who searched."""

    query = models.CharField(max_length=120)
    place = models.CharField(max_length=8, choices=Reader)
    count = models.PositiveIntegerField(default=1)
    first_on = models.DateField(default=timezone.localdate)
    last_on = models.DateField(default=timezone.localdate)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["query", "place"], name="search_miss_once")
        ]
        indexes: ClassVar = [models.Index(fields=["-count", "-last_on"], name="search_miss_most")]

    def __str__(self) -> str:
        return self.query


__all__ = [
    "TEXTS",
    "Article",
    "ArticleDay",
    "ArticleDepartment",
    "ArticleFile",
    "ArticleStep",
    "ArticleUse",
    "ArticleVersion",
    "ArticleView",
    "Feedback",
    "Language",
    "SearchMiss",
]
