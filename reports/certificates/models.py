"""Certificates: the organizer's design, one issue of many, and each certificate with what it said on its day."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models import Contest, Entry, Round
from reports.certificates.wording import Kind


class CertificateDesign(models.Model):
    """How a unit's certificates look and what they say. Rows are only ever added: a certificate keeps the one it was issued with."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    body = models.CharField(max_length=600, help_text="with the places of wording.PLACES between braces")
    signer_title = models.CharField(max_length=160, blank=True)
    signer_name = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=60, blank=True)
    logo = models.BinaryField(null=True, help_text="written by contests.authoring.pictures")
    signature = models.BinaryField(null=True, help_text="likewise")
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mẫu giấy chứng nhận")
        verbose_name_plural = _("mẫu giấy chứng nhận")
        indexes = [models.Index(fields=["unit", "-id"], name="newest_certificate_design")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.title}"


class CertificateBatch(models.Model):
    """One act of issuing: to whom, with which design, and how far its file is. The certificates stay when the file goes."""

    class Kind(models.TextChoices):
        TOOK_PART = Kind.TOOK_PART.value, _("mọi người đã nộp bài")
        PASSED = Kind.PASSED.value, _("người đạt tỷ lệ câu đúng")
        PRIZE = Kind.PRIZE.value, _("người đạt giải đã công bố")

    class State(models.TextChoices):
        WAITING = "waiting", _("đang chờ")
        RUNNING = "running", _("đang làm")
        READY = "ready", _("đã xong")
        CANCELLED = "cancelled", _("đã dừng")
        GONE = "gone", _("đã xoá tệp")
        FAILED = "failed", _("không làm được")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="+")
    share = models.PositiveSmallIntegerField(null=True, help_text="per cent of right answers; of `passed` alone")
    again = models.BooleanField(default=False, help_text="also to those whose certificate was revoked")
    split = models.BooleanField(default=False, help_text="a zip with a file for each person, not one PDF")
    design = models.ForeignKey(CertificateDesign, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(
        null=True, help_text="the instant of the one snapshot; null: nothing has been issued yet"
    )
    issued = models.PositiveIntegerField(
        default=0, help_text="new certificates; the others in the file were there before"
    )
    holds = ArrayField(models.BigIntegerField(), default=list, help_text="the certificates of the file, in its order")
    file = models.CharField(max_length=200, blank=True, help_text="server-made path below MEDIA_ROOT")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        verbose_name = _("đợt cấp giấy chứng nhận")
        verbose_name_plural = _("đợt cấp giấy chứng nhận")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="passed", share__gte=1, share__lte=100) | (~Q(kind="passed") & Q(share__isnull=True)),
                name="certificate_share_of_passing_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.get_kind_display()}"

    @property
    def in_hand(self) -> bool:
        """Whether the worker has it or will have it."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Certificate(models.Model):
    """One certificate of one person. Never changed but by its revocation, and never deleted.

    `about` is what it certifies (`claims.Ask.about`): one that is not revoked for each person and thing, so that issuing twice
    gives the same.
    """

    code = models.CharField(max_length=18, unique=True)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … in the contest")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="certificates")
    about = models.CharField(max_length=220)
    said = models.JSONField(help_text="wording.Facts, as it was when it was issued")
    batch = models.ForeignKey(CertificateBatch, on_delete=models.PROTECT, related_name="certificates")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_reason = models.TextField(blank=True, help_text="everybody who has the code reads it")

    class Meta:
        ordering = ["contest", "number"]
        verbose_name = _("giấy chứng nhận")
        verbose_name_plural = _("giấy chứng nhận")
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="certificate_number_once"),
            models.UniqueConstraint(
                fields=["entry", "about"], condition=Q(revoked_at__isnull=True), name="one_certificate_in_force"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="revoked_certificate_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.number}"

    @property
    def serial(self) -> str:
        """The number as it is printed, with the year of the day it was issued."""
        return f"{self.number:06}/{str(self.said['day'])[:4]}"
