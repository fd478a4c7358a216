"""The board in a real Valkey: versioned writes, places, signals."""

import random

import pytest

from leaderboard import board
from leaderboard.ranking import Gone, Row, digest, marks_of, with_ranks
from leaderboard.snapshot import Snapshot
from tests.leaderboard.rows import MAX_ELAPSED_MS, MAX_POINTS, keyed_rows, make_row, make_rows

NAME = "tim-hieu-2026--1"


@pytest.fixture
def signals(redis_client):
    """What has been published since the test began, as a function that reads it."""
    listener = redis_client.pubsub()
    listener.subscribe(board.SIGNALS)
    assert listener.get_message(timeout=5)["type"] == "subscribe"

    def heard():
        redis_client.publish(board.SIGNALS, "end")  # same channel, so everything before it has come when it comes
        texts = []
        while (message := listener.get_message(timeout=5))["data"] != b"end":
            texts.append(message["data"].decode())
        return texts

    yield heard
    listener.close()


@pytest.fixture
def ready(redis_client):
    board.rebuild(redis_client, NAME, list)
    return redis_client


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "a}b", "a:b", "a/b", "ă", "a" * 101, "a\n"])
def test_names_that_could_leave_their_place_in_a_key_are_refused(redis_client, name):
    assert not board.is_board_name(name)
    with pytest.raises(ValueError, match="not a board name"):
        board.put(redis_client, name, [make_row("a")])


@pytest.mark.parametrize("name", ["a", "0", "tim-hieu-2026--1", "a" * 100])
def test_slugs_are_names(name):
    assert board.is_board_name(name)


def test_all_keys_of_a_board_share_a_hash_tag(ready):
    board.put(ready, NAME, [make_row("a")])

    assert all(key.startswith(b"bxh:2:{tim-hieu-2026--1}:") for key in ready.scan_iter())


def test_snapshot_equals_the_pure_rule(ready):
    rows = make_rows(500)
    board.put(ready, NAME, rows)

    found = board.snapshot(ready, NAME)

    assert found == Snapshot(
        version=found.version,
        total=500,
        top=tuple(with_ranks(rows)[:10]),
        marks=marks_of(with_ranks(rows)),
        at_ms=found.at_ms,
        state="provisional",
    )


@pytest.mark.parametrize("total", [0, 1, 3, 39, 40, 41, 42, 1_200])
def test_marks_from_redis_equal_the_pure_marks(ready, total):
    rows = make_rows(total)
    board.put(ready, NAME, rows)

    assert board.snapshot(ready, NAME).marks == marks_of(with_ranks(rows))


def test_places_of_extreme_results(ready):
    rows = [
        make_row(f"m{n}", points, ms)
        for n, (points, ms) in enumerate((p, t) for p in (MAX_POINTS, 0, -MAX_POINTS) for t in (0, 1, MAX_ELAPSED_MS))
    ]
    board.put(ready, NAME, rows)

    assert board.snapshot(ready, NAME).top == tuple(with_ranks(rows))


def test_keys_of_any_length_stand_as_texts_do(ready):
    """Two chains meet on one board for a moment, before a rebuild; and a member may be named as a key goes on."""
    keys = ["0", "00", "000", "0f", "f", "f0", "ff", "f" * 80, "0" * 80, "f" * 79 + "0", "00", "f"]
    rows = [*keyed_rows(keys), Row("f.0", "0", 1, {}), Row("0:f.\n", "0", 1, {}), Row("0", "00", 1, {})]
    board.put(ready, NAME, rows)
    ranked = with_ranks(rows)

    found = board.snapshot(ready, NAME, top=100)

    assert (found.top, found.marks) == (tuple(ranked), marks_of(ranked))
    assert [board.place(ready, NAME, each.row.member).place for each in ranked] == [each.place for each in ranked]
    assert board.dump(ready, NAME) == [each.row for each in ranked]


def test_a_changed_or_removed_row_leaves_nothing_at_its_old_place(ready):
    for version, points in enumerate((100, 300, 200, 200, 50), start=1):
        board.put(ready, NAME, [make_row("a", points, version=version), make_row("b", 150)])
        assert board.snapshot(ready, NAME).total == 2
        assert board.dump(ready, NAME) == [row.row for row in with_ranks(board.dump(ready, NAME))]

    board.remove(ready, NAME, "a", 9)
    board.remove(ready, NAME, "a", 10)

    assert board.dump(ready, NAME) == [make_row("b", 150)]
    assert board.around(ready, NAME, "a") is None
    assert ready.zcard(f"bxh:2:{{{NAME}}}:order") == 1


def test_out_of_order_puts_end_on_the_newest(ready):
    newest = [make_row(f"m{n}", points=n * 100, version=5) for n in range(50)]
    older = [make_row(f"m{n}", points=9_000, version=version) for n in range(50) for version in (1, 2, 3, 4)]
    writes = newest + older
    random.Random(7).shuffle(writes)

    for row in writes:
        board.put(ready, NAME, [row])

    assert digest(board.dump(ready, NAME)) == digest(newest)


