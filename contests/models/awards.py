"""Winners as a committee decides them: a list that one person proposes and another publishes, and what members ask to look at again."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.contest import Contest, Round
from contests.models.taking import Attempt, Entry


class WinnersList(models.Model):
    """Who won what, as it was on one day: over the whole contest, or (with `round`) of one round.

    `snapshot` keeps the rules and the digest of the standings from which it was made. Never deleted: one that is withdrawn or
    that a newer one has taken the place of keeps its rows.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Đã đề xuất")
        VERIFIED = "verified", _("Đã kiểm tra")
        PUBLISHED = "published", _("Đã công bố")
        REPLACED = "replaced", _("Đã có danh sách mới thay")
        WITHDRAWN = "withdrawn", _("Đã rút lại")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="winners_lists")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField(help_text="1, 2, … in the contest")
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    as_of = models.DateTimeField()
    snapshot = models.JSONField(help_text="the rules, the rounds, the digest of the standings")
    proposed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    verified_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    outdated_at = models.DateTimeField(
        null=True, blank=True, help_text="when results first changed after the publication"
    )

    class Meta:
        ordering = ["-number"]
        verbose_name = _("danh sách đạt giải")
        verbose_name_plural = _("danh sách đạt giải")
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="winners_list_number_once"),
            models.UniqueConstraint(
                fields=["contest", "round"], condition=Q(state__in=["proposed", "verified"]), nulls_distinct=False,
                name="one_winners_list_in_hand",
            ),
            models.UniqueConstraint(
                fields=["contest", "round"], condition=Q(state="published"), nulls_distinct=False,
                name="one_published_winners_list",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("proposed_by")),
                name="publisher_is_not_the_proposer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "replaced"])
                | Q(
                    verified_by__isnull=False, verified_at__isnull=False, published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="published_list_was_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="verified_list_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="withdrawn_list_says_why",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.contest} – {self.number}"

    @property
    def in_hand(self) -> bool:
        """Whether it waits for the next step towards its publication."""
        return self.state in (self.State.PROPOSED, self.State.VERIFIED)


class Award(models.Model):
    """A line of a winners' list: a prize somebody gets, or somebody who stood in line for it and was passed over, with why."""

    winners_list = models.ForeignKey(WinnersList, on_delete=models.CASCADE, related_name="awards")
    position = models.PositiveIntegerField(help_text="the order on the list, from 1")
    given = models.BooleanField(help_text="false: passed over")
    prize = models.CharField(max_length=120)
    tier = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField(help_text="đồng")
    ranking = models.CharField(max_length=60, help_text="what contests.rules.prizes.ranking_of reads")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="awards")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.PositiveIntegerField()
    why = models.TextField(help_text="the result that earned it; for who was passed over, the reason")

    class Meta:
        ordering = ["position"]
        verbose_name = _("giải")
        verbose_name_plural = _("giải")
        constraints = [
            models.UniqueConstraint(fields=["winners_list", "position"], name="award_position_once"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True) ^ Q(unit__isnull=True), name="award_goes_to_a_person_or_a_unit"
            ),
            models.CheckConstraint(condition=Q(given=True) | ~Q(why=""), name="passed_over_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.prize}: {self.who}"

    @property
    def who(self) -> str:
        """The name in full, of the person or of the unit."""
        return str(self.entry.member if self.entry else self.unit)


class Appeal(models.Model):
    """A member asks the organizers to look at an attempt again, or at one question of it. Never deleted.

    `ruling` is the public id of the correction of a key that came of it.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Đã nhận")
        IN_REVIEW = "in_review", _("Đang xem xét")
        UPHELD = "upheld", _("Chấp nhận")
        REJECTED = "rejected", _("Không chấp nhận")
        WITHDRAWN = "withdrawn", _("Đã rút")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appeals")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="appeals")
    question = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="its place on the paper; null: the whole"
    )
    text = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.RECEIVED)
    filed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, help_text="the reason, which the member reads")
    ruling = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["filed_at", "pk"]
        verbose_name = _("khiếu nại")
        verbose_name_plural = _("khiếu nại")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question"], condition=Q(state__in=["received", "in_review"]), nulls_distinct=False,
                name="one_open_appeal",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="appeal_says_something"),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "rejected"]) | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="decided_appeal_says_why",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "filed_at"], name="appeal_queue")]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether the organizers still owe an answer."""
        return self.state in (self.State.RECEIVED, self.State.IN_REVIEW)
