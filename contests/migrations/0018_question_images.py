"""Pictures in questions, findings of the linter that were looked at; the audit log's digest of a version holds its picture."""

from dataclasses import replace
from importlib import import_module

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


_writers = import_module("contests.migrations.0013_audit_triggers")
BEFORE = next(writer for writer in _writers.WRITERS if writer.table == "contests_questionversion")
# A version without a picture keeps the digest that it had.
QUESTION = f"""{_writers.QUESTION} || CASE WHEN x.image_id IS NULL THEN '[]' ELSE
    jsonb_build_array((SELECT i.sha256 FROM contests_questionimage i WHERE i.id = x.image_id), x.image_alt) END"""
AFTER = replace(
    BEFORE, detail=BEFORE.detail.replace(_writers.QUESTION, QUESTION), watched=(*BEFORE.watched, "image_id", "image_alt")
)


def function_of(writer):
    """The function alone; its triggers stay."""
    return writer.sql().partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0017_bank_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='questionversion',
            name='image_alt',
            field=models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='lời mô tả hình'),
        ),
        migrations.CreateModel(
            name='LintKept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('mark', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kept', to='contests.question')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='QuestionImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sha256', models.CharField(editable=False, max_length=64, unique=True)),
                ('form', models.CharField(choices=[('webp', 'WebP'), ('png', 'PNG')], max_length=4)),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='questionversion',
            name='image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='contests.questionimage'),
        ),
        migrations.AddConstraint(
            model_name='questionversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('image__isnull', True), ('image_alt', '')), models.Q(('image__isnull', False), models.Q(('image_alt', ''), _negated=True)), _connector='OR'), name='image_and_its_words_come_together'),
        ),
        migrations.AddConstraint(
            model_name='lintkept',
            constraint=models.UniqueConstraint(fields=('question', 'mark'), name='kept_once'),
        ),
        migrations.RunSQL(function_of(AFTER), function_of(BEFORE)),
    ]
