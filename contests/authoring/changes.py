"""What differs between two drafts of a question, column by column and word by word."""

from __future__ import annotations

from dataclasses import dataclass

from contests.authoring.columns import Column
from contests.authoring.draft import QuestionDraft
from contests.authoring.rows import write_row
from contests.rules.word_diff import Piece, word_diff


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A column that says something else: both texts, and the pieces of both in one."""

    column: Column
    before: str
    after: str
    pieces: tuple[Piece, ...]


def changes_between(before: QuestionDraft, after: QuestionDraft) -> list[FieldChange]:
    """The columns that differ, as the sheet orders them."""
    old, new = write_row(before), write_row(after)
    return [
        FieldChange(
            column, old.get(column, ""), new.get(column, ""), word_diff(old.get(column, ""), new.get(column, ""))
        )
        for column in Column
        if old.get(column, "") != new.get(column, "")
    ]
