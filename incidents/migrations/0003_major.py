"""Major incidents: the row beside an incident, its timeline, notices and review."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit"),
        ("incidents", "0002_numbers"),
        ("tickets", "0008_major_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MajorIncident",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="major",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Candidate"),
                            ("declared", "Declared"),
                            ("rejected", "Rejected"),
                            ("stood_down", "Stood down"),
                            ("reviewed", "Reviewed"),
                        ],
                        default="proposed",
                        max_length=12,
                    ),
                ),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Severity 1"), (2, "Severity 2"), (3, "Severity 3")],
                        default=2,
                        verbose_name="severity",
                    ),
                ),
                ("proposed_at", models.DateTimeField(blank=True, null=True)),
                ("proposed_why", models.TextField(blank=True)),
                ("declared_at", models.DateTimeField(blank=True, null=True)),
                ("declared_why", models.TextField(blank=True)),
                ("rejected_at", models.DateTimeField(blank=True, null=True)),
                ("rejected_why", models.TextField(blank=True)),
                ("stood_down_at", models.DateTimeField(blank=True, null=True)),
                ("bridge_url", models.URLField(blank=True, max_length=500, verbose_name="bridge")),
                (
                    "next_update_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="next notice"),
                ),
                ("review_due_at", models.DateTimeField(blank=True, null=True)),
                ("symptoms", models.TextField(blank=True, verbose_name="symptoms")),
                ("impact", models.TextField(blank=True, verbose_name="impact")),
                ("hypothesis", models.TextField(blank=True, verbose_name="suspected cause")),
                ("current_action", models.TextField(blank=True, verbose_name="what is being done")),
                ("next_steps", models.TextField(blank=True, verbose_name="next steps")),
                (
                    "commander",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "communications",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rejected_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scribe",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stood_down_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "technical_team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
            options={
                "verbose_name": "major incident",
            },
        ),
        migrations.AddField(
            model_name="incident",
            name="contained_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="contained"),
        ),
        migrations.AddField(
            model_name="incident",
            name="patched_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="patched"),
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("manual", "Written by hand"),
                            ("event", "From the record's history"),
                        ],
                        default="manual",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(blank=True, max_length=250)),
                ("text", models.TextField(blank=True)),
                ("shown", models.BooleanField(default=True)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.event",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "major",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="incidents.majorincident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LogRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(blank=True, max_length=250)),
                ("text", models.TextField(blank=True)),
                ("shown", models.BooleanField(default=True)),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="incidents.logentry",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "major",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="review",
                        serialize=False,
                        to="incidents.majorincident",
                    ),
                ),
                ("impact", models.TextField(blank=True, verbose_name="impact")),
                ("course", models.TextField(blank=True, verbose_name="course of events")),
                ("causes", models.TextField(blank=True, verbose_name="causes")),
                ("went_well", models.TextField(blank=True, verbose_name="what went well")),
                ("went_badly", models.TextField(blank=True, verbose_name="what did not go well")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("saved_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
            },
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("investigating", "Investigating"),
                            ("identified", "Identified"),
                            ("monitoring", "Monitoring"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=14,
                        verbose_name="stage",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("operational", "Operational"),
                            ("degraded", "Degraded performance"),
                            ("partial", "Partial outage"),
                            ("major", "Major outage"),
                            ("maintenance", "Under maintenance"),
                        ],
                        max_length=12,
                        verbose_name="service",
                    ),
                ),
                ("text_ko", models.TextField(blank=True, verbose_name="text (Korean)")),
                ("text_en", models.TextField(blank=True, verbose_name="text (English)")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("everybody", "Everybody, on the portal too"),
                            ("stakeholders", "Stakeholders only"),
                        ],
                        default="everybody",
                        max_length=12,
                        verbose_name="audience",
                    ),
                ),
                (
                    "next_update_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="next notice"),
                ),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "major",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="incidents.majorincident",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ReviewAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=250)),
                ("due_on", models.DateField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.task",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="incidents.review",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="majorincident",
            index=models.Index(fields=["state", "-declared_at"], name="major_state"),
        ),
        migrations.AddConstraint(
            model_name="majorincident",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__gte", 1), ("severity__lte", 3)),
                name="major_severity_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="majorincident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commander", None),
                    models.Q(
                        models.Q(
                            ("deputy", None),
                            models.Q(("deputy", models.F("commander")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("communications", None),
                            models.Q(("communications", models.F("commander")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("scribe", None),
                            models.Q(("scribe", models.F("commander")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="major_commander_commands_only",
            ),
        ),
        migrations.AddIndex(
            model_name="logentry",
            index=models.Index(fields=["major", "at"], name="log_entry_major"),
        ),
        migrations.AddConstraint(
            model_name="logentry",
            constraint=models.UniqueConstraint(
                fields=("major", "event"), name="log_entry_once_an_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="logentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("event__isnull", False), ("kind", "event")),
                    models.Q(("event__isnull", True), ("kind", "manual")),
                    _connector="OR",
                ),
                name="log_entry_event_or_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="update",
            constraint=models.UniqueConstraint(
                fields=("major", "position"), name="update_position_once"
            ),
        ),
    ]
