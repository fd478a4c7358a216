"""A sentence in both languages, side by side so that neither is forgotten, and numbers as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

# Việt Nam has kept UTC+7 without summer time since 1975; a fixed offset needs no zone files on the server.
VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence or paragraph of the rules page, in Vietnamese and in English."""

    vi: str
    en: str

    def then(self, *more: Said | None) -> Said:
        """The same paragraph, going on."""
        parts = [self, *(said for said in more if said)]
        return Said(" ".join(said.vi for said in parts), " ".join(said.en for said in parts))

    def of(self, vi: str, en: str) -> Said:
        """The same, with what it is about before it."""
        return Said(f"{vi}: {self.vi}", f"{en}: {self.en}")


def paragraph(sentences: Sequence[Said]) -> Said:
    """Sentences one after the other."""
    return sentences[0].then(*sentences[1:])


def enumerated(parts: Sequence[Said], mark: str = "; ") -> Said:
    """Several as one, with a mark between."""
    return Said(mark.join(part.vi for part in parts), mark.join(part.en for part in parts))


def decimal(hundredths: int, mark: str) -> str:
    """250 -> "2,5", 100 -> "1", 5 -> "0,05"."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}{mark}{rest:02d}".rstrip("0") if rest else str(whole)


def grouped(number: int, mark: str) -> str:
    """6000000 -> "6.000.000"."""
    return f"{number:,}".replace(",", mark)


def many(count: int, noun: str) -> str:
    """1 -> "1 day", 1200 -> "1,200 days"."""
    return f"{grouped(count, ',')} {noun}" if count == 1 else f"{grouped(count, ',')} {noun}s"


def moment(at: datetime, *, closing: bool = False) -> Said:
    """An instant in Việt Nam. What closes at midnight closes at 24:00 of the day that ends, as people say it."""
    if at.utcoffset() is None:
        raise ValueError("a datetime without a time zone has no place in the rules")
    local = at.astimezone(VIETNAM)
    if closing and (local.hour, local.minute, local.second) == (0, 0, 0):
        clock, day = "24:00", local - timedelta(days=1)
    else:
        clock, day = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}", local
    return Said(f"{clock} ngày {day:%d/%m/%Y}", f"{clock} on {day:%d/%m/%Y}")
