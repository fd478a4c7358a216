"""Review by a second person, comments, and articles that were amended. Every act locks the bank."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Member
from accounts.names import normalise_name
from contests.actions.bank_edit import send
from contests.errors import ContestError
from contests.models import Amendment, AmendmentFlag, Bank, Question, QuestionComment, QuestionVersion
from contests.queries.bank_review import citing

log = logging.getLogger(__name__)

LONGEST_COMMENT = 2000
LONGEST_NOTE = 500
_REVIEW = QuestionVersion.Review


@dataclass(frozen=True, slots=True)
class Approved:
    """How many versions were approved; of the others, how many the same person had written, and how many were not as seen."""

    approved: int
    own: int
    moved: int


@transaction.atomic
def send_to_review(*, question: Question, by: Member, now: datetime) -> None:
    """Ask a second person to look at the current version. Raises ContestError when it is not a draft."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    if not send(list(question.versions.filter(is_current=True)), by, now):
        raise ContestError("Câu này đang chờ duyệt, đã duyệt hoặc đã ngừng dùng.", "not_a_draft")
    log.info("question %s of bank %s sent to review by member %s", question.code, bank.public_id, by.pk)


@transaction.atomic
def approve(*, bank: Bank, seen: Mapping[str, int], by: Member, now: datetime) -> Approved:
    """Approve the versions that wait, as `by` saw them: numbers by code. Nobody approves a version that they wrote.

    What has a newer version, or does not wait any more, is left alone and counted.
    """
    Bank.objects.select_for_update().get(pk=bank.pk)
    waiting = [
        version for version in QuestionVersion.objects.filter(
            question__bank=bank, question__code__in=seen, is_current=True, review=_REVIEW.IN_REVIEW
        ).select_related("question") if version.number == seen[version.question.code]
    ]  # fmt: skip
    own = [version for version in waiting if version.created_by_id == by.pk]
    others = [version.pk for version in waiting if version.created_by_id != by.pk]
    QuestionVersion.objects.filter(pk__in=others).update(
        review=_REVIEW.APPROVED, reviewed_by=by, reviewed_at=now, review_note=""
    )
    log.info("%s questions of bank %s approved by member %s", len(others), bank.public_id, by.pk)
    return Approved(len(others), len(own), len(seen) - len(waiting))


@transaction.atomic
def return_question(*, question: Question, number: int, reason: str, by: Member, now: datetime) -> None:
    """Give a version that waits, or was approved, back to its author, with a reason. Raises ContestError."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    why = normalise_name(reason)
    if not why or len(why) > LONGEST_NOTE:
        raise ContestError(
            f"Hãy ghi lý do trả lại để người viết biết cần sửa gì, không quá {LONGEST_NOTE} ký tự.", "reason"
        )
    changed = question.versions.filter(is_current=True, number=number).exclude(review=_REVIEW.DRAFT).update(
        review=_REVIEW.DRAFT, reviewed_by=by, reviewed_at=now, review_note=why
    )  # fmt: skip
    if not changed:
        raise ContestError("Câu này đã có bản mới hoặc không còn chờ duyệt. Hãy mở lại câu để xem.", "moved")
    log.info("question %s of bank %s returned by member %s", question.code, bank.public_id, by.pk)


# --- Comments ------------------------------------------------------------------------------------------------------
def add_comment(*, question: Question, text: str, by: Member, now: datetime) -> QuestionComment:
    """Say something about a question. Raises ContestError for nothing, or too much."""
    clean = "\n".join(filter(None, map(normalise_name, text.splitlines())))
    if not clean or len(clean) > LONGEST_COMMENT:
        raise ContestError(f"Hãy ghi nhận xét, không quá {LONGEST_COMMENT} ký tự.", "text")
    return QuestionComment.objects.create(question=question, text=clean, by=by, at=now)


def resolve_comment(*, comment: QuestionComment, resolved: bool, by: Member, now: datetime) -> None:
    """Close a comment, or open it again. Twice is as once: the first stays."""
    rows = QuestionComment.objects.filter(pk=comment.pk, resolved_at__isnull=resolved)
    rows.update(resolved_by=by if resolved else None, resolved_at=now if resolved else None)


# --- Amended articles ----------------------------------------------------------------------------------------------
@transaction.atomic
def amend(
    *, bank: Bank, document: str, article: str, since: date, note: str, by: Member, now: datetime
) -> tuple[Amendment, int]:
    """Flag every current question that cites an amended article, to be looked at again; and how many there are.

    Raises ContestError where none does: then nothing is stored.
    """
    Bank.objects.select_for_update().get(pk=bank.pk)
    names = [normalise_name(text) for text in (document, article, note)]
    if not names[0] or not names[1]:
        raise ContestError("Hãy ghi cả tên văn bản và điều khoản đã sửa.", "missing")
    found = citing(bank, names[0], names[1])
    if not found:
        raise ContestError(
            "Không có câu đang dùng nào trích điều khoản này. Hãy xem lại tên văn bản và số điều.", "none"
        )
    amendment = Amendment.objects.create(
        bank=bank, document=names[0][:200], article=names[1][:120], since=since, note=names[2][:300], by=by, at=now
    )
    AmendmentFlag.objects.bulk_create(AmendmentFlag(amendment=amendment, version=version) for version in found)
    log.info("%s questions of bank %s flagged by member %s", len(found), bank.public_id, by.pk)
    return amendment, len(found)


@transaction.atomic
def still_right(*, question: Question, number: int, by: Member, now: datetime) -> int:
    """Say that this version holds although its article was amended; how many flags fell. Raises ContestError for another version."""
    bank = Bank.objects.select_for_update().get(pk=question.bank_id)
    flags = AmendmentFlag.objects.filter(
        version__question=question, version__number=number, version__is_current=True, cleared_at__isnull=True
    )
    cleared = flags.update(cleared_by=by, cleared_at=now)
    if not cleared:
        raise ContestError("Câu này đã có bản mới hoặc đã được xem lại. Hãy mở lại câu để xem.", "moved")
    log.info("question %s of bank %s still right, says member %s", question.code, bank.public_id, by.pk)
    return cleared
