"""Who takes part: entries, attempts, answers, standings."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.contest import Contest, Round, RulesVersion
from contests.rules.kinds import Value


class Entry(models.Model):
    """One member in one contest, with the unit and its whole path as they were on that day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=120, db_index=True)
    unit_name = models.CharField(max_length=250)
    entered_at = models.DateTimeField()
    division = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="its key in the contest's rules, as on the day of entry",
    )
    rules_version = models.ForeignKey(
        RulesVersion, on_delete=models.PROTECT, null=True, editable=False, related_name="+", db_index=False,
        help_text="the rules that were in force when the member entered",
    )  # fmt: skip
    born_on = models.DateField(null=True, blank=True, help_text="as declared, only where the contest has a minimum age")

    class Meta:
        verbose_name = _("thí sinh")
        verbose_name_plural = _("thí sinh")
        constraints = [models.UniqueConstraint(fields=["contest", "member"], name="member_enters_a_contest_once")]

    def __str__(self) -> str:
        return f"{self.member} – {self.contest}"


class Attempt(models.Model):
    """One sitting: the paper drawn from its seed, its deadline, and what became of it.

    `paper` is a list of [question version id, [author's option position in the order shown]]. The allowance is kept on the
    row so that the database itself refuses an attempt too many; a trigger refuses every step that `rules.lifecycle` does.
    One device holds the sitting: taking over makes the epoch one higher, and tokens of a lower epoch write nothing.
    """

    class State(models.TextChoices):
        STARTED = "started", _("đang làm")
        SUBMITTED = "submitted", _("đã nộp")
        EXPIRED = "expired", _("hết giờ, tự nộp")
        GRADED = "graded", _("đã chấm")
        VOIDED = "voided", _("không tính")
        REGRADED = "regraded", _("đã chấm lại")

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
    shape = models.CharField(max_length=304, help_text="what the attempt token says of the paper: rules.kinds.shapes")
    device = models.UUIDField(null=True, help_text="cookie of the browser that holds the sitting; null: any")
    epoch = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="how often the sitting has changed hands, from 1"
    )
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    accepts_until = models.DateTimeField(help_text="deadline plus the grace of the rules")
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=8, blank=True, choices=[("member", "member"), ("deadline", "deadline")])
    receipt = models.CharField(max_length=16, unique=True, null=True)
    received = models.PositiveSmallIntegerField(null=True, help_text="answers that were in when it was handed in")
    graded_at = models.DateTimeField(null=True, blank=True)
    points = models.IntegerField(null=True, help_text="hundredths")
    right = models.PositiveSmallIntegerField(null=True)
    answered = models.PositiveSmallIntegerField(null=True)
    elapsed_ms = models.PositiveIntegerField(null=True)
    guess = models.BigIntegerField(null=True, help_text="answer to the side question, in units of 10⁻⁵")

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
                condition=~Q(state__in=["graded", "voided", "regraded"])
                | Q(points__isnull=False, elapsed_ms__isnull=False),
                name="judged_attempt_has_points",
            ),
        ]
        indexes = [
            models.Index(fields=["accepts_until"], condition=Q(state="started"), name="attempt_running"),
            models.Index(
                fields=["submitted_at"], condition=Q(state__in=["submitted", "expired"]), name="attempt_to_grade"
            ),
            models.Index(fields=["round", "state"], name="attempt_by_round"),
            models.Index(fields=["round", "started_at"], name="attempt_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} #{self.number}"


class Answer(models.Model):
    """The newest answer to one question of an attempt. Written only by `contests.intake` and the submit act.

    `question` is the place on the paper from 1; `choice` are the shown positions from 0, so that nothing here or on the
    wire tells the author's order; `text` is what was typed. Where one is, the other is empty; both: taken back. A lower
    `seq` never overwrites a higher.
    """

    pk = models.CompositePrimaryKey("attempt_id", "question")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question = models.PositiveSmallIntegerField()
    choice = ArrayField(models.SmallIntegerField(), default=list)
    text = models.TextField(default="", db_default="", blank=True)
    seq = models.BigIntegerField()
    arrived_at = models.DateTimeField()

    class Meta:
        verbose_name = _("câu trả lời")
        verbose_name_plural = _("câu trả lời")

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.question}: {self.value}"

    @property
    def value(self) -> Value:
        """The answer as rules judge it; empty when it was taken back."""
        return self.text or self.choice


class LateAnswer(models.Model):
    """A choice that came when it could not count any more, kept apart with the instant at which it came.

    It changes nothing until an organizer accepts it with a reason. At most one a question: the newest.
    """

    class Cause(models.TextChoices):
        CLOSED = "closed", _("bài đã đóng")
        ELSEWHERE = "elsewhere", _("bài đang làm trên máy khác")

    pk = models.CompositePrimaryKey("attempt_id", "question")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="late_answers", db_index=False)
    question = models.PositiveSmallIntegerField()
    choice = ArrayField(models.SmallIntegerField(), default=list)
    text = models.TextField(default="", db_default="", blank=True)
    seq = models.BigIntegerField()
    arrived_at = models.DateTimeField()
    cause = models.CharField(max_length=9, choices=Cause.choices)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("câu trả lời đến trễ")
        verbose_name_plural = _("câu trả lời đến trễ")
        indexes = [models.Index(fields=["arrived_at"], name="late_answer_by_arrival")]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.question}: {self.value} ({self.cause})"

    @property
    def value(self) -> Value:
        """The answer as rules judge it; empty when it was taken back."""
        return self.text or self.choice


