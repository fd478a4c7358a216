"""A line of a text: what it says, how each piece of it looks, and the form in which patterns are sought in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from contests.authoring.word.looks import Look

Span = tuple[int, int, Look]

_GREEK_AND_RUSSIAN = str.maketrans("АВСЕНΑΒЕ", "ABCEHABE")  # letters that only look like ours
_INVISIBLE = {"Cc", "Cf", "Cs"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a table of the text; `start` for the first line of the cell."""

    table: int
    row: int
    column: int
    start: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or what of it stands between two soft line breaks. An automatic number stands in its text as it does on the page;
    `automatic` is how long it is. `numbers` are those of the lines of the file that it is made of."""

    numbers: tuple[int, ...]
    text: str
    spans: tuple[Span, ...]
    paragraph: int = 0
    automatic: int = 0
    heading: int = 0
    cell: Cell | None = None
    images: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    folded: str = field(default="", compare=False)

    @property
    def number(self) -> int:
        return self.numbers[0]

    def looks(self, start: int, end: int) -> list[tuple[str, Look]]:
        """The pieces between two places, with how they look."""
        return [
            (self.text[max(a, start) : min(b, end)], look) for a, b, look in self.spans if max(a, start) < min(b, end)
        ]

    def part(self, start: int, end: int | None = None, *, first: bool = True) -> Line:
        """What stands between two places; pictures and notes go with the first part."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        spans = [(max(a, start) - start, min(b, end) - start, look) for a, b, look in self.spans]
        return replace(
            self,
            text=self.text[start:end],
            folded=self.folded[start:end],
            spans=tuple(span for span in spans if span[0] < span[1]),
            automatic=max(0, min(self.automatic, end) - start),
            images=self.images if first else (),
            notes=self.notes if first else (),
        )


def line(numbers: tuple[int, ...], pieces: Iterable[tuple[str, Look]], **more: object) -> Line:
    """A line out of pieces that are already tidy."""
    text, spans = "", []
    for piece, look in pieces:
        if piece:
            spans.append((len(text), len(text) + len(piece), look))
            text += piece
    return Line(numbers, text, tuple(spans), folded=fold(text), **more)  # type: ignore[arg-type]


def joined(parts: Sequence[Line], between: str = " ") -> Line:
    """One line out of several, looking like the first otherwise."""
    pieces: list[tuple[str, Look]] = []
    for place, one in enumerate(parts):
        if place:
            pieces.append((between, one.spans[0][2] if one.spans else Look()))
        pieces += one.looks(0, len(one.text))
    return replace(
        line(tuple(n for one in parts for n in one.numbers), pieces),
        paragraph=parts[0].paragraph,
        automatic=parts[0].automatic,
        heading=parts[0].heading,
        cell=parts[0].cell,
        images=tuple(image for one in parts for image in one.images),
        notes=tuple(note for one in parts for note in one.notes),
    )


def tidy(pieces: Iterable[tuple[str, Look]]) -> list[tuple[str, Look]]:
    """NFC across the pieces, no invisible characters, every kind of space a space; tabs and runs of spaces stay, for they part options."""
    found: list[tuple[str, Look]] = []
    for text, look in pieces:
        text = _spaces(text)
        if found and text and unicodedata.combining(text[0]):  # a tone mark that was typed in a run of its own
            marks = len(text) - len(text.lstrip("".join({c for c in text if unicodedata.combining(c)})))
            found[-1] = (found[-1][0] + text[:marks], found[-1][1])
            text = text[marks:]
        found.append((text, look))
    return [(unicodedata.normalize("NFC", text), look) for text, look in found if text]


def _spaces(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_SPACES)


class _Spaces(dict[int, "str | None"]):
    """What becomes of a character, found out once for each."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        if char in "\n\u2028\u2029\x0b":
            self[code] = "\n"
        elif char == "\t":
            self[code] = "\t"
        else:
            self[code] = " " if char.isspace() else None if unicodedata.category(char) in _INVISIBLE else char
        return self[code]


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code).translate(_GREEK_AND_RUSSIAN)
        bare = unicodedata.normalize("NFKD", char)[:1].lower()
        self[code] = {"đ": "d", "\u2013": "-", "\u2014": "-", "\u2212": "-"}.get(bare, bare if len(bare) == 1 else char)
        return self[code]


_SPACES, _FOLDS = _Spaces(), _Folds()


def fold(text: str) -> str:
    """Lower case without accents, as long as the text, so that a place in one is the same place in the other."""
    return text.translate(_FOLDS)
