"""The database's own guard of an attempt's life (`rules.lifecycle.STEPS`), and the start gate without a log.

Whatever writes – an act, the fast path, the admin, a person at a prompt – an attempt takes only the steps of the table.
"""

from django.db import migrations

STEPS = """
CREATE FUNCTION contests_attempt_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('started', 'submitted'), ('started', 'expired'), ('submitted', 'graded'), ('expired', 'graded'),
        ('graded', 'voided'), ('graded', 'regraded'), ('regraded', 'voided'), ('voided', 'regraded')
    ) THEN
        RAISE EXCEPTION 'an attempt cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_step', TABLE = 'contests_attempt';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempt_step BEFORE UPDATE OF state ON contests_attempt
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION contests_attempt_step();
"""
NO_STEPS = "DROP TRIGGER attempt_step ON contests_attempt; DROP FUNCTION contests_attempt_step()"


class Migration(migrations.Migration):
    dependencies = [("contests", "0004_sitting")]
    operations = [
        migrations.RunSQL(STEPS, NO_STEPS),
        migrations.RunSQL(
            "ALTER TABLE contests_startgate SET UNLOGGED", "ALTER TABLE contests_startgate SET LOGGED"
        ),
    ]
