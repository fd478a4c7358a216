"""The cells of options and key, read as each kind of question writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from contests.rules.kinds import Kind
from contests.rules.kinds.words import read_number, write_plain

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # our sheet ends at F, a Word file does not
_TOLERANCE = re.compile(r"±|\+/-|\+-")


@dataclass(frozen=True, slots=True)
class ReadKey:
    """Options and spec of a draft, and what could not be read: code and sentence, about the key or the options."""

    options: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)
    bad_key: str = ""
    bad_options: str = ""


def read_key(kind: Kind, options: Sequence[str], key: str, *, accents: bool) -> ReadKey:
    """What the cells say, for a kind that names no letters as its key. `accents`: whether they count."""
    return _READERS[kind](tuple(options), key, accents)


def write_key(
    kind: Kind, options: Sequence[str], right: frozenset[int], spec: Mapping[str, Any]
) -> tuple[tuple[str, ...], str]:
    """The cells of options and key that say this: the way back from `read_key`, and from letters for kinds that name them.

    A text that holds the sign that parts texts in its cell ("|", ";") comes back as two: `cells.cells_of` says which do.
    """
    match kind:
        case Kind.TRUE_FALSE:
            return (), " ".join(name for place, name in enumerate(("Đúng", "Sai")) if place in right)
        case Kind.SHORT_TEXT:
            return (), " | ".join(spec.get("accepted", ()))
        case Kind.FILL_IN:
            return (), " ; ".join(" | ".join(blank) for blank in spec.get("blanks", ()))
        case Kind.NUMBER:
            return (), " ± ".join(spec[name].replace(".", ",") for name in ("value", "tolerance") if name in spec)
        case Kind.ORDERING:
            return tuple(options), ""
        case Kind.MATCHING if "right" not in spec:  # a file's columns that could not be read as pairs
            return tuple(options), ""
        case Kind.MATCHING:
            sides = zip_longest(options, spec.get("right", ()), fillvalue="")
            return tuple(f"{left} | {right}".strip() for left, right in sides), ""
        case Kind.ESSAY:
            return (), ""
        case _:
            return tuple(options), ",".join(chr(ord("A") + place) for place in sorted(right))


def _short_text(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    return ReadKey(spec={"accepted": _texts(key), "accents": accents}, bad_options=_none_wanted(options))


def _fill_in(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    blanks = [_texts(blank) for blank in key.split(";")] if key else []
    return ReadKey(spec={"blanks": blanks, "accents": accents}, bad_options=_none_wanted(options))


def _number(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    value, *tolerance = (read_number(part) for part in _TOLERANCE.split(key))
    if key and (value is None or len(tolerance) > 1 or None in tolerance):
        return ReadKey(bad_key=f"“{key[:40]}” không đọc được thành số; hãy ghi như 1.234,5 hoặc 60 ± 1.")
    spec = {"value": write_plain(value)} if value is not None else {}
    if tolerance and tolerance[0] is not None:
        spec["tolerance"] = write_plain(tolerance[0])
    return ReadKey(spec=spec, bad_options=_none_wanted(options))


def _ordering(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    """As the columns stand, or in the order of the letters in the key: "C, A, B"."""
    if not key:
        return ReadKey(options)
    places = [LETTERS.index(letter) for letter in re.findall(r"[A-Z]", key.upper())]
    if re.sub(r"[A-Z,;.>→\s-]", "", key.upper()) or sorted(places) != list(range(len(options))):
        return ReadKey(
            options,
            bad_key="Hãy ghi thứ tự đúng bằng các chữ cái, mỗi mục một lần (C,A,B), hoặc để trống nếu các cột đã đúng thứ tự.",
        )
    return ReadKey(tuple(options[place] for place in places))


def _matching(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    """A column holds "left | right"; one that begins with "|" belongs to nothing and only misleads."""
    pairs = [tuple(map(str.strip, option.partition("|")[::2])) for option in options]
    left = [left for left, _ in pairs if left]
    in_order = [pair for pair in pairs if pair[0]] + [pair for pair in pairs if not pair[0]]
    if not all(right for _, right in pairs):
        return ReadKey(
            options,
            bad_options="Câu ghép cặp: mỗi cột ghi hai vế cách nhau bằng dấu “|”, ví dụ “Điều 5 | Quyền thành lập công đoàn”.",
        )
    bad_key = "Câu ghép cặp không cần ghi đáp án; hãy để trống ô này." if key else ""
    return ReadKey(tuple(left), {"right": [right for _, right in in_order]}, bad_key=bad_key)


def _essay(options: tuple[str, ...], key: str, accents: bool) -> ReadKey:
    bad_key = "Câu tự luận do người chấm; hãy để trống ô này và ghi gợi ý chấm vào cột Giải thích." if key else ""
    return ReadKey(bad_key=bad_key, bad_options=_none_wanted(options))


def _texts(cell: str) -> list[str]:
    return [text.strip() for text in cell.split("|")] if cell.strip() else []


def _none_wanted(options: Sequence[str]) -> str:
    return "Loại câu này không có phương án; hãy để trống các cột A đến F." if any(options) else ""


_READERS: dict[Kind, Callable[[tuple[str, ...], str, bool], ReadKey]] = {
    Kind.SHORT_TEXT: _short_text,
    Kind.NUMBER: _number,
    Kind.ORDERING: _ordering,
    Kind.MATCHING: _matching,
    Kind.FILL_IN: _fill_in,
    Kind.ESSAY: _essay,
}
