"""What an answer may look like, place by place of a paper, in few signs: the attempt token carries them.

A place is one sign that is no digit, and digits for its sizes. Checking an answer against its shape needs no query, and
what comes out is safe to store: canonical positions, or a text in NFC without control characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

MAX_OPTIONS = 26  # one letter each
MAX_PARTS = 9  # of an ordering or a matching: one digit, and more nobody sorts on a phone
MAX_BLANKS = 5
MAX_TEXT = 200  # characters of a short text, a number, a blank
MAX_ESSAY = 5_000  # characters: two printed pages; 20 kB of UTF-8 at most
MAX_GUESS = 20
# A hand-in carries every answer of a paper once more. No paper may be so large that it does not fit into one request.
MOST_BYTES = 128 * 1024

BLANK_SEPARATOR = "\x1f"  # between the blanks of one answer, on the wire and in the table
NONE = -1  # in a matching: nothing chosen here

Plain = tuple[tuple[int, ...], str]  # positions and text as they are stored; one of them is always empty
_SIGNS = re.compile(r"\D\d*", re.ASCII)
_GUESS = re.compile(r"[0-9 .]*,?[0-9 .]*", re.ASCII)


class ShapeRefused(ValueError):
    """Why a value is no answer to this place; the code is for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shape(Protocol):
    """The shape of one place."""

    @property
    def takes(self) -> str:
        """The field of the wire that holds an answer: "choice" or "text"."""
        ...

    @property
    def sign(self) -> str:
        """As the token has it."""
        ...

    @property
    def most_bytes(self) -> int:
        """How large an answer can be in a request."""
        ...

    def read(self, value: Any) -> Plain:
        """A value of the wire, already of the type that `takes` says, as it is stored. Raises ShapeRefused."""
        ...


class _Choice:
    __slots__ = ()
    takes = "choice"
    most_bytes = 256


@dataclass(frozen=True, slots=True)
class Options(_Choice):
    """One of some options, or several of them."""

    options: int
    several: bool = False

    @property
    def sign(self) -> str:
        """The number of options as a letter (b = 2 …), capital where several may be chosen."""
        if not 1 <= self.options <= MAX_OPTIONS:
            raise ValueError(f"a question has 1 to {MAX_OPTIONS} options")
        letter = chr(ord("a") + self.options - 1)
        return letter.upper() if self.several else letter

    def read(self, value: Sequence[int]) -> Plain:
        """The positions, ascending."""
        if (
            len(value) > self.options
            or len(set(value)) != len(value)
            or not all(0 <= option < self.options for option in value)
        ):
            raise ShapeRefused("no_such_option")
        if len(value) > 1 and not self.several:
            raise ShapeRefused("one_option_only")
        return tuple(sorted(value)), ""


@dataclass(frozen=True, slots=True)
class Ordering(_Choice):
    """All items in an order: the shown positions, first to last."""

    items: int

    @property
    def sign(self) -> str:
        return f">{_digit(self.items)}"

    def read(self, value: Sequence[int]) -> Plain:
        """Every item once, or nothing at all."""
        if value and sorted(value) != list(range(self.items)):
            raise ShapeRefused("not_every_item_once")
        return tuple(value), ""


@dataclass(frozen=True, slots=True)
class Matching(_Choice):
    """For each item of the left side the shown position of one on the right, or NONE."""

    left: int
    right: int

    @property
    def sign(self) -> str:
        return f"={_digit(self.left)}{_digit(self.right)}"

    def read(self, value: Sequence[int]) -> Plain:
        """An entry for each item of the left side; nothing at all when none is matched."""
        if value and len(value) != self.left:
            raise ShapeRefused("not_every_item_once")
        if not all(NONE <= entry < self.right for entry in value):
            raise ShapeRefused("no_such_option")
        return (() if all(entry == NONE for entry in value) else tuple(value)), ""


class _Text:
    __slots__ = ()
    takes = "text"


