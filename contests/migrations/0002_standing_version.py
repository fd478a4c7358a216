"""The sequence that numbers standings, so that a board never takes an older row for a newer one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contests", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE contests_standing_version", "DROP SEQUENCE contests_standing_version"),
    ]
