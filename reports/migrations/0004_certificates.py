"""Certificates: designs, acts of issuing, and the certificates themselves."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_unit_kinds'),
        ('contests', '0020_live_console'),
        ('reports', '0003_counted_ahead'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CertificateDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=60)),
                ('body', models.CharField(help_text='with the places of wording.PLACES between braces', max_length=600)),
                ('signer_title', models.CharField(blank=True, max_length=160)),
                ('signer_name', models.CharField(blank=True, max_length=80)),
                ('place', models.CharField(blank=True, max_length=60)),
                ('logo', models.BinaryField(help_text='written by contests.authoring.pictures', null=True)),
                ('signature', models.BinaryField(help_text='likewise', null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'verbose_name': 'mẫu giấy chứng nhận',
                'verbose_name_plural': 'mẫu giấy chứng nhận',
            },
        ),
        migrations.CreateModel(
            name='CertificateBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('took_part', 'mọi người đã nộp bài'), ('passed', 'người đạt tỷ lệ câu đúng'), ('prize', 'người đạt giải đã công bố')], max_length=9)),
                ('share', models.PositiveSmallIntegerField(help_text='per cent of right answers; of `passed` alone', null=True)),
                ('again', models.BooleanField(default=False, help_text='also to those whose certificate was revoked')),
                ('split', models.BooleanField(default=False, help_text='a zip with a file for each person, not one PDF')),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('waiting', 'đang chờ'), ('running', 'đang làm'), ('ready', 'đã xong'), ('cancelled', 'đã dừng'), ('gone', 'đã xoá tệp'), ('failed', 'không làm được')], default='waiting', max_length=9)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('as_of', models.DateTimeField(help_text='the instant of the one snapshot; null: nothing has been issued yet', null=True)),
                ('issued', models.PositiveIntegerField(default=0, help_text='new certificates; the others in the file were there before')),
                ('holds', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='the certificates of the file, in its order', size=None)),
                ('file', models.CharField(blank=True, help_text='server-made path below MEDIA_ROOT', max_length=200)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.contest')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.round')),
                ('design', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.certificatedesign')),
            ],
            options={
                'verbose_name': 'đợt cấp giấy chứng nhận',
                'verbose_name_plural': 'đợt cấp giấy chứng nhận',
                'ordering': ['-requested_at'],
            },
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=18, unique=True)),
                ('number', models.PositiveIntegerField(help_text='1, 2, … in the contest')),
                ('about', models.CharField(max_length=220)),
                ('said', models.JSONField(help_text='wording.Facts, as it was when it was issued')),
                ('issued_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_reason', models.TextField(blank=True, help_text='everybody who has the code reads it')),
                ('contest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contests.contest')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='contests.entry')),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='reports.certificatebatch')),
            ],
            options={
                'verbose_name': 'giấy chứng nhận',
                'verbose_name_plural': 'giấy chứng nhận',
                'ordering': ['contest', 'number'],
                'constraints': [models.UniqueConstraint(fields=('contest', 'number'), name='certificate_number_once'), models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('entry', 'about'), name='one_certificate_in_force'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_reason', '')), models.Q(('revoked_at__isnull', False), models.Q(('revoked_reason', ''), _negated=True)), _connector='OR'), name='revoked_certificate_says_why')],
            },
        ),
        migrations.AddIndex(
            model_name='certificatedesign',
            index=models.Index(fields=['unit', '-id'], name='newest_certificate_design'),
        ),
        migrations.AddConstraint(
            model_name='certificatebatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'passed'), ('share__gte', 1), ('share__lte', 100)), models.Q(models.Q(('kind', 'passed'), _negated=True), ('share__isnull', True)), _connector='OR'), name='certificate_share_of_passing_alone'),
        ),
    ]
