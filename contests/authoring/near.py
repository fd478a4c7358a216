"""Questions that say nearly the same: within a file, and against those that are there already. Fast for thousands.

Two questions are compared by the words they share, without accents, a rare word counting for more than a common one. Words
that nearly every question has ("Theo Bộ luật Lao động năm 2019") thus make nobody alike. To be alike by `least`, two must share
one of their rarest words; so only those are compared (prefix filtering), and the rest never meet.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from contests.authoring.draft import QuestionDraft
from contests.authoring.wording import plain
from contests.told import Told, nobody

ALIKE = 0.65
HEAVIEST = 4.0  # a word nobody else uses; more, and one new word would make two questions out of one
AT_MOST = 3  # pairs told of each question: whoever pastes a file twice reads the nearest, not thousands
COMPARED = 100  # of each question, at most


@dataclass(frozen=True, slots=True)
class Near:
    """Two questions and how alike they are, from 0 to 1. `other` is one of the others, or an earlier one of the same drafts."""

    draft: QuestionDraft
    other: QuestionDraft
    similarity: float


def near(
    drafts: Sequence[QuestionDraft], others: Sequence[QuestionDraft] = (), *, least: float = ALIKE, told: Told = nobody
) -> list[Near]:
    """The pairs that are alike by `least` or more: each draft with drafts before it and with the others, nearest first.

    At most `AT_MOST` a draft. A pair that differs only in a number that both stems ask about is told too: people decide.
    """
    everyone = [*others, *drafts]
    words = [_words(draft) for draft in everyone]
    weight = _weights(words)
    same: dict[frozenset[str], int] = {}  # the first of those with exactly the same words stands for all
    index: defaultdict[str, list[int]] = defaultdict(list)
    total = [sum(weight[word] for word in each) for each in words]
    found: list[Near] = []
    for place, mine in enumerate(words):
        told(place, len(words))
        if not mine:
            continue
        twin = same.setdefault(mine, place)
        prefix = _prefix(mine, weight, total[place], least)
        if place >= len(others):
            alike = (
                [(1.0, twin)]
                if twin != place
                else list(_alike(mine, prefix, index, words, weight, total, total[place], least))
            )
            best = sorted(alike, key=lambda pair: (-pair[0], pair[1]))[:AT_MOST]
            found += [Near(everyone[place], everyone[other], round(similarity, 3)) for similarity, other in best]
        if twin == place:
            for word in prefix:
                index[word].append(place)
    return sorted(found, key=lambda pair: -pair.similarity)


def _alike(
    mine: frozenset[str], prefix: list[str], index: dict[str, list[int]], words: list[frozenset[str]],
    weight: dict[str, float], total: list[float], own: float, least: float,
) -> Iterator[tuple[float, int]]:  # fmt: skip
    for other in islice(_candidates(prefix, index), COMPARED):
        if min(own, total[other]) < least * max(own, total[other]):
            continue  # too different in length to be alike
        shared = sum(weight[word] for word in mine & words[other])
        similarity = shared / (own + total[other] - shared)
        if similarity >= least:
            yield similarity, other


def _candidates(prefix: list[str], index: dict[str, list[int]]) -> Iterator[int]:
    """Who shares one of the rarest words, each once; no further than somebody asks."""
    seen: set[int] = set()
    for word in prefix:
        for other in index.get(word, ()):
            if other not in seen:
                seen.add(other)
                yield other


def _words(draft: QuestionDraft) -> frozenset[str]:
    """The words of stem and options; a word of an option is another than the same of the stem."""
    stem = plain(draft.stem).split()
    options = (f"={plain(option)}" for option in draft.options)
    return frozenset([*stem, *(option for option in options if option not in ("=", "=dung", "=sai"))])


def _weights(words: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much a word tells: nothing new where everybody uses it."""
    often = Counter(word for each in words for word in each)
    return {word: min(HEAVIEST, 1 + math.log(len(words) / count)) for word, count in often.items()}


def _prefix(mine: frozenset[str], weight: dict[str, float], own: float, least: float) -> list[str]:
    """The rarest words that together weigh more than what two alike questions may differ by."""
    rarest = sorted(mine, key=lambda word: (-weight[word], word))
    left, prefix = own, []
    for word in rarest:
        if left < least * own:
            break
        prefix.append(word)
        left -= weight[word]
    return prefix
