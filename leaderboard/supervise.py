"""Tasks that must not end while the process lives."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from leaderboard import metrics

logger = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


async def keep_running(work: Callable[[], Awaitable[None]], name: str, sleep: Sleep = asyncio.sleep) -> None:
    """Run `work` for ever: if a bug ends it, log, count, wait a little, start it again."""
    while True:
        try:
            await work()
        except Exception:
            metrics.RESTARTS.inc()
            logger.exception("%s died and is started again", name)
        await sleep(random.uniform(0.5, 1.5))  # noqa: S311 - spreads load, guards nothing
