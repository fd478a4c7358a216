"""The frame: contests, their rounds and rule sets."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.bank import Bank


class Contest(models.Model):
    """A contest that a unit organizes for the people of a subtree."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Bản nháp")
        OPEN = "open", _("Đang công bố")
        CLOSED = "closed", _("Đã kết thúc")

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("tên cuộc thi"), max_length=200)
    summary = models.TextField(_("giới thiệu"), blank=True)
    organizer = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="contests", verbose_name=_("đơn vị tổ chức")
    )
    audience = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("đơn vị được dự thi"))
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="contests")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("cuộc thi")
        verbose_name_plural = _("cuộc thi")

    def __str__(self) -> str:
        return self.title

    @property
    def board_name(self) -> str:
        """The board over all rounds."""
        return self.slug


class Round(models.Model):
    """One round (đợt, tuần) with its window and its rules; `rules` is what `contests.rules.settings` reads."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("tên đợt"), max_length=120)
    opens_at = models.DateTimeField(_("mở lúc"))
    closes_at = models.DateTimeField(_("đóng lúc"))
    extended_until = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="the latest close that an extension gave anybody; kept by `actions.extend`",
    )
    rules = models.JSONField()

    class Meta:
        ordering = ["contest", "number"]
        verbose_name = _("đợt thi")
        verbose_name_plural = _("đợt thi")
        constraints = [
            models.UniqueConstraint(fields=["contest", "number"], name="round_number_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="round_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return f"{self.contest} – {self.title}"

    @property
    def last_close(self) -> datetime:
        """The instant after which nobody can begin any more, extensions counted: what must stay hidden waits for it."""
        return max(self.closes_at, self.extended_until or self.closes_at)

    @property
    def board_name(self) -> str:
        """The board of this round alone."""
        return f"{self.contest.slug}--{self.number}"


class ContestEvent(models.Model):
    """What was done to a contest, by whom: opened, closed, changed. Rows are only ever added."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    actor = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.contest}: {self.what}"
