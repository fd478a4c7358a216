"""A random public id for banks, so that the console's addresses never show a serial number.

PostgreSQL fills the column of existing rows itself, a value of its own for each: the default is volatile.
"""

import django.contrib.postgres.functions
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contests", "0002_standing_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="bank",
            name="public_id",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                editable=False,
                unique=True,
            ),
        ),
    ]
