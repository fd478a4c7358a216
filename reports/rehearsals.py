"""What a staff export would say of a rehearsed contest: counted as every export counts."""

from __future__ import annotations

from contests.models import Contest
from reports.participation import participation, report_of
from reports.queries import material, sitting_rows


def exported_totals(contest: Contest) -> dict[str, int]:
    """People and attempts of the whole audience. The lines of the attempts' sheet are counted too: both must be the same."""
    rows = material(contest, contest.audience)
    whole = report_of(participation(contest.audience.path, rows.units, rows.headcounts, rows.counts)).whole
    lines = sum(1 for _ in sitting_rows(contest, contest.audience))
    return {"participants": whole.participants, "attempts": whole.attempts if lines == whole.attempts else lines}
