"""Drawing the paper of one attempt from the bank and a seed.

The same bank, rules and seed give the same paper for ever, on any machine and Python. `random.Random` promises that only
for `random()`; `shuffle` and `sample` have changed between versions, and seeds n and -n collide. So the lots come from
SHA-512 in counter mode, with rejection instead of a remainder: a few lines that anyone can write again in any language
to recompute a published draw. Each topic, the question order and each question's options have a stream of their own, so a
bank that grows in one topic leaves the draw of the others alone.
"""

from __future__ import annotations

import hashlib
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from contests.rules.settings import RoundRules

MAX_OPTIONS = 26

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BankItem:
    """A question version as the draw sees it. Options are numbered 0..options-1 in the author's (canonical) order.

    `pinned` options are shown in their canonical place ("Cả A, B, C đều đúng"); the caller pins both of a true/false.
    A question without options (0) asks for a text. Where the canonical order is itself the key, `never_in_order` says so.
    """

    version: int
    topic: str
    options: int
    pinned: frozenset[int] = frozenset()
    never_in_order: bool = False


@dataclass(frozen=True, slots=True)
class PaperItem:
    """One question of a paper: `order[shown position] = canonical option index`."""

    version: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions in the order in which this attempt shows them."""

    items: tuple[PaperItem, ...]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A topic that has fewer questions than the rules ask for."""

    topic: str
    wanted: int
    has: int


class BankTooSmall(Exception):
    """The bank cannot fill the paper; says which topic, how many are wanted and how many there are."""

    def __init__(self, topic: str, wanted: int, has: int) -> None:
        super().__init__(f"Chủ đề “{topic}” cần {wanted} câu nhưng ngân hàng chỉ có {has} câu.")
        self.topic, self.wanted, self.has = topic, wanted, has


class BankIndex:
    """A bank grouped by topic and sorted once, so that each draw touches only the questions that it picks.

    The order in which the bank was given does not matter. Raises ValueError for a version that stands twice, one option or
    more than 26, or a pin without its option.
    """

    __slots__ = ("_by_topic",)

    def __init__(self, bank: Iterable[BankItem]) -> None:
        by_topic: defaultdict[str, list[BankItem]] = defaultdict(list)
        seen: set[int] = set()
        for item in bank:
            if item.version in seen:
                raise ValueError(f"version {item.version} stands twice in the bank")
            if item.options == 1 or not 0 <= item.options <= MAX_OPTIONS:
                raise ValueError(f"version {item.version} has {item.options} options")
            if not all(0 <= pin < item.options for pin in item.pinned):
                raise ValueError(f"version {item.version} pins an option that it lacks")
            seen.add(item.version)
            by_topic[item.topic].append(item)
        self._by_topic = {
            topic: tuple(sorted(items, key=lambda item: item.version)) for topic, items in by_topic.items()
        }

    def of(self, topic: str) -> tuple[BankItem, ...]:
        """The topic's questions, by version number; empty for an unknown topic."""
        return self._by_topic.get(topic, ())


def shortages(bank: BankIndex, rules: RoundRules) -> tuple[Shortage, ...]:
    """Every topic that cannot fill its part, for the organizer to see before the round opens."""
    return tuple(
        Shortage(part.topic, part.count, len(bank.of(part.topic)))
        for part in rules.draw
        if len(bank.of(part.topic)) < part.count
    )


def draw_paper(bank: Sequence[BankItem] | BankIndex, rules: RoundRules, seed: int) -> Paper:
    """Draw the paper that belongs to `seed` (any integer). Raises `BankTooSmall` for the first topic that falls short.

    Without `shuffle_questions` the topics follow the rules' order and, within a topic, the version numbers.
    """
    index = bank if isinstance(bank, BankIndex) else BankIndex(bank)
    if len({part.topic for part in rules.draw}) != len(rules.draw):
        raise ValueError("a topic stands twice in the draw")  # it would put a question on the paper twice
    for short in shortages(index, rules):
        raise BankTooSmall(short.topic, short.wanted, short.has)

    drawn: list[BankItem] = []
    for part in rules.draw:
        picked = _pick(index.of(part.topic), part.count, _lots(seed, f"topic:{part.topic}"))
        drawn += picked if rules.shuffle_questions else sorted(picked, key=lambda item: item.version)
    if rules.shuffle_questions:
        drawn = _pick(drawn, len(drawn), _lots(seed, "questions"))
    return Paper(tuple(PaperItem(item.version, _order(item, rules, seed)) for item in drawn))


def _order(item: BankItem, rules: RoundRules, seed: int) -> tuple[int, ...]:
    canonical = range(item.options)
    if item.never_in_order:
        lots = _lots(seed, f"options:{item.version}")
        while (order := tuple(_pick(canonical, item.options, lots))) == tuple(canonical):
            pass
        return order
    if not rules.shuffle_options:
        return tuple(canonical)
    free = [option for option in canonical if option not in item.pinned]
    if len(free) < 2:
        return tuple(canonical)
    shuffled = iter(_pick(free, len(free), _lots(seed, f"options:{item.version}")))
    return tuple(option if option in item.pinned else next(shuffled) for option in canonical)


def _pick(pool: Sequence[T], count: int, lots: Iterator[int]) -> list[T]:
    """`count` different elements in random order: a Fisher–Yates shuffle that stops early and notes only what it moved."""
    moved: dict[int, int] = {}
    picked = []
    for here in range(count):
        there = here + _below(len(pool) - here, lots)
        picked.append(pool[moved.get(there, there)])
        moved[there] = moved.get(here, here)
    return picked


def _below(bound: int, lots: Iterator[int]) -> int:
    """A number in 0..bound-1, each equally likely: the uneven tail of the 32-bit range is thrown again."""
    fair = (1 << 32) // bound * bound
    while (lot := next(lots)) >= fair:
        pass
    return lot % bound


def _lots(seed: int, purpose: str) -> Iterator[int]:
    """Endless 32-bit numbers: big-endian words of SHA-512("paper:1:<seed>:<purpose>:<counter>"), counter from 0."""
    stem = f"paper:1:{seed}:{purpose}:".encode()
    counter = 0
    while True:
        yield from struct.unpack(">16I", hashlib.sha512(stem + str(counter).encode()).digest())
        counter += 1
