"""Which options an author marked by their looks. A look that all options share is a style and marks nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contests.authoring.word.lines import Line
from contests.authoring.word.looks import Look, is_red


@dataclass(frozen=True, slots=True)
class Seen:
    """An option on the page: its letter's piece and its text's pieces, with their looks."""

    letter: tuple[tuple[str, Look], ...]
    text: tuple[tuple[str, Look], ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the looks say: by the name of each look that tells options apart, the options that have it. `unclear` are sentences
    about looks that single something out and say nothing certain."""

    found: dict[str, frozenset[int]]
    unclear: tuple[str, ...] = ()


def seen(label: Line, texts: Sequence[Line]) -> Seen:
    """An option out of the piece of a line that is its label and those that are its text."""
    return Seen(
        tuple(label.looks(0, len(label.text))), tuple(piece for one in texts for piece in one.looks(0, len(one.text)))
    )


_TRAITS: dict[str, Callable[[Look], object]] = {
    "in đậm": lambda look: look.bold,
    "gạch chân": lambda look: look.underline,
    "đóng khung": lambda look: look.border,
    "màu chữ": lambda look: look.colour,
    "tô nền": lambda look: look.fill,
}


def marked(options: Sequence[Seen]) -> Marks:
    """What tells the options apart."""
    found: dict[str, frozenset[int]] = {}
    unclear: list[str] = []
    if len(options) < 2:
        return Marks(found)
    for name, trait in _TRAITS.items():
        whole = [_shared(option.text, trait) for option in options]
        letters = [_shared(option.letter, trait) for option in options]
        if name == "màu chữ":
            whole, letters = _marking_colours(whole), _marking_colours(letters)
        all_of = frozenset(range(len(options)))
        by_text = frozenset(place for place, value in enumerate(whole) if value)
        by_letter = frozenset(place for place, value in enumerate(letters) if value)
        by_letter = frozenset() if by_letter == all_of else by_letter
        if by_text == all_of:
            continue
        if by_text and by_letter - by_text:
            unclear.append(
                f"phương án {letters_of(by_text)} được {name} cả dòng còn phương án {letters_of(by_letter - by_text)} chỉ ở chữ cái đầu"
            )
        elif by_text or by_letter:
            found[name] = by_text or by_letter
        elif parts := [place for place, option in enumerate(options) if _partly(option.text, trait)]:
            if len(parts) < len(options) and name != "in đậm":
                unclear.append(f"phương án {letters_of(frozenset(parts))} chỉ được {name} một phần")
            elif len(parts) == 1:
                unclear.append(f"phương án {letters_of(frozenset(parts))} chỉ được in đậm một phần")
    return Marks(found, tuple(unclear))


def _shared(pieces: Sequence[tuple[str, Look]], trait: Callable[[Look], object]) -> object:
    """What all letters and figures of the pieces have in this respect, or a false value when they differ."""
    values = {trait(look) for text, look in pieces if any(char.isalnum() for char in text)}
    if not values:
        values = {trait(look) for text, look in pieces if text.strip()}
    return values.pop() if len(values) == 1 else None


def _partly(pieces: Sequence[tuple[str, Look]], trait: Callable[[Look], object]) -> bool:
    return any(trait(look) for text, look in pieces if any(char.isalnum() for char in text))


def _marking_colours(colours: Sequence[object]) -> list[object]:
    """The colours that mark: any among black ones; red among others; else none, for nobody knows which of two colours is meant."""
    used = {str(colour) for colour in colours if colour}
    if len(used) < 2 and not all(colours):
        return list(colours)
    red = [colour if is_red(str(colour or "")) else "" for colour in colours]
    return list(red) if any(red) and (not all(red)) else [""] * len(colours)


def letters_of(places: frozenset[int]) -> str:
    """Options for people: "A, C"."""
    return ", ".join(chr(ord("A") + place) for place in sorted(places))
