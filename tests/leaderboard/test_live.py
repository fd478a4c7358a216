"""Announcing results and reading boards while Redis comes and goes."""

import threading

import pytest
import redis

from leaderboard import board, live
from leaderboard.announcer import Announcer
from leaderboard.ranking import Gone, digest
from leaderboard.snapshot import snapshot_of
from tests.leaderboard.rows import make_row, make_rows
from tests.leaderboard.servers import eventually

NAME = "tim-hieu-2026--1"


@pytest.fixture
def of_own_valkey(own_valkey, settings):
    """Settings that point to the server that the test stops."""
    settings.REDIS_URL = own_valkey.url
    settings.BOARD_FALLBACK_SECONDS = 0
    return own_valkey


def from_sql(rows):
    return snapshot_of(rows, at_ms=1_800_000_000_000)


def test_announced_rows_are_on_the_board(redis_client):
    live.rebuild(NAME, list)

    live.announce(NAME, make_rows(5))

    assert digest(board.dump(redis_client, NAME)) == digest(make_rows(5))


def test_rebuild_tells_how_many_rows_were_read(redis_client):
    assert live.rebuild(NAME, lambda: make_rows(7), "final") == 7
    assert board.snapshot(redis_client, NAME).state == "final"


def test_a_page_reads_redis_first(redis_client):
    live.rebuild(NAME, lambda: make_rows(5))

    assert live.board_snapshot(NAME, lambda: pytest.fail("SQL was asked")).total == 5
    assert live.board_place(NAME, "m00001").total == 5
    assert len(live.board_around(NAME, "m00001", 1).rows) in (2, 3)


def test_a_missing_board_is_read_from_sql(redis_client, settings):
    settings.BOARD_FALLBACK_SECONDS = 0

    assert live.board_snapshot(NAME, lambda: from_sql(make_rows(3))).total == 3
    assert live.board_place(NAME, "m00001") is None
    assert live.is_missing(NAME)


def test_a_ready_board_is_not_missing(redis_client):
    live.rebuild(NAME, list)

    assert not live.is_missing(NAME)


def test_state_is_told(redis_client):
    live.rebuild(NAME, list)

    live.set_state(NAME, "frozen")

    assert board.snapshot(redis_client, NAME).state == "frozen"


def test_a_crowd_without_redis_asks_sql_once(redis_client, settings):
    settings.BOARD_FALLBACK_SECONDS = 3600
    asked = []
    may_answer = threading.Event()

    def slow_sql():
        asked.append(1)
        may_answer.wait(10)
        return from_sql(make_rows(3))

    phones = [threading.Thread(target=live.board_snapshot, args=("crowd", slow_sql)) for _ in range(20)]
    for phone in phones:
        phone.start()
    eventually(lambda: asked)
    may_answer.set()
    for phone in phones:
        phone.join()

    assert asked == [1]


def test_a_dead_redis_costs_neither_an_error_nor_a_result(of_own_valkey):
    live.rebuild(NAME, lambda: make_rows(3))
    of_own_valkey.stop()

    live.announce(NAME, [make_row("late", 9_900)])
    live.announce(NAME, [make_row("later", 9_800)])

    assert live.announcer().is_away
    assert not live.is_missing(NAME)  # nothing to rebuild on a server that is not there
    assert live.board_snapshot(NAME, lambda: from_sql(make_rows(3))).total == 3
    live.set_state(NAME, "final")
    with pytest.raises(redis.ConnectionError):
        live.rebuild(NAME, list)


def announcer_of(server, **options):
    return Announcer(live.connect(server.url, timeout=2), retry_after=0.02, **options)


def test_late_rows_are_written_when_redis_is_back(own_valkey):
    announcer = announcer_of(own_valkey)
    own_valkey.stop()

    announcer.announce(NAME, [make_row("a", 1, version=1), make_row("b", 1)])
    announcer.announce(NAME, [make_row("a", 3, version=3), Gone("c", 9)])
    announcer.announce(NAME, [make_row("a", 2, version=2)])
    own_valkey.start()
    eventually(lambda: not announcer.is_away)

    client = own_valkey.client()
    board.put(client, NAME, [make_row("c", version=8)])
    assert board.dump(client, NAME) == [make_row("a", 3, version=3), make_row("b", 1)]


def test_nothing_is_lost_between_away_and_back(own_valkey):
    """Four threads announce without pause while the server goes and comes."""
    announcer = announcer_of(own_valkey)
    rows = [[make_row(f"m{thread}-{n}", n) for n in range(400)] for thread in range(4)]

    def announce_all(own):
        for row in own:
            announcer.announce(NAME, [row])

    own_valkey.stop()
    threads = [threading.Thread(target=announce_all, args=(own,)) for own in rows]
    for thread in threads:
        thread.start()
    own_valkey.start()
    for thread in threads:
        thread.join()
    eventually(lambda: not announcer.is_away)

    assert digest(board.dump(own_valkey.client(), NAME)) == digest(row for own in rows for row in own)


def test_a_board_whose_rows_were_given_up_is_hidden_until_rebuilt(own_valkey):
    """The server hangs and keeps its data: afterwards it says "ready", and would be wrong."""
    board.rebuild(own_valkey.client(), NAME, lambda: make_rows(2))
    announcer = Announcer(live.connect(own_valkey.url, timeout=0.1), retry_after=0.02, max_waiting=10)

    with own_valkey.hanging():
        announcer.announce(NAME, [make_row(f"late{n}") for n in range(11)])
        assert announcer.is_away
    eventually(lambda: not announcer.is_away)

    assert not board.is_ready(own_valkey.client(), NAME)


def test_reads_come_back_too(own_valkey):
    announcer = announcer_of(own_valkey)
    own_valkey.stop()

    assert announcer.read(lambda client: client.ping()) is None
    assert announcer.is_away

    own_valkey.start()
    eventually(lambda: not announcer.is_away)
    assert announcer.read(lambda client: client.ping()) is True
