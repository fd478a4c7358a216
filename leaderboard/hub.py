"""One hub per process: hears that boards changed, reads each once, encodes once, hands the frame to every socket.

Whole snapshots, the latest only, at most one a second a board, and the last change is never left out. No channel layer
(its capacity is shared by all sockets of a process) and no ORM. Sockets stay open while Redis is away: a blip of Redis
must not become a herd of reconnecting phones.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from leaderboard import board as boards
from leaderboard import metrics
from leaderboard.outlet import Frame, Outlet, Send
from leaderboard.snapshot import Snapshot, encode, encode_heartbeat
from leaderboard.supervise import Sleep, keep_running

logger = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two pushes of one board
HEARTBEAT = 15.0  # seconds of silence after which a socket hears the version
PATIENCE = 5.0  # seconds of silence after which the subscription is asked whether it lives
READ_TIMEOUT = 1.0
MAX_RECONNECT = 5.0
BATCH = 50  # sockets written to before the loop may serve others; about 5 ms under Daphne

T = TypeVar("T")
_AWAY = (RedisError, OSError, TimeoutError)  # what redis-py raises when the server is gone, whoever noticed first


class Watch:
    """A board that at least one socket of this process looks at."""

    __slots__ = ("board", "frame", "outlets", "quiet", "stale", "task", "version")

    def __init__(self, board: str) -> None:
        self.board = board
        self.outlets: set[Outlet] = set()
        self.frame: Frame | None = None  # the newest snapshot, ready to be sent
        self.version = 0
        self.stale = asyncio.Event()
        self.quiet = False  # nothing pushed since the last heartbeat
        self.task: asyncio.Task[None] | None = None


class Hub:
    """Feeds the board sockets of one process and event loop from one Redis. `sleep` is the clock, for tests."""

    def __init__(
        self,
        url: str,
        *,
        interval: float = INTERVAL,
        heartbeat: float = HEARTBEAT,
        patience: float = PATIENCE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        # No socket time-out. For the subscription silence is normal, and redis-py 8 would end it after 5 quiet seconds.
        # For the reads redis-py sends under asyncio.wait_for, which in Python 3.11 swallows a cancellation that comes as
        # the send is done: half of all cancelled reads went on for ever. `_ask` sets the limit instead.
        options: dict[str, Any] = {
            "retry": Retry(NoBackoff(), 0),
            "socket_connect_timeout": READ_TIMEOUT,
            "socket_timeout": None,
            "socket_keepalive": True,
        }
        self._client = Redis.from_url(url, **options)
        self._subscriber = Redis.from_url(url, **options)
        self._interval = interval
        self._heartbeat = heartbeat
        self._patience = patience
        self._sleep = sleep
        self._watches: dict[str, Watch] = {}
        self._known: set[str] = set()  # boards seen ready; as many as there are boards, since others never get in
        self._asking = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self.is_connected = False
        self.signals = 0  # heard so far

    def register(self, board: str, send: Send) -> Outlet:
        """Feed a socket with this board from now on; the snapshot in memory, if any, is sent before this returns."""
        self._start()
        watch = self._watches.get(board)
        if watch is None:
            watch = self._watches[board] = Watch(board)
            watch.task = self._run(lambda: self._serve(watch), f"board {board}")
        outlet = Outlet(send)
        watch.outlets.add(outlet)
        if watch.frame is not None:
            outlet.offer(watch.frame)
        return outlet

    def unregister(self, board: str, outlet: Outlet) -> None:
        """Feed it no more; a board that nobody looks at is forgotten."""
        outlet.close()
        watch = self._watches.get(board)
        if watch is None:
            return
        watch.outlets.discard(outlet)
        if not watch.outlets:
            del self._watches[board]
            if watch.task is not None:
                watch.task.cancel()

    async def knows(self, board: str) -> bool:
        """Whether the board exists: it is ready in Redis, or was seen ready by this process.

        True as well when Redis does not answer. Turning phones away then would bring all of them back at once, again
        and again, for the whole outage; a socket that hears only heartbeats costs next to nothing and is right the
        moment Redis returns. What a stranger gains is one of a limited number of mute sockets.
        """
        self._start()
        try:
            async with asyncio.timeout(READ_TIMEOUT), self._asking:  # one question at a time: a herd asks one board
                if board not in self._known and await boards.is_ready_async(self._client, board):
                    self._known.add(board)
        except _AWAY:
            return True
        return board in self._known

    async def close(self) -> None:
        """End all tasks and connections."""
        tasks = self._tasks + [watch.task for watch in self._watches.values() if watch.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()
        self._watches.clear()
        await self._client.aclose()
        await self._subscriber.aclose()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [self._run(self._listen, "board signals"), self._run(self._beat, "board heartbeat")]

    def _run(self, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        return asyncio.create_task(keep_running(work, name, self._sleep), name=name)

    async def _serve(self, watch: Watch) -> None:
        """Push the board whenever it is stale, once an interval."""
        watch.stale.set()  # whatever happened before this task began, or began again
        while True:
            await watch.stale.wait()
            # Cleared before the read: a change that comes during it makes the board stale again, so the last change
            # is always followed by a read. (Ignoring signals while a read is pending loses it.)
            watch.stale.clear()
            try:
                snapshot = await _ask(boards.snapshot_async(self._client, watch.board))
                if snapshot is None and await _ask(boards.is_hidden_async(self._client, watch.board)):
                    self._forget(watch)
            except _AWAY:
                watch.stale.set()
                await self._sleep(self._interval * random.uniform(1, 2))  # noqa: S311 - hubs must not ask in step
                continue
            # The interval runs from push to push, however long the handing out takes.
            await asyncio.gather(self._push(watch, snapshot), self._sleep(self._interval))

    def _forget(self, watch: Watch) -> None:
        """A board that was hidden on purpose: nobody gets the picture of before any more."""
        watch.frame, watch.version = None, 0
        self._known.discard(watch.board)

    async def _push(self, watch: Watch, snapshot: Snapshot | None) -> None:
        # None: not ready. An empty board would be a lie, so the sockets keep what they have; the rebuild signals.
        if snapshot is None or snapshot.version == watch.version:
            return
        watch.version = snapshot.version
        watch.frame = {"type": "websocket.send", "text": encode(snapshot).decode()}
        watch.quiet = False
        self._known.add(watch.board)
        metrics.PUSHES.inc()
        await _hand_out(watch, watch.frame)

    async def _listen(self) -> None:
        """Stay subscribed, come what may."""
        failures = 0
        while True:
            try:
                async with self._subscriber.pubsub() as subscription:
                    await subscription.subscribe(boards.SIGNALS)
                    failures = 0
                    await self._hear(subscription)
            except _AWAY as error:
                metrics.REDIS_LOST.inc()
                if self.is_connected:
                    logger.warning("The hub lost Redis: %s", error)
                self.is_connected = False
            failures += 1
            longest = min(MAX_RECONNECT, 0.1 * 2 ** min(failures, 10))
            await self._sleep(random.uniform(0, longest))  # noqa: S311 - full jitter: hubs must not return in step

    async def _hear(self, subscription: PubSub) -> None:
        asked = False
        while True:
            message = await subscription.get_message(timeout=self._patience)
            if message is None:
                if asked:
                    raise TimeoutError("no answer to PING")
                await subscription.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "subscribe":
                self.is_connected = True
                # Subscribed first, read then: what changed while nobody listened is in what is read now.
                for watch in self._watches.values():
                    watch.stale.set()
            elif message["type"] == "message":
                self._signal(message["data"].decode())

    def _signal(self, text: str) -> None:
        self.signals += 1
        board, _, version = text.partition(" ")
        watch = self._watches.get(board)
        if watch is not None and version != str(watch.version):
            watch.stale.set()

    async def _beat(self) -> None:
        """Let every quiet socket hear the version, and look whether a signal was lost."""
        while True:
            await self._sleep(self._heartbeat)
            for watch in list(self._watches.values()):
                if watch.quiet:
                    beat: Frame = {"type": "websocket.send", "text": encode_heartbeat(watch.version).decode()}
                    await _hand_out(watch, beat)
                watch.quiet = True
                try:
                    if await _ask(boards.version_async(self._client, watch.board)) != watch.version:
                        watch.stale.set()
                except _AWAY:
                    continue  # the subscription notices too and reads everything again


async def _ask(answer: Awaitable[T]) -> T:
    """The answer of Redis, or TimeoutError."""
    async with asyncio.timeout(READ_TIMEOUT):
        return await answer


async def _hand_out(watch: Watch, frame: Frame) -> None:
    """Offer the frame to every socket of the board; answers to other requests get their turn in between."""
    outlets = list(watch.outlets)
    for start in range(0, len(outlets), BATCH):
        for outlet in outlets[start : start + BATCH]:
            outlet.offer(frame)
        await asyncio.sleep(0)
    metrics.SENDS.inc(len(outlets))
