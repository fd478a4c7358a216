"""Reads of the linter: what stands against the questions of a bank today, what somebody has looked at and keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.cache import cache
from django.db.models import QuerySet

from contests.authoring.draft import QuestionDraft
from contests.authoring.lint import BY_CODE, CHECKS, Check, Finding
from contests.authoring.lint_bank import lint
from contests.models import Bank, LintKept
from contests.queries.drafts import drafts_of

KEPT_FOR = 24 * 3600  # seconds that the findings of a bank, a version of it and a day are remembered


@dataclass(frozen=True, slots=True)
class Found:
    """A finding at its question; `question` and `stem` are empty for one of the whole bank. `mark` is what setting it aside keeps."""

    code: str
    text: str
    about: str
    question: str
    stem: str
    mark: str


@dataclass(slots=True)
class Group:
    """The findings of one check."""

    check: Check
    found: list[Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What stands against a bank, the gravest first, and what was set aside and is still so."""

    groups: list[Group]
    kept: list[tuple[Found, LintKept]]
    questions: int

    @property
    def total(self) -> int:
        """How many findings wait for somebody."""
        return sum(len(group.found) for group in self.groups)

    def finding(self, mark: str) -> Found | None:
        """The finding with that mark, set aside or not."""
        everything = [found for group in self.groups for found in group.found] + [found for found, _ in self.kept]
        return next((found for found in everything if found.mark == mark and found.question), None)


def lint_report(bank: Bank, today: date) -> Report:
    """Everything; computed once for a version of the bank and a day, for thousands of questions take seconds."""
    key = _key(bank, today)
    remembered = cache.get(key)
    if remembered is None:
        remembered = _findings(bank, today)
        cache.set(key, remembered, KEPT_FOR)
    questions, findings = remembered
    kept = {(row.question.code, row.mark): row for row in kept_in(bank)}
    groups = {check.code: Group(check) for check in CHECKS}
    aside = []
    for found in findings:
        if row := kept.get((found.question, found.mark)):
            aside.append((found, row))
        else:
            groups[found.code].found.append(found)
    return Report([group for group in groups.values() if group.found], aside, questions)


def waiting(bank: Bank, today: date) -> int | None:
    """How many findings wait, if that is known without computing; the bank's page must not wait for it."""
    return lint_report(bank, today).total if cache.get(_key(bank, today)) is not None else None


def kept_in(bank: Bank) -> QuerySet[LintKept]:
    """What was set aside in the bank, the newest first."""
    return LintKept.objects.filter(question__bank=bank).select_related("question", "by")


def _key(bank: Bank, today: date) -> str:
    return f"lint:{bank.pk}:{bank.version}:{today:%Y%m%d}"


def _findings(bank: Bank, today: date) -> tuple[int, list[Found]]:
    drafts = drafts_of(bank)
    by_row = {draft.row: draft for draft in drafts}
    return len(drafts), [_found(finding, by_row) for finding in lint(drafts, today) if finding.code in BY_CODE]


def _found(finding: Finding, by_row: Mapping[int, QuestionDraft]) -> Found:
    draft = by_row.get(finding.row)
    if draft is None:
        return Found(finding.code, finding.text, finding.about, "", "", "")
    said = (
        finding.code, finding.about, draft.kind.value, draft.stem, draft.options, sorted(draft.key), sorted(draft.pinned), draft.document,
        draft.article, draft.other_source, draft.valid_from, draft.valid_to,
    )  # fmt: skip
    mark = hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()
    return Found(finding.code, finding.text, finding.about, draft.code, draft.stem, mark)
