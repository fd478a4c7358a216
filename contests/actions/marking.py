"""People mark essays: two each, without knowing of each other, and a third where the two are far apart.

A mark may be changed by who gave it until somebody else has marked the same essay; from then on every mark stands, so that nobody
moves towards another. Once the marks settle (`rules.kinds.essay.settled`) the attempt is judged anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Role
from accounts.scope import scope_of
from contests.actions.locks import hold_judging
from contests.actions.rulings import regrade
from contests.errors import ContestError
from contests.models import Attempt, AttemptEvent, EssayMark
from contests.queries.marking import Essay, essay_places, essays_on
from contests.rules.kinds.shapes import ShapeRefused, clean
from contests.rules.lifecycle import COUNTED

LONGEST_NOTE = 1000
CREDITS = range(101)  # hundredths


@transaction.atomic
def mark_essay(*, attempt: Attempt, question: int, credit: int, note: str, by: Member, now: datetime) -> Essay:
    """Write the mark, or change one's own; the essay as it stands then. Raises ContestError where `by` may not mark it (any more)."""
    kept = _checked(credit, note)
    hold_judging(attempt.round.contest_id)
    # Held to the commit: of two markers at once the second sees what the first gave.
    attempt = (
        Attempt.objects.select_for_update(no_key=True, of=("self",))
        .select_related("round__contest__organizer", "entry").get(pk=attempt.pk)
    )  # fmt: skip
    essay = _markable(attempt, question, by, now)
    values = {"credit": credit, "note": kept, "at": now}
    EssayMark.objects.update_or_create(attempt=attempt, question=question, marker=by, defaults=values)
    essay = _essay(attempt, question)
    if essay.credit is not None:
        AttemptEvent.objects.create(
            attempt=attempt, what="essay_marked", actor=by, at=now,
            detail={"question": question, "marks": [list(mark) for mark in essay.marks], "state": attempt.state, "points": attempt.points},
        )  # fmt: skip
        regrade(attempt, now)
    return essay


def _checked(credit: int, note: str) -> str:
    if credit not in CREDITS:
        raise ContestError("Điểm phải là một số nguyên từ 0 đến 100 phần trăm.", "credit")
    try:
        return clean(note, LONGEST_NOTE, lines=True)
    except ShapeRefused as error:
        too_long = error.code == "too_long"
        raise ContestError(
            f"Ghi chú dài quá {LONGEST_NOTE} ký tự; hãy rút ngắn." if too_long else "Ghi chú có ký tự lạ; hãy xoá rồi gõ lại.",
            "note",
        ) from error  # fmt: skip


def _markable(attempt: Attempt, question: int, by: Member, now: datetime) -> Essay:
    """The essay, if this member may mark it now."""
    scope = scope_of(by, Role.Kind.ORGANIZER, timezone.localdate(now))
    if not scope.reaches(attempt.round.contest.organizer.path):
        raise ContestError("Cuộc thi này nằm ngoài phạm vi bạn phụ trách nên bạn không chấm được.", "scope")
    if attempt.state == Attempt.State.VOIDED:
        raise ContestError("Lượt thi này đã bị huỷ kết quả nên không chấm nữa. Hãy chấm bài khác.", "voided")
    if attempt.state not in COUNTED:
        raise ContestError("Lượt thi này chưa nộp hoặc máy chưa chấm xong. Hãy thử lại sau ít phút.", "not_graded")
    if question not in essay_places(attempt.shape):
        raise ContestError("Câu này không phải câu tự luận nên không có gì để chấm.", "not_an_essay")
    if attempt.entry.member_id == by.pk:
        raise ContestError("Đây là bài của chính bạn. Hãy để người khác chấm.", "own")
    essay = _essay(attempt, question)
    if essay.mark_by(by.pk) is not None and not essay.is_open_to_change(by.pk):
        raise ContestError("Đã có người khác chấm bài này nên điểm bạn cho không sửa được nữa.", "stands")
    if essay.credit is not None:
        raise ContestError("Bài này vừa được chấm xong, không cần thêm người chấm. Hãy chấm bài khác.", "settled")
    return essay


def _essay(attempt: Attempt, question: int) -> Essay:
    found = next((essay for essay in essays_on(attempt) if essay.question == question), None)
    if found is None:
        raise ContestError("Thí sinh bỏ trống câu này nên không có gì để chấm.", "empty")
    return found
