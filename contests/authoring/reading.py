"""Reading a question file: bytes in, drafts and findings out. Never raises for what a file may hold.

One way for every format: its reader makes drafts, the checks and hints here are the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contests.authoring.checks import check_file, check_question
from contests.authoring.columns import Column
from contests.authoring.draft import DraftReading, FileReading, ImportReading, Problem, QuestionDraft
from contests.authoring.formats import format_of
from contests.authoring.guard import MAX_QUESTIONS, FileRefused
from contests.authoring.hints import warn_of_file, warn_of_question

_COLUMN_ORDER = {column.value: place for place, column in enumerate(Column)}


def read_file(data: bytes, filename: str) -> tuple[str, FileReading]:
    """What the file's rows are called, and what its format found. A file that cannot be used has problems and no questions."""
    form = format_of(filename)
    try:
        file = form.read(data, filename)
    except FileRefused as refused:
        return form.place, FileReading(problems=(Problem(0, "", refused.code, refused.text),))
    count = len(file.questions)
    if file.problems or 0 < count <= MAX_QUESTIONS:
        return form.place, replace(file, questions=()) if file.problems else file
    code, text = (
        ("too_many_rows", f"Tệp có {count} câu; nhiều nhất là {MAX_QUESTIONS} câu một tệp, hãy chia nhỏ.")
        if count
        else ("no_questions", "Tệp chưa có câu hỏi nào.")
    )
    return form.place, replace(file, questions=(), problems=(Problem(0, "", code, text),))


def read_questions(data: bytes, filename: str) -> ImportReading:
    """Read a file of questions. Everything that is wrong is listed with its row; `drafts` are those without an error."""
    sha256 = ImportReading.hash_of(data)
    place, file = read_file(data, filename)
    if file.problems:
        return ImportReading((), file.problems, file.warnings, sha256, (), file.unused, place=place)
    return judge(file, sha256, place)


def judge(file: FileReading, sha256: str, place: str) -> ImportReading:
    """The questions that a format read, with what is wrong and what is doubtful about them."""
    drafts = [reading.draft for reading in file.questions]
    found = [problem for reading in file.questions for problem in problems_of(reading)]
    found += check_file(drafts, place)
    wrong = {problem.row for problem in found}
    return ImportReading(
        drafts=tuple(draft for draft in drafts if draft.row not in wrong),
        problems=in_order(found),
        warnings=(
            *file.warnings,
            *in_order([*(w for one in file.questions for w in one.warnings), *hints_of(drafts, place)]),
        ),
        sha256=sha256,
        faulty=tuple(draft for draft in drafts if draft.row in wrong),
        unused=file.unused,
        images=file.images,
        place=place,
    )


def hints_of(drafts: Sequence[QuestionDraft], place: str) -> list[Problem]:
    """What an author should look at again, question by question and among all."""
    return [*(warning for draft in drafts for warning in warn_of_question(draft)), *warn_of_file(drafts, place)]


def problems_of(reading: DraftReading) -> list[Problem]:
    """What the reader could not make out and what the checks find; never "missing" for what is there but could not be read."""
    unread, said = {one.column for one in reading.problems}, {(one.column, one.code) for one in reading.problems}
    found = [
        one
        for one in check_question(reading.draft)
        if not (one.code == "missing_key" and one.column in unread) and (one.column, one.code) not in said
    ]
    return [*reading.problems, *found]


def in_order(findings: Iterable[Problem]) -> tuple[Problem, ...]:
    """By row, then as the columns stand."""
    return tuple(sorted(findings, key=lambda found: (found.row, _COLUMN_ORDER.get(found.column, len(_COLUMN_ORDER)))))
