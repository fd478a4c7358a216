"""Questions of a bank in the neutral form of question files: to be written out, compared, linted, put into a form."""

from __future__ import annotations

from contests.authoring.draft import Difficulty, QuestionDraft
from contests.models import Bank, QuestionVersion
from contests.rules.kinds import Kind


def draft_of(version: QuestionVersion, row: int = 1) -> QuestionDraft:
    """A stored version as question files know it; ask for it with its question and topic."""
    return QuestionDraft(
        code=version.question.code, topic=version.topic.name, kind=Kind(version.kind), difficulty=Difficulty(version.difficulty),
        stem=version.stem, options=tuple(version.options), key=frozenset(version.key), pinned=frozenset(version.pinned),
        document=version.document, article=version.article, other_source=version.other_source, valid_from=version.valid_from,
        valid_to=version.valid_to, explanation=version.explanation, row=row, spec=version.spec, image_alt=version.image_alt,
    )  # fmt: skip


def drafts_of(bank: Bank) -> list[QuestionDraft]:
    """The questions in use, by code; to look for the like of them too."""
    versions = QuestionVersion.objects.filter(question__bank=bank, is_current=True, question__retired_at__isnull=True)
    rows = versions.select_related("question", "topic").order_by("question__code")
    return [draft_of(version, row) for row, version in enumerate(rows, start=1)]
