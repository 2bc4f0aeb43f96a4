"""The audit log, append-only: the database itself refuses to change or delete a line."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FORBID = """
CREATE FUNCTION accounts_audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER accounts_audit_is_final BEFORE UPDATE OR DELETE ON accounts_auditevent
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_is_final();
"""
ALLOW = """
DROP TRIGGER accounts_audit_is_final ON accounts_auditevent;
DROP FUNCTION accounts_audit_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("changed", "Changed"),
                            ("switched_off", "Switched off"),
                            ("switched_on", "Switched on"),
                            ("removed", "Removed"),
                            ("anonymised", "Anonymised"),
                            ("granted", "Role granted"),
                            ("revoked", "Role revoked"),
                            ("handed_over", "Work handed over"),
                            ("token_issued", "API token issued"),
                            ("token_revoked", "API token revoked"),
                            ("password_set", "Password changed"),
                            ("password_mailed", "Password link mailed"),
                            ("session_ended", "Session ended"),
                            ("applied", "Applied to open records"),
                            ("retried", "Tried again"),
                        ],
                        max_length=20,
                    ),
                ),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.CharField(max_length=60)),
                ("object_label", models.CharField(blank=True, max_length=160)),
                ("changes", models.JSONField(default=dict)),
                ("channel", models.CharField(max_length=12)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="audit_recent"),
                    models.Index(fields=["object_type", "object_id", "-id"], name="audit_object"),
                    models.Index(fields=["actor", "-id"], name="audit_actor"),
                ],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
