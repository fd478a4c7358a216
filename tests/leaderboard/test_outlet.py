"""One socket: the newest frame or nothing."""

import asyncio

from leaderboard.outlet import Outlet
from tests.leaderboard.servers import comes_true


def frame(text):
    return {"type": "websocket.send", "text": text}


async def test_a_server_that_never_waits_has_the_frame_at_once():
    sent = []

    async def send(message):
        sent.append(message["text"])

    Outlet(send).offer(frame("1"))

    assert sent == ["1"]


async def test_a_slow_phone_gets_the_latest_and_delays_nobody():
    sent, quick = [], []
    drained = asyncio.Event()

    async def slow_send(message):
        await drained.wait()
        await asyncio.sleep(0)
        sent.append(message["text"])

    async def quick_send(message):
        quick.append(message["text"])

    slow, other = Outlet(slow_send), Outlet(quick_send)
    for n in range(100):
        slow.offer(frame(str(n)))
        other.offer(frame(str(n)))
    assert (len(sent), len(quick)) == (0, 100)

    drained.set()
    await comes_true(lambda: len(sent) == 2)

    assert sent == ["0", "99"]


async def test_a_send_that_fails_later_closes_the_outlet():
    calls = []

    async def send(message):
        calls.append(message["text"])
        await asyncio.sleep(0)
        raise ConnectionResetError

    outlet = Outlet(send)
    outlet.offer(frame("1"))
    await comes_true(lambda: outlet._closed)
    outlet.offer(frame("2"))

    assert calls == ["1"]


async def test_a_send_that_fails_at_once_closes_the_outlet():
    calls = []

    async def send(message):
        calls.append(message["text"])
        raise ConnectionResetError

    outlet = Outlet(send)
    outlet.offer(frame("1"))
    outlet.offer(frame("2"))

    assert calls == ["1"]


async def test_closing_ends_a_send_that_hangs():
    ended = asyncio.Event()

    async def send(message):
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    outlet = Outlet(send)
    outlet.offer(frame("1"))
    await asyncio.sleep(0)
    outlet.close()

    async with asyncio.timeout(10):
        await ended.wait()


async def test_time_limits_inside_a_send_still_work():
    """uvicorn and its kin may put a limit on a write: the coroutine goes on in a task of its own, limits included."""
    outcomes = []

    async def send(message):
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(0.01):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            outcomes.append("timed out")

    Outlet(send).offer(frame("1"))

    await comes_true(lambda: outcomes)
