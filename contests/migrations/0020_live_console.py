"""Announcements, questions to the organizers, clues for people, counts of the answer path; the indexes that the live page reads by."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contests', '0019_builder'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Clue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('device', 'Nhiều người làm trên một máy'), ('speed', 'Làm nhanh hơn mức đọc kịp đề'), ('alike', 'Sai giống nhau'), ('jump', 'Điểm tăng vọt giữa hai lượt')], max_length=8)),
                ('key', models.CharField(max_length=80)),
                ('strength', models.PositiveSmallIntegerField(choices=[(1, 'yếu'), (2, 'vừa'), (3, 'mạnh')])),
                ('attempts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('facts', models.JSONField(default=dict)),
                ('found_at', models.DateTimeField()),
                ('verdict', models.CharField(blank=True, db_default='', default='', help_text='of the newest mark', max_length=8)),
            ],
            options={
                'ordering': ['-strength', '-found_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ClueMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('normal', 'Bình thường'), ('look', 'Cần xem'), ('acted', 'Đã xử lý')], max_length=8)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='MemberQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('question', models.PositiveSmallIntegerField(help_text='place on the paper from 1; null: none of them', null=True)),
                ('text', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SaveCount',
            fields=[
                ('pk', models.CompositePrimaryKey('minute', 'act', 'status', blank=True, editable=False, primary_key=True, serialize=False)),
                ('minute', models.DateTimeField()),
                ('act', models.CharField(max_length=8)),
                ('status', models.SmallIntegerField()),
                ('count', models.BigIntegerField()),
            ],
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(fields=['round', 'started_at'], name='attempt_by_start'),
        ),
        migrations.AddIndex(
            model_name='lateanswer',
            index=models.Index(fields=['arrived_at'], name='late_answer_by_arrival'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='announcement',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='announcements', to='contests.contest'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='announcement',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='contests.announcement'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.round'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.questionversion'),
        ),
        migrations.AddField(
            model_name='clue',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clues', to='contests.contest'),
        ),
        migrations.AddField(
            model_name='cluemark',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cluemark',
            name='clue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='contests.clue'),
        ),
        migrations.AddField(
            model_name='cluemark',
            name='exclusion',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.exclusion'),
        ),
        migrations.AddField(
            model_name='cluemark',
            name='voided',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.attempt'),
        ),
        migrations.AddField(
            model_name='memberquestion',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='memberquestion',
            name='attempt',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions_asked', to='contests.attempt'),
        ),
        migrations.AddField(
            model_name='memberquestion',
            name='contest',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.contest'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='announcement_says_something'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.CheckConstraint(condition=models.Q(('round__isnull', True), ('version__isnull', True), _connector='OR'), name='announcement_has_one_audience'),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.UniqueConstraint(fields=('contest', 'kind', 'key'), name='clue_once'),
        ),
        migrations.AddConstraint(
            model_name='cluemark',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='clue_mark_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='cluemark',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'acted'), _negated=True), ('exclusion__isnull', False), ('voided__isnull', False), _connector='OR'), name='acted_clue_names_its_act'),
        ),
        migrations.AddIndex(
            model_name='memberquestion',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['contest'], name='member_question_waiting'),
        ),
        migrations.AddConstraint(
            model_name='memberquestion',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='member_question_says_something'),
        ),
        migrations.AddConstraint(
            model_name='memberquestion',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='member_answer_says_something'),
        ),
        # Counts of trouble must cost no write-ahead log; a crash may forget them.
        migrations.RunSQL("ALTER TABLE contests_savecount SET UNLOGGED", "ALTER TABLE contests_savecount SET LOGGED"),
    ]
