"""One socket as the hub sees it: takes the newest frame at once, or keeps only the newest until it can.

Daphne's `send` never waits: the frame is in the transport when the coroutine's first step ends, so offering a frame
costs no task and no wake-up. On servers whose `send` waits for a slow phone (uvicorn, granian) the rest of the
coroutine goes on as a task of its own, so one slow phone delays nobody and never has more than two frames in flight.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeAlias

Frame: TypeAlias = dict[str, str]
Send: TypeAlias = Callable[[Frame], Coroutine[Any, Any, None]]


class Outlet:
    """Latest only: never a queue of boards (law 5)."""

    __slots__ = ("_busy", "_closed", "_next", "_send")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._busy: asyncio.Task[None] | None = None
        self._next: Frame | None = None
        self._closed = False

    def offer(self, frame: Frame) -> None:
        """Send the frame now, or after the one that the socket is still busy with, in place of any other."""
        if self._closed:
            return
        if self._busy is not None:
            self._next = frame
            return
        try:
            coroutine = self._send(frame)
            waits_for = coroutine.send(None)
        except StopIteration:
            return  # sent, in one step
        except Exception:
            # Closing at this moment. Its consumer hears of it and unregisters; the others still get their frame.
            self._closed = True
            return
        self._busy = asyncio.ensure_future(self._finish(_go_on(coroutine, waits_for)))

    def close(self) -> None:
        """Take no more frames and forget the one under way."""
        self._closed = True
        self._next = None
        if self._busy is not None:
            self._busy.cancel()

    async def _finish(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except Exception:
            self._closed = True
        self._busy = None
        frame, self._next = self._next, None
        if frame is not None:
            self.offer(frame)


@types.coroutine
def _go_on(coroutine: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Await a coroutine whose first step has been taken already and which waits for `waits_for`."""
    while True:
        try:
            value = yield waits_for
        except BaseException as error:  # cancellation too belongs to the coroutine
            step, argument = coroutine.throw, error
        else:
            step, argument = coroutine.send, value
        try:
            waits_for = step(argument)
        except StopIteration:
            return
