"""Question files on their way into a bank: read, looked at, mended, and only then saved."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from contests.models.bank import Bank, QuestionImport


class QuestionUpload(models.Model):
    """A file of questions between its upload and the button that saves it; whoever may change the bank may go on with it.

    `data` are the file's bytes as they came, kept with what was saved from it. `step` is what
    the worker does with it while it reads or saves, `done` of `total` how far that is (0 of 0: not to be counted). `words` holds what the file as a whole has to say: problems, warnings, lines that belong to no
    question (`contests.authoring.stored`). `defaults` is what all questions share that say nothing of their own.
    """

    class State(models.TextChoices):
        READING = "reading", _("Đang đọc")
        READY = "ready", _("Chờ lưu")
        SAVING = "saving", _("Đang lưu")
        SAVED = "saved", _("Đã lưu")
        FAILED = "failed", _("Không đọc được")

    class Step(models.TextChoices):
        OPEN = "open", _("Mở tệp và tìm câu hỏi")
        CHECK = "check", _("Kiểm tra từng câu")
        COMPARE = "compare", _("So với ngân hàng")
        KEEP = "keep", _("Ghi lại")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="uploads")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    place = models.CharField(max_length=20, default="dòng")
    words = models.JSONField(default=dict)
    defaults = models.JSONField(default=dict)
    step = models.CharField(max_length=7, choices=Step.choices, default=Step.OPEN)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    saved = models.OneToOneField(QuestionImport, on_delete=models.SET_NULL, null=True, related_name="upload")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["bank", "-created_at"], name="upload_by_bank")]

    def __str__(self) -> str:
        return self.filename


class UploadedQuestion(models.Model):
    """A question of such a file. `draft` is what will be saved, as read or as mended since; `reader` what the reader said of
    it, until somebody mends it; `findings` what is said of it now. `version` grows with every change, so that of
    two people who mend the same question the second one is told.
    """

    upload = models.ForeignKey(QuestionUpload, on_delete=models.CASCADE, related_name="questions")
    row = models.PositiveIntegerField()
    draft = models.JSONField()
    reader = models.JSONField(default=dict)
    findings = models.JSONField(default=dict)
    faulty = models.BooleanField(default=False)
    doubtful = models.BooleanField(default=False)
    left_out = models.BooleanField(default=False)
    twin = models.CharField(
        max_length=40, blank=True, help_text="code of the bank's question that asks nearly the same"
    )
    version = models.PositiveIntegerField(default=1)
    mended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["upload", "row"]
        constraints = [models.UniqueConstraint(fields=["upload", "row"], name="row_once_in_an_upload")]
        indexes = [
            models.Index(fields=["upload", "row"], condition=Q(faulty=True, left_out=False), name="upload_faulty"),
        ]

    def __str__(self) -> str:
        return f"{self.upload}: {self.row}"


class UploadedImage(models.Model):
    """A picture of such a file, as it came, under the name that its drafts use."""

    upload = models.ForeignKey(QuestionUpload, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=200)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "name"], name="image_once_in_an_upload")]

    def __str__(self) -> str:
        return self.name
