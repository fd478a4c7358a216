"""What a reader has to say of one question while it reads it, and the draft of a format that knows few of our fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.draft import Difficulty, DraftReading, Problem, QuestionDraft
from contests.authoring.texts import Plain
from contests.rules.kinds import KINDS, Kind
from contests.rules.kinds.shapes import MAX_PARTS

MOST_LINES = 60  # of a question's own text that are shown beside it


@dataclass(slots=True)
class Notes:
    """Findings of the question that begins at `row`."""

    row: int
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def problem(self, column: str, code: str, text: str) -> None:
        """What forbids the import of this question."""
        self.problems.append(Problem(self.row, column, code, text))

    def warn(self, column: str, code: str, text: str) -> None:
        """What the author should know."""
        self.warnings.append(Problem(self.row, column, code, text))

    def plain(self, column: str, plain: Plain) -> str:
        """The plain text, after a warning for what the marked-up one held besides."""
        if plain.lost:
            self.warn(column, "markup_lost", f"Không giữ được trong phần chữ: {', '.join(plain.lost)}.")
        return plain.text

    def reading(self, draft: QuestionDraft) -> DraftReading:
        """The question's reading."""
        return DraftReading(draft, tuple(self.problems), tuple(self.warnings))


def new_draft(
    row: int,
    kind: Kind,
    stem: str,
    *,
    options: Sequence[str] = (),
    key: frozenset[int] = frozenset(),
    spec: Mapping[str, Any] | None = None,
    explanation: str = "",
    label: str = "",
    source: Sequence[str] = (),
    code: str = "",
    topic: str = "",
    image: str = "",
    pinned: frozenset[int] = frozenset(),
) -> QuestionDraft:
    """A draft of what a foreign format says; what it does not say stays empty, the difficulty in the middle."""
    lines = tuple(source[:MOST_LINES]) + (("…",) if len(source) > MOST_LINES else ())
    return QuestionDraft(
        code=code, topic=topic, kind=kind, difficulty=Difficulty.MEDIUM, stem=stem, options=tuple(options), key=key,
        pinned=frozenset({0, 1}) if kind is Kind.TRUE_FALSE else pinned, document="", article="", other_source="", valid_from=None,
        valid_to=None, explanation=explanation, row=row, spec=dict(spec or {}), label=label[:200], source=lines, image=image,
    )  # fmt: skip


def within_limits(draft: QuestionDraft, notes: Notes) -> QuestionDraft:
    """The draft with at most as many options as a question can have; more are a problem, for nobody knows which to leave out."""
    most = MAX_PARTS if KINDS[draft.kind].always_shuffled else len(OPTION_COLUMNS)
    if len(draft.options) > most:
        text = f"Câu có {len(draft.options)} phương án; nhiều nhất là {most}. Hãy bỏ bớt."
        notes.problem(Column.A, "too_many_options", text)
    return draft
