"""A second way to a ranking, for checking the first: plain sums over what each sitting was known to get right.

Shares no line with `standing`, `scoring` and `ties` on purpose. It knows the plain way of counting points and the criteria
points, right and time; of a longer chain it checks the part that comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

KNOWN = ("points", "right", "time")


@dataclass(frozen=True, slots=True)
class Sat:
    """One sitting as whoever staged it knows it: `right` questions by construction, not as they were graded."""

    entry: str
    round: int
    number: int
    right: int
    points: int
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What an entry comes to."""

    points: int
    right: int
    elapsed_ms: int


def known_part(chain: Sequence[str]) -> tuple[str, ...]:
    """The criteria at the head of the chain that can be counted here."""
    head: list[str] = []
    for criterion in chain:
        if criterion not in KNOWN:
            break
        head.append(criterion)
    return tuple(head)


def recount(
    sittings: Iterable[Sat], counting: Mapping[int, str], over_rounds: str, chain: Sequence[str]
) -> dict[str, Sum]:
    """What each entry comes to: the sittings of a round by `counting[round]`, the rounds by `over_rounds`."""
    by_round: defaultdict[str, defaultdict[int, list[Sat]]] = defaultdict(lambda: defaultdict(list))
    for one in sittings:
        by_round[one.entry][one.round].append(one)
    head = known_part(chain)
    totals = {}
    for entry, rounds in by_round.items():
        of_rounds = [
            _one([Sum(s.points, s.right, s.elapsed_ms) for s in sorted(rounds[number], key=lambda s: s.number)], counting[number], head)
            for number in sorted(rounds)
        ]  # fmt: skip
        totals[entry] = _one(of_rounds, over_rounds, head)
    return totals


def _one(sums: Sequence[Sum], how: str, head: Sequence[str]) -> Sum:
    if how == "sum":
        return Sum(sum(s.points for s in sums), sum(s.right for s in sums), sum(s.elapsed_ms for s in sums))
    if how == "first":
        return sums[0]
    if how == "last":
        return sums[-1]
    return min(sums, key=lambda s: _key(s, head))


def _key(one: Sum, head: Sequence[str]) -> tuple[int, ...]:
    values = {"points": -one.points, "right": -one.right, "time": one.elapsed_ms}
    return tuple(values[criterion] for criterion in head)


def disagreements(
    shown: Sequence[tuple[str, int]],
    totals: Mapping[str, Sum],
    chain: Sequence[str],
    ends: Sequence[str] = ("shared", "decision"),
) -> list[str]:
    """Where a ranking (entry, place; best first) is not what the recount says. Empty: both agree.

    Places are checked where the whole chain is known; otherwise that nobody stands above somebody better by its head.
    """
    head = known_part(chain)
    whole = len(head) == len([one for one in chain if one not in ends])
    found = []
    if {entry for entry, _ in shown} != set(totals):
        found.append(f"Bảng có {len(shown)} người, đếm lại có {len(totals)} người.")
    keys = [_key(totals[entry], head) for entry, _ in shown if entry in totals]
    if keys != sorted(keys):
        found.append("Có người đứng trên người có kết quả tốt hơn.")
    if whole and not found:
        for (entry, place), key in zip(shown, keys, strict=True):
            better = sum(other < key for other in keys)
            if place != better + 1:
                found.append(f"Một người đứng hạng {place}, đếm lại là hạng {better + 1} ({entry[:8]}).")
    return found[:10]
