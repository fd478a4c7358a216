"""Daphne that leaves without dropping an answer: `python -m config.drain -b 127.0.0.1 -p 9001 config.asgi:application`.

Stock Daphne cancels every request at SIGTERM: of five answers that waited for their COMMIT none was acknowledged. Here
SIGTERM first closes the door (nginx is refused and asks another process at once), lets nginx use each connection that
it kept open no more than once, waits until every request has its reply, and only then stops. Takes the same options.

It also lets 2,048 callers wait at the door instead of Twisted's 50: at the bell the kernel would turn the others away
(measured: 500 hand-ins in a second, nginx timed out connecting and took both processes for dead).
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server  # installs Twisted's reactor, so before it
from twisted.internet import reactor

LONGEST = 10.0  # seconds; an answer is replied to within 1.8
LOOK_EVERY = 0.05
BACKLOG = 2048
QUIET_FOR = 0.3  # seconds without a request: a reply has left the socket's buffer, a request on its way has come in

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Counter:
    """An ASGI application around another one that counts requests in work, and says `Connection: close` when leaving."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.in_work = 0
        self.is_leaving = False

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # a socket may stay for hours; it is closed, and its phone comes back elsewhere
            await self._application(scope, receive, send)
            return
        self.in_work += 1
        try:
            await self._application(scope, receive, self._closing(send))
        finally:
            self.in_work -= 1

    def _closing(self, send: Send) -> Send:
        async def send_closing(message: Message) -> None:
            if self.is_leaving and message["type"] == "http.response.start":
                message = message | {"headers": [*message.get("headers", []), (b"connection", b"close")]}
            await send(message)

        return send_closing


class DrainingServer(Server):  # type: ignore[misc]  Daphne has no types
    """Daphne's server with a SIGTERM that drains; a second SIGTERM stops at once."""

    def run(self) -> None:
        """Serve until told to leave."""
        self.counter = self.application = Counter(self.application)
        self.doors: list[Any] = []
        self.endpoints = [_with_backlog(endpoint) for endpoint in self.endpoints]
        # After Twisted's own handlers, which are installed while the reactor starts.
        reactor.callWhenRunning(lambda: reactor.callLater(0, self._listen_to_signals))  # type: ignore[attr-defined]
        super().run()

    def listen_success(self, port: Any) -> None:
        """Keep what Daphne does not: the open port, to close it first."""
        self.doors.append(port)
        super().listen_success(port)

    def _listen_to_signals(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: reactor.callFromThread(self.leave))  # type: ignore[attr-defined]

    def leave(self) -> None:
        """Close the door, let everybody finish, go."""
        if self.counter.is_leaving:
            self.stop()
            return
        self.counter.is_leaving = True
        for door in self.doors:
            door.stopListening()
        self._wait(quiet=0.0, left=LONGEST)

    def _wait(self, quiet: float, left: float) -> None:
        if quiet >= QUIET_FOR or left <= 0:
            self.stop()
            return
        quiet = 0.0 if self.counter.in_work else quiet + LOOK_EVERY
        reactor.callLater(LOOK_EVERY, self._wait, quiet, left - LOOK_EVERY)  # type: ignore[attr-defined]


def _with_backlog(endpoint: str) -> str:
    return f"{endpoint}:backlog={BACKLOG}" if endpoint.startswith("tcp:") and ":backlog=" not in endpoint else endpoint


class CommandLine(CommandLineInterface):  # type: ignore[misc]
    """Daphne's command line with our server."""

    server_class = DrainingServer


if __name__ == "__main__":
    CommandLine().run(sys.argv[1:])
