"""The board socket: who may open it, what it says, and that it listens to nothing."""

import json

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.urls import path

from leaderboard import board
from leaderboard.consumers import BoardSocket
from leaderboard.hub import Hub
from leaderboard.routing import websocket_urlpatterns
from tests.leaderboard.rows import make_row, make_rows

NAME = "tim-hieu-2026--1"
ORIGIN = "https://hoithi.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.WS_ALLOWED_ORIGINS = [ORIGIN]
    return settings


@pytest.fixture
def ready(redis_client):
    board.rebuild(redis_client, NAME, lambda: make_rows(5))
    return redis_client


@pytest.fixture
async def dial(redis_url):
    """Opens sockets on a router of the test's own; hangs all of them up at the end."""
    hub = Hub(redis_url, interval=0.01)
    sockets = []

    def dial(name=NAME, *, origin=ORIGIN, application=None, **options):
        app = application or URLRouter([path("ws/boards/<str:board>/", BoardSocket(lambda: hub, **options))])
        headers = [] if origin is None else [(b"origin", origin.encode())]
        sockets.append(WebsocketCommunicator(app, f"/ws/boards/{name}/", headers=headers))
        return sockets[-1]

    dial.hub = hub
    yield dial
    for socket in sockets:
        await socket.disconnect()
    await hub.close()


async def refused(socket):
    connected, _ = await socket.connect(timeout=10)
    return not connected


async def hear(socket):
    return json.loads(await socket.receive_from(timeout=10))


async def test_a_snapshot_comes_on_connect_and_after_each_change(dial, ready):
    socket = dial()

    assert await socket.connect(timeout=10) == (True, None)
    first = await hear(socket)
    board.put(ready, NAME, [make_row("new", 9_000)])
    second = await hear(socket)

    assert (first["total"], second["total"]) == (5, 6)
    assert second["top"][0]["id"] == "new"
    assert second["v"] > first["v"]


async def test_the_address_of_the_routing_works(dial, ready, settings, redis_url):
    settings.REDIS_URL = redis_url
    socket = dial(application=URLRouter(websocket_urlpatterns))

    await socket.connect(timeout=10)

    assert (await hear(socket))["total"] == 5


@pytest.mark.parametrize("data", [{"text": "hello"}, {"text": ""}, {"bytes": b"\0"}])
async def test_the_first_word_of_a_client_closes_its_socket(dial, ready, data):
    socket = dial()
    await socket.connect(timeout=10)
    await hear(socket)

    await socket.send_input({"type": "websocket.receive", **data})

    assert await socket.receive_output(timeout=10) == {"type": "websocket.close", "code": 4008}
    assert NAME not in dial.hub._watches


async def test_others_hear_on_when_one_is_closed(dial, ready):
    loud, quiet = dial(), dial()
    for socket in (loud, quiet):
        await socket.connect(timeout=10)
        await hear(socket)

    await loud.send_to(text_data="flood")
    await loud.receive_output(timeout=10)
    board.put(ready, NAME, [make_row("new", 9_000)])

    assert (await hear(quiet))["total"] == 6
    assert await loud.receive_nothing()


async def test_a_socket_does_not_live_for_ever(dial, ready):
    socket = dial(lifetime=(0.0, 0.0))
    await socket.connect(timeout=10)

    frames = [await socket.receive_output(timeout=10)]
    if frames[0]["type"] == "websocket.send":  # the snapshot may have been quicker
        frames.append(await socket.receive_output(timeout=10))

    assert frames[-1] == {"type": "websocket.close", "code": 4012}


@pytest.mark.parametrize("name", ["HOA", "-a", "a%7Db", "a" * 101, "c%E1%BB%95ng", "a%3Ab"])
async def test_bad_names_are_refused(dial, ready, name):
    assert await refused(dial(name))


async def test_unknown_boards_are_refused(dial, ready):
    assert await refused(dial("khong-co"))


@pytest.mark.parametrize("origin", [None, "null", "http://hoithi.example", "https://evil.example"])
async def test_other_origins_are_refused(dial, ready, origin):
    assert await refused(dial(origin=origin))


async def test_production_without_a_list_allows_nobody(dial, ready, settings):
    settings.WS_ALLOWED_ORIGINS, settings.PRODUCTION = None, True

    assert await refused(dial())


async def test_a_full_process_refuses(dial, ready, settings, redis_url):
    settings.WS_MAX_SOCKETS = 1
    application = URLRouter([path("ws/boards/<str:board>/", BoardSocket(lambda: dial.hub))])
    first, second, third = (dial(application=application) for _ in range(3))
    await first.connect(timeout=10)

    assert await refused(second)

    await first.disconnect()
    assert not await refused(third)


async def test_leaving_switches_the_board_off(dial, ready):
    socket = dial()
    await socket.connect(timeout=10)
    await hear(socket)

    await socket.disconnect()

    assert NAME not in dial.hub._watches


async def test_other_socket_addresses_are_refused_without_noise(redis_client, caplog):
    socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/.env")

    assert await refused(socket)
    assert caplog.records == []


async def test_without_redis_sockets_open_and_wait(own_valkey):
    own_valkey.stop()
    hub = Hub(own_valkey.url, interval=0.01)
    application = URLRouter([path("ws/boards/<str:board>/", BoardSocket(lambda: hub))])
    socket = WebsocketCommunicator(application, f"/ws/boards/{NAME}/", headers=[(b"origin", ORIGIN.encode())])

    assert await socket.connect(timeout=10) == (True, None)
    own_valkey.start()
    board.rebuild(own_valkey.client(), NAME, lambda: make_rows(2))

    assert (await hear(socket))["total"] == 2
    await socket.disconnect()
    await hub.close()
