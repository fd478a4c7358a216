"""Entries as figures count them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from contests.models import Attempt, Entry


def who_sat(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those who have begun an attempt: who has only registered takes no part yet, and reports do not count them either."""
    return entries.filter(Exists(Attempt.objects.filter(entry=OuterRef("pk"))))
