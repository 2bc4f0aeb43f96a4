"""Request numbers come from a sequence of their own; a published version never changes."""

from django.db import migrations

# What may still change on a version that is no draft: that another one has taken its place.
FINAL = """
CREATE FUNCTION catalog_version_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a published version of an offering is final';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.data IS DISTINCT FROM OLD.data OR NEW.number <> OLD.number
        OR NEW.offering_id <> OLD.offering_id OR NEW.state = 'draft'
    ) THEN
        RAISE EXCEPTION 'a published version of an offering is final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_version_final BEFORE UPDATE OR DELETE ON catalog_offeringversion
    FOR EACH ROW EXECUTE FUNCTION catalog_version_final();
"""
NOT_FINAL = """
DROP TRIGGER catalog_version_final ON catalog_offeringversion;
DROP FUNCTION catalog_version_final();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE ticket_request_seq START 1001", "DROP SEQUENCE ticket_request_seq"
        ),
        migrations.RunSQL(FINAL, NOT_FINAL),
    ]
