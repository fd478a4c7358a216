"""Drawing the paper of one attempt from the bank and a seed.

The same bank, rules and seed give the same paper for ever, on any machine and Python. `random.Random` promises that only
for `random()`; `shuffle` and `sample` have changed between versions, and seeds n and -n collide. So the lots come from
SHA-512 in counter mode, with rejection instead of a remainder: a few lines that anyone can write again in any language
to recompute a published draw. Each topic, the question order and each question's options have a stream of their own, so a
bank that grows in one topic leaves the draw of the others alone.

A topic may ask for so many of a difficulty and so many of any. Those of a difficulty are drawn first, each from its own
pile, and those of any from what is left of the topic: no question stands twice, and whenever some paper keeps the rules,
each seed finds one (any other order could use up the only hard questions on "any").
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from contests.rules.settings import DIFFICULTIES, DrawPart, RoundRules

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
    difficulty: str = ""


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
    """A topic, or a difficulty of one, that has fewer questions than the rules ask for.

    Where a topic asks for some of a difficulty and some of any, `wanted` of the shortage of any counts both.
    """

    topic: str
    wanted: int
    has: int
    difficulty: str = ""

    @property
    def what(self) -> str:
        """What is counted: câu, câu khó."""
        return f"câu {DIFFICULTIES[self.difficulty]}" if self.difficulty else "câu"


class BankTooSmall(Exception):
    """The bank cannot fill the paper; says which topic, how many are wanted and how many there are."""

    def __init__(self, short: Shortage) -> None:
        super().__init__(
            f"Chủ đề “{short.topic}” cần {short.wanted} {short.what} nhưng ngân hàng chỉ có {short.has} {short.what}."
        )
        self.topic, self.wanted, self.has = short.topic, short.wanted, short.has


class BankIndex:
    """A bank grouped by topic and difficulty and sorted once, so that each draw touches only the questions that it picks.

    The order in which the bank was given does not matter. Raises ValueError for a version that stands twice, one option or
    more than 26, or a pin without its option.
    """

    __slots__ = ("_piles",)

    def __init__(self, bank: Iterable[BankItem]) -> None:
        piles: defaultdict[tuple[str, str], list[BankItem]] = defaultdict(list)
        seen: set[int] = set()
        for item in bank:
            if item.version in seen:
                raise ValueError(f"version {item.version} stands twice in the bank")
            if item.options == 1 or not 0 <= item.options <= MAX_OPTIONS:
                raise ValueError(f"version {item.version} has {item.options} options")
            if not all(0 <= pin < item.options for pin in item.pinned):
                raise ValueError(f"version {item.version} pins an option that it lacks")
            seen.add(item.version)
            for pile in {"", item.difficulty}:
                piles[item.topic, pile].append(item)
        self._piles = {pile: tuple(sorted(items, key=lambda item: item.version)) for pile, items in piles.items()}

    def of(self, topic: str, difficulty: str = "") -> tuple[BankItem, ...]:
        """The topic's questions, all or of one difficulty, by version number; empty for an unknown topic."""
        return self._piles.get((topic, difficulty), ())


def shortages(bank: BankIndex, rules: RoundRules) -> tuple[Shortage, ...]:
    """Every part that cannot be filled, for the organizer to see before the round opens."""
    return shortages_of(lambda topic, difficulty: len(bank.of(topic, difficulty)), rules.draw)


def shortages_of(size: Callable[[str, str], int], draw: Iterable[DrawPart]) -> tuple[Shortage, ...]:
    """The same where only the number of questions of a topic and difficulty ("" all of the topic) is known."""
    parts = tuple(draw)
    taken: Counter[str] = Counter()  # by topic: what the parts of a difficulty can get
    for part in parts:
        if part.difficulty:
            taken[part.topic] += min(part.count, size(part.topic, part.difficulty))
    found = []
    for part in parts:
        has, wanted = size(part.topic, part.difficulty), part.count
        if not part.difficulty:
            wanted += taken[part.topic]
        if has < wanted:
            found.append(Shortage(part.topic, wanted, has, part.difficulty))
    return tuple(found)


def draw_paper(bank: Sequence[BankItem] | BankIndex, rules: RoundRules, seed: int) -> Paper:
    """Draw the paper that belongs to `seed` (any integer). Raises `BankTooSmall` for the first topic that falls short.

    Without `shuffle_questions` the topics follow the rules' order and, within a topic, the version numbers.
    """
    index = bank if isinstance(bank, BankIndex) else BankIndex(bank)
    if len({(part.topic, part.difficulty) for part in rules.draw}) != len(rules.draw):
        raise ValueError("a part stands twice in the draw")  # it would put a question on the paper twice
    for short in shortages(index, rules):
        raise BankTooSmall(short)

    drawn: list[BankItem] = []
    picks = _picks(index, rules.draw, seed)
    for part in rules.draw:
        picked = picks[part]
        drawn += picked if rules.shuffle_questions else sorted(picked, key=lambda item: item.version)
    if rules.shuffle_questions:
        drawn = _pick(drawn, len(drawn), _lots(seed, "questions"))
    return Paper(tuple(PaperItem(item.version, _order(item, rules, seed)) for item in drawn))


def _picks(index: BankIndex, draw: Sequence[DrawPart], seed: int) -> dict[DrawPart, list[BankItem]]:
    """What each part gets. A part of any is drawn from what the parts of a difficulty have left of its topic."""
    picks: dict[DrawPart, list[BankItem]] = {}
    taken: set[int] = set()
    for part in sorted(draw, key=lambda part: part.difficulty == ""):
        pool: Sequence[BankItem] = index.of(part.topic, part.difficulty)
        purpose = f"topic:{part.topic}"
        if part.difficulty:
            purpose = f"difficulty:{part.difficulty}:{purpose}"
        elif taken:
            pool = [item for item in pool if item.version not in taken]
        picks[part] = _pick(pool, part.count, _lots(seed, purpose))
        if part.difficulty:
            taken.update(item.version for item in picks[part])
    return picks


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
