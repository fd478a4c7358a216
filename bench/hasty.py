"""A broken answer path, for `bench.kills` and `bench.faults` only: it acknowledges before COMMIT. Shows that a checker finds a loss."""

from __future__ import annotations

import asyncio
import contextlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402  after the apps are there

from contests.answers_body import Answer  # noqa: E402
from contests.intake import Intake  # noqa: E402
from contests.intake_batch import Outcome, Result, new_receipt  # noqa: E402
from contests.intake_queue import Batcher, Overloaded  # noqa: E402


class HastyBatcher(Batcher):
    """Answers first, writes afterwards."""

    async def save(self, **asked: Any) -> Result:
        """Acknowledge at once, whatever becomes of it."""
        task = asyncio.create_task(self._save_later(asked))
        answers: tuple[Answer, ...] = asked["answers"]
        self._tasks = {*getattr(self, "_tasks", set()), task}
        task.add_done_callback(lambda done: self._tasks.discard(done))
        now = datetime.now(UTC)
        result = Result(Outcome.SAVED, now, tuple((answer.question, answer.seq) for answer in answers))
        if not asked["submit"]:
            return result
        received = sum(bool(answer.choice) for answer in answers)
        return replace(result, state="submitted", receipt=new_receipt(), submitted_at=now, received=received)

    async def _save_later(self, asked: dict[str, Any]) -> None:
        with contextlib.suppress(Overloaded):
            await super().save(**asked)


class HastyIntake(Intake):
    """The endpoint over the hasty batcher."""

    def make_batcher(self) -> Batcher:
        """A batcher that breaks law 2."""
        return HastyBatcher(settings.DATABASES["default"])


application = HastyIntake()
