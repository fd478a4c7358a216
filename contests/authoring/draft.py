"""The neutral form of a question and of what is wrong with it; every import format ends here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from contests.rules.kinds import Kind


class Difficulty(StrEnum):
    """How hard the author finds a question."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as an author wrote it. Options stand in the author's order; `key` and `pinned` are positions from 0; `spec`
    is what its kind keeps besides (`contests.rules.kinds`).

    Missing texts are "", missing dates None. `row` is where the question begins in its file and its name there: no two of a file
    have the same. It counts what the format's `place` says (rows, lines, paragraphs), from 1. `label` is what the file itself calls
    the question ("Câu 12"), `source` the file's own text of it where that is not simply its cells, so that nobody mends it blindly.
    `image` names a picture of `ImportReading.images` that belongs to the stem, `image_alt` says in words what it shows.
    """

    code: str
    topic: str
    kind: Kind
    difficulty: Difficulty
    stem: str
    options: tuple[str, ...]
    key: frozenset[int]
    pinned: frozenset[int]
    document: str
    article: str
    other_source: str
    valid_from: date | None
    valid_to: date | None
    explanation: str
    row: int
    spec: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    source: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, for the author: where, a code for programs, and a sentence that says what to do.

    `row` is that of the draft it speaks of, 0 when it concerns the whole file; `column` is the field's name (`columns.Column`), or "".
    """

    row: int
    column: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row, line or paragraph of a file that belongs to no question."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class DraftReading:
    """One draft, complete as far as it could be read, and what could not."""

    draft: QuestionDraft
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a format found in a file, before anybody asks whether it makes sense. What is neither in a draft nor a heading of
    one stands in `unused`: nothing of a file is dropped without a word. `images` are the bytes as they came, by name.
    """

    questions: tuple[DraftReading, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    unused: tuple[Line, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReading:
    """What a file holds. `drafts` are the questions without a problem, `faulty` the others; warnings forbid nothing.

    `sha256` is the hash of the file's bytes in hex, to recognise a file that was imported before; `place` is what its rows are
    called ("dòng", "đoạn").
    """

    drafts: tuple[QuestionDraft, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    sha256: str
    faulty: tuple[QuestionDraft, ...] = ()
    unused: tuple[Line, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
    place: str = "dòng"

    @staticmethod
    def hash_of(data: bytes) -> str:
        """What `sha256` is for these bytes."""
        return sha256(data).hexdigest()
