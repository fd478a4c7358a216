"""A longer text that people mark. What two or three markers gave becomes one credit here, and copies are found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import ClassVar

from contests.rules.kinds.base import AnswerKey, Fault, Kind, Part, Partial, Value
from contests.rules.kinds.shapes import ESSAY, Shape
from contests.rules.kinds.words import same_form

MAY_DIFFER = Fraction(1, 5)  # of the credit, between two markers; more needs a third
SHINGLE = 5  # words in a row
ALIKE = Fraction(4, 5)  # of the shingles of both
CROWD = 50  # texts that share one run
PROBES = 40  # runs of one text that are looked for in another before the two are compared whole
_SPACED = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)


class Essay:
    """Worth what its markers settle on; nothing is known before."""

    name: ClassVar[Kind] = Kind.ESSAY
    label: ClassVar[str] = "Tự luận"
    has_options: ClassVar[bool] = False
    always_shuffled: ClassVar[bool] = False

    def slots(self, key: AnswerKey) -> int:
        return 0

    def shape(self, key: AnswerKey) -> Shape:
        return ESSAY

    def stem(self, stem: str) -> str:
        return stem

    def credit(self, key: AnswerKey, value: Value, order: Sequence[int], partial: Partial) -> None:
        return None

    def parts(self, key: AnswerKey, value: Value, order: Sequence[int]) -> tuple[Part, ...]:
        return (Part("", value if isinstance(value, str) else "", "", False),)

    def faults(self, key: AnswerKey, stem: str) -> list[Fault]:
        return []


def settled(marks: Sequence[Fraction]) -> Fraction | None:
    """The credit that the markers settle on, in the order in which they marked; None while another marker is needed.

    Two that differ by at most a fifth of the credit: their mean. Else the third decides between them: the mean of the two
    nearest, and of two pairs equally near the higher. A fourth and later marks change nothing.
    """
    if len(marks) < 2:
        return None
    first, second = marks[:2]
    if abs(first - second) <= MAY_DIFFER:
        return (first + second) / 2
    if len(marks) < 3:
        return None
    one, other = min(combinations(marks[:3], 2), key=lambda pair: (abs(pair[0] - pair[1]), -pair[0] - pair[1]))
    return (one + other) / 2


def duplicates(texts: Mapping[int, str]) -> list[tuple[int, int, Fraction]]:
    """Pairs of texts that are nearly the same, the most alike first: of the runs of five words of both, at least 80 % shared."""
    shingles = {number: runs for number, text in texts.items() if (runs := _shingles(text))}
    # Only texts that share a run at all are compared: 5,000 honest essays share next to nothing.
    holders: dict[tuple[str, ...], list[int]] = {}
    for number in sorted(shingles):
        for shingle in shingles[number]:
            holders.setdefault(shingle, []).append(number)
    pairs = {pair for numbers in holders.values() for pair in _pairs(numbers)}
    found = [(one, other, _jaccard(shingles[one], shingles[other])) for one, other in pairs]
    return sorted((each for each in found if each[2] >= ALIKE), key=lambda each: (-each[2], each[0], each[1]))


def twins(text: str, others: Mapping[int, str]) -> list[tuple[int, Fraction]]:
    """Those of the others that are nearly the same as this text, as `duplicates` says it, the most alike first.

    For a page that shows one text: about 0.3 ms for each other of 250 words, where `duplicates` takes 4 ms. Runs from all over the
    text are looked for first; a longer text that was changed just there, and in a fifth of its runs besides, could slip through.
    """
    own = _shingles(text)
    if not own:
        return []
    words = _plain_words(text)
    runs = [b" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))]
    probes = [b" %b " % run for run in runs[:: max(1, len(runs) // PROBES)]]
    found = []
    for number, other in others.items():
        plain = b" %b " % b" ".join(_plain_words(other))
        if 2 * sum(probe in plain for probe in probes) >= len(probes):
            share = _jaccard(own, _shingles(other))
            if share >= ALIKE:
                found.append((number, share))
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _plain_words(text: str) -> list[bytes]:
    """The words of `_shingles` by their ASCII letters: rough, and ten times as fast."""
    letters = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d").encode("ascii", "ignore")
    return letters.translate(_SPACED).split()


def _pairs(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    # A sentence of the law that a thousand quote would make half a million pairs; a chain still finds each copy a twin.
    return combinations(numbers, 2) if len(numbers) <= CROWD else pairwise(numbers)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Runs of five words without case, accents and punctuation; a shorter text is one run."""
    plain = "".join(char if char.isalnum() else " " for char in same_form(text, accents=False))
    words = plain.split()
    return (
        frozenset(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))
        if words
        else frozenset()
    )


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> Fraction:
    return Fraction(len(one & other), len(one | other))
