"""Late answers, extensions, decisions about attempts, the device that holds a sitting, banks for practice, the start gate."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_unit_kinds'),
        ('contests', '0003_bank_public_id'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AttemptEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('detail', models.JSONField(default=dict, help_text='what was before, as far as it changed')),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('extra_minutes', models.PositiveSmallIntegerField(default=0)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('extra_attempts', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'gia hạn',
                'verbose_name_plural': 'gia hạn',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='LateAnswer',
            fields=[
                ('pk', models.CompositePrimaryKey('attempt_id', 'question', blank=True, editable=False, primary_key=True, serialize=False)),
                ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='late_answers', to='contests.attempt')),
                ('question', models.PositiveSmallIntegerField()),
                ('choice', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ('seq', models.BigIntegerField()),
                ('arrived_at', models.DateTimeField()),
                ('cause', models.CharField(choices=[('closed', 'bài đã đóng'), ('elsewhere', 'bài đang làm trên máy khác')], max_length=9)),
                ('accepted_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'câu trả lời đến trễ',
                'verbose_name_plural': 'câu trả lời đến trễ',
            },
        ),
        migrations.CreateModel(
            name='StartGate',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('next_slot', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='attempt',
            name='graded_attempt_has_points',
        ),
        migrations.AddField(
            model_name='attempt',
            name='device',
            field=models.UUIDField(help_text='cookie of the browser that holds the sitting; null: any', null=True),
        ),
        migrations.AddField(
            model_name='attempt',
            name='epoch',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, help_text='how often the sitting has changed hands, from 1'),
        ),
        migrations.AddField(
            model_name='attempt',
            name='received',
            field=models.PositiveSmallIntegerField(help_text='answers that were in when it was handed in', null=True),
        ),
        migrations.AddField(
            model_name='bank',
            name='purpose',
            field=models.CharField(choices=[('contest', 'Để ra đề thi'), ('practice', 'Để mọi người thi thử')], db_default='contest', default='contest', max_length=8, verbose_name='dùng để'),
        ),
        migrations.AddField(
            model_name='round',
            name='extended_until',
            field=models.DateTimeField(blank=True, editable=False, help_text='the latest close that an extension gave anybody; kept by `actions.extend`', null=True),
        ),
        migrations.AlterField(
            model_name='attempt',
            name='state',
            field=models.CharField(choices=[('started', 'đang làm'), ('submitted', 'đã nộp'), ('expired', 'hết giờ, tự nộp'), ('graded', 'đã chấm'), ('voided', 'không tính'), ('regraded', 'đã chấm lại')], default='started', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['graded', 'voided', 'regraded']), _negated=True), models.Q(('elapsed_ms__isnull', False), ('points__isnull', False)), _connector='OR'), name='judged_attempt_has_points'),
        ),
        migrations.AddField(
            model_name='attemptevent',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attemptevent',
            name='attempt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='contests.attempt'),
        ),
        migrations.AddField(
            model_name='extension',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='extension',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='extension',
            name='revoked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='extension',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='contests.round'),
        ),
        migrations.AddField(
            model_name='extension',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('member__isnull', True), ('unit__isnull', True), _connector='OR'), name='extension_has_one_scope'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('extra_minutes__gt', 0), ('extra_attempts__gt', 0), ('closes_at__isnull', False), _connector='OR'), name='extension_gives_something'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='extension_has_a_reason'),
        ),
    ]
