"""Lines of a question that only our own sheet and files know: “Mã: …”, “Loại: …”, “Cố định: …”, “Hiệu lực từ: …”.

They are read as the cells of our sheet are. A value that is not plainly one is a problem of the question, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contests.authoring.columns import Column
from contests.authoring.draft import QuestionDraft
from contests.authoring.keys import read_key
from contests.authoring.rows import KIND_NAMES, clean_text, day_in, kind_in, read_row
from contests.rules.kinds import Kind

if TYPE_CHECKING:
    from contests.authoring.word.question import _Question

NAMES = {
    "code": Column.CODE, "kind": Column.KIND, "pinned": Column.PINNED, "valid_from": Column.VALID_FROM, "valid_to": Column.VALID_TO,
}  # fmt: skip
_CODE = re.compile(r"[\w./-]{1,40}")
_LETTER_KINDS = (Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE)


@dataclass(slots=True)
class Labels:
    """What such lines of one question said, by column."""

    cells: dict[Column, str] = field(default_factory=dict)

    def say(self, question: _Question, name: str, text: str) -> None:
        """Keep it; a second one that says something else is a problem."""
        column, text = NAMES[name], clean_text(text)
        known = self.cells.setdefault(column, text)
        if known != text:
            question.note(
                column,
                "two_labels",
                f"Dòng “{column}” có hai lần, “{known[:40]}” và “{text[:40]}”; hãy chọn một.",
            )

    def kind(self) -> tuple[Kind | None, bool]:
        """The kind that is named, and whether accents count."""
        return kind_in(self.cells.get(Column.KIND, ""))

    def onto(self, question: _Question, draft: QuestionDraft) -> QuestionDraft:
        """The draft with what the lines say."""
        cells = {column: text for column, text in self.cells.items() if text}
        if not cells:
            return draft
        self.check_kind(question, draft)
        read = read_row(question.row, {**cells, Column.KIND: KIND_NAMES[Kind.SINGLE]})  # of any kind: only these cells
        for problem in read.problems:
            if problem.column in cells:
                question.note(Column(problem.column), problem.code, problem.text)
        code = read.draft.code
        if code and not _CODE.fullmatch(code):
            text = f"“{code[:40]}” không giống một mã câu; hãy ghi mã viết liền, ví dụ HD-001."
            question.note(Column.CODE, "bad_code", text)
        if Column.PINNED in cells and draft.kind not in (Kind.SINGLE, Kind.MULTIPLE):
            question.note(Column.PINNED, "bad_pin", "Chỉ câu chọn phương án mới có phương án cố định; hãy bỏ dòng này.")
            read = replace(read, draft=replace(read.draft, pinned=draft.pinned))
        kind = Kind.MULTIPLE if (self.kind()[0], draft.kind) == (Kind.MULTIPLE, Kind.SINGLE) else draft.kind
        pinned = read.draft.pinned if Column.PINNED in cells else draft.pinned
        valid = {"valid_from": read.draft.valid_from, "valid_to": read.draft.valid_to}
        return replace(draft, code=code, kind=kind, pinned=pinned, **valid)

    def check_kind(self, question: _Question, draft: QuestionDraft) -> None:
        """Whether what is called a kind is one, and the one that options and key show."""
        text, (kind, _) = self.cells.get(Column.KIND, ""), self.kind()
        if text and kind is None:
            said = read_row(question.row, {Column.KIND: text}).problems
            question.problems += [problem for problem in said if problem.column == Column.KIND]
        elif kind and kind is not draft.kind and (kind, draft.kind) != (Kind.MULTIPLE, Kind.SINGLE):
            text = f"Dòng loại ghi “{text[:40]}” mà phương án và đáp án thì không phải; hãy chọn loại đúng."
            question.note(Column.KIND, "conflicting_kind", text)


def written_key(
    question: _Question, kind: Kind, accents: bool, texts: tuple[str, ...], keys: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, object]]:
    """Options and spec of a kind whose key is written out, as our sheet has it."""
    said = list(dict.fromkeys(clean_text(key) for key in keys if key.strip()))
    if len(said) > 1:
        both = "; ".join(f"“{one[:60]}”" for one in said)
        question.note(Column.KEY, "conflicting_keys", f"Các dấu đáp án trái nhau: {both}; hãy chọn đáp án đúng.")
    read = read_key(kind, texts, said[0] if said else "", accents=accents)
    if read.bad_key:
        question.note(Column.KEY, "bad_key", read.bad_key)
    if read.bad_options:
        question.note(Column.A, "bad_options", read.bad_options)
    return read.options, dict(read.spec)


def plainly(name: str, text: str) -> bool:
    """Whether the value is one such as our writer writes, so that the line can be no part of a stem."""
    match name:
        case "code":
            return _CODE.fullmatch(text.strip()) is not None
        case "kind":
            return kind_in(text)[0] is not None
        case "pinned":
            return re.fullmatch(r"\s*[A-F](?:\s*,\s*[A-F])*\s*", text) is not None
        case _:
            return day_in(text.strip()) is not None


def is_written(kind: Kind | None) -> bool:
    """Whether the key of this kind is written out instead of being letters."""
    return kind is not None and kind not in _LETTER_KINDS
