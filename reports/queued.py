"""Counts that the worker makes ahead: put into its queue once, however many ask."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

BEHIND_EVERYTHING = -20  # people wait for mail, then for files; a count comes when there is time


def enqueue_once(job: str, name: str, **given: int | str) -> bool:
    """Let the worker do `job`, one of a `name` at a time; False where it is in the queue already."""
    try:
        with transaction.atomic():
            jobs.configure_task(job, queueing_lock=name, lock=name, priority=BEHIND_EVERYTHING).defer(**given)
    except AlreadyEnqueued:
        return False
    return True
