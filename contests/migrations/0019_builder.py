"""What the contest builder keeps: short links, pauses, openings at a moment, rehearsals."""

import contests.models.contest
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def give_codes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A code of its own to each contest that is there already: the column's default was drawn once for all of them."""
    Contest, used = apps.get_model("contests", "Contest"), set()
    for pk in Contest.objects.order_by().values_list("pk", flat=True):
        while (code := contests.models.contest.new_share_code()) in used:
            pass
        used.add(code)
        Contest.objects.filter(pk=pk).update(share_code=code)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_unit_kinds'),
        ('contests', '0018_question_images'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('members', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Đang chờ'), ('running', 'Đang chạy'), ('done', 'Đã xong'), ('failed', 'Không chạy được')], default='waiting', max_length=8)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('report', models.JSONField(help_text='what queries.rehearsals reads', null=True)),
                ('error', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'lần diễn tập',
                'verbose_name_plural': 'các lần diễn tập',
                'ordering': ['-asked_at'],
            },
        ),
        migrations.AddField(
            model_name='contest',
            name='opens_itself_at',
            field=models.DateTimeField(db_index=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='contest',
            name='opens_itself_by',
            field=models.ForeignKey(editable=False, help_text='who answers for it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contest',
            name='pause_reason',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='contest',
            name='paused_at',
            field=models.DateTimeField(editable=False, help_text='since when nobody new may begin', null=True),
        ),
        migrations.AddField(
            model_name='contest',
            name='share_code',
            field=models.CharField(default=contests.models.contest.new_share_code, editable=False, max_length=6, null=True),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='contest',
            name='share_code',
            field=models.CharField(default=contests.models.contest.new_share_code, editable=False, max_length=6, unique=True),
        ),
        migrations.AddField(
            model_name='contest',
            name='share_seen_at',
            field=models.DateTimeField(editable=False, help_text='when its share kit was first looked at', null=True),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('paused_at__isnull', True), models.Q(('pause_reason', ''), _negated=True), _connector='OR'), name='pause_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='contest',
            constraint=models.CheckConstraint(condition=models.Q(('opens_itself_at__isnull', True), ('state', 'draft'), _connector='OR'), name='only_a_draft_opens_itself'),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rehearsals', to='contests.contest'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'running'])), fields=('contest',), name='one_rehearsal_at_a_time'),
        ),
    ]
