"""The formats that question files come in. A new one is one file with one reader, and its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from contests.authoring.draft import FileReading
from contests.authoring.sheet import read_workbook
from contests.authoring.word.reader import read_word


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one kind are read. `place` is what their rows are called; `read` raises `FileRefused` for a file that cannot
    be read at all, and nothing else. `kin` are endings that it refuses with advice."""

    label: str
    suffixes: tuple[str, ...]
    place: str
    read: Callable[[bytes, str], FileReading]
    kin: tuple[str, ...] = ()


FORMATS: tuple[Format, ...] = (
    Format("Excel", (".xlsx",), "dòng", read_workbook),
    Format("Word", (".docx",), "đoạn", read_word, (".doc", ".docm", ".dot", ".dotx", ".dotm", ".rtf", ".odt", ".pdf")),
)
SUFFIXES = tuple(suffix for one in FORMATS for suffix in one.suffixes)


def format_of(filename: str) -> Format:
    """The format by the file's name; what nobody claims is left to the workbook reader, which says what is wrong with it."""
    suffix = PurePath(filename).suffix.lower()
    return next((one for one in FORMATS if suffix in one.suffixes + one.kin), FORMATS[0])