class EssayMark(models.Model):
    """What one marker gives one essay, in hundredths of its credit. `rules.kinds.essay.settled` makes a credit of them."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="essay_marks")
    question = models.PositiveSmallIntegerField()
    marker = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    credit = models.PositiveSmallIntegerField(help_text="hundredths, 0 to 100")
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question", "marker"], name="marker_marks_an_essay_once"),
            models.CheckConstraint(condition=Q(credit__lte=100), name="essay_credit_within_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.question}: {self.credit} %"


class AttemptEvent(models.Model):
    """What people decided about an attempt: taken over, voided, restored, late answers accepted. Rows are only ever added."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, help_text="what was before, as far as it changed")
    actor = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.what}"


class Extension(models.Model):
    """More time, a later close or more attempts in one round: for one member, a unit's subtree, or everybody (both null).

    Never deleted: one that is taken back keeps its row. `rules.timing.terms` says what several of them come to.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="extensions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    closes_at = models.DateTimeField(null=True, blank=True)
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("gia hạn")
        verbose_name_plural = _("gia hạn")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=True) | Q(unit__isnull=True), name="extension_has_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(extra_minutes__gt=0) | Q(extra_attempts__gt=0) | Q(closes_at__isnull=False),
                name="extension_gives_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.round}: +{self.extra_minutes} min"


class StartGate(models.Model):
    """When the next start may be let in: one row for the whole site. Unlogged: what a crash forgets is only a queue."""

    name = models.CharField(max_length=20, primary_key=True)
    next_slot = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.next_slot}"


class Standing(models.Model):
    """The counted result of an entry in one round, or (round is null) over the whole contest. The truth behind a board."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="standings")
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, related_name="+")
    points = models.IntegerField(help_text="hundredths")
    right = models.PositiveIntegerField(default=0, db_default=0)
    elapsed_ms = models.BigIntegerField()
    submitted_at = models.DateTimeField(null=True, help_text="hand-in of the counted attempt, of several the last")
    perfect = models.PositiveIntegerField(default=0, db_default=0, help_text="attempts without a mistake")
    guess = models.BigIntegerField(null=True, help_text="of the counted attempt; of one round only")
    off = models.BigIntegerField(
        null=True, help_text="distance of the guess from the truth; over the contest their sum"
    )
    decided = models.PositiveIntegerField(null=True, help_text="the organizer's order among equals, from 1")
    order = models.CharField(
        max_length=100,
        db_collation="C",
        help_text="rules.ties.sort_key: a text that sorts as the board ranks, smaller is better",
    )
    version = models.BigIntegerField(help_text="grows with every change, so that a late put never hides a newer one")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("thứ hạng")
        verbose_name_plural = _("thứ hạng")
        constraints = [models.UniqueConstraint(fields=["entry", "round"], nulls_distinct=False, name="standing_once")]
        indexes = [models.Index(fields=["contest", "round", "order"], name="standing_order")]

    def __str__(self) -> str:
        return f"{self.entry}: {self.points}"


class TieDecision(models.Model):
    """The organizer's order among entries that the whole chain leaves equal, with the reason. Rows are only ever added."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="tie_decisions")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField(help_text="1 stands first among the equals")
    reason = models.TextField()
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.entry}: {self.place}"


class Finalist(models.Model):
    """An entry that reached a final, by its place in the rounds before. Chosen anew until the final opens."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="finalists")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["round", "place"]
        constraints = [models.UniqueConstraint(fields=["round", "entry"], name="finalist_once")]

    def __str__(self) -> str:
        return f"{self.round}: {self.entry}"