def test_the_newest_of_one_call_wins(ready):
    board.put(ready, NAME, [make_row("a", 1, version=1), make_row("a", 3, version=3), make_row("a", 2, version=2)])

    assert board.dump(ready, NAME) == [make_row("a", 3, version=3)]


def test_a_large_put_is_cut_into_chunks(ready):
    rows = make_rows(2 * board.CHUNK + 1)

    assert board.put(ready, NAME, rows) == len(rows)
    assert board.put(ready, NAME, rows) == 0
    assert digest(board.dump(ready, NAME)) == digest(rows)


def test_many_rows_are_one_round_trip(ready):
    board.put(ready, NAME, [make_row("first")])  # loads the script
    before = ready.info("commandstats")["cmdstat_evalsha"]["calls"]

    board.put(ready, NAME, make_rows(board.CHUNK))

    assert ready.info("commandstats")["cmdstat_evalsha"]["calls"] == before + 1


def test_removed_members_stay_away(ready):
    board.put(ready, NAME, [make_row("a", 5, version=3), make_row("b", 4)])

    assert board.remove(ready, NAME, "a", 4)
    board.put(ready, NAME, [make_row("a", 5, version=3), make_row("a", 6, version=4)])
    assert [row.member for row in board.dump(ready, NAME)] == ["b"]

    board.put(ready, NAME, [make_row("a", 6, version=5)])
    assert [row.member for row in board.dump(ready, NAME)] == ["a", "b"]


def test_an_older_removal_is_ignored(ready):
    board.put(ready, NAME, [make_row("a", version=3)])

    assert not board.remove(ready, NAME, "a", 2)
    assert board.place(ready, NAME, "a").total == 1


def test_rows_and_removals_travel_in_one_call(ready):
    board.put(ready, NAME, [make_row("a"), make_row("b")])

    assert board.put(ready, NAME, [make_row("c"), Gone("a", 2)]) == 2
    assert [row.member for row in board.dump(ready, NAME)] == ["b", "c"]


def test_a_change_sends_one_signal_and_a_repeat_none(ready, signals):
    board.put(ready, NAME, make_rows(20))
    board.put(ready, NAME, make_rows(20))

    assert signals() == [f"{NAME} {board.snapshot(ready, NAME).version}"]


def test_versions_grow_with_every_change_and_over_a_flush(ready):
    versions = []
    for n in range(200):
        board.put(ready, NAME, [make_row("a", version=n + 1)])
        versions.append(board.snapshot(ready, NAME).version)
    ready.flushall()
    board.rebuild(ready, NAME, list)
    versions.append(board.snapshot(ready, NAME).version)

    assert versions == sorted(set(versions))


def test_a_burst_does_not_run_ahead_of_the_clock(ready):
    """Counted in ms it did, and after a FLUSHALL phones would have ignored the board until the clock caught up."""
    for n in range(500):
        board.put(ready, NAME, [make_row("a", version=n + 1)])

    seconds, micros = ready.time()

    assert board.snapshot(ready, NAME).version <= seconds * 1_000_000 + micros


def test_a_version_never_goes_back_when_the_clock_does(ready):
    ready.set(f"bxh:2:{{{NAME}}}:version", 2**52)

    board.put(ready, NAME, [make_row("a")])

    assert board.snapshot(ready, NAME).version == 2**52 + 1


def test_place_is_shared_and_absent_members_have_none(ready):
    board.put(ready, NAME, [make_row("a", 9), make_row("b", 8), make_row("c", 8), make_row("d", 7)])

    assert [board.place(ready, NAME, member).place for member in "abcd"] == [1, 2, 2, 4]
    assert board.place(ready, NAME, "d").total == 4
    assert board.place(ready, NAME, "x") is None


@pytest.mark.parametrize("radius", [0, 1, 3, 1000])
def test_around_is_a_stretch_of_the_ranked_board(ready, radius):
    rows = make_rows(60)
    board.put(ready, NAME, rows)
    ranked = with_ranks(rows)

    for index, each in enumerate(ranked):
        found = board.around(ready, NAME, each.row.member, radius)
        assert list(found.rows) == ranked[max(0, index - radius) : index + radius + 1]


def test_nothing_is_shown_before_the_first_rebuild(redis_client):
    board.put(redis_client, NAME, [make_row("a")])

    assert board.snapshot(redis_client, NAME) is None
    assert board.place(redis_client, NAME, "a") is None
    assert board.around(redis_client, NAME, "a", 1) is None
    assert not board.is_ready(redis_client, NAME)


def test_a_board_can_be_taken_out_of_sight(ready):
    board.unready(ready, NAME)

    assert board.snapshot(ready, NAME) is None


def test_state_travels_with_the_snapshot_and_is_signalled(ready, signals):
    before = board.snapshot(ready, NAME).version

    assert board.set_state(ready, NAME, "final")

    found = board.snapshot(ready, NAME)
    assert found.state == "final"
    assert found.version > before
    assert signals() == [f"{NAME} {found.version}"]


def test_a_board_that_is_not_ready_has_no_state(redis_client):
    assert not board.set_state(redis_client, NAME, "final")
    assert not board.is_ready(redis_client, NAME)
