"""Practice (thi thử): a set of questions that belongs to a seed, and an address that carries the answers given so far.

No row is written for practice, so everything that a page needs stands in its address: the seed, the answers, and a stamp
of the questions they were given to. A bank that changed in between has another stamp, and the page can say so.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from string import ascii_uppercase

from accounts.names import search_text
from contests.rules.kinds import Value
from contests.rules.kinds.shapes import NONE, Shape
from contests.rules.paper import BankIndex, BankItem, Paper, draw_paper
from contests.rules.settings import DrawPart, RoundRules

SET_SIZE = 10
HIGHEST_SEED = 2**31 - 1
MAX_TYPED = 120  # characters of an answer that an address carries: ten of them fit into any
SKIPPED = "-"  # "I don't know yet": an answer too, only an empty one
NOTHING = "_"  # an item that was matched to nothing
TYPED = "~"  # before a text
EVERYTHING = ""  # the one topic of a mixed set

Choice = tuple[int, ...]  # shown positions, ascending


def stem_key(stem: str) -> str:
    """What two questions share that ask the same: a hash of the letters and digits, without case, accents, marks or spaces.

    It would rather call two texts the same than miss a pair: "hoà" and "hòa", a doubled space or a lost question mark
    must not carry the key of a contest's question into practice.
    """
    letters = "".join(char for char in search_text(stem) if char.isalnum())
    return hashlib.blake2b(letters.encode(), digest_size=16).hexdigest()


def pool_of(items: Iterable[BankItem]) -> BankIndex:
    """The questions as one pool, whatever their topics."""
    return BankIndex(replace(item, topic=EVERYTHING) for item in items)


def draw_set(pool: BankIndex, seed: int) -> Paper:
    """The set that belongs to the seed: up to SET_SIZE questions of the pool, options shuffled; empty for an empty pool."""
    draw = (DrawPart(EVERYTHING, min(SET_SIZE, len(pool.of(EVERYTHING)))),)
    return draw_paper(pool, RoundRules(minutes=1, attempts=None, draw=draw), seed)


def stamp(paper: Paper) -> str:
    """Eight digits that change when the set of a seed is not the same any more."""
    text = ";".join(f"{item.version}:{item.order}" for item in paper.items)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def write_answers(answers: Sequence[Value]) -> str:
    """The answers as an address carries them: "B.AC.-" is B, then A with C, then a question left out; "~…" is a text."""
    return ".".join(map(_word, answers))


def _word(value: Value) -> str:
    if not value:
        return SKIPPED
    if isinstance(value, str):
        return TYPED + base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    return "".join(NOTHING if place == NONE else ascii_uppercase[place] for place in value)


def read_answers(text: str, shapes: Sequence[Shape]) -> list[Value] | None:
    """The answers that the text carries to the first questions of a set; None for anything `write_answers` never wrote."""
    words = text.split(".") if text else []
    if len(words) > len(shapes):
        return None
    answers: list[Value] = []
    for word, shape in zip(words, shapes, strict=False):
        try:
            positions, typed = shape.read(_value(word, shape))
        except ValueError:  # a shape's refusal is one too
            return None
        if _word(typed or positions) != word:
            return None
        answers.append(typed or positions)
    return answers


def _value(word: str, shape: Shape) -> Value:
    """What a word says, unchecked. Raises ValueError."""
    if shape.takes == "text":
        if not word.startswith(TYPED):
            return ""
        coded = word.removeprefix(TYPED)
        return base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True).decode()
    return [] if word == SKIPPED else [NONE if sign == NOTHING else ascii_uppercase.index(sign) for sign in word]


def read_choice(letters: Sequence[str], options: int, several: bool) -> Choice | None:
    """The positions that the letters name, ascending; None for none at all, a repeat, a stranger, or two where one is asked."""
    known = {letter: place for place, letter in enumerate(ascii_uppercase[:options])}
    if not letters or len(set(letters)) != len(letters) or not known.keys() >= set(letters):
        return None
    return tuple(sorted(known[letter] for letter in letters)) if several or len(letters) == 1 else None
