"""Rulings on questions, the grades that decisions changed, and the steps back that taking a decision back needs."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


STEPS = """
CREATE OR REPLACE FUNCTION contests_attempt_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('started', 'submitted'), ('started', 'expired'), ('submitted', 'graded'), ('expired', 'graded'),
        ('graded', 'voided'), ('graded', 'regraded'), ('regraded', 'voided'), ('voided', 'regraded')%s
    ) THEN
        RAISE EXCEPTION 'an attempt cannot go from %% to %%', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_step', TABLE = 'contests_attempt';
    END IF;
    RETURN NEW;
END $$
"""
WITH_STEPS_BACK = STEPS % ", ('regraded', 'graded'), ('voided', 'graded')"
WITHOUT = STEPS % ""


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0015_awards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.CharField(choices=[('void', 'Huỷ câu, ai có câu này trong đề cũng được tính đủ điểm'), ('replace', 'Sửa đáp án'), ('accept_also', 'Chấp nhận thêm đáp án')], max_length=12)),
                ('key', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, help_text="positions in the author's order", size=None)),
                ('spec', models.JSONField(default=dict, help_text='for kinds of questions without options')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(help_text='when it was first tried')),
                ('applied_at', models.DateTimeField(help_text='later than every grade that it found and every other ruling', null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undo_reason', models.TextField(blank=True)),
                ('trial', models.JSONField(null=True)),
                ('task', models.CharField(blank=True, choices=[('', 'không có việc'), ('try', 'đang xem thử'), ('apply', 'đang áp dụng'), ('try_undo', 'đang xem thử việc thu hồi'), ('undo', 'đang thu hồi')], default='', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='key_rulings', to='contests.contest')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='contests.questionversion')),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='GradeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('undo', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('state_before', models.CharField(max_length=12)),
                ('points_before', models.IntegerField()),
                ('right_before', models.PositiveSmallIntegerField()),
                ('answered_before', models.PositiveSmallIntegerField()),
                ('graded_before', models.DateTimeField()),
                ('state_after', models.CharField(max_length=12)),
                ('points_after', models.IntegerField()),
                ('right_after', models.PositiveSmallIntegerField()),
                ('answered_after', models.PositiveSmallIntegerField()),
                ('graded_after', models.DateTimeField()),
                ('base_state', models.CharField(max_length=12)),
                ('base_graded_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='contests.attempt')),
                ('ruling', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='contests.keyruling')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='keyruling',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='key_ruling_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='keyruling',
            constraint=models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), models.Q(('applied_at__lte', models.F('undone_at')), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='key_ruling_is_undone_after_it_was_applied'),
        ),
        migrations.AddConstraint(
            model_name='keyruling',
            constraint=models.UniqueConstraint(fields=('contest', 'applied_at'), name='one_key_ruling_at_a_time'),
        ),
        migrations.RunSQL(WITH_STEPS_BACK, WITHOUT),
    ]
