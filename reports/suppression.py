"""What may be published of counts of people by what they declared of themselves. PURE: numbers in, numbers out.

Every figure is disturbed by a number drawn from a secret, then made coarse; figures of few people are not published at all. `docs/decisions/0012-suppression.md` proves what follows from it and says what does not:

* a cell under FEWEST people is never published, and no empty one: the two look alike;
* whoever has every file of every unit and of every day cannot exclude that any one person declared something else,
  and so can work out no hidden cell, by subtraction or by any other way;
* as long as nothing changes, a question has one answer, however often and on whichever way it is asked: nothing to average.

The disturbance is two-sided and exponential (the Laplace mechanism: one person more or less makes no count of people more than
twice as likely) and follows from a key, as in the cell key method of the Australian Bureau of Statistics; counts are then
rounded to base 5 as Statistics Canada does.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

FEWEST = 5  # people of a published cell at the very least
BASE = 5  # counts are multiples of it
LEAST_SHOWN = 15  # smallest count that is published: what stays hidden below it need not be small
LEAST_RATED = 30  # people from which on a mean and a pass rate say more than the disturbance
LEAST_UNIT = 30  # people of a unit whose counts are published at all
RATE_STEP = 0.05
_BITS = 256
FARTHEST = _BITS  # no disturbance is larger, in units of one person

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Cell:
    """True figures of the people of one cell. `scored` have a result, `points` together; `passed` of these passed.

    `who` stands for who they are and all that is counted of them; it enters the secret of their unit and nothing else.
    """

    people: int = 0
    attempts: int = 0
    scored: int = 0
    points: int = 0
    passed: int = 0
    who: int = 0

    def __add__(self, other: Cell) -> Cell:
        """Both cells together, which have nobody in common."""
        return Cell(
            self.people + other.people, self.attempts + other.attempts, self.scored + other.scored,
            self.points + other.points, self.passed + other.passed, self.who ^ other.who,
        )  # fmt: skip


class Shown(NamedTuple):
    """What is published of a cell. `people` None: hidden, then all is; a mean or a rate may be hidden alone."""

    people: int | None = None
    attempts: int | None = None
    mean: float | None = None  # hundredths of a point, like `Cell.points`
    pass_rate: float | None = None


HIDDEN = Shown()


@dataclass(frozen=True, slots=True)
class Unit:
    """What is known of all people of a unit anyway, and the secret that disturbs its cells.

    `secret` (from `unit_secret`) changes with any change of what the unit's cells count, so that nobody sees which of them a
    change touched.
    """

    people: int
    attempts: int
    most_points: int  # of any one person
    secret: bytes

    @property
    def too_small(self) -> bool:
        """Whether nothing is published of it."""
        return self.people < LEAST_UNIT


def unit_secret(key: bytes, state: Iterable[object]) -> bytes:
    """The secret of a unit in one state: `state` lists, in any order, everything that its cells are made from."""
    return hmac.digest(key, "\n".join(sorted(map(repr, state))).encode(), "sha256")


def published(cells: Mapping[K, Cell], unit: Unit) -> dict[K, Shown]:
    """What may be said of each cell. Depends on the cell, its label and the unit alone: tables may be cut as one likes.

    A cell must have one label wherever it stands. Its label and not its people draw the number: were two cells of the same
    people always alike, two that differ would tell that somebody is in one of them only.
    """
    return {label: _shown(cell, unit, repr(label)) for label, cell in cells.items()}


def disturbance(secret: bytes, label: str, what: str) -> float:
    """The number that disturbs one figure: t has the density ln(2)/2 · 2^-|t|, |t| ≤ FARTHEST; half of all are within 1, of 32 one is beyond 5."""
    digest = hashlib.blake2b(f"{label}|{what}".encode(), key=secret, digest_size=_BITS // 8 + 1).digest()
    drawn = (int.from_bytes(digest[1:]) + 1) / 2**_BITS  # in (0, 1]
    size = -math.log2(drawn)
    return size if digest[0] & 1 else -size


def _shown(cell: Cell, unit: Unit, label: str) -> Shown:
    if unit.too_small or cell.people < FEWEST:
        return HIDDEN
    people = _coarse(cell.people + disturbance(unit.secret, label, "people"), BASE)
    if people < LEAST_SHOWN:
        return HIDDEN
    each = unit.attempts / unit.people  # what one person more or less is worth on the whole
    attempts = _coarse(cell.attempts + each * disturbance(unit.secret, label, "attempts"), BASE)
    mean, rate = _results(cell, unit, label)
    return Shown(people, max(people, attempts), mean, rate)


def _results(cell: Cell, unit: Unit, label: str) -> tuple[float | None, float | None]:
    """Mean and pass rate, made from disturbed sums: none of the true ones can be had back from them."""
    scored = cell.scored + disturbance(unit.secret, label, "scored")
    if cell.scored < FEWEST or scored < LEAST_RATED:
        return None, None
    half, step = unit.most_points / 2, _step(unit.most_points)
    away = cell.points - half * cell.scored + half * disturbance(unit.secret, label, "points")
    mean = min(max(_coarse(half + away / scored, step), 0), unit.most_points)
    rate = (cell.passed + disturbance(unit.secret, label, "passed")) / scored
    return mean, min(max(round(rate / RATE_STEP) * RATE_STEP, 0.0), 1.0)


def _step(most: int) -> int:
    """Means are multiples of it: a power of ten, about a hundredth of the most that anybody has."""
    return 10 ** max(0, math.floor(math.log10(most / 100))) if most >= 100 else 1


def _coarse(value: float, base: int) -> int:
    return base * math.floor(value / base + 0.5)
