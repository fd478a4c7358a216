"""What an organizer decides about one attempt, always with a reason: void it (and let its member sit again), take that
back, accept late answers.

Nothing is rewritten in silence: the event keeps what was before, and the attempt goes only the steps of `rules.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Member
from contests.actions.extend import checked_reason, give_extension
from contests.actions.grade import GRADE_FIELDS, grade_attempts
from contests.actions.standings import announce_changes, restand
from contests.errors import ContestError
from contests.models import Answer, Attempt, AttemptEvent, EssayMark, LateAnswer
from contests.queries.extensions import terms_for
from contests.rules.lifecycle import IllegalStep, State, step
from contests.rules.settings import parse_round_rules


@transaction.atomic
def void_attempt(*, attempt: Attempt, by: Member, reason: str, now: datetime) -> Attempt:
    """The attempt does not count any more; it stays used. Raises ContestError unless it is graded."""
    why = checked_reason(reason)
    attempt = _judged(attempt, State.VOIDED)
    _note(attempt, "voided", by, why, now, state=attempt.state, points=attempt.points)
    attempt.state = Attempt.State.VOIDED
    attempt.save(update_fields=["state"])
    _restand(attempt)
    return attempt


@transaction.atomic
def void_for_retake(
    *, attempt: Attempt, by: Member, reason: str, now: datetime, closes_at: datetime | None = None
) -> Attempt:
    """Void it and give its member one more attempt of the round (open until `closes_at`, if given): both, or neither.

    Raises ContestError, also where the round is over for this member and no later close is given.
    """
    round_, entry = attempt.round, attempt.entry
    give_extension(
        round_=round_, by=by, reason=reason, now=now, member=entry.member, extra_attempts=1, closes_at=closes_at
    )
    terms = terms_for(round_, parse_round_rules(round_.rules), member=entry.member, path=entry.unit_path)
    if terms.closes_at <= now:  # somebody else still has time, this member has not
        raise ContestError("Đợt thi đã đóng với người này. Hãy chọn giờ đóng mới cho lượt thi lại.", "over_for_member")
    return void_attempt(attempt=attempt, by=by, reason=reason, now=now)


@transaction.atomic
def restore_attempt(*, attempt: Attempt, by: Member, reason: str, now: datetime) -> Attempt:
    """Take a void back: the attempt is judged anew from its stored answers and counts again."""
    why = checked_reason(reason)
    attempt = _judged(attempt, State.REGRADED)
    if attempt.state != Attempt.State.VOIDED:
        raise ContestError("Lượt thi này đang được tính.", "not_voided")
    _note(attempt, "restored", by, why, now, state=attempt.state, points=attempt.points)
    regrade(attempt, now)
    return attempt


@transaction.atomic
def accept_late(*, attempt: Attempt, by: Member, reason: str, now: datetime) -> int:
    """Let the late answers of the attempt count and judge it again; how many. The time taken stays as it was.

    Raises ContestError when there are none, or the attempt is not graded (yet).
    """
    why = checked_reason(reason)
    attempt = _judged(attempt, State.REGRADED)
    if attempt.state == Attempt.State.VOIDED:
        raise ContestError("Lượt thi này đã bị huỷ kết quả. Hãy khôi phục nó trước.", "voided")
    late = list(LateAnswer.objects.select_for_update().filter(attempt=attempt, accepted_at__isnull=True))
    if not late:
        raise ContestError("Lượt thi này không có câu trả lời đến trễ nào chờ xem xét.", "no_late")
    before = {answer.question: answer.value for answer in Answer.objects.filter(attempt=attempt)}
    marks = _drop_marks(attempt, [each.question for each in late if each.value != before.get(each.question)])
    Answer.objects.bulk_create(
        [
            Answer(
                attempt=attempt, question=each.question, choice=each.choice, text=each.text, seq=each.seq,
                arrived_at=each.arrived_at,
            )
            for each in late
        ],
        update_conflicts=True, unique_fields=["attempt", "question"], update_fields=["choice", "text", "seq", "arrived_at"],
    )  # fmt: skip
    LateAnswer.objects.filter(attempt=attempt, accepted_at__isnull=True).update(accepted_at=now)
    _note(
        attempt, "late_accepted", by, why, now, state=attempt.state, points=attempt.points,
        answers={str(each.question): [before.get(each.question), each.value] for each in late}, **marks,
    )  # fmt: skip
    regrade(attempt, now)
    return len(late)


def _drop_marks(attempt: Attempt, questions: Sequence[int]) -> dict[str, Any]:
    """Take away what markers gave for a text that another takes the place of, so that this one is marked; what it was."""
    marks = EssayMark.objects.filter(attempt=attempt, question__in=questions).order_by("pk")
    dropped = list(marks.values_list("question", "marker_id", "credit"))
    marks.delete()
    return {"marks": [list(mark) for mark in dropped]} if dropped else {}


def _judged(attempt: Attempt, after: State) -> Attempt:
    """The attempt, locked, if it may go there."""
    attempt = Attempt.objects.select_for_update(no_key=True, of=("self",)).select_related("round").get(pk=attempt.pk)
    try:
        step(State(attempt.state), after)
    except IllegalStep:
        if attempt.state == Attempt.State.VOIDED:
            raise ContestError("Lượt thi này đã bị huỷ kết quả trước đó.", "voided") from None
        raise ContestError("Lượt thi này chưa chấm xong. Hãy thử lại sau ít phút.", "not_graded") from None
    return attempt


def regrade(attempt: Attempt, now: datetime) -> None:
    """Judge a locked attempt anew from its stored answers and marks, stand its entry anew, announce after commit."""
    grade_attempts([attempt])
    attempt.state, attempt.graded_at = step(State(attempt.state), State.REGRADED), now
    attempt.save(update_fields=[*GRADE_FIELDS, "state", "graded_at"])
    _restand(attempt)


def _restand(attempt: Attempt) -> None:
    changes = restand([attempt.entry_id])
    transaction.on_commit(lambda: announce_changes(changes), robust=True)


def _note(attempt: Attempt, what: str, by: Member, reason: str, now: datetime, **detail: Any) -> None:
    AttemptEvent.objects.create(attempt=attempt, what=what, actor=by, reason=reason, detail=detail, at=now)
