"""One device holds a sitting; another takes it over by an explicit tap."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from contests.models import Attempt, AttemptEvent


@transaction.atomic
def take_over(*, attempt: Attempt, device: uuid.UUID, now: datetime) -> Attempt:
    """Put the sitting into the hands of `device`; from this commit on no other device writes to it.

    Nothing changes if it holds it already, or if the attempt has ended. The epoch rises with each change of hands, so a
    token that was given out before is known by its number in the very statement that would write.
    """
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.device == device or attempt.state != Attempt.State.STARTED or now > attempt.accepts_until:
        return attempt
    attempt.device, attempt.epoch = device, attempt.epoch + 1
    attempt.save(update_fields=["device", "epoch"])
    AttemptEvent.objects.create(attempt=attempt, what="taken_over", detail={"epoch": attempt.epoch}, at=now)
    return attempt
