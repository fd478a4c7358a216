"""Keys that stand apart from their questions: “1.B 2.C” in lines, or tables of numbers and letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contests.authoring.word.lines import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """The key that a list gives to a question: its number, the value as typed."""

    number: int
    value: str
    text: str  # the entry as it stands in the list


_VALUE = r"[\[(]?(?:[a-h](?:\s*[,;&+/]?\s*[a-h]){0,5}|dung|sai|đ|s)[\])]?(?!\w)"
_ENTRY = re.compile(
    rf"(?:(?:cau|question)\s*(?:hoi\s*)?)?(?<!\d)(\d{{1,4}})\s*(?:[.:)=→>/|\-]\s*)*(?:dap an\s*:?\s*)?({_VALUE})"
)
_BEGINS = re.compile(r"[\s,;.|/\-•*]*(?:(?:cau|question)\s*(?:hoi\s*)?)?\d")
_BETWEEN = re.compile(r"[\s,;.|/\-•*]*")
_NUMBER = re.compile(r"\s*(?:cau\s*(?:hoi\s*)?)?(\d{1,4})\s*[.):]?\s*$")
_LETTERS = re.compile(rf"\s*{_VALUE}\s*[.]?\s*$")
_ROW_OF_LETTERS = re.compile(r"\s*[a-h]\s*[.)]\s*$")
_WORDS = re.compile(
    r"\s*(?:cau(?: hoi)?(?: so)?|tt|stt|so|dap an(?: dung)?|da|d/a|key|tra loi|phuong an(?: dung)?|bang dap an|(?:ma )?de(?: so| thi)?\s*\d*|ma(?: de)?\s*\d+)\s*[:.]?\s*$"
)


def entries_of_line(text: str) -> list[Entry]:
    """The entries of a line that holds nothing else; none for any other line."""
    if not _BEGINS.match(fold(text[:40])):
        return []
    folded, found, end = _fold(text), [], 0
    for entry in _ENTRY.finditer(folded):
        if _BETWEEN.fullmatch(folded, end, entry.start()) is None:
            return []
        found.append(Entry(int(entry[1]), text[entry.start(2) : entry.end(2)], text[entry.start() : entry.end()]))
        end = entry.end()
    if found and _BETWEEN.fullmatch(folded, end) is not None:
        return found
    return []


def holds_only_keys(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has numbers and letters and nothing else, also where nobody can say which belong together."""
    cells = [cell for row in rows for cell in row if cell.strip()]
    said = [cell for cell in cells if not _WORDS.match(fold(cell))]
    return (
        any(map(_is_number, said))
        and any(map(_is_letters, said))
        and all(_is_number(cell) or _is_letters(cell) or entries_of_line(cell) for cell in said)
    )


def entries_of_table(rows: Sequence[Sequence[str]]) -> list[Entry]:
    """The entries of a table of numbers and letters, however it lies; none for any other table."""
    kept = [[cell for cell in row if cell.strip()] for row in rows]
    cells = [cell for row in kept for cell in row if not _WORDS.match(fold(cell))]
    if len(cells) < 2 or not all(
        _is_number(cell) or _ROW_OF_LETTERS.match(_fold(cell)) or _is_letters(cell) or entries_of_line(cell)
        for cell in cells
    ):
        return []
    if not any(_is_letters(cell) or entries_of_line(cell) for cell in cells):
        return []
    plain = [[cell for cell in row if not _WORDS.match(fold(cell))] for row in kept]
    plain = [row for row in plain if row]
    return _true_or_false(plain) or _written_out(plain) or _over_each_other(plain) or _beside_each_other(plain)


def _true_or_false(rows: Sequence[Sequence[str]]) -> list[Entry]:
    """Letters a), b), c) over rows of a number and “Đ” or “S” for each of them."""
    if len(rows) < 2 or any(len(row) != len(rows[0]) + 1 for row in rows[1:]):
        return []
    heads, found = [_fold(cell).strip(" .):") for cell in rows[0]], []
    if heads != list("abcdefgh")[: len(heads)] or len(heads) < 2:
        return []
    for number, *truths in rows[1:]:
        if not _is_number(number) or any(_fold(truth).strip(" .") not in ("đ", "s", "dung", "sai") for truth in truths):
            return []
        value = ", ".join(f"{head}) {truth.strip()}" for head, truth in zip(heads, truths, strict=True))
        found.append(_entry(number, value))
    return found


def _written_out(rows: Sequence[Sequence[str]]) -> list[Entry]:
    found = [entries_of_line(cell) for row in rows for cell in row]
    return [entry for one in found for entry in one] if all(found) else []


def _over_each_other(rows: Sequence[Sequence[str]]) -> list[Entry]:
    """A row of numbers over a row of letters, once or more often."""
    found: list[Entry] = []
    if len(rows) % 2:
        return []
    for numbers, letters in zip(rows[::2], rows[1::2], strict=True):
        if len(numbers) != len(letters) or not (all(map(_is_number, numbers)) and all(map(_is_letters, letters))):
            return []
        found += [_entry(number, letter) for number, letter in zip(numbers, letters, strict=True)]
    return found


def _beside_each_other(rows: Sequence[Sequence[str]]) -> list[Entry]:
    """Number and letter in turn, or all numbers of a column before their letters."""
    found: list[Entry] = []
    for row in rows:
        if len(row) % 2 or not (all(map(_is_number, row[::2])) and all(map(_is_letters, row[1::2]))):
            return []
        found += [_entry(number, letter) for number, letter in zip(row[::2], row[1::2], strict=True)]
    return found


def _entry(number: str, letters: str) -> Entry:
    found = _NUMBER.match(fold(number))
    return Entry(int(found[1]) if found else 0, letters.strip(), f"{number.strip()} {letters.strip()}")


def _is_number(cell: str) -> bool:
    return _NUMBER.match(fold(cell)) is not None


def _is_letters(cell: str) -> bool:
    return _LETTERS.match(_fold(cell)) is not None


def _fold(text: str) -> str:
    """Folded, but “Đ” (đúng) stays apart from the letter D."""
    return "".join(
        "đ" if char in "đĐ" and not _in_word(text, place) else other
        for place, (char, other) in enumerate(zip(text, fold(text), strict=True))
    )


def _in_word(text: str, place: int) -> bool:
    return text[place + 1 : place + 2].isalpha()