@dataclass(frozen=True, slots=True)
class Text(_Text):
    """A line, or with `lines` several; `sign` says of what kind, so that a page knows the keyboard to offer."""

    sign: str
    longest: int
    lines: bool = False

    @property
    def most_bytes(self) -> int:
        return 64 + 4 * self.longest

    def read(self, value: str) -> Plain:
        """The text as it is kept."""
        return (), clean(value, self.longest, lines=self.lines)


@dataclass(frozen=True, slots=True)
class Blanks(_Text):
    """Several short texts in one."""

    blanks: int

    @property
    def sign(self) -> str:
        return f"_{_digit(self.blanks)}"

    @property
    def most_bytes(self) -> int:
        return 64 + (4 * MAX_TEXT + 6) * self.blanks  # JSON writes the separator as \u001f

    def read(self, value: str) -> Plain:
        """Each blank as it is kept; nothing at all when all are empty."""
        blanks = [clean(blank, MAX_TEXT) for blank in value.split(BLANK_SEPARATOR)] if value else []
        if blanks and len(blanks) != self.blanks:
            raise ShapeRefused("not_every_blank")
        return (), BLANK_SEPARATOR.join(blanks) if any(blanks) else ""


@dataclass(frozen=True, slots=True)
class Guess(_Text):
    """The side question after the last one: a number as people type it. Not graded."""

    sign = "?"
    most_bytes = 64 + MAX_GUESS

    def read(self, value: str) -> Plain:
        """Digits, spaces, points and at most one comma; what number that is, `rules.prediction` says."""
        text = clean(value, MAX_GUESS)
        if not _GUESS.fullmatch(text) or (text and not any(map(str.isdigit, text))):
            raise ShapeRefused("bad_number")
        return (), text


SHORT_TEXT, NUMBER = Text(".", MAX_TEXT), Text("#", MAX_TEXT)
ESSAY = Text("~", MAX_ESSAY, lines=True)
GUESS = Guess()
_WITHOUT_SIZE: dict[str, Shape] = {shape.sign: shape for shape in (SHORT_TEXT, NUMBER, ESSAY, GUESS)}
_WITH_SIZES: dict[str, Callable[..., Shape]] = {">": Ordering, "=": Matching, "_": Blanks}


def encode_shape(places: Sequence[Shape]) -> str:
    """The shape of a paper. Raises ValueError for a size that has no sign and for a paper too large to be handed in."""
    if full_size(places) > MOST_BYTES:
        raise ValueError("this paper holds more text than a hand-in can carry")
    if any(place == GUESS for place in places[:-1]):
        raise ValueError("the side question stands last")
    return "".join(place.sign for place in places)


def decode_shape(text: str) -> tuple[Shape, ...]:
    """The inverse of `encode_shape`."""
    return tuple(map(_shape, _SIGNS.findall(text)))


def full_size(places: Sequence[Shape]) -> int:
    """Bytes that a request with an answer to every place can have."""
    return 128 + sum(place.most_bytes for place in places)


def clean(text: str, longest: int, *, lines: bool = False) -> str:
    """NFC, no spaces at the ends, line breaks only where `lines`. Raises ShapeRefused: bad_text, too_long.

    Control characters and lone surrogates are refused, not taken out: PostgreSQL could not keep some of them, and none
    comes from a keyboard.
    """
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", text)
    if any(unicodedata.category(char) in ("Cc", "Cs") and not (lines and char in "\n\t") for char in kept):
        raise ShapeRefused("bad_text")
    kept = kept.strip()
    if len(kept) > longest:
        raise ShapeRefused("too_long")
    return kept


def _digit(size: int) -> int:
    if not 1 <= size <= MAX_PARTS:
        raise ValueError(f"a part of a question has 1 to {MAX_PARTS} items")
    return size


@lru_cache(maxsize=256)
def _shape(sign: str) -> Shape:
    head, sizes = sign[0], map(int, sign[1:])
    if head.isalpha():
        return Options(ord(head.lower()) - ord("a") + 1, head.isupper())
    if head in _WITHOUT_SIZE:
        return _WITHOUT_SIZE[head]
    return _WITH_SIZES[head](*sizes)
