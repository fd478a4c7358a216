"""Tables of periods: targets, what units told of things that happened offline, totals that were counted ahead."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from reports.periods.period import FIRST_YEAR, LAST_YEAR


class Target(models.Model):
    """What a unit set itself, or was set, for a year, and in which document: data, because figures and programmes change."""

    class Against(models.TextChoices):
        REACH = "reach", _("người được tiếp cận")
        PEOPLE = "people", _("người dự thi")
        UNITS = "units", _("công đoàn cơ sở có người dự thi")

    class Of(models.TextChoices):
        MEMBERS = "members", _("đoàn viên")
        WORKERS = "workers", _("người lao động")
        UNITS = "units", _("công đoàn cơ sở")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=6, choices=Against.choices)
    of = models.CharField(max_length=7, choices=Of.choices)
    tenths = models.PositiveSmallIntegerField(help_text="tenths of a percent: 850 is 85,0 %")
    document = models.CharField(max_length=200, help_text="number, day and issuer of the paper that says it")
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "measure", "of"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_target_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(tenths__gte=1, tenths__lte=1000), name="target_is_a_share"),
            models.CheckConstraint(condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR), name="target_has_a_year"),
        ]

    @property
    def share(self) -> float:
        """0.85 for 85 %."""
        return self.tenths / 1000

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.get_measure_display()} {self.tenths / 10} % ({self.year})"


class OfflineFigure(models.Model):
    """What a unit told of something that happened away from this system: people counted by hand, and by whom.

    Never added to what the system saw: the same people may be in both.
    """

    class Kind(models.TextChoices):
        TALK = "talk", _("nói chuyện, tuyên truyền trực tiếp")
        CLASS = "class", _("lớp tập huấn")
        CONTEST = "contest", _("hội thi, cuộc thi trên giấy")
        MATERIAL = "material", _("phát tài liệu")
        OTHER = "other", _("hoạt động khác")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title = models.CharField(max_length=200)
    on_day = models.DateField()
    people = models.PositiveIntegerField()
    source = models.CharField(max_length=200, help_text="the paper or person the number comes from")
    entered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("số liệu tự báo cáo")
        verbose_name_plural = _("số liệu tự báo cáo")
        constraints = [models.CheckConstraint(condition=Q(people__gte=1), name="offline_counts_somebody")]
        indexes = [models.Index(fields=["on_day"], condition=Q(withdrawn_at__isnull=True), name="offline_by_day")]

    def __str__(self) -> str:
        return f"{self.title} ({self.on_day})"


class KeptPeriod(models.Model):
    """The totals of a large unit in a period, counted by the worker: `reports.periods.period.Totals`, as of `as_of`."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    period = models.CharField(max_length=6, help_text="reports.periods.period: its code")
    as_of = models.DateTimeField(null=True, help_text="the instant of the one snapshot; null: never counted")
    asked_at = models.DateTimeField(null=True, help_text="somebody waits for it; null once it is done")
    figures = models.JSONField(null=True)

    class Meta:
        verbose_name = _("số liệu của kỳ")
        verbose_name_plural = _("số liệu của kỳ")
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="kept_once_a_period")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period}: {self.as_of}"
