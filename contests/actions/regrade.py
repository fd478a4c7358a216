"""Ruling on a question after people have answered it: void it, correct its key, accept another answer; and take that back.

Always tried first. Trial and act walk the same plan (`_walk`); the trial's digest is demanded by the act, so that what was
seen is what is done. The act is one transaction under the contest's lock: judged anew are the attempts whose paper holds the
question, their old grades are kept, standings are written, boards hear of it after commit. Papers that were judged after the
trial's instant (a round may be open) are judged anew too; they are not in its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Member
from contests.actions.boards import rebuild_boards
from contests.actions.extend import checked_reason
from contests.actions.locks import hold_ruling
from contests.actions.standings import Instead, announce_changes, restand
from contests.actions.trial import effects
from contests.errors import ContestError
from contests.models import Attempt, Contest, ContestEvent, GradeChange, KeyRuling, QuestionVersion
from contests.queries.judging import Judge, as_rule, on_paper, ruled_keys, standing_rulings
from contests.rules.lifecycle import COUNTED, State
from contests.rules.regrade import Base, Graded, Ruling, What, settle
from contests.told import Told, nobody

AT_ONCE = 1000  # attempts in memory
ANNOUNCED = 500  # entries; more, and the boards are made anew
TICK = timedelta(microseconds=1)
MOVED = "Kết quả đã thay đổi sau lần xem thử. Chưa lưu gì cả; hãy xem số liệu mới rồi xác nhận lại."


# --- Proposing -----------------------------------------------------------------------------------------------------
@transaction.atomic
def propose_ruling(
    *, contest: Contest, version: QuestionVersion, what: str, key: Sequence[int], reason: str, by: Member, now: datetime,
    spec: Mapping[str, Any] | None = None,
) -> KeyRuling:  # fmt: skip
    """A ruling to be tried. Nothing is judged by it yet. Raises ContestError with what to mend."""
    ruling = KeyRuling(
        contest=contest, version=version, what=what, key=[] if what == What.VOID else sorted(set(key)), spec=spec or {},
        reason=checked_reason(reason), by=by, at=now,
    )  # fmt: skip
    check_ruling(ruling)
    ruling.save(force_insert=True)
    return ruling


def check_ruling(ruling: KeyRuling) -> None:
    """Whether it makes sense beside those that stand. Raises ContestError with what to mend."""
    version, key = ruling.version, frozenset(ruling.key)
    if ruling.contest.state == Contest.State.DRAFT:
        raise ContestError(
            "Cuộc thi chưa mở nên chưa có bài nào để chấm lại. Hãy sửa câu hỏi trong ngân hàng.", "draft"
        )
    over = ruled_keys(ruling.contest_id, [version.pk])
    if version.pk in over.void:
        raise ContestError("Câu này đã được huỷ. Muốn quyết định khác, hãy thu hồi việc huỷ trước.", "void")
    if ruling.what == What.VOID:
        return
    right, several = over.keys[version.pk].right, version.kind == QuestionVersion.Kind.MULTIPLE
    if ruling.spec and not version.options:
        return
    if not key or not all(0 <= place < len(version.options) for place in key):
        raise ContestError("Hãy chọn đáp án.", "key")
    if ruling.what == What.REPLACE:
        if len(key) > 1 and not several:
            raise ContestError(
                "Loại câu này chỉ có một đáp án. Muốn nhận cả đáp án khác, hãy chọn “Chấp nhận thêm đáp án”.", "key"
            )
        if key == right:
            raise ContestError("Đây đang là đáp án của câu này. Hãy chọn đáp án khác.", "key")
    elif several:
        raise ContestError("Câu có nhiều đáp án thì không nhận thêm được. Hãy sửa đáp án hoặc huỷ câu.", "what")
    elif key <= right:
        raise ContestError("Đáp án này đang được tính là đúng. Hãy chọn đáp án khác.", "key")


# --- The plan ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Change:
    """An attempt before and after. `after.graded_at` None: the instant of the act."""

    attempt: int
    entry: int
    before: Graded
    after: Graded
    base: Base

    @property
    def counts(self) -> bool:
        """Whether the grade is another, not only its instant."""
        return (self.before.points, self.before.right) != (self.after.points, self.after.right)


def attempts_holding(contest: Contest, version_id: int) -> list[int]:
    """The judged attempts that count whose paper holds the question, ascending.

    Read off the papers of the contest's rounds, without an index: 100,000 papers in 0.43 s, as with a GIN index (`python -m bench regrade`).
    """
    rounds = list(contest.rounds.values_list("pk", flat=True))
    rows = Attempt.objects.filter(round__in=rounds, state__in=COUNTED, paper__contains=[[version_id]])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _walk(ids: Sequence[int], rulings: Sequence[Ruling], progress: Told) -> Iterator[list[Change]]:
    """What these rulings, and no others, make of these attempts; chunk by chunk, only those that change."""
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        attempts = list(Attempt.objects.filter(pk__in=some).prefetch_related("round").order_by("pk"))
        judge, bases = Judge(attempts), bases_of(some)
        changes = []
        for attempt in attempts:
            before = graded_of(attempt)
            base = bases.get(attempt.pk) or Base(before.state, before.graded_at or attempt.started_at)
            after = settled(attempt, base, rulings, judge)
            if after != before:
                changes.append(Change(attempt.pk, attempt.entry_id, before, after, base))
        yield changes
        progress(min(first + AT_ONCE, len(ids)), len(ids))


def graded_of(attempt: Attempt) -> Graded:
    """What the row carries."""
    return Graded(
        State(attempt.state), attempt.points or 0, attempt.right or 0, attempt.answered or 0, attempt.graded_at
    )


def settled(attempt: Attempt, base: Base, rulings: Sequence[Ruling], judge: Judge) -> Graded:
    """What the attempt carries under these rulings."""
    return settle(base, on_paper(rulings, attempt.paper), lambda some: judge.grade(attempt, some))


def bases_of(attempt_ids: Sequence[int]) -> dict[int, Base]:
    """Where rulings found those of the attempts that a decision has touched."""
    newest = GradeChange.objects.filter(attempt__in=attempt_ids).order_by("attempt", "-pk").distinct("attempt")
    return {
        pk: Base(State(state), graded_at)
        for pk, state, graded_at in newest.values_list("attempt", "base_state", "base_graded_at")
    }


class _Digest:
    """Grows with the plan; two plans with one digest are one plan. Papers first judged after the trial are left out."""

    def __init__(self, ruling: KeyRuling, rulings: Sequence[Ruling], *, undo: bool, as_of: datetime) -> None:
        others = [
            (str(one.what), sorted(one.key), one.spec, str(one.applied_at))
            for one in rulings
            if one.version == ruling.version_id
        ]
        head = [ruling.public_id.hex, undo, as_of.isoformat(), others]
        self.as_of, self._sum = as_of, hashlib.sha256(repr(head).encode())

    def add(self, change: Change) -> None:
        before, after = change.before, change.after
        if change.base.state is State.GRADED and change.base.graded_at > self.as_of:
            return
        row = [
            [str(one.state), one.points, one.right, one.answered, one.graded_at and one.graded_at.isoformat()]
            for one in (before, after)
        ]
        self._sum.update(repr((change.attempt, row)).encode())

    def text(self) -> str:
        return self._sum.hexdigest()


# --- Trying --------------------------------------------------------------------------------------------------------
def try_ruling(ruling: KeyRuling, *, undo: bool, now: datetime, progress: Told = nobody) -> None:
    """Write onto the row what applying it (or taking it back) would do; nothing else changes. Raises ContestError."""
    rulings = _after(ruling, undo=undo)
    contest = ruling.contest
    as_of = max(now, _latest(contest) or now)
    digest, instead = _Digest(ruling, rulings, undo=undo, as_of=as_of), dict[int, Instead]()
    ids, up, down = attempts_holding(contest, ruling.version_id), 0, 0
    for changes in _walk(ids, rulings, progress):
        for change in changes:
            digest.add(change)
            up += change.after.points > change.before.points
            down += change.after.points < change.before.points
            if change.counts:
                instead[change.attempt] = (change.after.points, change.after.right)
    ruling.trial = {
        "undo": undo, "as_of": as_of.isoformat(), "digest": digest.text(), "attempts": len(ids), "changed": len(instead),
        "up": up, "down": down, **effects(contest, instead),
    }  # fmt: skip
    ruling.save(update_fields=["trial"])


def _after(ruling: KeyRuling, *, undo: bool) -> list[Ruling]:
    """The rulings that would stand, in order. Raises ContestError where there is nothing to do."""
    if undo != ruling.stands:
        raise ContestError("Quyết định này đã được thu hồi hoặc chưa áp dụng." if undo else "Quyết định này đã áp dụng.", "done")  # fmt: skip
    standing = standing_rulings([ruling.contest_id])[ruling.contest_id]
    if undo:
        return [one for one in standing if one.applied_at != ruling.applied_at]
    if ruling.undone_at is not None:
        raise ContestError("Quyết định này đã được thu hồi. Muốn áp dụng lại, hãy lập quyết định mới.", "undone")
    check_ruling(ruling)
    return [*standing, replace(as_rule(ruling), applied_at=None)]


def _latest(contest: Contest) -> datetime | None:
    found: datetime | None = Attempt.objects.filter(round__contest=contest).aggregate(at=Max("graded_at"))["at"]
    return found


# --- Doing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def apply_ruling(*, ruling: KeyRuling, digest: str, by: Member, now: datetime, progress: Told = nobody) -> KeyRuling:
    """Let it stand and judge anew whom it concerns. Raises ContestError, also where the trial is not true any more."""
    ruling = _alone(ruling)
    rulings = _after(ruling, undo=False)
    # Later than every grade that it finds and every other ruling, whatever the clocks: the order tells what undoing gives.
    before = KeyRuling.objects.filter(contest=ruling.contest_id).aggregate(at=Max("applied_at"))["at"]
    at = max([now, *(one + TICK for one in (before, _latest(ruling.contest)) if one)])
    ruling.applied_at, ruling.applied_by = at, by
    told = _enact(ruling, rulings, digest=digest, at=at, undo=False, progress=progress)
    ruling.save(update_fields=["applied_at", "applied_by", "trial"])
    _note(ruling, "key_ruled", by, ruling.reason, told)
    return ruling


@transaction.atomic
def undo_ruling(
    *, ruling: KeyRuling, digest: str, reason: str, by: Member, now: datetime, progress: Told = nobody
) -> KeyRuling:  # fmt: skip
    """Take it back: every attempt and standing becomes what it would be without it. Raises ContestError."""
    why = checked_reason(reason)
    ruling = _alone(ruling)
    rulings = _after(ruling, undo=True)
    at = max(now, ruling.applied_at or now)
    told = _enact(ruling, rulings, digest=digest, at=at, undo=True, progress=progress)
    ruling.undone_at, ruling.undone_by, ruling.undo_reason = at, by, why
    ruling.save(update_fields=["undone_at", "undone_by", "undo_reason", "trial"])
    _note(ruling, "key_ruling_undone", by, why, told)
    return ruling


def _alone(ruling: KeyRuling) -> KeyRuling:
    """The ruling as it is now, with nobody judging this contest until commit."""
    hold_ruling(ruling.contest_id)
    # Before any entry, as who publishes or extends does; who only refers to the contest is not held up.
    Contest.objects.select_for_update(no_key=True, of=("self",)).get(pk=ruling.contest_id)
    return KeyRuling.objects.select_related("contest", "version__question").get(pk=ruling.pk)


def _enact(
    ruling: KeyRuling, rulings: Sequence[Ruling], *, digest: str, at: datetime, undo: bool, progress: Told
) -> dict[str, int]:
    """Write the plan; refuse, and write nothing, where it is not the one that was tried."""
    trial = ruling.trial or {}
    if trial.get("undo") is not undo or not digest or trial.get("digest") != digest:
        raise ContestError(MOVED, "moved")
    sum_, entries = _Digest(ruling, rulings, undo=undo, as_of=datetime.fromisoformat(trial["as_of"])), set[int]()
    told = {"changed": 0, "up": 0, "down": 0}
    for changes in _walk(attempts_holding(ruling.contest, ruling.version_id), rulings, progress):
        for change in changes:
            sum_.add(change)
            told["up"] += change.after.points > change.before.points
            told["down"] += change.after.points < change.before.points
        write_changes(changes, ruling=ruling, undo=undo, at=at)
        entries |= {change.entry for change in changes if change.counts}
        told["changed"] += len(changes)
    if sum_.text() != digest:
        raise ContestError(MOVED, "moved")  # the transaction takes everything back
    ruling.trial = {**trial, **told}
    _restand(ruling.contest, sorted(entries))
    return told


def _restand(contest: Contest, entries: Sequence[int]) -> None:
    written = [restand(entries[first : first + AT_ONCE]) for first in range(0, len(entries), AT_ONCE)]
    if len(entries) > ANNOUNCED:
        transaction.on_commit(lambda: _rebuild(contest), robust=True)
        return
    for changes in written:
        transaction.on_commit(lambda changes=changes: announce_changes(changes), robust=True)  # type: ignore[misc]


def _rebuild(contest: Contest) -> None:
    rebuild_boards(contest)


WRITE = """
UPDATE contests_attempt a
SET points = g.points, "right" = g.right, answered = g.answered, state = g.state, graded_at = g.graded_at
FROM unnest(%s::bigint[], %s::int[], %s::smallint[], %s::smallint[], %s::text[], %s::timestamptz[])
     AS g (id, points, "right", answered, state, graded_at)
