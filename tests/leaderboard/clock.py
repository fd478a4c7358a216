"""A clock that stands still until the test moves it."""

import asyncio


class Clock:
    """Give its `sleep` to the code under test."""

    def __init__(self):
        self.now = 0.0
        self._sleepers = []

    async def sleep(self, seconds):
        waker = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, waker))
        await waker

    def advance(self, seconds):
        """Move on; whoever slept until then wakes."""
        self.now += seconds
        due = [waker for until, waker in self._sleepers if until <= self.now]
        self._sleepers = [(until, waker) for until, waker in self._sleepers if until > self.now]
        for waker in due:
            if not waker.done():
                waker.set_result(None)

    def sleepers(self, seconds):
        """How many will sleep for `seconds` or longer from now: the way to see that a push is over and rests."""
        return sum(until >= self.now + seconds and not waker.done() for until, waker in self._sleepers)
