"""What a file says in figures, kept after the file is gone, and the short code by which the two are laid side by side.

The code is made from the figures, the filter and the instant, and from the file's own random number: who only knows the
figures cannot make one, and two files never share one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from reports.participation import Figures

LENGTH = 12
_GROUP = 4
_LOOK_ALIKE = str.maketrans("ilo", "110")  # who copies from paper


def totals_of(
    *,
    form: str,
    contest: str,
    slug: str,
    unit: str,
    unit_code: str,
    as_of: datetime,
    whole: Figures,
    more: Mapping[str, int],
) -> dict[str, Any]:
    """The totals of a file, with its filter and instant, ready for JSON. Whole numbers only: rates and means follow from them.

    `more` are figures of the form's own, by their names in words.
    """
    return {
        "form": form,
        "contest": contest,
        "slug": slug,
        "unit": unit,
        "unit_code": unit_code,
        "as_of": as_of.isoformat(),
        "members": whole.members,
        "members_days": [day.isoformat() if day else None for day in (whole.first_day, whole.last_day)],
        "participants": whole.participants,
        "attempts": whole.attempts,
        "handed_in": whole.handed_in,
        "scored": whole.scored,
        "points": whole.points,
        "passed": whole.passed,
        "units_taking_part": whole.units_taking_part,
        "units_all": whole.units_all,
        "more": dict(more),
    }


def code_of(public_id: UUID, totals: Mapping[str, Any]) -> str:
    """The code of these totals in this file: the same for the same, in whatever order a database gives the keys back."""
    text = json.dumps(totals, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{public_id.hex}\n{text}".encode()).hexdigest()[:LENGTH]


@dataclass(frozen=True, slots=True)
class Kept:
    """Totals read back. `whole` says that they still make the code."""

    whole: bool
    as_of: datetime
    rate: float | None
    mean_score: float | None
    pass_rate: float | None


def read_back(public_id: UUID, totals: Mapping[str, Any], code: str) -> Kept:
    """What follows from kept totals."""
    members, scored = totals["members"], totals["scored"]
    return Kept(
        whole=code_of(public_id, totals) == code,
        as_of=datetime.fromisoformat(totals["as_of"]),
        rate=totals["participants"] / members if members else None,
        mean_score=totals["points"] / (scored * 100) if scored else None,
        pass_rate=totals["passed"] / scored if scored else None,
    )


def spoken(code: str) -> str:
    """3f9a01bc77d2 → `3F9A-01BC-77D2`, as it is printed."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP)).upper()


def typed(text: str) -> str:
    """The code that somebody typed or pasted, however they spaced it; empty when it is none."""
    code = "".join(char for char in text.casefold() if char.isalnum()).translate(_LOOK_ALIKE)
    return code if len(code) == LENGTH and all(char in "0123456789abcdef" for char in code) else ""


def said(code: str, address: str) -> str:
    """What every file carries beside its instant: its code, and where to look it up."""
    return f"Mã đối chiếu {spoken(code)}, kiểm tra tại {address}?ma={code}"
