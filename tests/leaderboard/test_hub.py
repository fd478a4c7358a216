"""The hub on a real Valkey: the newest snapshot to everybody, at most once an interval, over every blip."""

import asyncio
import json

import pytest
import redis.asyncio

from leaderboard import board
from leaderboard.hub import Hub
from leaderboard.supervise import keep_running
from tests.leaderboard.clock import Clock
from tests.leaderboard.rows import make_row, make_rows
from tests.leaderboard.servers import comes_true

NAME = "tim-hieu-2026--1"


class Phone:
    """Remembers what was sent to it."""

    def __init__(self):
        self.frames = []

    async def send(self, message):
        assert message["type"] == "websocket.send"
        self.frames.append(json.loads(message["text"]))

    @property
    def versions(self):
        return [frame["v"] for frame in self.frames]

    @property
    def snapshots(self):
        return [frame for frame in self.frames if "top" in frame]


@pytest.fixture
async def make_hub():
    hubs = []

    def make(url, **options):
        hubs.append(Hub(url, **options))
        return hubs[-1]

    yield make
    for hub in hubs:
        await hub.close()


@pytest.fixture
def ready(redis_client):
    board.rebuild(redis_client, NAME, lambda: make_rows(5))
    return redis_client


def version_of(client):
    return board.snapshot(client, NAME).version


async def listening(hub, phone, *, count=1):
    """The first snapshot is there and the subscription stands."""
    await comes_true(lambda: hub.is_connected and len(phone.snapshots) >= count)


async def test_a_new_socket_gets_the_snapshot(make_hub, redis_url, ready):
    hub, phone = make_hub(redis_url), Phone()

    hub.register(NAME, phone.send)
    await listening(hub, phone)

    assert phone.frames[0]["v"] == version_of(ready)
    assert phone.frames[0]["total"] == 5


async def test_the_second_socket_gets_it_from_memory(make_hub, redis_url, ready):
    hub, first, second = make_hub(redis_url), Phone(), Phone()
    hub.register(NAME, first.send)
    await listening(hub, first)

    hub.register(NAME, second.send)

    assert second.frames == first.frames


async def test_a_change_reaches_every_socket_of_its_board_and_no_other(make_hub, redis_url, ready):
    board.rebuild(ready, "khac--1", list)
    hub, phones, stranger = make_hub(redis_url, interval=0.01), [Phone() for _ in range(120)], Phone()
    for phone in phones:
        hub.register(NAME, phone.send)
    hub.register("khac--1", stranger.send)
    await listening(hub, stranger)
    await listening(hub, phones[-1])

    board.put(ready, NAME, [make_row("new", 9_000)])
    await comes_true(lambda: all(phone.frames[-1]["total"] == 6 for phone in phones))

    assert len(stranger.frames) == 1


async def test_bursts_make_one_push_an_interval_and_end_on_the_newest(make_hub, redis_url, ready):
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=1e9, sleep=clock.sleep)
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    pushes = len(phone.frames)

    for burst in range(1, 6):
        before = hub.signals
        for n in range(50):
            board.put(ready, NAME, [make_row("m", version=burst * 100 + n)])
        await comes_true(lambda before=before: hub.signals == before + 50)
        assert len(phone.frames) == pushes  # the interval is not over

        clock.advance(1.0)
        await comes_true(lambda: phone.versions[-1] == version_of(ready))
        pushes += 1
        assert len(phone.frames) == pushes

    clock.advance(1.0)
    await comes_true(lambda: clock.sleepers(1e8) == 1)
    assert len(phone.frames) == pushes  # nothing new, nothing sent


async def test_the_first_change_after_silence_is_pushed_at_once(make_hub, redis_url, ready):
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=1e9, sleep=clock.sleep)
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    await comes_true(lambda: clock.sleepers(1.0) == 2)  # the heart, and the board at rest
    clock.advance(1.0)

    board.put(ready, NAME, [make_row("m")])

    await comes_true(lambda: phone.versions[-1] == version_of(ready))


async def test_a_change_that_comes_while_the_board_is_read_is_not_lost(make_hub, redis_url, ready):
    """The race acted out: the hub has read, the next change is announced and heard, then the hub goes on."""
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=1e9, sleep=clock.sleep)
    await hub.knows(NAME)
    await comes_true(lambda: hub.is_connected)

    class Reader(redis.asyncio.Redis):
        async def execute_command(self, *args, **options):
            reply = await super().execute_command(*args, **options)
            if args[0] == "EVALSHA" and hub.signals == 0:
                board.put(ready, NAME, [make_row("meanwhile", 9_000)])
                await comes_true(lambda: hub.signals == 1)
            return reply

    hub._client = Reader.from_url(redis_url)
    hub.register(NAME, phone.send)
    await comes_true(lambda: phone.frames)
    assert phone.frames[0]["total"] == 5
    await comes_true(lambda: clock.sleepers(1.0) == 2)
    clock.advance(1.0)

    await comes_true(lambda: phone.frames[-1]["total"] == 6)


