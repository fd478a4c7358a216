"""A short memory: one asks, the others take what was said last."""

from __future__ import annotations

import threading

from leaderboard import memo as memos
from leaderboard.memo import Memo


def test_an_answer_is_kept_for_its_seconds_and_by_its_key():
    memo, asked = Memo[int](), []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [memo.get("a", ask, 60), memo.get("a", ask, 60), memo.get("b", ask, 60), memo.get("a", ask, 0)] == [
        1,
        1,
        2,
        3,
    ]


def test_while_one_asks_the_others_get_the_last_answer_and_wait_only_for_the_first():
    memo, begun, go = Memo[str](), threading.Event(), threading.Event()
    got: list[str] = []

    def slow() -> str:
        begun.set()
        assert go.wait(20)
        return "new"

    first = threading.Thread(target=lambda: got.append(memo.get("a", slow, 60)))
    second = threading.Thread(target=lambda: got.append(memo.get("a", lambda: "never", 60)))
    first.start()
    assert begun.wait(20)
    second.start()
    go.set()
    first.join(20)
    second.join(20)
    assert got == ["new", "new"]

    begun.clear()
    go.clear()
    asking = threading.Thread(target=lambda: memo.get("a", slow, 0))
    asking.start()
    assert begun.wait(20)
    assert memo.get("a", lambda: "never", 0) == "new"
    go.set()
    asking.join(20)


def test_a_failure_is_not_remembered():
    memo = Memo[int]()

    for _ in range(2):
        try:
            memo.get("a", lambda: 1 // 0, 60)
        except ZeroDivisionError:
            continue
        raise AssertionError("the failure was swallowed")
    assert memo.get("a", lambda: 7, 60) == 7


def test_it_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(memos, "MOST", 3)
    memo = Memo[int]()
    for number in range(4):
        memo.get(str(number), lambda number=number: number, 60)

    assert memo.get("3", lambda: -1, 60) == 3
    assert memo.get("0", lambda: -1, 60) == -1, "the one that nobody asked for longest was forgotten"
