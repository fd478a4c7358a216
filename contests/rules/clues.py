"""Clues that attempts were not honest work: figures for people to look at, each with how strong it is and what else explains it.

No clue is a proof and none has an effect by itself. All take plain rows; who is who does not matter to any of them.

* Same device: several members of one contest sat at one browser. Offices share computers; many people are the stronger sign.
* Too fast: nearly all right, at a pace at which the questions cannot be read. Grown people read Vietnamese silently at three to
  five syllables a second; READ_SECONDS is far below what the shortest question with its options takes.
* Sudden jump: a member's attempt is far better than the one before, and took half the time or less.
* Alike wrong: the K-index (P. W. Holland, "Assessing unusual agreement between the incorrect answers of two examinees using the
  K-index", ETS Research Report 96-7, 1996), with a probability for each question as in Wollack's omega (1997). Right answers are
  alike because people know them, so only wrong ones count. Of the questions that the first one got wrong and the second one
  answered too, let m have the same wrong answer. By chance that happens in question q with probability
  p_q = P(wrong at q | how well the second one did, in tenths) × P(this option | wrong at q), both from the whole contest, the two
  left out, with one more added to each count (a question that hardly anybody got wrong proves little). The tail P(at least m) of
  such a sum of independent trials is exact (Poisson-binomial); it is taken in both directions and the larger one is kept.
  Expected by chance = tail × number of pairs that were compared, so that a large contest raises no more false alarms than a small
  one; a pair is a clue where fewer than MOST_EXPECTED such pairs are expected in the whole contest. Compared are pairs of one unit
  whose time overlaps. What else explains it: the same wrong leaflet, the same teacher. Who copied a good paper is not found: no
  measure of wrong answers can.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations, pairwise
from statistics import median

READ_SECONDS = 2.5  # median seconds a question that nobody reads in
LEAST_RIGHT = 0.8  # of the paper; a fast guesser is no clue
LEAST_QUESTIONS = 8
JUMP_FROM, JUMP_TO = 0.45, 0.9  # of the paper
LEAST_ALIKE = 4  # wrong answers; fewer say nothing
MOST_EXPECTED = 0.05  # such pairs by chance in the contest
CROWD = 150  # holders of one wrong answer in a unit: so popular that it proves nothing, and pairs would be too many


class Strength(IntEnum):
    """How much a clue says."""

    WEAK = 1
    MEDIUM = 2
    STRONG = 3


def of_device(people: int) -> Strength | None:
    """Several members at one browser: two share a computer, five in one contest hardly by chance."""
    if people < 2:
        return None
    return Strength.WEAK if people == 2 else Strength.MEDIUM if people < 5 else Strength.STRONG


def pace(arrivals: Sequence[float], started: float) -> float:
    """Median seconds a question: between one answer's arrival and the next, the first from the start. Any order."""
    moments = [started, *sorted(arrivals)]
    return median(after - before for before, after in pairwise(moments)) if arrivals else 0.0


def of_pace(seconds: float, right: int, questions: int) -> Strength | None:
    """Nearly all right, faster than reading. Half of that pace, everything right: strong."""
    if questions < LEAST_QUESTIONS or right < LEAST_RIGHT * questions or seconds >= READ_SECONDS:
        return None
    if seconds < READ_SECONDS / 2:
        return Strength.STRONG if right == questions else Strength.MEDIUM
    return Strength.MEDIUM if right == questions else Strength.WEAK


def of_jump(before: float, after: float, ms_before: int, ms_after: int) -> Strength | None:
    """From little to nearly all (shares of the paper), in half the time or less. People learn, so it is never strong."""
    if before > JUMP_FROM or after < JUMP_TO or 2 * ms_after > ms_before:
        return None
    return Strength.MEDIUM if after - before >= 0.75 and 4 * ms_after <= ms_before else Strength.WEAK


# --- Alike wrong ---------------------------------------------------------------------------------------------------
Chosen = frozenset[int]
Wrong = Mapping[int, Chosen]  # question version → the wrong answer


