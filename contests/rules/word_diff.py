"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    """Whether a piece stands in both texts or in one of them."""

    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row."""

    change: Change
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts in one: what went out stands before what came in. The pieces without IN make `before`, without OUT `after`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[a:b])))
            continue
        pieces += [
            Piece(change, text)
            for change, text in ((Change.OUT, "".join(old[a:b])), (Change.IN, "".join(new[c:d])))
            if text
        ]
    return tuple(pieces)
