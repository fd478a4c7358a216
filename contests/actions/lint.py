"""Setting a finding of the linter aside, and taking that back. The question itself stays as it is."""

from __future__ import annotations

import logging
from datetime import datetime

from accounts.models import Member
from contests.models import Bank, LintKept, Question

log = logging.getLogger(__name__)


def keep_finding(*, bank: Bank, question: str, code: str, mark: str, by: Member, now: datetime) -> LintKept:
    """Note that somebody has looked at the finding and keeps the question as it is. Twice is once; the first name stays."""
    asked = Question.objects.get(bank=bank, code=question)
    kept, made = LintKept.objects.get_or_create(question=asked, mark=mark, defaults={"code": code, "by": by, "at": now})
    if made:
        log.info("finding %s of question %s of bank %s kept by member %s", code, question, bank.public_id, by.pk)
    return kept


def look_again(*, bank: Bank, question: str, mark: str, by: Member) -> None:
    """Let the finding stand again."""
    LintKept.objects.filter(question__bank=bank, question__code=question, mark=mark).delete()
    log.info("finding of question %s of bank %s stands again, by member %s", question, bank.public_id, by.pk)
