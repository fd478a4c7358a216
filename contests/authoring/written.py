"""What a writer gives back: the file, and which questions its format could not hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that is not in the file, and why, for people."""

    code: str
    stem: str
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """A written file with `count` questions."""

    data: bytes
    count: int
    left_out: tuple[LeftOut, ...] = ()
