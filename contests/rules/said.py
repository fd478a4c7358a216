"""A sentence in both languages, side by side so that neither is forgotten."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence or paragraph of the rules page, in Vietnamese and in English."""

    vi: str
    en: str

    def then(self, *more: Said | None) -> Said:
        """The same paragraph, going on."""
        parts = [self, *(said for said in more if said)]
        return Said(" ".join(said.vi for said in parts), " ".join(said.en for said in parts))
