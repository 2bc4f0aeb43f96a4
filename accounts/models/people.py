"""Users, departments, teams, role grants, API tokens, sign-in sessions and the audit log."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditVerb, Density, Role, Routing, Scope, Theme, TokenScope
from core.models import Bilingual


class Department(Bilingual):
    """Where a person belongs; its manager approves for it."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    manager = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="managed_departments"
    )
    shares_records = models.BooleanField(
        _("members see each other's records"),
        default=False,
        help_text=_("Restricted records stay hidden."),
    )

    class Meta:
        verbose_name = _("department")
        ordering: ClassVar = ["name_en"]


class UserManager(BaseUserManager["User"]):
    """Users are found by e-mail, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person (or a machine) that can act. One display name; Korean names family name first."""

    email = models.EmailField(_("e-mail"))
    display_name = models.CharField(_("name"), max_length=80)
    roman_name = models.CharField(
        _("romanised name"),
        max_length=80,
        blank=True,
        help_text=_("Shown in English: Gildong Hong"),
    )
    employee_no = models.CharField(_("employee number"), max_length=40, blank=True)
    job_title = models.CharField(_("job title"), max_length=80, blank=True)
    job_grade = models.CharField(_("job grade"), max_length=80, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="members"
    )
    manager = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    extension = models.CharField(_("extension"), max_length=20, blank=True)
    location = models.CharField(_("location"), max_length=120, blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False)
    is_machine = models.BooleanField(_("machine account"), default=False)
    is_active = models.BooleanField(pgettext_lazy("account", "active"), default=True)
    is_staff = models.BooleanField(_("may open the technical administration"), default=False)
    created_at = models.DateTimeField(default=timezone.now)
    anonymised_at = models.DateTimeField(null=True, blank=True)

    language = models.CharField(_("language"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    density = models.CharField(
        _("density"), max_length=12, choices=Density, default=Density.DEFAULT
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    mail_notices = models.BooleanField(_("notices by mail"), default=True)
    columns = models.JSONField(default=dict, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["display_name"]

    class Meta:
        verbose_name = pgettext_lazy("account", "person")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]
        indexes: ClassVar = [models.Index(fields=["display_name", "id"], name="user_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The romanised name for readers of English where there is one, else the display name."""
        english = not (get_language() or "en").startswith("ko")
        return (self.roman_name if english else "") or self.display_name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Team(Bilingual):
    """A group that work is assigned to."""

    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)
    email = models.EmailField(_("e-mail"), blank=True)
    lead = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="led_teams")
    routing = models.CharField(
        _("work is given out"), max_length=16, choices=Routing, default=Routing.MANUAL
    )
    last_routed = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    is_active = models.BooleanField(pgettext_lazy("team", "active"), default=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    class Meta:
        verbose_name = _("team")
        ordering: ClassVar = ["name_en"]


class Membership(models.Model):
    """A person in a team. Work is only given out to members who are available."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    is_available = models.BooleanField(_("takes new work"), default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class RoleGrant(models.Model):
    """A role that a person holds, and how far it reaches."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(pgettext_lazy("permission", "role"), max_length=20, choices=Role)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.ALL)

    class Meta:
        verbose_name = pgettext_lazy("permission", "role")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "role", "scope"], name="grant_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.get_scope_display()})"


class ApiToken(models.Model):
    """A key for a program. Only its hash is kept; the text is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    def allows(self, scope: str) -> bool:
        """Whether the token may be used for `scope`; writing includes reading."""
        return scope in self.scopes or (
            scope == TokenScope.READ and TokenScope.WRITE in self.scopes
        )


class SignInSession(models.Model):
    """One browser somebody is signed in with, so that they can see and end it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"


class AuditEvent(models.Model):
    """What an administrator, or a person for themselves, changed. The database refuses to edit it.

    `changes` is {field: [old, new]} with stored values (ids, not names). Of a person's own data
    (name, e-mail, phone …) only the field is named, never a value: people can be anonymised,
    this log never changes. For the same reason a person as the object has no label.
    """

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=20, choices=AuditVerb)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    object_label = models.CharField(max_length=160, blank=True)
    changes = models.JSONField(default=dict)
    channel = models.CharField(max_length=12)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit event")
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="audit_recent"),
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_type} {self.object_id}"