async def test_twenty_sockets_and_many_bursts_all_end_on_the_newest(make_hub, redis_url, ready):
    hub, phones = make_hub(redis_url, interval=0.005), [Phone() for _ in range(20)]
    for phone in phones:
        hub.register(NAME, phone.send)
    await listening(hub, phones[0])

    for burst in range(14):
        for n in range(20):
            await asyncio.to_thread(board.put, ready, NAME, [make_row("m", version=burst * 20 + n + 1)])
        await comes_true(lambda: {phone.versions[-1] for phone in phones} == {version_of(ready)})

    assert all(phone.versions == sorted(set(phone.versions)) for phone in phones)


async def test_a_board_that_is_not_ready_is_waited_for(make_hub, redis_url, redis_client):
    hub, phone = make_hub(redis_url, interval=0.005), Phone()
    board.put(redis_client, NAME, [make_row("early")])
    hub.register(NAME, phone.send)
    await comes_true(lambda: hub.is_connected)
    board.put(redis_client, NAME, [make_row("more")])
    await comes_true(lambda: hub.signals >= 1)
    assert phone.frames == []

    board.rebuild(redis_client, NAME, lambda: make_rows(3))

    await comes_true(lambda: phone.frames)
    assert phone.frames[0]["total"] == 3


async def test_a_flush_is_not_shown_and_the_rebuild_is(make_hub, redis_url, ready):
    hub, phone, late = make_hub(redis_url, interval=0.005), Phone(), Phone()
    hub.register(NAME, phone.send)
    await listening(hub, phone)

    ready.flushall()
    board.put(ready, NAME, [make_row("first after the flush")])
    await comes_true(lambda: hub.signals >= 1)
    hub.register(NAME, late.send)
    assert late.frames == phone.frames  # the last good one
    board.rebuild(ready, NAME, lambda: make_rows(9))
    await comes_true(lambda: phone.frames[-1]["total"] == 9)

    assert [frame["total"] for frame in phone.frames] == [5, 9]
    assert phone.versions == sorted(set(phone.versions))


async def test_a_board_hidden_on_purpose_is_forgotten(make_hub, redis_url, ready):
    hub, phone, late = make_hub(redis_url, interval=0.005), Phone(), Phone()
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    assert await hub.knows(NAME)

    board.hide(ready, NAME)
    board.hide(ready, NAME)  # the worker does so on every round
    await comes_true(lambda: hub.signals >= 1)
    await hides(hub)
    hub.register(NAME, late.send)
    assert late.frames == []
    assert hub.signals == 1

    board.rebuild(ready, NAME, lambda: make_rows(9))
    await comes_true(lambda: late.frames and late.frames[-1]["total"] == 9)
    assert await hub.knows(NAME)


async def hides(hub) -> None:
    """Wait until the hub no longer lets anybody in to the board."""
    for _ in range(500):
        if not await hub.knows(NAME):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the hub still knows the board")


async def test_sockets_live_through_a_restart_of_the_server(make_hub, own_valkey):
    board.rebuild(own_valkey.client(), NAME, lambda: make_rows(5))
    hub, phone, newcomer = make_hub(own_valkey.url, interval=0.02), Phone(), Phone()
    hub.register(NAME, phone.send)
    await listening(hub, phone)

    own_valkey.stop()
    await comes_true(lambda: not hub.is_connected)
    hub.register(NAME, newcomer.send)
    assert newcomer.frames == phone.frames
    own_valkey.start()
    await comes_true(lambda: hub.is_connected)
    board.rebuild(own_valkey.client(), NAME, lambda: make_rows(8))

    await comes_true(lambda: phone.frames[-1]["total"] == newcomer.frames[-1]["total"] == 8)


async def test_what_changed_while_the_subscription_was_cut_is_read_after_it(make_hub, redis_url, ready):
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=1e9, sleep=clock.sleep)
    hub.register(NAME, phone.send)
    await listening(hub, phone)

    ready.client_kill_filter(_type="pubsub")
    await comes_true(lambda: not hub.is_connected)
    board.put(ready, NAME, [make_row("unheard", 9_000)])  # its signal reaches nobody
    clock.advance(10)

    await comes_true(lambda: phone.frames[-1]["total"] == 6)
    assert hub.signals == 0


async def test_a_server_that_hangs_is_noticed_and_found_again(make_hub, own_valkey):
    client = own_valkey.client()
    board.rebuild(client, NAME, lambda: make_rows(5))
    hub, phone = make_hub(own_valkey.url, interval=0.02, patience=0.05), Phone()
    hub.register(NAME, phone.send)
    await listening(hub, phone)

    with own_valkey.hanging():
        await comes_true(lambda: not hub.is_connected)
    await comes_true(lambda: hub.is_connected)
    board.put(client, NAME, [make_row("after", 9_000)])

    await comes_true(lambda: phone.frames[-1]["total"] == 6)


