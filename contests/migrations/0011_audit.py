"""The audit log: its records, its head, and a salt for the digests of questions."""

import django.contrib.postgres.functions
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0010_standing_order_text'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.BigIntegerField()),
                ('link', models.BinaryField(max_length=32)),
                ('mac', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.AddField(
            model_name='questionversion',
            name='salt',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, help_text='goes into the digest of the audit log, so that nobody finds the key by trying all'),
        ),
        migrations.CreateModel(
            name='AuditRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('what', models.CharField(max_length=60)),
                ('contest', models.BigIntegerField(null=True)),
                ('attempt', models.UUIDField(help_text='public id', null=True)),
                ('actor', models.BigIntegerField(help_text='member; null: the system', null=True)),
                ('detail', models.JSONField(db_default={})),
                ('position', models.BigIntegerField(help_text='place in the chain, from 1; null: not sealed yet', null=True, unique=True)),
                ('link', models.BinaryField(max_length=32, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('position__isnull', True)), fields=['id'], name='audit_to_seal'), models.Index(fields=['contest', 'id'], name='audit_of_a_contest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('link__isnull', True), ('position__isnull', True)), models.Q(('link__isnull', False), ('position__gte', 1)), _connector='OR'), name='sealed_record_has_its_link')],
            },
        ),
    ]
