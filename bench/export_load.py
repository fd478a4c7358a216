"""Saving answers while a file of a large contest is made: p99 with and without, by turns, one machine."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.cast import seat_members
from bench.intake import lost, note
from bench.load import Report, generate
from bench.report import fill
from bench.stack import daphne, open_stack, quiet_worker, worker

RATE = 200  # answers a second
SITTERS = 400
ATTEMPTS, QUICK_ATTEMPTS = 200_000, 4_000
ROUNDS, WINDOW = 5, 18.0  # windows of each kind; seconds each, most of what a file takes and not its beginning alone


def run(quick: bool) -> dict[str, Any]:
    """One Daphne and two workers as in production, the one of files with spare time only; the same answers with a file being made ("ours") and without ("baseline").

    The file is the longest one: every attempt a row. It must hold as many rows as its snapshot.
    """
    rounds, window = (1, 3.0) if quick else (ROUNDS, WINDOW)
    with open_stack("export_load") as stack:
        fill(QUICK_ATTEMPTS if quick else ATTEMPTS)
        sitters = seat_members(SITTERS)
        quiet: list[Report] = []
        beside: list[Report] = []
        files = 0
        with daphne(stack) as server, worker(stack), quiet_worker(stack):
            generate(
                "steady", server.port, sitters, cookies=False, seconds=2, rate=RATE
            )  # imports, connections, statements
            for turn in range(rounds):
                seq = 1_000_000 * (turn + 1)
                quiet.append(generate("steady", server.port, sitters, cookies=False, seconds=window, first_seq=seq, rate=RATE))  # fmt: skip
                export = _ask()
                _wait_until_running(export)
                beside.append(generate("steady", server.port, sitters, cookies=False, seconds=window, first_seq=seq + 500_000, rate=RATE))  # fmt: skip
                still = _state(export) == "running"
                note(f"turn {turn + 1}: p99 {_p99(quiet[-1]):.1f} ms alone, {_p99(beside[-1]):.1f} ms beside a file{'' if still else ' (which ended earlier)'}")  # fmt: skip
                files += _check(export)
        ours, baseline = ({**_figures(reports), "lost": lost(reports)} for reports in (beside, quiet))
    return {
        "ours": ours | {"files": files},
        "baseline": baseline,
        "ratio": {name: ours[name] / baseline[name] for name in ("p50_ms", "p99_ms")},
    }


def _ask() -> Any:
    from accounts.models import Member, Unit
    from contests.models import Contest
    from reports.actions import request_export
    from reports.exports import FORMS

    return request_export(
        member=Member.objects.get(pk=1), contest=Contest.objects.get(slug="bench"), unit=Unit.objects.get(pk=1),
        form=FORMS["participation"],
    )  # fmt: skip


def _state(export: Any) -> str:
    export.refresh_from_db()
    return str(export.state)


def _wait_until_running(export: Any) -> None:
    until = time.monotonic() + 60
    while _state(export) == "waiting" and time.monotonic() < until:
        time.sleep(0.05)


def _check(export: Any) -> int:
    """Wait for the file, then compare its rows with the attempts that its snapshot saw: nobody began since."""
    from django.conf import settings
    from python_calamine import CalamineWorkbook

    from contests.models import Attempt
    from reports.workbook import HEADER

    until = time.monotonic() + 600
    while _state(export) in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.2)
    if _state(export) != "ready":
        raise AssertionError(f"the file was not made: {export.state} {export.error}")
    book = CalamineWorkbook.from_path(str(settings.MEDIA_ROOT / export.file))
    rows = book.get_sheet_by_name("Danh sách thí sinh").to_python(skip_empty_area=False)[HEADER + 1 :]
    expected = Attempt.objects.filter(started_at__lte=export.as_of).count()
    if len(rows) != expected or export.totals["attempts"] != expected:
        raise AssertionError(f"{len(rows)} rows, {export.totals['attempts']} attempts said, {expected} in the table")
    return 1


def _p99(report: Report) -> float:
    return statistics.quantiles(report.latencies_ms, n=100)[98]


def _figures(reports: list[Report]) -> dict[str, Any]:
    """Medians of the windows."""
    return {
        "p50_ms": statistics.median(statistics.median(report.latencies_ms) for report in reports),
        "p99_ms": statistics.median(map(_p99, reports)),
        "worst_p99_ms": max(map(_p99, reports)),
        "answers_per_second": statistics.median(len(report.latencies_ms) / report.seconds for report in reports),
        "refused": sum(sum(report.other.values()) for report in reports),
    }
