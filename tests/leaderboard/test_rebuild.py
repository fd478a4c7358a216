"""Losing Redis loses nothing: the board is made again from SQL, whatever happens meanwhile."""

import pytest
import redis

from leaderboard import board
from leaderboard.ranking import Gone, digest
from tests.leaderboard.rows import make_row, make_rows

NAME = "tim-hieu-2026--1"


def test_a_flushed_board_is_rebuilt_byte_for_byte(redis_client):
    rows = make_rows(2_500)
    board.rebuild(redis_client, NAME, lambda: rows)
    redis_client.flushall()
    assert not board.is_ready(redis_client, NAME)

    assert board.rebuild(redis_client, NAME, lambda: reversed(rows))

    assert digest(board.dump(redis_client, NAME)) == digest(rows)


def test_a_picture_of_the_form_before_is_neither_read_nor_in_the_way(redis_client):
    """A deploy over a running Redis: its boards were numbers, kept under names without a form."""
    redis_client.set(f"bxh:{{{NAME}}}:ready", "final")
    redis_client.zadd(f"bxh:{{{NAME}}}:order", {"a": -1_000_938_999})
    redis_client.hset(f"bxh:{{{NAME}}}:rows", "a", "9:{}")
    assert not board.is_ready(redis_client, NAME)
    assert board.snapshot(redis_client, NAME) is None

    board.rebuild(redis_client, NAME, lambda: [make_row("a", version=3)])

    assert board.dump(redis_client, NAME) == [make_row("a", version=3)]


def test_rebuild_forgets_what_sql_does_not_know(redis_client):
    board.put(redis_client, NAME, [make_row("ghost", 900, version=99)])

    board.rebuild(redis_client, NAME, lambda: [make_row("a")])

    assert board.dump(redis_client, NAME) == [make_row("a")]


def test_an_empty_board_is_ready_too(redis_client):
    assert board.rebuild(redis_client, NAME, list)

    assert board.snapshot(redis_client, NAME).total == 0


def test_what_is_announced_while_sql_is_read_survives(redis_client):
    """The race acted out: SQL is read, a result is committed and announced, then the rebuild writes what it read."""

    def read_rows():
        yield make_row("a", 100, version=1)
        board.put(redis_client, NAME, [make_row("a", 300, version=2), make_row("new", 200), Gone("out", 5)])
        yield make_row("b", 100)
        yield make_row("out", 900, version=4)

    board.rebuild(redis_client, NAME, read_rows)

    expected = [make_row("a", 300, version=2), make_row("new", 200), make_row("b", 100)]
    assert digest(board.dump(redis_client, NAME)) == digest(expected)


def test_what_was_announced_just_before_is_in_sql_by_then(redis_client):
    """Announced after commit: everything that the delete takes away was committed before SQL is read."""
    sql = {}

    def commit_and_announce(row):
        sql[row.member] = row
        board.put(redis_client, NAME, [row])

    for n in range(30):
        commit_and_announce(make_row(f"m{n}", points=n))
    board.rebuild(redis_client, NAME, lambda: sql.values())

    assert digest(board.dump(redis_client, NAME)) == digest(sql.values())


def test_half_a_board_is_never_shown(redis_client):
    board.rebuild(redis_client, NAME, lambda: make_rows(10))
    seen = []

    def read_rows():
        for row in make_rows(10):
            seen.append(board.snapshot(redis_client, NAME))
            yield row

    board.rebuild(redis_client, NAME, read_rows)

    assert seen == [None] * 10


def test_a_rebuild_inside_which_another_one_finished_begins_anew(redis_client):
    """Its rows were read before the other's: only a fresh read may be the last word."""
    reads = []

    def read_rows():
        reads.append(1)
        if len(reads) == 1:
            assert board.rebuild(redis_client, NAME, lambda: make_rows(5))
            return [make_row("left-meanwhile", 900)]
        return make_rows(6)

    assert board.rebuild(redis_client, NAME, read_rows)

    assert digest(board.dump(redis_client, NAME)) == digest(make_rows(6))


def test_a_rebuild_that_was_overtaken_does_not_show_the_others_half(redis_client):
    def read_rows():
        redis_client.set(f"bxh:2:{{{NAME}}}:build", "another")
        return make_rows(5)

    assert not board.rebuild(redis_client, NAME, read_rows)
    assert not board.is_ready(redis_client, NAME)


def test_a_flush_in_the_middle_starts_the_rebuild_again(redis_client):
    rows = make_rows(3_000)
    reads = []

    def read_rows():
        reads.append(1)
        for n, row in enumerate(rows):
            if n == 2_000 and len(reads) == 1:
                redis_client.flushall()
            yield row

    assert board.rebuild(redis_client, NAME, read_rows)

    assert len(reads) == 2
    assert digest(board.dump(redis_client, NAME)) == digest(rows)


def test_a_board_that_will_not_hold_still_is_not_dumped(redis_client, redis_url):
    board.rebuild(redis_client, NAME, lambda: make_rows(5))

    class Reader(redis.Redis):
        """Somebody else's result arrives between each two reads."""

        def zrange(self, *args, **kwargs):
            board.put(redis_client, NAME, [make_row("x", version=int(redis_client.incr("n")))])
            return super().zrange(*args, **kwargs)

    with pytest.raises(board.BoardMoved):
        board.dump(Reader.from_url(redis_url), NAME)
