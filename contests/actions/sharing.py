"""That somebody has looked at the share kit before the contest opens."""

from __future__ import annotations

from datetime import datetime

from contests.models import Contest


def note_share_seen(*, contest: Contest, now: datetime) -> None:
    """Keep when it was looked at first. One statement; a second look changes nothing."""
    Contest.objects.filter(pk=contest.pk, share_seen_at__isnull=True).update(share_seen_at=now)
