"""Numbers as people write them: 123.561, 85,0 %, 147,3. A thing that is not known is a dash."""

from __future__ import annotations

from django.utils.formats import number_format

UNKNOWN = "—"


def whole(value: int | None) -> str:
    """123561 → `123.561`."""
    return UNKNOWN if value is None else number_format(value, 0, force_grouping=True)


def tenths(value: float | None) -> str:
    """147.25 → `147,3`: half goes up, as on paper."""
    return UNKNOWN if value is None else number_format(_half_up(value), 1, force_grouping=True)


def percent(rate: float | None) -> str:
    """0.85 → `85,0 %`."""
    return UNKNOWN if rate is None else f"{tenths(rate * 100)} %"


def _half_up(value: float) -> float:
    return int(value * 10 + 0.5 + 1e-9) / 10
