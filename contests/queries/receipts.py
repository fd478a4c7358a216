"""A receipt as anybody may check it who has its code: that it exists, of which round, when, how many answers. Nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contests.intake_batch import RECEIPT_ALPHABET, RECEIPT_LENGTH
from contests.models import Attempt


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the public page says. `by_member` False: the time ended it."""

    code: str
    contest: str
    slug: str
    round: str
    number: int
    received_at: datetime
    received: int
    questions: int
    by_member: bool
    counts: bool


def clean_code(text: str) -> str:
    """A code as people type it (small letters, spaces, dashes) as it is stored; empty when it cannot be one."""
    code = "".join(text.upper().replace("-", " ").split())
    return code if len(code) == RECEIPT_LENGTH and set(code) <= set(RECEIPT_ALPHABET) else ""


def find_receipt(code: str) -> Receipt | None:
    """The receipt of a cleaned code."""
    attempt = Attempt.objects.filter(receipt=code).select_related("round__contest").first() if code else None
    if attempt is None or attempt.submitted_at is None:
        return None
    return Receipt(
        code=code, contest=attempt.round.contest.title, slug=attempt.round.contest.slug, round=attempt.round.title,
        number=attempt.number, received_at=attempt.submitted_at, received=attempt.received or 0,
        questions=len(attempt.paper), by_member=attempt.closed_by == "member",
        counts=attempt.state != Attempt.State.VOIDED,
    )  # fmt: skip
