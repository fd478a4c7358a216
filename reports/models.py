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

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.CharField(max_length=20, default="participation", help_text="a code of reports.exports.FORMS")
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
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


from reports.certificates.models import Certificate, CertificateBatch, CertificateDesign  # noqa: E402, F401  tables of a room of its own
