"""What organizers rule about questions after people have answered them, and every grade that a decision changed."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from contests.models.bank import QuestionVersion
from contests.models.contest import Contest
from contests.models.taking import Attempt


class KeyRuling(models.Model):
    """One ruling about a question of a contest: tried first, then applied, and perhaps taken back. Never deleted.

    The question stays as it is. The rulings that stand lie over the keys wherever the contest is judged, see
    `contests.rules.regrade`. `trial` is what the last trial showed: figures, and the digest that the act demands.
    """

    class What(models.TextChoices):
        VOID = "void", _("Huỷ câu, ai có câu này trong đề cũng được tính đủ điểm")
        REPLACE = "replace", _("Sửa đáp án")
        ACCEPT_ALSO = "accept_also", _("Chấp nhận thêm đáp án")

    class Task(models.TextChoices):
        NONE = "", _("không có việc")
        TRY = "try", _("đang xem thử")
        APPLY = "apply", _("đang áp dụng")
        TRY_UNDO = "try_undo", _("đang xem thử việc thu hồi")
        UNDO = "undo", _("đang thu hồi")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="key_rulings")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="rulings")
    what = models.CharField(max_length=12, choices=What.choices)
    key = ArrayField(models.PositiveSmallIntegerField(), default=list, help_text="positions in the author's order")
    spec = models.JSONField(default=dict, help_text="for kinds of questions without options")
    reason = models.TextField()
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(help_text="when it was first tried")
    applied_at = models.DateTimeField(
        null=True, help_text="later than every grade that it found and every other ruling"
    )
    applied_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    undo_reason = models.TextField(blank=True)
    trial = models.JSONField(null=True)
    task = models.CharField(max_length=8, choices=Task.choices, blank=True, default=Task.NONE)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="key_ruling_has_a_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(applied_at__lte=F("undone_at")) & ~Q(undo_reason=""),
                name="key_ruling_is_undone_after_it_was_applied",
            ),
            models.UniqueConstraint(fields=["contest", "applied_at"], name="one_key_ruling_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.what} {self.version}"

    @property
    def stands(self) -> bool:
        """Whether it lies over the keys now."""
        return self.applied_at is not None and self.undone_at is None


class GradeChange(models.Model):
    """A judged attempt as a decision found it and as it left it. Rows are only ever added.

    `ruling` is null where the decision was about this attempt alone (see its events); `undo`: the ruling was taken back.
    `base_…` say where rulings on questions found the attempt, so that taking them back gives it back.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="changes")
    ruling = models.ForeignKey(KeyRuling, on_delete=models.PROTECT, null=True, related_name="changes")
    undo = models.BooleanField(default=False)
    at = models.DateTimeField()
    state_before = models.CharField(max_length=12)
    points_before = models.IntegerField()
    right_before = models.PositiveSmallIntegerField()
    answered_before = models.PositiveSmallIntegerField()
    graded_before = models.DateTimeField()
    state_after = models.CharField(max_length=12)
    points_after = models.IntegerField()
    right_after = models.PositiveSmallIntegerField()
    answered_after = models.PositiveSmallIntegerField()
    graded_after = models.DateTimeField()
    base_state = models.CharField(max_length=12)
    base_graded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.attempt_id}: {self.points_before} → {self.points_after}"