async def test_quiet_sockets_hear_the_version(make_hub, redis_url, ready):
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=15.0, sleep=clock.sleep)
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    await comes_true(lambda: clock.sleepers(15.0) == 1)

    clock.advance(15)  # a snapshot came in this stretch: no heartbeat needed
    await comes_true(lambda: clock.sleepers(15.0) == 1)
    assert len(phone.frames) == 1

    clock.advance(15)
    await comes_true(lambda: len(phone.frames) == 2)
    assert phone.frames[-1] == {"v": version_of(ready)}


async def test_a_lost_signal_is_made_good_by_the_heartbeat(make_hub, redis_url, ready):
    clock, phone = Clock(), Phone()
    hub = make_hub(redis_url, interval=1.0, heartbeat=15.0, sleep=clock.sleep)
    await hub.knows(NAME)
    await comes_true(lambda: hub.is_connected)  # before the board is watched: the subscription gives no cause to read
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    await comes_true(lambda: clock.sleepers(15.0) == 1)

    ready.zadd(f"bxh:2:{{{NAME}}}:order", {"ff.silent": 0})
    ready.hset(f"bxh:2:{{{NAME}}}:rows", "silent", "1:ff:{}")
    ready.incr(f"bxh:2:{{{NAME}}}:version")  # a change without a signal
    clock.advance(15)

    await comes_true(lambda: phone.snapshots[-1]["total"] == 6)
    assert hub.signals == 0


async def test_the_last_socket_switches_the_board_off(make_hub, redis_url, ready):
    hub, phone, other = make_hub(redis_url), Phone(), Phone()
    outlets = [hub.register(NAME, each.send) for each in (phone, other)]
    await listening(hub, other)

    hub.unregister(NAME, outlets[0])
    assert NAME in hub._watches
    hub.unregister(NAME, outlets[1])
    assert NAME not in hub._watches
    hub.unregister(NAME, outlets[1])  # twice is harmless


async def test_a_socket_that_breaks_does_not_break_the_others(make_hub, redis_url, ready):
    hub, phone = make_hub(redis_url, interval=0.005), Phone()

    async def broken(message):
        raise RuntimeError("closed under our hands")

    hub.register(NAME, broken)
    hub.register(NAME, phone.send)
    await listening(hub, phone)
    board.put(ready, NAME, [make_row("x")])

    await comes_true(lambda: phone.frames[-1]["total"] == 6)


async def test_boards_are_known_when_ready_and_remembered(make_hub, redis_url, ready):
    hub = make_hub(redis_url)

    assert await hub.knows(NAME)
    assert not await hub.knows("khong-co")
    ready.flushall()
    assert await hub.knows(NAME)  # its rebuild is under way; sending phones off would bring a herd


async def test_nobody_is_turned_away_because_redis_is(make_hub, own_valkey):
    hub = make_hub(own_valkey.url)
    own_valkey.stop()

    assert await hub.knows(NAME)


async def test_a_herd_asks_once(make_hub, redis_url, ready):
    hub = make_hub(redis_url)
    before = (
        ready.info("commandstats")["cmdstat_exists"]["calls"] if "cmdstat_exists" in ready.info("commandstats") else 0
    )

    assert all(await asyncio.gather(*(hub.knows(NAME) for _ in range(500))))

    assert ready.info("commandstats")["cmdstat_exists"]["calls"] == before + 1


async def test_work_that_dies_is_started_again():
    clock, runs = Clock(), []
    alive = asyncio.Event()

    async def work():
        runs.append(1)
        if len(runs) < 3:
            raise RuntimeError("a bug")
        alive.set()
        await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(keep_running(work, "test", clock.sleep))
    for _ in range(2):
        await comes_true(lambda: clock.sleepers(0.1) == 1)
        clock.advance(2)
    async with asyncio.timeout(10):
        await alive.wait()

    assert len(runs) == 3
    task.cancel()


@pytest.mark.parametrize("moments", range(15))
async def test_a_board_can_be_left_at_any_moment_of_a_read(redis_url, ready, moments):
    """Cancelling must end the task wherever it is: redis-py under Python 3.11 swallowed it in the middle of a read."""
    hub, phone = Hub(redis_url, interval=0.0), Phone()
    outlet = hub.register(NAME, phone.send)
    task = hub._watches[NAME].task
    await listening(hub, phone)
    board.put(ready, NAME, [make_row("x", version=moments + 1)])
    hub._watches[NAME].stale.set()
    for _ in range(moments):
        await asyncio.sleep(0)

    hub.unregister(NAME, outlet)

    await comes_true(task.done)
    async with asyncio.timeout(10):
        await hub.close()