@dataclass(frozen=True, slots=True)
class Sat:
    """One attempt: whose, when (seconds), and what was wrong."""

    attempt: int
    member: int
    start: float
    end: float
    wrong: Wrong
    right: Collection[int]  # questions

    @property
    def tenth(self) -> int:
        """How well: 0 to 9, of what was answered."""
        return min(9, 10 * len(self.right) // max(1, len(self.right) + len(self.wrong)))


@dataclass(frozen=True, slots=True)
class Alike:
    """Two attempts: of `both` wrong answers of one to questions that the other answered too, `alike` were the other's as well.

    `expected`: such pairs by chance in the whole contest.
    """

    first: int
    second: int
    both: int
    alike: int
    by_chance: float  # alike answers that chance gives this pair
    expected: float

    @property
    def strength(self) -> Strength:
        """By the expected number of such pairs."""
        if self.expected < MOST_EXPECTED / 1000:
            return Strength.STRONG
        return Strength.MEDIUM if self.expected < MOST_EXPECTED / 20 else Strength.WEAK


class Popular:
    """How often each question was wrong, by how well people did, and how often each wrong answer was given: of the whole contest."""

    def __init__(
        self,
        counts: Mapping[int, Mapping[Chosen, int]],
        options: Mapping[int, int],
        by_tenth: Mapping[tuple[int, int], tuple[int, int]],
    ) -> None:
        """`options`: wrong answers that a question offers; `by_tenth`: (question, tenth) → wrong answers, all answers."""
        self._counts, self._by_tenth = counts, by_tenth
        self._all = {version: sum(given.values()) for version, given in counts.items()}
        self._options = {version: max(options.get(version, 1), len(given), 1) for version, given in counts.items()}

    def chance(self, version: int, chosen: Chosen, other: Chosen | None, tenth: int) -> float:
        """That somebody who did so well chose `chosen`; the two people, who chose `chosen` and `other` (None: right), left out."""
        given = max(0, self._counts.get(version, {}).get(chosen, 0) - 1 - (chosen == other))
        wrong = max(0, self._all.get(version, 0) - 1 - (other is not None))
        failed, people = self._by_tenth.get((version, tenth), (1, 1))
        failed, people = max(0, failed - (other is not None)), max(0, people - 1)
        return min(1.0, (given + 1) / (wrong + self._options.get(version, 1))) * min(1.0, (failed + 1) / (people + 1))


def tail(chances: Sequence[float], least: int) -> float:
    """The probability that at least `least` of independent events with these chances happen."""
    if least <= 0:
        return 1.0
    spread = [1.0] + [0.0] * least  # the last holds "least or more"
    for chance in chances:
        for count in range(least, 0, -1):
            kept = spread[count] if count == least else spread[count] * (1 - chance)
            spread[count] = kept + spread[count - 1] * chance
        spread[0] *= 1 - chance
    return spread[least]


def overlapping_pairs(sat: Sequence[Sat]) -> int:
    """How many pairs of different attempts overlap in time."""
    starts = sorted(one.start for one in sat)
    apart = sum(len(starts) - bisect_right(starts, one.end) for one in sat)  # those that begin after the end of one
    return len(sat) * (len(sat) - 1) // 2 - apart


def candidates(sat: Sequence[Sat]) -> Iterator[tuple[Sat, Sat]]:
    """Pairs of different members, overlapping in time, with at least LEAST_ALIKE of the rarer wrong answers the same."""
    holders: defaultdict[tuple[int, Chosen], list[int]] = defaultdict(list)
    for place, one in enumerate(sat):
        for answer in one.wrong.items():
            holders[answer].append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        if len(places) <= CROWD:
            shared.update(combinations(places, 2))
    for (first, second), count in shared.items():
        one, other = sat[first], sat[second]
        if count >= LEAST_ALIKE and one.member != other.member and one.start <= other.end and other.start <= one.end:
            yield one, other


def alike(units: Iterable[Sequence[Sat]], popular: Popular, pairs: int) -> Iterator[Alike]:
    """The pairs of each unit that chance does not explain. `pairs`: how many were compared in all units together."""
    for sat in units:
        for one, other in candidates(sat):
            there, back = _compared(one, other, popular), _compared(other, one, popular)
            both, same, by_chance, odds = max(there, back, key=lambda found: found[3])
            if pairs * odds < MOST_EXPECTED:
                yield Alike(one.attempt, other.attempt, both, same, round(by_chance, 2), pairs * odds)


def _compared(source: Sat, copier: Sat, popular: Popular) -> tuple[int, int, float, float]:
    """Wrong answers of the source that the copier could share, shared ones, those by chance, and the odds of so many."""
    possible = [version for version in source.wrong if version in copier.wrong or version in copier.right]
    same = sum(copier.wrong.get(version) == source.wrong[version] for version in possible)
    chances = [
        popular.chance(version, source.wrong[version], copier.wrong.get(version), copier.tenth) for version in possible
    ]
    return len(possible), same, sum(chances), tail(chances, same)
