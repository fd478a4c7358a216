"""What is asked: banks of questions in immutable versions."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit


class Bank(models.Model):
    """A unit's collection of questions: for contests, or open to everybody for practice; never both.

    Triggers hold that: no contest that is not closed uses a bank for practice, whoever writes.
    """

    class Purpose(models.TextChoices):
        CONTEST = "contest", _("Để ra đề thi")
        PRACTICE = "practice", _("Để mọi người thi thử")

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="banks")
    name = models.CharField(_("tên ngân hàng câu hỏi"), max_length=200)
    purpose = models.CharField(
        _("dùng để"), max_length=8, choices=Purpose.choices, default=Purpose.CONTEST, db_default="contest"
    )
    version = models.PositiveIntegerField(
        default=1, help_text="grows with every change, so that processes may cache the bank"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("ngân hàng câu hỏi")
        verbose_name_plural = _("ngân hàng câu hỏi")

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """A topic of a bank; papers draw so many questions from each."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="topics")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["bank", "name"]
        constraints = [models.UniqueConstraint(fields=["bank", "name"], name="topic_once_in_a_bank")]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """A question over all its versions, known by its code inside the bank."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(_("mã"), max_length=40)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["bank", "code"]
        constraints = [models.UniqueConstraint(fields=["bank", "code"], name="question_code_once_in_a_bank")]

    def __str__(self) -> str:
        return self.code


class QuestionImage(models.Model):
    """A picture that stems of questions show, as we have written it ourselves; kept once, however many questions show it.

    The file is named by its hash below the private files, the address by `public_id`: neither says anything of the question.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    form = models.CharField(max_length=4, choices=[("webp", "WebP"), ("png", "PNG")])
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField(help_text="bytes")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def file(self) -> str:
        """Its name in the storage."""
        return f"hinh/{self.sha256[:2]}/{self.sha256}.{self.form}"


class QuestionVersion(models.Model):
    """The text of a question at one time. Never changed once a paper holds it: a change is a new version.

    Review belongs to the version: a second person approves what is written here, and a change has to be approved again.

    `options` are in the author's order; `key` and `pinned` are positions in it, from 0. `spec` is what else the kind
    keeps (`contests.rules.kinds`). Key and spec leave the server only after the round has closed.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", _("Một đáp án")
        MULTIPLE = "multiple", _("Nhiều đáp án")
        TRUE_FALSE = "true_false", _("Đúng/Sai")
        SHORT_TEXT = "short_text", _("Trả lời ngắn")
        NUMBER = "number", _("Điền số")
        ORDERING = "ordering", _("Sắp thứ tự")
        MATCHING = "matching", _("Ghép cặp")
        FILL_IN = "fill_in", _("Điền chỗ trống")
        ESSAY = "essay", _("Tự luận")

    class Difficulty(models.TextChoices):
        EASY = "easy", _("Dễ")
        MEDIUM = "medium", _("Vừa")
        HARD = "hard", _("Khó")

    class Review(models.TextChoices):
        DRAFT = "draft", _("chưa gửi duyệt")
        IN_REVIEW = "in_review", _("chờ duyệt")
        APPROVED = "approved", _("đã duyệt")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    is_current = models.BooleanField(default=True)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    difficulty = models.CharField(max_length=8, choices=Difficulty.choices)
    stem = models.TextField()
    options = ArrayField(models.TextField(), blank=True)
    key = ArrayField(models.PositiveSmallIntegerField(), blank=True)
    spec = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    pinned = ArrayField(models.PositiveSmallIntegerField(), default=list)
    document = models.CharField(_("văn bản"), max_length=200, blank=True)
    article = models.CharField(_("điều khoản"), max_length=120, blank=True)
    other_source = models.CharField(_("nguồn khác"), max_length=300, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    image = models.ForeignKey(QuestionImage, on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    image_alt = models.CharField(_("lời mô tả hình"), max_length=300, blank=True, default="", db_default="")
    search_text = models.TextField(editable=False)
    stem_key = models.CharField(
        max_length=32,
        editable=False,
        help_text="the same for questions that ask the same, see `rules.practice.stem_key`",
    )
    salt = models.UUIDField(
        default=uuid.uuid4,
        db_default=RandomUUID(),
        editable=False,
        help_text="goes into the digest of the audit log, so that nobody finds the key by trying all",
    )
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    review = models.CharField(max_length=9, choices=Review.choices, default=Review.DRAFT, db_default="draft")
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    asked_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    reviewed_at = models.DateTimeField(null=True, editable=False)
    review_note = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="why it was returned"
    )

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["question"], condition=Q(is_current=True), name="one_current_version"),
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(article="") | ~Q(other_source=""), name="version_has_a_source"
            ),
            models.CheckConstraint(condition=~Q(stem_key=""), name="version_says_what_it_asks"),
            models.CheckConstraint(
                condition=~Q(review="approved", reviewed_by=F("created_by")), name="approved_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=Q(image__isnull=True, image_alt="") | Q(image__isnull=False) & ~Q(image_alt=""),
                name="image_and_its_words_come_together",
            ),
        ]
        indexes = [models.Index(fields=["stem_key"], name="version_by_what_it_asks")]

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"


class LintKept(models.Model):
    """A finding of the linter that somebody has looked at and keeps as it is ("đã xem, giữ nguyên").

    `mark` is a hash of the finding and of the question as it stood: once the question changes, it is found again.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="kept")
    code = models.CharField(max_length=40)
    mark = models.CharField(max_length=32)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["question", "mark"], name="kept_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.code}"


class QuestionImport(models.Model):
    """One confirmed import: which file, by whom, what came of it. The same file a second time warns."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    created = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    imported_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return self.filename
