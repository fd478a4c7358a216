"""What the console shows of a file of questions that waits to be saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from contests.authoring.draft import Line, Problem, QuestionDraft
from contests.authoring.mending import Defaults, filled
from contests.authoring.stored import load_draft, load_findings, load_lines
from contests.models import Bank, QuestionUpload, QuestionVersion, UploadedQuestion
from contests.queries.bank_console import SampleQuestion, sample_of
from contests.queries.shown import OF_OPTIONS


class Show(StrEnum):
    """Which of the file's questions; the value stands in the address."""

    FAULTY = "can-sua"
    DOUBTFUL = "nen-xem"
    TWINS = "giong"
    ALL = "tat-ca"
    OUT = "bo-ra"
    UNUSED = "ngoai-cau"


_FILTERS = {
    Show.FAULTY: Q(faulty=True, left_out=False),
    Show.DOUBTFUL: Q(doubtful=True, left_out=False),
    Show.TWINS: Q(left_out=False) & ~Q(twin=""),
    Show.ALL: Q(left_out=False),
    Show.OUT: Q(left_out=True),
}


@dataclass(frozen=True, slots=True)
class UploadedLook:
    """A question of the file as an organizer looks at it: as it would be saved, with what is said of it."""

    held: UploadedQuestion
    draft: QuestionDraft
    sample: SampleQuestion
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    twin: QuestionVersion | None

    @property
    def change(self) -> str:
        """What saving it does to the bank: "new", "changed" or "same"."""
        return str(self.held.findings.get("change", "new"))

    @property
    def wants_key(self) -> bool:
        """Whether choosing the right options here and now may be all that is missing."""
        options = self.draft.kind in OF_OPTIONS and self.sample.options
        return bool(options) and any(one.column == "Đáp án" for one in self.problems)


def uploads_of(bank: Bank) -> QuerySet[QuestionUpload]:
    """The bank's files that wait or are being worked on, without their bytes."""
    waiting = bank.uploads.exclude(state=QuestionUpload.State.SAVED).select_related("created_by", "bank__owner")
    return waiting.defer("data", "words").annotate(
        faulty=Count("questions", filter=Q(questions__faulty=True, questions__left_out=False)),
        kept=Count("questions", filter=Q(questions__left_out=False)),
    )


def counts(upload: QuestionUpload) -> dict[str, int]:
    """How many questions each list has, how many could be saved now, and what saving them would do."""
    ready = Q(faulty=False, left_out=False)
    asked = {show.name.lower(): condition for show, condition in _FILTERS.items()} | {"ready": ready}
    asked |= {f"{change}_ones": ready & Q(findings__change=change) for change in ("new", "changed", "same")}
    found = upload.questions.aggregate(
        **{f"n_{name}": Count("pk", filter=condition) for name, condition in asked.items()}
    )
    return {name: found[f"n_{name}"] for name in asked} | {"unused": len(upload.words.get("unused", ()))}


def rows_of(upload: QuestionUpload, show: Show) -> QuerySet[UploadedQuestion]:
    """The questions of one list, in the file's order."""
    return upload.questions.filter(_FILTERS.get(show, Q())).select_related("mended_by").order_by("row")


def looks(upload: QuestionUpload, rows: Iterable[UploadedQuestion]) -> list[UploadedLook]:
    """The rows as they are looked at, in one more query."""
    rows = list(rows)
    codes = {row.twin for row in rows if row.twin}
    current = QuestionVersion.objects.filter(question__bank=upload.bank_id, question__code__in=codes, is_current=True)
    twins = {one.question.code: one for one in current.select_related("question", "topic")}
    return [_look(upload, row, twins.get(row.twin)) for row in rows]


def look_at(upload: QuestionUpload, row: UploadedQuestion) -> UploadedLook:
    """One row as it is looked at."""
    return looks(upload, [row])[0]


def _look(upload: QuestionUpload, row: UploadedQuestion, twin: QuestionVersion | None) -> UploadedLook:
    draft = filled(load_draft(row.draft), Defaults(**upload.defaults))
    draft = replace(draft, code=draft.code or row.findings.get("code", ""))
    return UploadedLook(
        row, draft, sample_of(draft), load_findings(row.findings.get("problems", ())),
        load_findings(row.findings.get("warnings", ())), twin,
    )  # fmt: skip


def unused_of(upload: QuestionUpload) -> tuple[Line, ...]:
    """The lines of the file that belong to no question."""
    return load_lines(upload.words.get("unused", ()))


def missing(upload: QuestionUpload) -> dict[str, int]:
    """How many questions lack a topic or a source: what can be said once for the whole file."""
    codes = ("missing_topic", "missing_source")
    found = rows_of(upload, Show.FAULTY).aggregate(
        **{code: Count("pk", filter=Q(findings__problems__contains=[{"code": code}])) for code in codes}
    )
    return {code: count for code, count in found.items() if count}


def next_faulty(upload: QuestionUpload, after: int) -> int | None:
    """The row of the next question to mend, from the beginning again after the last; None when nothing is left."""
    rows = list(rows_of(upload, Show.FAULTY).values_list("row", flat=True))
    return next((row for row in rows if row > after), rows[0] if rows else None)
