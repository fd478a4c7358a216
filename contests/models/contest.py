"""The frame: contests, their rounds and rule sets."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.bank import Bank

SHARE_LETTERS = "abcdefghjkmnpqrstuvwxyz"  # no i, l, o: people copy the code from paper


def new_share_code() -> str:
    """Six letters for the short link, at random."""
    return "".join(secrets.choice(SHARE_LETTERS) for _ in range(6))


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
    rules = models.JSONField(default=dict, db_default={}, help_text="what contests.rules.contest_settings reads")
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    share_code = models.CharField(max_length=6, unique=True, editable=False, default=new_share_code)
    share_seen_at = models.DateTimeField(null=True, editable=False, help_text="when its share kit was first looked at")
    paused_at = models.DateTimeField(null=True, editable=False, help_text="since when nobody new may begin")
    pause_reason = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    opens_itself_at = models.DateTimeField(null=True, editable=False, db_index=True)
    opens_itself_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+", help_text="who answers for it"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("cuộc thi")
        verbose_name_plural = _("cuộc thi")
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | ~Q(pause_reason=""), name="pause_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(opens_itself_at__isnull=True) | Q(state="draft"), name="only_a_draft_opens_itself"
            ),
        ]

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
    truth = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="the true number of the side question, in units of 10⁻⁵; null before the close",
    )
    truth_at = models.DateTimeField(null=True, blank=True, editable=False)
    qualified_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="when the finalists of a final were last chosen; null: to be chosen",
    )

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


class RulesVersion(models.Model):
    """The rules page as it stood from one instant on, word for word: what members agreed to. Rows are only ever added.

    Each text is a list of sections, [title, [paragraph, …]]; `changes` names what the version before said otherwise.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="rules_versions")
    number = models.PositiveSmallIntegerField()
    vi = models.JSONField()
    en = models.JSONField()
    text_hash = models.CharField(max_length=64, help_text="SHA-256 of both texts, see queries.rules_page.hash_of")
    changes = models.JSONField(default=list, help_text='[{"language", "section", "before": […], "after": […]}, …]')
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["contest", "-number"]
        verbose_name = _("bản thể lệ")
        verbose_name_plural = _("bản thể lệ")
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="rules_version_once")]

    def __str__(self) -> str:
        return f"{self.contest}: {self.number}"


class Exclusions(models.QuerySet["Exclusion"]):
    """What an exclusion takes from somebody, said once."""

    def in_force(self) -> Exclusions:
        """Not taken back: no prize."""
        return self.filter(revoked_at__isnull=True)

    def from_ranking(self) -> Exclusions:
        """Of those, the ones that take the result too: not on any board, in no count of valid results."""
        return self.in_force().filter(prizes_only=False)


class Exclusion(models.Model):
    """Somebody who may not compete in a contest (organizer, secretary, technician), or whose result does not count.

    With `prizes_only` they compete and stand on the boards, and every prize passes over them. Never deleted: one that is taken
    back keeps its row.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="exclusions")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    prizes_only = models.BooleanField(default=False, db_default=False)
    reason = models.TextField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = Exclusions.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("người không được xếp hạng")
        verbose_name_plural = _("người không được xếp hạng")
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "member"], condition=Q(revoked_at__isnull=True), name="excluded_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusion_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.member}"


class RosterLine(models.Model):
    """Somebody who may take part in a contest that is open to a list only, by the phone or e-mail of their account."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="roster")
    login = models.CharField(max_length=254, help_text="phone in E.164, or e-mail in lower case")
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("dòng danh sách dự thi")
        verbose_name_plural = _("danh sách dự thi")
        constraints = [models.UniqueConstraint(fields=["contest", "login"], name="on_the_roster_once")]

    def __str__(self) -> str:
        return f"{self.contest}: {self.login}"


class Rehearsal(models.Model):
    """A contest run through with simulated members before it opens. Only this row and its report stay of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Đang chờ")
        RUNNING = "running", _("Đang chạy")
        DONE = "done", _("Đã xong")
        FAILED = "failed", _("Không chạy được")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="rehearsals")
    members = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True, help_text="what queries.rehearsals reads")
    error = models.TextField(blank=True)
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("lần diễn tập")
        verbose_name_plural = _("các lần diễn tập")
        constraints = [
            models.UniqueConstraint(
                fields=["contest"], condition=Q(state__in=["waiting", "running"]), name="one_rehearsal_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest}: {self.asked_at}"
