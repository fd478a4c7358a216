"""Reading a question file: bytes in, drafts and findings out. Never raises for what a file may hold.

One way for every format: its reader makes drafts, the checks and hints here are the same for all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from contests.authoring.checks import check_file, check_question
from contests.authoring.columns import Column
from contests.authoring.draft import DraftReading, FileReading, ImportReading, Problem, QuestionDraft
from contests.authoring.formats import format_of
from contests.authoring.guard import MAX_QUESTIONS, FileRefused
from contests.authoring.hints import warn_of_file, warn_of_question

_COLUMN_ORDER = {column.value: place for place, column in enumerate(Column)}


def read_questions(data: bytes, filename: str) -> ImportReading:
    """Read a file of questions. Everything that is wrong is listed with its row; `drafts` are those without an error."""
    sha256, form = hashlib.sha256(data).hexdigest(), format_of(filename)
    try:
        file = form.read(data, filename)
    except FileRefused as refused:
        return ImportReading((), (Problem(0, "", refused.code, refused.text),), (), sha256, place=form.place)
    return judge(file, sha256, form.place)


def judge(file: FileReading, sha256: str, place: str) -> ImportReading:
    """What a format read, with what is wrong with it."""
    count, problems = len(file.questions), file.problems
    if not problems and not 0 < count <= MAX_QUESTIONS:
        code, text = (
            ("too_many_rows", f"Tệp có {count} câu; nhiều nhất là {MAX_QUESTIONS} câu một tệp, hãy chia nhỏ.")
            if count
            else ("no_questions", "Tệp chưa có câu hỏi nào.")
        )
        problems = (Problem(0, "", code, text),)
    if problems:
        return ImportReading((), problems, file.warnings, sha256, (), file.unused, place=place)
    drafts = [reading.draft for reading in file.questions]
    found = [problem for reading in file.questions for problem in (*reading.problems, *_new(reading))]
    found += check_file(drafts)
    wrong = {problem.row for problem in found}
    return ImportReading(
        drafts=tuple(draft for draft in drafts if draft.row not in wrong),
        problems=in_order(found),
        warnings=(*file.warnings, *in_order([*(w for one in file.questions for w in one.warnings), *hints_of(drafts)])),
        sha256=sha256,
        faulty=tuple(draft for draft in drafts if draft.row in wrong),
        unused=file.unused,
        images=file.images,
        place=place,
    )


def hints_of(drafts: Sequence[QuestionDraft]) -> list[Problem]:
    """What an author should look at again, question by question and among all."""
    return [*(warning for draft in drafts for warning in warn_of_question(draft)), *warn_of_file(drafts)]


def _new(reading: DraftReading) -> list[Problem]:
    """The checks' findings, without "missing" for a cell that was filled but could not be read."""
    unread = {problem.column for problem in reading.problems}
    return [
        found for found in check_question(reading.draft) if not (found.code == "missing_key" and found.column in unread)
    ]


def in_order(findings: Iterable[Problem]) -> tuple[Problem, ...]:
    """By row, then as the columns stand."""
    return tuple(sorted(findings, key=lambda found: (found.row, _COLUMN_ORDER.get(found.column, len(_COLUMN_ORDER)))))
