"""What is said of each question of an upload, anew after every change: one question's fault may be another's."""

from __future__ import annotations

from collections.abc import Collection

from contests.actions.progress import Progress
from contests.authoring.draft import DraftReading, QuestionDraft
from contests.authoring.mending import Defaults, Findings, Judged, judge_held
from contests.authoring.near import near
from contests.authoring.stored import dump_findings, load_draft, load_findings
from contests.models import Bank, Question, QuestionUpload, UploadedQuestion
from contests.queries.bank_console import compare
from contests.queries.drafts import drafts_of
from contests.told import Told

Step = QuestionUpload.Step
UNWATCHED = Progress(QuestionUpload, None)

BATCH = 500


def judge_upload(
    locked: QuestionUpload, fresh: Collection[int] = (), *, progress: Progress = UNWATCHED
) -> list[Judged]:
    """Judge all that is not left out, because one question's fault may be another's; rows that change are written. `fresh` are
    the rows that ask something else than before: only for those the bank is looked through for the like of them.
    """
    rows = list(locked.questions.filter(left_out=False).order_by("row"))
    before = [(row.findings, row.faulty, row.doubtful, row.twin) for row in rows]
    judged = tell(locked, rows, fresh, progress=progress)
    changed = [
        row for row, was in zip(rows, before, strict=True) if (row.findings, row.faulty, row.doubtful, row.twin) != was
    ]
    UploadedQuestion.objects.bulk_update(changed, ["findings", "faulty", "doubtful", "twin"], batch_size=BATCH)
    return judged


def tell(
    upload: QuestionUpload,
    rows: list[UploadedQuestion],
    fresh: Collection[int],
    *,
    progress: Progress = UNWATCHED,
) -> list[Judged]:
    """Write into the rows what is to be said of each; a row that holds findings has not changed since they were made."""
    progress.write(step=Step.CHECK.value, done=0, total=len(rows))
    codeless = bool(upload.words.get("codeless"))
    held = [
        DraftReading(
            load_draft(row.draft), load_findings(row.reader.get("problems", ())), load_findings(row.reader.get("warnings", ()))
        )
        for row in rows
    ]  # fmt: skip
    known = {
        row.row: Findings(load_findings(row.findings["own_problems"]), load_findings(row.findings["own_warnings"]))
        for row in rows
        if row.findings
    }
    taken = Question.objects.filter(bank=upload.bank_id).values_list("code", flat=True) if codeless else ()
    judged = judge_held(
        held, Defaults(**upload.defaults), taken, known, codeless=codeless, place=upload.place, told=progress.tell
    )
    drafts = [one.draft for one in judged]
    progress.write(step=Step.COMPARE.value, done=0, total=0)
    twins = _twins(upload.bank, [draft for draft in drafts if draft.row in fresh], progress.tell)
    changes = compare(upload.bank, drafts)
    change = {one.code: "changed" for one in changes.changed} | {one.code: "same" for one in changes.unchanged}
    for row, one in zip(rows, judged, strict=True):
        row.twin = twins.get(row.row, "") if row.row in fresh else row.twin
        row.findings = {
            "code": one.draft.code, "change": change.get(one.draft.code, "new"),
            "problems": dump_findings(one.all.problems), "warnings": dump_findings(one.all.warnings),
            "own_problems": dump_findings(one.own.problems), "own_warnings": dump_findings(one.own.warnings),
        }  # fmt: skip
        row.faulty, row.doubtful = bool(one.all.problems), bool(one.all.warnings)
    return judged


def _twins(bank: Bank, drafts: list[QuestionDraft], told: Told) -> dict[int, str]:
    """By row, the code of a question of the bank that says nearly the same under another code."""
    codes = {draft.row: draft.code.casefold() for draft in drafts}
    pairs = near(drafts, drafts_of(bank), told=told) if drafts else []
    mine = {id(draft) for draft in drafts}
    return {
        pair.draft.row: pair.other.code
        for pair in reversed(pairs)  # the nearest is written last
        if id(pair.other) not in mine and pair.other.code.casefold() != codes[pair.draft.row]
    }
