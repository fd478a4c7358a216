"""When a member may ask the organizers to look at a result again (khiếu nại, phúc khảo), and how far such a request has come.

From the moment the round is over and its points are shown, while results are still provisional, until so many days after the
winners were published; a new publication begins the days anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TEXT = range(10, 2001)  # characters
MOST_PER_ATTEMPT = 20  # filed ever: a paper has a hundred questions at most, and patience has an end


class State(StrEnum):
    """How far it has come."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({State.RECEIVED, State.IN_REVIEW})
STEPS = frozenset(
    {
        (State.RECEIVED, State.IN_REVIEW), (State.RECEIVED, State.WITHDRAWN), (State.IN_REVIEW, State.WITHDRAWN),
        (State.IN_REVIEW, State.UPHELD), (State.IN_REVIEW, State.REJECTED),
    }
)  # fmt: skip


class MayAppeal(StrEnum):
    """Whether it may be filed now."""

    OK = "ok"
    NONE = "none"  # the rules give no time for it
    NOT_YET = "not_yet"
    OVER = "over"

    @property
    def text(self) -> str:
        """What to tell the member; empty for OK."""
        return {
            MayAppeal.OK: "",
            MayAppeal.NONE: "Thể lệ của cuộc thi này không nhận khiếu nại.",
            MayAppeal.NOT_YET: "Khiếu nại được nhận từ khi đợt thi đã đóng và điểm được công bố.",
            MayAppeal.OVER: "Đã hết thời hạn khiếu nại.",
        }[self]


@dataclass(frozen=True, slots=True)
class Window:
    """When appeals are taken. `until` None: no end yet, because nothing is published."""

    verdict: MayAppeal
    until: datetime | None = None


def appeal_window(*, days: int, over: bool, shown: bool, published_at: datetime | None, now: datetime) -> Window:
    """Whether an appeal may be filed. `over`: the round is closed for everybody; `shown`: its points are."""
    if days == 0:
        return Window(MayAppeal.NONE)
    if not (over and shown):
        return Window(MayAppeal.NOT_YET)
    until = published_at + timedelta(days=days) if published_at else None
    return Window(MayAppeal.OK if until is None or now <= until else MayAppeal.OVER, until)
