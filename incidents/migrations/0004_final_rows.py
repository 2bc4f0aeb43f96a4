"""Former wordings of the timeline and published notices: the database refuses to change them."""

from django.db import migrations

FORBID = """
CREATE FUNCTION incidents_row_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER incidents_logrevision_is_final BEFORE UPDATE OR DELETE ON incidents_logrevision
    FOR EACH ROW EXECUTE FUNCTION incidents_row_is_final();
CREATE TRIGGER incidents_update_is_final BEFORE UPDATE OR DELETE ON incidents_update
    FOR EACH ROW EXECUTE FUNCTION incidents_row_is_final();
"""
ALLOW = """
DROP TRIGGER incidents_update_is_final ON incidents_update;
DROP TRIGGER incidents_logrevision_is_final ON incidents_logrevision;
DROP FUNCTION incidents_row_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_major")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
