"""The bad network of the benchmarks does what its plans say: what the server got, and what the client heard."""

from __future__ import annotations

import asyncio
import socket

import pytest

from bench.proxy import Fate, Link, Plan, Proxy, standing

REQUEST = b"x" * 1000
SILENCE = 0.3  # seconds that count as silent for ever


async def exchange(plan: Plan, times: int = 3) -> tuple[list[str], int, Proxy]:
    """What a client heard, request by request on one connection, and how many bytes the server got."""
    got: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            got.append(len(data))
            writer.write(b"r" * len(data))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    heard: list[str] = []
    async with server, Proxy(server.sockets[0].getsockname()[1], lambda *_: plan) as proxy:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            for _ in range(times):
                writer.write(REQUEST)
                await asyncio.wait_for(reader.readexactly(len(REQUEST)), SILENCE if plan.link is None else 10)
                heard.append("reply")
        except TimeoutError:
            heard.append("silence")
        except (ConnectionError, asyncio.IncompleteReadError):
            heard.append("cut")
        writer.close()
        await asyncio.sleep(0.05)
    return heard, sum(got), proxy


LINKS = (None, (0, 0.01), (50_000, 0.01))
CUTS = {
    Fate.DROP: 0,
    Fate.HALF: 500,
    Fate.CUT: 1000,
    Fate.LOSE: 1000,
}  # bytes of the struck request that the server gets
SILENCES = {Fate.DEAF: 0, Fate.MUTE: 1000}


@pytest.mark.parametrize("turn", [0, 2])
@pytest.mark.parametrize(
    ("fate", "link", "last", "sent"),
    [
        *((fate, link, "cut", sent) for fate, sent in CUTS.items() for link in LINKS),
        *((fate, None, "silence", sent) for fate, sent in SILENCES.items()),
    ],
)
async def test_a_fate_strikes_in_its_turn(fate, link, last, sent, turn):
    heard, got, proxy = await exchange(Plan(fate, turn, link and Link(*link)))

    assert heard == ["reply"] * turn + [last]
    assert got == turn * len(REQUEST) + sent
    assert proxy.struck == {fate: 1}
    assert (proxy.up, proxy.down) == (got, turn * len(REQUEST))


async def test_a_plain_connection_passes_whole():
    assert (await exchange(Plan()))[:2] == (["reply"] * 3, 3000)


async def test_connections_of_one_link_share_its_rate():
    now = Link(rate=1000)
    alone = now.due(500, up=True)
    other_way, shared = now.due(500, up=False), now.due(500, up=True)

    assert shared == pytest.approx(alone + 0.5)
    assert other_way < shared


def test_it_stands_in_a_thread_for_code_without_a_loop():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        standing(Proxy(server.getsockname()[1], lambda *_: Plan())) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), 5) as client,
    ):
        client.sendall(b"here")
        passed, _ = server.accept()
        with passed:
            assert passed.recv(10) == b"here"
