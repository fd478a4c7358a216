"""What organizers and members say to each other while a contest runs, and the clues that people look at afterwards."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from contests.models.bank import QuestionVersion
from contests.models.contest import Contest, Exclusion, Round
from contests.models.taking import Attempt

ANNOUNCED, ASKED = 500, 300  # characters


class Announcement(models.Model):
    """What the organizers say to everybody, to a round, or to those whose paper holds a question. Rows are only ended, never changed.

    A correction is a new row that `replaces` the old one; `ended_at` says when one stopped being shown.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="announcements")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=ANNOUNCED)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="announcement_says_something"),
            models.CheckConstraint(
                condition=Q(round__isnull=True) | Q(version__isnull=True), name="announcement_has_one_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.text[:40]}"


class MemberQuestion(models.Model):
    """What a member asks the organizers while sitting, and the answer that only this member reads."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="+")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="questions_asked")
    question = models.PositiveSmallIntegerField(null=True, help_text="place on the paper from 1; null: none of them")
    text = models.CharField(max_length=ASKED)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=ANNOUNCED, blank=True)
    answered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="member_question_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="member_answer_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["contest"], condition=Q(answered_at__isnull=True), name="member_question_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.text[:40]}"


class Clue(models.Model):
    """Something about attempts that a person should look at. It punishes nobody and no member ever sees it.

    `key` names what it is about, so that finding it again finds this row; `facts` are figures, see `rules.clues`.
    """

    class Kind(models.TextChoices):
        DEVICE = "device", _("Nhiều người làm trên một máy")
        SPEED = "speed", _("Làm nhanh hơn mức đọc kịp đề")
        ALIKE = "alike", _("Sai giống nhau")
        JUMP = "jump", _("Điểm tăng vọt giữa hai lượt")

    class Strength(models.IntegerChoices):
        WEAK = 1, _("yếu")
        MEDIUM = 2, _("vừa")
        STRONG = 3, _("mạnh")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="clues")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=80)
    strength = models.PositiveSmallIntegerField(choices=Strength.choices)
    attempts = ArrayField(models.BigIntegerField())
    facts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, blank=True, default="", db_default="", help_text="of the newest mark")

    class Meta:
        ordering = ["-strength", "-found_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["contest", "kind", "key"], name="clue_once")]

    def __str__(self) -> str:
        return f"{self.contest}: {self.kind} {self.key}"


class ClueMark(models.Model):
    """What a person made of a clue, with the reason. Rows are only ever added; the newest counts."""

    class Verdict(models.TextChoices):
        NORMAL = "normal", _("Bình thường")
        LOOK = "look", _("Cần xem")
        ACTED = "acted", _("Đã xử lý")

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="marks")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.TextField()
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    exclusion = models.ForeignKey(Exclusion, on_delete=models.PROTECT, null=True, related_name="+")
    voided = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="clue_mark_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(verdict="acted") | Q(exclusion__isnull=False) | Q(voided__isnull=False),
                name="acted_clue_names_its_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clue}: {self.verdict}"


class SaveCount(models.Model):
    """How many replies of each kind the answer path gave in a minute: of the whole site. Unlogged; kept for a day."""

    pk = models.CompositePrimaryKey("minute", "act", "status")
    minute = models.DateTimeField()
    act = models.CharField(max_length=8)
    status = models.SmallIntegerField()
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.minute} {self.act} {self.status}: {self.count}"
