"""Practice: what a question asks as an indexed key, and the database's own guard between practice and contests.

A bank that is open for practice shows its keys to everybody. So no contest that is not closed may use it, and none that such
a contest uses may be opened. Each side's trigger locks the bank's row, so that of two acts at the same instant one waits
for the other and then sees it.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from contests.rules.practice import stem_key

GUARDS = """
CREATE FUNCTION contests_bank_is_practice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM contests_contest WHERE bank_id = NEW.id AND state <> 'closed';
    IF FOUND THEN
        RAISE EXCEPTION 'bank % is used by a contest that is not closed', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_practice_on_contest_bank', TABLE = 'contests_bank';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_practice_on_contest_bank BEFORE UPDATE OF purpose ON contests_bank
    FOR EACH ROW WHEN (NEW.purpose = 'practice') EXECUTE FUNCTION contests_bank_is_practice();

CREATE FUNCTION contests_contest_uses_bank() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used_for text;
BEGIN
    SELECT purpose INTO used_for FROM contests_bank WHERE id = NEW.bank_id FOR SHARE;
    IF used_for = 'practice' THEN
        RAISE EXCEPTION 'bank % is open for practice', NEW.bank_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_contest_on_practice_bank', TABLE = 'contests_contest';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_contest_on_practice_bank BEFORE INSERT OR UPDATE OF bank_id, state ON contests_contest
    FOR EACH ROW WHEN (NEW.state <> 'closed') EXECUTE FUNCTION contests_contest_uses_bank();
"""
NO_GUARDS = """
DROP TRIGGER no_contest_on_practice_bank ON contests_contest;
DROP FUNCTION contests_contest_uses_bank();
DROP TRIGGER no_practice_on_contest_bank ON contests_bank;
DROP FUNCTION contests_bank_is_practice();
"""


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every version that exists its key, a thousand at a time."""
    version = apps.get_model("contests", "QuestionVersion")
    batch = []
    for row in version.objects.only("pk", "stem").order_by().iterator(1000):
        row.stem_key = stem_key(row.stem)
        batch.append(row)
        if len(batch) == 1000:
            version.objects.bulk_update(batch, ["stem_key"])
            batch = []
    version.objects.bulk_update(batch, ["stem_key"])


class Migration(migrations.Migration):
    dependencies = [("contests", "0005_attempt_steps")]
    operations = [
        migrations.AddField(
            "questionversion",
            "stem_key",
            models.CharField(
                default="",
                editable=False,
                help_text="the same for questions that ask the same, see `rules.practice.stem_key`",
                max_length=32,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("questionversion", models.Index(fields=["stem_key"], name="version_by_what_it_asks")),
        migrations.AddConstraint(
            "questionversion",
            models.CheckConstraint(condition=~models.Q(stem_key=""), name="version_says_what_it_asks"),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
