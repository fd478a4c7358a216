"""Who worked through practice questions: evidence that information reached somebody, and nothing about how well."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from contests.models.bank import Bank


class PracticeDone(models.Model):
    """A member came to the end of a set of practice questions of a bank on a day, from the unit of that day.

    Once a member, bank and day; visitors without an account leave nothing.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="+", db_index=False)
    on_day = models.DateField()
    unit_path = models.CharField(max_length=120, db_collation="C", blank=True, help_text="empty: in no unit yet")

    class Meta:
        verbose_name = _("lượt thi thử đã làm hết")
        verbose_name_plural = _("lượt thi thử đã làm hết")
        constraints = [models.UniqueConstraint(fields=["member", "bank", "on_day"], name="practice_once_a_day")]
        indexes = [models.Index(fields=["on_day", "unit_path"], name="practice_by_day")]

    def __str__(self) -> str:
        return f"{self.member_id} – {self.bank_id} – {self.on_day}"
