"""The order of a standing becomes a text that any tie chain can fill; the smaller is the better.

Rows that exist get what `ties.sort_key` makes of points and time, in one rewrite of the table.
"""

from django.db import migrations, models

TO_TEXT = """
ALTER TABLE contests_standing ALTER COLUMN "order" TYPE varchar(100) COLLATE "C"
    USING lpad(to_hex(549755813888 - points), 10, '0') || lpad(to_hex(elapsed_ms), 10, '0')
"""
TO_NUMBER = """
ALTER TABLE contests_standing ALTER COLUMN "order" TYPE bigint
    USING points::bigint * 1000000000 + 999999999 - elapsed_ms
"""


class Migration(migrations.Migration):
    dependencies = [("contests", "0009_finalists")]
    operations = [
        migrations.RemoveIndex("standing", "standing_order"),
        migrations.RunSQL(
            TO_TEXT,
            TO_NUMBER,
            state_operations=[
                migrations.AlterField(
                    "standing",
                    "order",
                    models.CharField(
                        db_collation="C",
                        help_text="rules.ties.sort_key: a text that sorts as the board ranks, smaller is better",
                        max_length=100,
                    ),
                )
            ],
        ),
        migrations.AddIndex("standing", models.Index(fields=["contest", "round", "order"], name="standing_order")),
    ]
