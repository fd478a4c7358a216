"""The board socket: opens, speaks, and listens to nothing.

A plain ASGI application. Channels' AsyncConsumer would send every connect and disconnect over a thread to close
database connections that no socket of ours ever opens.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from leaderboard import metrics
from leaderboard.board import is_board_name
from leaderboard.hub import Hub
from leaderboard.origins import origin_allowed

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Any]

CLOSE_UNEXPECTED = 4008  # the client sent something
CLOSE_RESTART = 4012  # come back in a while, it was nothing you did

LIFETIME = (2 * 3600.0, 4 * 3600.0)  # seconds; a range, or sockets that opened together would come back together
MAX_SOCKETS = 10_000  # in one process; each takes a file descriptor and about 25 KB. settings.WS_MAX_SOCKETS

_hub: Hub | None = None
_hub_loop: asyncio.AbstractEventLoop | None = None


def process_hub() -> Hub:
    """The hub of this process (and event loop, of which tests have many)."""
    global _hub, _hub_loop
    loop = asyncio.get_running_loop()
    if _hub is None or _hub_loop is not loop:
        _hub, _hub_loop = Hub(settings.REDIS_URL), loop
    return _hub


class BoardSocket:
    """`/ws/boards/<board>/`: one snapshot at once, then one whenever the board changes."""

    def __init__(self, hub: Callable[[], Hub] = process_hub, *, lifetime: tuple[float, float] = LIFETIME) -> None:
        self._hub = hub
        self._lifetime = lifetime
        self._open = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one socket from its handshake until it is gone."""
        await receive()  # websocket.connect
        board = scope["url_route"]["kwargs"]["board"]
        hub = self._hub()
        refusal = await self._refusal(hub, board, scope)
        if refusal is not None:
            metrics.REFUSED.labels(refusal).inc()
            await send({"type": "websocket.close"})  # before accept: HTTP 403, no socket is ever open
            return
        self._open += 1
        metrics.SOCKETS.inc()
        try:
            await send({"type": "websocket.accept"})
            await self._speak(hub, board, receive, send)
        finally:
            self._open -= 1
            metrics.SOCKETS.dec()

    async def _refusal(self, hub: Hub, board: str, scope: Message) -> str | None:
        # Cheapest first; only the last one asks anybody.
        if self._open >= getattr(settings, "WS_MAX_SOCKETS", MAX_SOCKETS):
            return "full"
        if not is_board_name(board):
            return "name"
        if not origin_allowed(scope["headers"], _allowed_origins()):
            return "origin"
        if not await hub.knows(board):
            return "unknown"
        return None

    async def _speak(self, hub: Hub, board: str, receive: Receive, send: Send) -> None:
        outlet = hub.register(board, send)
        try:
            code = await self._silence_broken(receive)
        finally:
            hub.unregister(board, outlet)
        if code is None:
            return
        await send({"type": "websocket.close", "code": code})
        # Not before the client is gone: Daphne stumbles over applications that return early when it shuts down.
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def _silence_broken(self, receive: Receive) -> int | None:
        """With which code to close: None when the client left by itself."""
        try:
            async with asyncio.timeout(random.uniform(*self._lifetime)):  # noqa: S311 - spreads load, guards nothing
                message = await receive()
        except TimeoutError:
            return CLOSE_RESTART
        # Any inbound frame resets Daphne's ping timer, so a talking client that never reads would be kept for ever.
        return None if message["type"] == "websocket.disconnect" else CLOSE_UNEXPECTED


async def no_such_socket(scope: Message, receive: Receive, send: Send) -> None:
    """Refuses; without it Channels logs a traceback for every address that a scanner tries."""
    await receive()
    metrics.REFUSED.labels("address").inc()
    await send({"type": "websocket.close"})


def _allowed_origins() -> list[str] | None:
    """The list of the settings. None, the page's own host, only where nothing is at stake."""
    allowed: list[str] | None = getattr(settings, "WS_ALLOWED_ORIGINS", None)
    if allowed is None and getattr(settings, "PRODUCTION", False):
        return []
    return allowed
