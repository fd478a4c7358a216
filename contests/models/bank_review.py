"""Care for a bank: tags, comments, articles of law that were amended, units that may use it too."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Unit
from contests.models.bank import Bank, Question, QuestionVersion


class Tag(models.Model):
    """A word that organizers put on questions of a bank; it stays with the question over its versions."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("nhãn"), max_length=40)
    questions = models.ManyToManyField(Question, related_name="tags", blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["bank", "name"], name="tag_once_in_a_bank")]

    def __str__(self) -> str:
        return self.name


class QuestionComment(models.Model):
    """What somebody had to say about a question; open until somebody resolves it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="comments")
    text = models.TextField()
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    resolved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:60]


class Amendment(models.Model):
    """An article of a document that was amended from a day on, as an organizer said."""

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="amendments")
    document = models.CharField(_("văn bản"), max_length=200)
    article = models.CharField(_("điều khoản"), max_length=120)
    since = models.DateField(_("sửa từ ngày"))
    note = models.CharField(_("ghi chú"), max_length=300, blank=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.article}, {self.document}"


class AmendmentFlag(models.Model):
    """A version to look at again because its article was amended: until a newer version comes or a person says it still holds."""

    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, related_name="flags")
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="flags")
    cleared_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["amendment", "version"], name="flagged_once")]

    def __str__(self) -> str:
        return f"{self.amendment}: {self.version}"


class BankShare(models.Model):
    """A unit below the owner that may, with all units below it, look at the bank and draw from it, but change nothing.

    Units above the owner need none: their scope reaches the bank. Never deleted: one that is taken back keeps its row.
    """

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="shares")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    given_at = models.DateTimeField()
    taken_back_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "unit"], condition=Q(taken_back_at__isnull=True), name="shared_once_with_a_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} → {self.unit}"