WHERE a.id = g.id
"""
KEEP = """
INSERT INTO contests_gradechange (attempt_id, ruling_id, undo, at, state_before, points_before, right_before, answered_before,
    graded_before, state_after, points_after, right_after, answered_after, graded_after, base_state, base_graded_at)
SELECT id, %s, %s, %s, s, p, r, n, g, state, points, "right", answered, graded_at, base, base_at
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::text[], %s::int[],
            %s::smallint[], %s::smallint[], %s::timestamptz[], %s::text[], %s::timestamptz[])
     AS c (id, s, p, r, n, g, state, points, "right", answered, graded_at, base, base_at)
"""


def write_changes(changes: Sequence[Change], *, ruling: KeyRuling | None, undo: bool, at: datetime) -> None:
    """Put the new grades on the attempts and keep the old ones. Standings are the caller's business."""
    if not changes:
        return
    ids = [change.attempt for change in changes]
    old, new = ([getattr(change, name) for change in changes] for name in ("before", "after"))
    points, right, answered, state, graded = _columns(new)
    graded = [instant or at for instant in graded]
    p, r, n, s, g = _columns(old)
    g = [instant or at for instant in g]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [ids, points, right, answered, state, graded])
        cursor.execute(
            KEEP,
            [
                ruling.pk if ruling else None, undo, at, ids, s, p, r, n, g, state, points, right, answered, graded,
                [str(change.base.state) for change in changes], [change.base.graded_at for change in changes],
            ],
        )  # fmt: skip


def _columns(grades: Sequence[Graded]) -> tuple[list[Any], ...]:
    return (
        [one.points for one in grades], [one.right for one in grades], [one.answered for one in grades],
        [str(one.state) for one in grades], [one.graded_at for one in grades],
    )  # fmt: skip


def _note(ruling: KeyRuling, what: str, by: Member, reason: str, told: Mapping[str, int]) -> None:
    ContestEvent.objects.create(
        contest=ruling.contest, what=what, actor=by,
        detail={
            "ruling": str(ruling.public_id), "question": ruling.version.question.code, "version": ruling.version.number,
            "kind": ruling.what, "key": ruling.key, "reason": reason, **told,
        },
    )  # fmt: skip
