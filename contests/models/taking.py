"""Who takes part: entries, attempts, answers, standings."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.contest import Contest, Round


class Entry(models.Model):
    """One member in one contest, with the unit and its whole path as they were on that day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=120, db_index=True)
    unit_name = models.CharField(max_length=250)
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("thí sinh")
        verbose_name_plural = _("thí sinh")
        constraints = [models.UniqueConstraint(fields=["contest", "member"], name="member_enters_a_contest_once")]

    def __str__(self) -> str:
        return f"{self.member} – {self.contest}"


class Attempt(models.Model):
    """One sitting: the paper drawn from its seed, its deadline, and what became of it.

    `paper` is a list of [question version id, [author's option position in the order shown]]. The allowance is kept on the
    row so that the database itself refuses an attempt too many.
    """

    class State(models.TextChoices):
        STARTED = "started", _("đang làm")
        SUBMITTED = "submitted", _("đã nộp")
        EXPIRED = "expired", _("hết giờ, tự nộp")
        GRADED = "graded", _("đã chấm")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attempts")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    allowance = models.PositiveSmallIntegerField(
        null=True, help_text="attempts allowed when this one began; null: unlimited"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.STARTED)
    seed = models.BigIntegerField()
    paper = models.JSONField()
    shape = models.CharField(max_length=200, help_text="what the attempt token says of the paper, see contests.tokens")
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    accepts_until = models.DateTimeField(help_text="deadline plus the grace of the rules")
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=8, blank=True, choices=[("member", "member"), ("deadline", "deadline")])
    receipt = models.CharField(max_length=16, unique=True, null=True)
    graded_at = models.DateTimeField(null=True, blank=True)
    points = models.IntegerField(null=True, help_text="hundredths")
    right = models.PositiveSmallIntegerField(null=True)
    answered = models.PositiveSmallIntegerField(null=True)
    elapsed_ms = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("lượt thi")
        verbose_name_plural = _("lượt thi")
        constraints = [
            models.UniqueConstraint(fields=["entry", "round", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["entry", "round"], condition=Q(state="started"), name="one_running_attempt"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & (Q(allowance__isnull=True) | Q(number__lte=F("allowance"))),
                name="attempts_within_allowance",
            ),
            models.CheckConstraint(
                condition=Q(state="started") | Q(submitted_at__isnull=False), name="ended_attempt_has_its_instant"
            ),
            models.CheckConstraint(
                condition=~Q(state="graded") | Q(points__isnull=False, elapsed_ms__isnull=False),
                name="graded_attempt_has_points",
            ),
        ]
        indexes = [
            models.Index(fields=["accepts_until"], condition=Q(state="started"), name="attempt_running"),
            models.Index(
                fields=["submitted_at"], condition=Q(state__in=["submitted", "expired"]), name="attempt_to_grade"
            ),
            models.Index(fields=["round", "state"], name="attempt_by_round"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} #{self.number}"


class Answer(models.Model):
    """The newest choice for one question of an attempt. Written only by `contests.intake` and the submit act.

    `question` is the place on the paper from 1; `choice` are the shown positions from 0, so that nothing here or on the
    wire tells the author's order. A lower `seq` never overwrites a higher.
    """

    pk = models.CompositePrimaryKey("attempt_id", "question")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.PositiveSmallIntegerField()
    choice = ArrayField(models.SmallIntegerField())
    seq = models.BigIntegerField()
    arrived_at = models.DateTimeField()

    class Meta:
        verbose_name = _("câu trả lời")
        verbose_name_plural = _("câu trả lời")

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.question}: {self.choice}"


class Standing(models.Model):
    """The counted result of an entry in one round, or (round is null) over the whole contest. The truth behind a board."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="standings")
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, related_name="+")
    points = models.IntegerField(help_text="hundredths")
    elapsed_ms = models.BigIntegerField()
    order = models.BigIntegerField(help_text="leaderboard.ranking.order_key: one number that sorts, higher is better")
    version = models.BigIntegerField(help_text="grows with every change, so that a late put never hides a newer one")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("thứ hạng")
        verbose_name_plural = _("thứ hạng")
        constraints = [models.UniqueConstraint(fields=["entry", "round"], nulls_distinct=False, name="standing_once")]
        indexes = [models.Index(fields=["contest", "round", "-order"], name="standing_order")]

    def __str__(self) -> str:
        return f"{self.entry}: {self.points}"
