"""Clues as rows: found by the worker, marked by people with a reason. Nothing here touches a result."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import Member
from contests.actions.extend import checked_reason
from contests.errors import ContestError
from contests.models import Attempt, Clue, ClueMark, Contest, ContestEvent, Exclusion, Round
from contests.queries.clues import Found, acts_of, look_for_clues

JOB = "contests.find_clues"
Verdict = ClueMark.Verdict


def ask_for_clues(contest_id: int) -> bool:
    """Let the worker look; False where it is about to already."""
    try:
        with transaction.atomic():
            jobs.configure_task(JOB, queueing_lock=f"clues-{contest_id}", lock=f"clues-{contest_id}").defer(
                contest_id=contest_id
            )
    except AlreadyEnqueued:
        return False
    return True


def contests_to_look_at(now: datetime) -> list[int]:
    """Contests with a round that is open, or was within the last two hours."""
    begun = Round.objects.filter(opens_at__lte=now, contest__state__in=[Contest.State.OPEN, Contest.State.CLOSED])
    return sorted({one.contest_id for one in begun if one.last_close >= now - timedelta(hours=2)})


def find_clues(contest: Contest, now: datetime) -> int:
    """Look, and keep what was found; how many are new or have grown. What nobody marked and is found no more is dropped; what people wrote stays."""
    return _keep_all(contest, list(look_for_clues(contest)), now)  # looking takes long and holds nothing


@transaction.atomic
def _keep_all(contest: Contest, everything: list[Found], now: datetime) -> int:
    known = {(clue.kind, clue.key): clue for clue in Clue.objects.select_for_update().filter(contest=contest)}
    fresh = 0
    for found in everything:
        clue = known.pop((found.kind, found.key), None)
        if clue is None or sorted(clue.attempts) != sorted(found.attempts):
            fresh += 1
            _keep(contest, found, clue, now)
    Clue.objects.filter(pk__in=[clue.pk for clue in known.values()], marks__isnull=True).delete()
    return fresh


def _keep(contest: Contest, found: Found, clue: Clue | None, now: datetime) -> None:
    """A clue that has grown since somebody looked wants to be looked at again; the marks stay."""
    values = {
        "strength": found.strength,
        "attempts": found.attempts,
        "facts": found.facts,
        "found_at": now,
        "verdict": "",
    }
    if clue is None:
        Clue.objects.create(contest=contest, kind=found.kind, key=found.key, **values)
    else:
        Clue.objects.filter(pk=clue.pk).update(**values)


@transaction.atomic
def mark_clue(
    *, clue: Clue, verdict: str, reason: str, by: Member, now: datetime, exclusion: Exclusion | None = None, voided: Attempt | None = None
) -> ClueMark:  # fmt: skip
    """Say what a person made of it. "Đã xử lý" names an act that exists about these people. Raises ContestError."""
    why = checked_reason(reason)
    clue = Clue.objects.select_for_update(of=("self",)).select_related("contest").get(pk=clue.pk)
    if verdict not in Verdict.values:
        raise ContestError("Hãy chọn một trong các kết luận.", "verdict")
    exclusions, void = acts_of(clue)
    if verdict != Verdict.ACTED:
        exclusion = voided = None
    elif (exclusion is None) == (voided is None) or (exclusion not in exclusions and voided not in void):
        raise ContestError(
            "Hãy chọn quyết định đã có: loại khỏi xếp hạng, không trao giải hoặc huỷ kết quả của người trong dấu hiệu này.",
            "act",
        )
    mark = ClueMark.objects.create(
        clue=clue, verdict=verdict, reason=why, by=by, at=now, exclusion=exclusion, voided=voided
    )
    clue.verdict = verdict
    clue.save(update_fields=["verdict"])
    detail = {"clue": str(clue.public_id), "kind": clue.kind, "verdict": verdict, "reason": why}
    ContestEvent.objects.create(contest=clue.contest, what="clue_marked", actor=by, detail=detail)
    return mark
