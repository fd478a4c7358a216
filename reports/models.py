"""Files that people asked for, and how far they are."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models import Contest


class Export(models.Model):
    """One requested file. Scope is checked when it is asked for and again when it is fetched."""

    class State(models.TextChoices):
        WAITING = "waiting", _("đang chờ")
        RUNNING = "running", _("đang làm")
        READY = "ready", _("đã xong")
        GONE = "gone", _("đã xoá tệp")
        FAILED = "failed", _("không làm được")
        CANCELLED = "stopped", _("đã huỷ")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.CharField(max_length=20, default="participation", help_text="a code of reports.exports.FORMS")
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    # The row goes with the member; the file it leaves is found by the nightly sweep.
    requested_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(null=True, help_text="the instant of the one snapshot that every row comes from")
    file = models.CharField(max_length=200, blank=True, help_text="server-made path below MEDIA_ROOT")
    filename = models.CharField(max_length=200, blank=True, help_text="what the browser calls it")
    error = models.CharField(max_length=300, blank=True)
    totals = models.JSONField(null=True, help_text="what the file says in figures: reports.checking")
    code = models.CharField(
        max_length=12, blank=True, default="", db_index=True, help_text="printed in the file, made from `totals`"
    )

    class Meta:
        ordering = ["-requested_at"]
        verbose_name = _("tệp báo cáo")
        verbose_name_plural = _("tệp báo cáo")

    def __str__(self) -> str:
        return self.filename or str(self.public_id)


class Counting(models.Model):
    """When the figures of a large contest were last counted, and whether somebody asked for them anew.

    A contest without a row here is small enough to be counted while a page waits: `reports.dashboard`.
    """

    contest = models.OneToOneField(Contest, on_delete=models.CASCADE, primary_key=True, related_name="+")
    root = models.CharField(max_length=120, blank=True, help_text="path of the audience that was counted")
    as_of = models.DateTimeField(null=True, help_text="the instant of the one snapshot; null: never counted")
    mark = models.CharField(max_length=160, blank=True, help_text="reports.marks: equal marks, equal figures")
    moved = models.BooleanField(default=False, help_text="somebody's unit stood elsewhere, or outside of the root")
    seconds = models.FloatField(default=0, help_text="how long the last count took: a costly one is made less often")
    asked_at = models.DateTimeField(null=True, help_text="somebody wants it now; null once it is done")
    begun_at = models.DateTimeField(null=True, help_text="a worker is at it since then")

    class Meta:
        verbose_name = _("số liệu đã đếm của cuộc thi")
        verbose_name_plural = _("số liệu đã đếm của cuộc thi")

    def __str__(self) -> str:
        return f"{self.contest_id}: {self.as_of}"


class KeptFigures(models.Model):
    """One unit of a counted contest with everything below it: a row of `reports.participation`, as of `Counting.as_of`.

    Derived from entries, attempts and standings; replaced as a whole by `reports.counting`, and by nothing else.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = models.CharField(max_length=120, db_collation="C", help_text="where the unit counts")
    parent = models.CharField(max_length=120, db_collation="C", blank=True)
    code = models.CharField(max_length=32, blank=True)
    unit = models.CharField(max_length=250, help_text="its name")
    kind = models.CharField(max_length=120, blank=True)
    grassroots = models.BooleanField()
    depth = models.PositiveSmallIntegerField()
    members = models.BigIntegerField(null=True, help_text="null: nobody below it ever told")
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    participants = models.IntegerField()
    attempts = models.IntegerField()
    handed_in = models.IntegerField()
    scored = models.IntegerField()
    points = models.BigIntegerField()
    passed = models.IntegerField()
    units_taking_part = models.IntegerField()
    units_all = models.IntegerField()
    units_uncounted = models.IntegerField()
    own_members = models.BigIntegerField(null=True)
    own_participants = models.IntegerField()
    own_attempts = models.IntegerField()
    own_handed_in = models.IntegerField()
    own_scored = models.IntegerField()
    own_points = models.BigIntegerField()
    own_passed = models.IntegerField()
    parts = models.JSONField(
        null=True, help_text="reports.parts of a unit with many attempts or units; null: read when asked for"
    )

    class Meta:
        verbose_name = _("số liệu của đơn vị")
        verbose_name_plural = _("số liệu của đơn vị")
        constraints = [models.UniqueConstraint(fields=["contest", "path"], name="kept_once_a_unit")]
        indexes = [
            models.Index(fields=["contest", "parent"], name="kept_children"),
            models.Index(
                "contest", models.F("members").desc(nulls_last=True), "path",
                condition=models.Q(grassroots=True, participants=0), name="kept_absent",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.contest_id}: {self.path}"


class SegmentCount(models.Model):
    """When the tables of a large contest's large units were last counted, and whether somebody waits for them."""

    contest = models.OneToOneField(Contest, on_delete=models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField(null=True, help_text="the midnight up to which they count; null: never counted")
    mark = models.CharField(
        max_length=64, blank=True, help_text="reports.marks.closed_mark: equal marks, equal results"
    )
    made_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, help_text="how long the last count took: a costly one is made less often")
    asked_at = models.DateTimeField(null=True, help_text="somebody waits for it; null once it is done")
    begun_at = models.DateTimeField(null=True, help_text="a worker is at it since then")

    class Meta:
        verbose_name = _("số liệu theo nhóm của cuộc thi")
        verbose_name_plural = _("số liệu theo nhóm của cuộc thi")

    def __str__(self) -> str:
        return f"{self.contest_id}: {self.until}"


class KeptSegments(models.Model):
    """The tables of one large unit by what people declared, as they are published: docs/decisions/0012-suppression.md.

    No true figure of a group is in here and nothing of a hidden one, so that nothing outlives what a member takes back. Replaced as a
    whole by `reports.segment_counting`, and by nothing else.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+", db_index=False)
    path = models.CharField(max_length=120, db_collation="C")
    until = models.DateTimeField(help_text="the midnight up to which it counts")
    people = models.IntegerField()
    attempts = models.IntegerField()
    tables = models.JSONField(help_text="reports.segments.Tables.as_json")

    class Meta:
        verbose_name = _("số liệu theo nhóm của đơn vị")
        verbose_name_plural = _("số liệu theo nhóm của đơn vị")
        constraints = [models.UniqueConstraint(fields=["contest", "path"], name="segments_kept_once_a_unit")]

    def __str__(self) -> str:
        return f"{self.contest_id}: {self.path}"


from reports.certificates.models import Certificate, CertificateBatch, CertificateDesign  # noqa: E402, F401  tables of a room of its own
from reports.periods.models import KeptPeriod, OfflineFigure, Target  # noqa: E402, F401  likewise
