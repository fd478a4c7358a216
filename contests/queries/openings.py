"""When a contest was opened, why it did not open by itself, and what can still be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.dateparse import parse_datetime

from contests.models import Contest, ContestEvent, Round

UNDO_WITHIN = timedelta(minutes=10)


def opened_at(contest: Contest) -> datetime | None:
    """The latest opening; None for a draft that never was open."""
    event = contest.events.filter(what="opened").order_by("-at", "-pk").first()
    return event.at if event else None


def failed_opening(contest: Contest) -> ContestEvent | None:
    """Why the draft did not open by itself, while nothing was done about its opening since."""
    kinds = ("opening_failed", "opening_set", "opening_cancelled", "opened")
    event = contest.events.filter(what__in=kinds).order_by("-at", "-pk").first()
    return event if event and event.what == "opening_failed" else None


@dataclass(frozen=True, slots=True)
class LastExtension:
    """The closing of a round before it was moved last."""

    at: datetime
    before: datetime


def last_extension(contest: Contest, round_: Round) -> LastExtension | None:
    """The extension that made the closing what it is; None where it was not moved, or the move was taken back."""
    events = contest.events.filter(what__in=("extended", "extend_undone"), detail__round=round_.number)
    event = events.order_by("-at", "-pk").first()
    if event is None or event.what != "extended":
        return None
    before, after = (parse_datetime(event.detail[key]) for key in ("before", "after"))
    return LastExtension(event.at, before) if before and after == round_.closes_at else None


def may_undo_opening(contest: Contest, now: datetime) -> datetime | None:
    """Until when the opening can be taken back; None when it can't any more."""
    opened = opened_at(contest)
    if contest.state != Contest.State.OPEN or opened is None or now > opened + UNDO_WITHIN:
        return None
    return None if contest.entries.exists() else opened + UNDO_WITHIN


def undoable_extensions(contest: Contest, now: datetime) -> set[int]:
    """The numbers of the rounds whose last extension is fresh enough to be taken back."""
    fresh = contest.events.filter(what="extended", at__gte=now - UNDO_WITHIN)
    numbers = {detail.get("round") for detail in fresh.values_list("detail", flat=True)}
    if contest.state != Contest.State.OPEN or not numbers:  # nearly always: no more is asked
        return set()
    found = set()
    for round_ in contest.rounds.filter(number__in=numbers):
        last = last_extension(contest, round_)
        if last is not None and now < last.before:
            found.add(round_.number)
    return found


def proposed_opening(contest: Contest, now: datetime) -> datetime:
    """A moment to begin with: what is set, or a day before the first round at its hour, if that is still ahead."""
    if contest.opens_itself_at is not None:
        return contest.opens_itself_at
    first = contest.rounds.order_by("opens_at").first()
    day_before = first.opens_at - timedelta(days=1) if first else now
    if day_before > now + timedelta(minutes=10):
        return day_before
    return (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Course:
    """What the page of a contest says of its opening and of what can be taken back."""

    failed: ContestEvent | None
    undo_opening_until: datetime | None
    undo_extensions: set[int]


def course_of(contest: Contest, now: datetime) -> Course:
    """All of that, as it is now."""
    draft = contest.state == Contest.State.DRAFT
    return Course(
        failed_opening(contest) if draft else None, may_undo_opening(contest, now), undoable_extensions(contest, now)
    )
