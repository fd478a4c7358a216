"""When a round is open, when an attempt ends, and whether an answer came in time.

The only clock is the caller's: `now` and `arrived_at` are stamps in database time, taken when the server is entered. The
phone's clock never appears. Every datetime must be aware (`ValueError` otherwise) and all arithmetic is done in UTC, because
Python adds and compares two datetimes of the same zone by their wall clocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

# Between the last accepted instant and the first word about keys: more than the sweep and the slowest batch need.
AFTER_CLOSE = timedelta(minutes=1)
UNDO_CLOSE_WITHIN = timedelta(
    hours=24
)  # a closed contest may be opened again for so long, and its questions stay secret


class Phase(StrEnum):
    """Where a round stands."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


class Verdict(StrEnum):
    """Whether something that arrived at the server counts."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Extra:
    """What one extension gives; `closes_at` None leaves the close of the round."""

    minutes: int = 0
    closes_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one member in one round, extensions counted. `attempts` None: unlimited."""

    minutes: int
    closes_at: datetime
    attempts: int | None


class MayStart(StrEnum):
    """Whether a member may begin an attempt, or the first reason why not."""

    OK = "ok"
    NOT_IN_AUDIENCE = "not_in_audience"
    NOT_OPEN_YET = "not_open_yet"
    BETWEEN_WINDOWS = "between_windows"
    NOT_QUALIFIED = "not_qualified"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no_attempts_left"

    @property
    def text(self) -> str:
        """The sentence for the member; empty for OK."""
        return _START_TEXTS[self]


_START_TEXTS = {
    MayStart.OK: "",
    MayStart.NOT_IN_AUDIENCE: "Cuộc thi này không dành cho đơn vị của bạn.",
    MayStart.NOT_OPEN_YET: "Đợt thi chưa mở.",
    MayStart.BETWEEN_WINDOWS: "Bây giờ không trong khung giờ thi của đợt này.",
    MayStart.NOT_QUALIFIED: "Vòng này chỉ dành cho những người đã được chọn từ các đợt trước.",
    MayStart.CLOSED: "Đợt thi đã kết thúc.",
    MayStart.NO_ATTEMPTS_LEFT: "Bạn đã dùng hết số lượt thi của đợt này.",
}


def round_phase(opens_at: datetime, closes_at: datetime, now: datetime) -> Phase:
    """The phase at `now` of a round that is open in [opens_at, closes_at): the closing instant is already closed.

    Raises ValueError when the round would close before it opens.
    """
    opens_at, closes_at, now = _utc(opens_at), _utc(closes_at), _utc(now)
    if closes_at <= opens_at:
        raise ValueError("a round must close after it opens")
    if now < opens_at:
        return Phase.UPCOMING
    return Phase.OPEN if now < closes_at else Phase.CLOSED


def terms(*, minutes: int, closes_at: datetime, attempts: int | None, extras: Iterable[Extra] = ()) -> Terms:
    """The round's own terms with all extensions that reach the member: the most extra minutes that any of them gives, the
    latest close, and extra attempts added up (each makes good for one that was spoilt). An extension never takes away.
    """
    given = list(extras)
    if any(extra.minutes < 0 or extra.attempts < 0 for extra in given):
        raise ValueError("an extension never takes away")
    return Terms(
        minutes=minutes + max((extra.minutes for extra in given), default=0),
        closes_at=max([_utc(closes_at), *(_utc(extra.closes_at) for extra in given if extra.closes_at is not None)]),
        attempts=None if attempts is None else attempts + sum(extra.attempts for extra in given),
    )


def deadline(started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """The end of an attempt, in UTC: `minutes` after its start, or the closing of the round if that is earlier."""
    if minutes <= 0:
        raise ValueError("an attempt lasts at least one minute")
    return min(_utc(started_at) + timedelta(minutes=minutes), _utc(closes_at))


def last_arrival(deadline: datetime, grace_seconds: int) -> datetime:
    """The last instant, in UTC, at which an arrival still counts. After it an attempt may be closed and graded."""
    if grace_seconds < 0:
        raise ValueError("grace is never negative")
    return _utc(deadline) + timedelta(seconds=grace_seconds)


def verdict(arrived_at: datetime, deadline: datetime, grace_seconds: int) -> Verdict:
    """ON_TIME if and only if `arrived_at <= deadline + grace_seconds`; the last instant itself still counts.

    The grace is for the way through the network: a phone sends at zero, the server hears of it a moment later.
    """
    return Verdict.ON_TIME if _utc(arrived_at) <= last_arrival(deadline, grace_seconds) else Verdict.LATE


def review_opens(last_close: datetime, grace_seconds: int) -> datetime:
    """From when, in UTC, what hints at a key may be shown: every attempt has ended and the sweep has passed.

    `last_close` is the latest close that anybody has, extensions counted.
    """
    return last_arrival(last_close, grace_seconds) + AFTER_CLOSE


def may_start(
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    attempts_allowed: int | None,
    attempts_used: int,
    in_audience: bool,
    in_window: bool = True,
    qualified: bool = True,
) -> MayStart:
    """Whether a new attempt may begin now. `attempts_allowed` None means unlimited. `in_window`: one of the round's windows is
    open (`windows.opening_for`); `qualified`: the round is no final, or one is among those who reached it.

    When several reasons stand against it, the one that can least be helped is given: audience, final, window, attempts.
    """
    if attempts_used < 0 or (attempts_allowed is not None and attempts_allowed < 0):
        raise ValueError("attempts are counted from zero")
    phase = round_phase(opens_at, closes_at, now)
    if not in_audience:
        return MayStart.NOT_IN_AUDIENCE
    if phase is Phase.UPCOMING:
        return MayStart.NOT_OPEN_YET
    if phase is Phase.CLOSED:
        return MayStart.CLOSED
    if not qualified:
        return MayStart.NOT_QUALIFIED
    if attempts_allowed is not None and attempts_used >= attempts_allowed:
        return MayStart.NO_ATTEMPTS_LEFT
    if not in_window:
        return MayStart.BETWEEN_WINDOWS
    return MayStart.OK


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("a datetime without a time zone has no place in the rules")
    return instant.astimezone(UTC)
