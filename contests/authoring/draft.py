"""The neutral form of a question and of what is wrong with it; every import format ends here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
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

    Missing texts are "", missing dates None. `row` is the row of the file, as Excel numbers it.
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


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, for the author: where, a code for programs, and a sentence that says what to do.

    `row` is Excel's row number, 0 when it concerns the whole file; `column` is the header's text, or "".
    """

    row: int
    column: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportReading:
    """What a file holds. `drafts` are the questions without a problem; warnings forbid nothing.

    `sha256` is the hash of the file's bytes in hex, to recognise a file that was imported before.
    """

    drafts: tuple[QuestionDraft, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    sha256: str
