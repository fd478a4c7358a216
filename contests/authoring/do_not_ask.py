"""Topics that look like easy questions and are wrong, about to be wrong, or disputed: `do_not_ask.json`, read once.

The list is data, so that who looks after it needs no code: patterns are in small letters without accents and punctuation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from contests.authoring.draft import QuestionDraft
from contests.authoring.wording import plain


@dataclass(frozen=True, slots=True)
class Topic:
    """One of them. `narrow`: may be asked within a limit, which `instead` says. Patterns by where they look."""

    id: str
    narrow: bool
    stem: tuple[re.Pattern[str], ...]
    text: tuple[re.Pattern[str], ...]
    right: tuple[re.Pattern[str], ...]
    document: tuple[re.Pattern[str], ...]
    also: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    why: str
    instead: str


@lru_cache(maxsize=1)
def topics() -> tuple[Topic, ...]:
    """All of them, in the order of the list."""
    data = json.loads((Path(__file__).parent / "do_not_ask.json").read_text(encoding="utf-8"))
    return tuple(
        Topic(
            id=each["id"], narrow=each["level"] == "narrow", why=each["why"], instead=each["instead"],
            **{name: tuple(map(re.compile, each.get(name, ()))) for name in ("stem", "text", "right", "document", "also", "unless")},
        )
        for each in data["topics"]
    )  # fmt: skip


def forbidden_in(draft: QuestionDraft, *, narrow: bool) -> Iterator[Topic]:
    """The topics that a question asks about and should not; or those that it asks wider than it should."""
    stem = plain(draft.stem)
    text = " ".join([stem, *map(plain, draft.options)])
    right = " ".join([stem, *(plain(option) for place, option in enumerate(draft.options) if place in draft.key)])
    document = " ".join([text, plain(draft.document), plain(draft.other_source)])
    for topic in topics():
        if topic.narrow is not narrow:
            continue
        hit = any(
            pattern.search(where)
            for patterns, where in (
                (topic.stem, stem),
                (topic.text, text),
                (topic.right, right),
                (topic.document, document),
            )
            for pattern in patterns
        )
        if hit and all(p.search(text) for p in topic.also) and not any(p.search(text) for p in topic.unless):
            yield topic
