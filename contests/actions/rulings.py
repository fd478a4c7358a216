"""What an organizer decides about one attempt, always with a reason: void it (and let its member sit again), take that
back, accept late answers.

Nothing is rewritten in silence: the event keeps what was before, GradeChange the old grade and the new, and the attempt goes
only the steps of `rules.lifecycle`. What each would do to places and prizes can be tried first (`effects_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Member
from contests.actions.extend import checked_reason, give_extension
from contests.actions.locks import hold_judging
from contests.actions.regrade import Change, bases_of, graded_of, settled, write_changes
from contests.actions.standings import announce_changes, restand
from contests.actions.trial import effects
from contests.errors import ContestError
from contests.models import Answer, Attempt, AttemptEvent, EssayMark, LateAnswer
from contests.queries.extensions import terms_for
from contests.queries.judging import Judge, standing_rulings
from contests.rules.lifecycle import IllegalStep, State, step
from contests.rules.regrade import Base, Graded
from contests.rules.settings import parse_round_rules


@transaction.atomic
def void_attempt(*, attempt: Attempt, by: Member, reason: str, now: datetime) -> Attempt:
    """The attempt does not count any more; it stays used. Raises ContestError unless it is graded."""
    why = checked_reason(reason)
    attempt = _judged(attempt, State.VOIDED)
    _note(attempt, "voided", by, why, now, state=attempt.state, points=attempt.points)
    before = graded_of(attempt)
    _write(attempt, before, replace(before, state=State.VOIDED), _base(attempt, before), now)
    return attempt


@transaction.atomic
def void_for_retake(
    *, attempt: Attempt, by: Member, reason: str, now: datetime, closes_at: datetime | None = None
) -> Attempt:
    """Void it and give its member one more attempt of the round (open until `closes_at`, if given): both, or neither.

    Raises ContestError, also where the round is over for this member and no later close is given.
    """
    round_, entry = attempt.round, attempt.entry
    hold_judging(round_.contest_id)  # before any row
    give_extension(
        round_=round_, by=by, reason=reason, now=now, member=entry.member, extra_attempts=1, closes_at=closes_at
    )
    terms = terms_for(round_, parse_round_rules(round_.rules), member=entry.member, path=entry.unit_path)
    if terms.closes_at <= now:  # somebody else still has time, this member has not
        raise ContestError("Đợt thi đã đóng với người này. Hãy chọn giờ đóng mới cho lượt thi lại.", "over_for_member")
    return void_attempt(attempt=attempt, by=by, reason=reason, now=now)


@transaction.atomic
def restore_attempt(*, attempt: Attempt, by: Member, reason: str, now: datetime) -> Attempt:
    """Take a void back: the attempt counts again and is what it would be if it had never been voided."""
    why = checked_reason(reason)
    attempt = _judged(attempt, State.REGRADED)
    if attempt.state != Attempt.State.VOIDED:
        raise ContestError("Lượt thi này đang được tính.", "not_voided")
    _note(attempt, "restored", by, why, now, state=attempt.state, points=attempt.points)
    base = _base(attempt, Graded(State.REGRADED, 0, 0, 0, now))  # voided before bases were kept
    _write(attempt, graded_of(attempt), _from(attempt, base), base, now)
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


def regrade(attempt: Attempt, now: datetime) -> None:
    """Judge a locked attempt anew from its stored answers and marks: a decision of its own instant, after every ruling so far.

    What was is kept, its entry stands anew, the boards hear of it after commit.
    """
    standing = standing_rulings([attempt.round.contest_id])[attempt.round.contest_id]
    base = Base(State.REGRADED, max([now, *(one.applied_at for one in standing if one.applied_at)]))
    _write(attempt, graded_of(attempt), _from(attempt, base), base, now)


def effects_of(attempt: Attempt) -> dict[str, Any]:
    """What voiding the attempt, or restoring it where it is void, would do to places and prizes. Nothing is saved."""
    if attempt.state != Attempt.State.VOIDED:
        return effects(attempt.round.contest, {attempt.pk: None})
    back = _from(attempt, _base(attempt, replace(graded_of(attempt), state=State.REGRADED)))
    return effects(attempt.round.contest, {attempt.pk: (back.points, back.right)})


def _drop_marks(attempt: Attempt, questions: Sequence[int]) -> dict[str, Any]:
    """Take away what markers gave for a text that another takes the place of, so that this one is marked; what it was."""
    marks = EssayMark.objects.filter(attempt=attempt, question__in=questions).order_by("pk")
    dropped = list(marks.values_list("question", "marker_id", "credit"))
    marks.delete()
    return {"marks": [list(mark) for mark in dropped]} if dropped else {}


def _judged(attempt: Attempt, after: State) -> Attempt:
    """The attempt, locked, if it may go there, with nobody ruling on its questions meanwhile."""
    hold_judging(attempt.round.contest_id)
    attempt = Attempt.objects.select_for_update(no_key=True, of=("self",)).select_related("round").get(pk=attempt.pk)
    try:
        step(State(attempt.state), after)
    except IllegalStep:
        if attempt.state == Attempt.State.VOIDED:
            raise ContestError("Lượt thi này đã bị huỷ kết quả trước đó.", "voided") from None
        raise ContestError("Lượt thi này chưa chấm xong. Hãy thử lại sau ít phút.", "not_graded") from None
    return attempt


def _base(attempt: Attempt, otherwise: Graded) -> Base:
    """Where rulings on questions found it; kept since the first decision about it."""
    return bases_of([attempt.pk]).get(attempt.pk) or Base(
        otherwise.state, otherwise.graded_at or attempt.submitted_at or attempt.deadline
    )


def _from(attempt: Attempt, base: Base) -> Graded:
    """The attempt's judgement now, from that base, by its stored answers and the rulings that stand."""
    standing = standing_rulings([attempt.round.contest_id])[attempt.round.contest_id]
    return settled(attempt, base, standing, Judge([attempt]))


def _write(attempt: Attempt, before: Graded, after: Graded, base: Base, now: datetime) -> None:
    """Write it, keep what was, write the standings and tell the boards."""
    write_changes([Change(attempt.pk, attempt.entry_id, before, after, base)], ruling=None, undo=False, at=now)
    attempt.refresh_from_db(fields=["state", "points", "right", "answered", "graded_at"])
    changes = restand([attempt.entry_id])
    transaction.on_commit(lambda: announce_changes(changes), robust=True)


def _note(attempt: Attempt, what: str, by: Member, reason: str, now: datetime, **detail: Any) -> None:
    AttemptEvent.objects.create(attempt=attempt, what=what, actor=by, reason=reason, detail=detail, at=now)
