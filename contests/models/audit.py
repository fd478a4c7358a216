"""What was done, by staff and to attempts, as records in a chain that nobody without the key can change unseen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AuditRecord(models.Model):
    """One fact. Written by the database's own triggers in the transaction of the act, never by our code.

    `position` and `link` are empty until `actions.audit` has sealed it; after that nothing of the row changes. Plain numbers
    instead of foreign keys: a record outlives what it tells of. `detail` holds ids, states, numbers and digests only.
    """

    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=60)
    contest = models.BigIntegerField(null=True)
    attempt = models.UUIDField(null=True, help_text="public id")
    actor = models.BigIntegerField(null=True, help_text="member; null: the system")
    detail = models.JSONField(db_default={})
    position = models.BigIntegerField(
        null=True, unique=True, help_text="place in the chain, from 1; null: not sealed yet"
    )
    link = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(position__isnull=True, link__isnull=True) | Q(position__gte=1, link__isnull=False),
                name="sealed_record_has_its_link",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="audit_to_seal"),
            models.Index(fields=["contest", "id"], name="audit_of_a_contest"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.what}"


class AuditHead(models.Model):
    """The end of the chain: one row, with a code of its own."""

    count = models.BigIntegerField()
    link = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.count}"
