"""The linter over all questions of a bank: near-duplicates, and what a sly member learns about where keys stand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from contests.authoring.columns import OPTION_COLUMNS
from contests.authoring.draft import QuestionDraft
from contests.authoring.lint import Finding, in_order, of_question
from contests.authoring.near import near
from contests.rules.kinds import Kind

ENOUGH = 20  # questions, before a habit can be told from chance
SURE = 3  # standard deviations: a bank without any habit is wrongly named once in some hundreds
LONGEST_SHARE = 0.6


def lint(drafts: Sequence[QuestionDraft], today: date) -> list[Finding]:
    """Every finding of a bank, of each question and of all together, the gravest first. Rows are those of the drafts."""
    found = [finding for draft in drafts for finding in of_question(draft, today)]
    return in_order([*found, *_near(drafts), *_habits(drafts)])


def _near(drafts: Sequence[QuestionDraft]) -> Iterator[Finding]:
    for pair in near(drafts):
        yield Finding(
            pair.draft.row, "near_duplicate",
            f"Giống câu {pair.other.code} {pair.similarity:.0%}. Giữ một câu, hoặc viết cho khác hẳn để một đề không hỏi hai lần.",
            pair.other.code,
        )  # fmt: skip


def _habits(drafts: Sequence[QuestionDraft]) -> Iterator[Finding]:
    """Of questions with one right option among three or more. Papers that shuffle options hide the first; printed ones do not."""
    asked = [draft for draft in drafts if draft.kind is Kind.SINGLE and len(draft.key) == 1 and len(draft.options) >= 3]
    if len(asked) < ENOUGH:
        return
    expected = [1 / len(draft.options) for draft in asked]
    places = Counter(min(draft.key) for draft in asked)
    for place, count in sorted(places.items()):
        chances = [share if place < len(draft.options) else 0 for share, draft in zip(expected, asked, strict=True)]
        spread = math.sqrt(sum(chance * (1 - chance) for chance in chances))
        if count > sum(chances) + SURE * spread:
            letter = OPTION_COLUMNS[place]
            yield Finding(
                0,
                "key_position",
                f"Đáp án là {letter} ở {count} trên {len(asked)} câu. Đổi chỗ phương án, hoặc để đề thi xáo phương án.",
                letter,
            )
    longest = sum(_is_longest(draft) for draft in asked)
    if longest >= LONGEST_SHARE * len(asked):
        yield Finding(
            0,
            "long_keys",
            f"Đáp án đúng là phương án dài nhất ở {longest} trên {len(asked)} câu. Viết phương án sai dài gần bằng đáp án.",
        )


def _is_longest(draft: QuestionDraft) -> bool:
    """The right one by itself is the longest."""
    (right,) = draft.key
    return right < len(draft.options) and all(
        len(draft.options[right]) > len(option) for place, option in enumerate(draft.options) if place != right
    )
