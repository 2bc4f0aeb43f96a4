"""Events are append-only: the database itself refuses to change or delete one."""

from django.db import migrations

FORBID = """
CREATE FUNCTION tickets_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tickets_event_is_final BEFORE UPDATE OR DELETE ON tickets_event
    FOR EACH ROW EXECUTE FUNCTION tickets_event_is_final();
"""
ALLOW = """
DROP TRIGGER tickets_event_is_final ON tickets_event;
DROP FUNCTION tickets_event_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [
        migrations.RunSQL(FORBID, ALLOW),
        migrations.RunSQL(
            "CREATE SEQUENCE ticket_task_seq START 1001", "DROP SEQUENCE ticket_task_seq"
        ),
    ]
