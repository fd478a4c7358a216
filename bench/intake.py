"""Saving one answer: our endpoint against a stock Django view, one Daphne process each, every save acknowledged."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.cast import Sitter, seat_members
from bench.load import Report, generate
from bench.stack import Server, daphne, open_stack

CONNECTIONS = 200  # enough that the server always has something to do: fewer measure how soon a busy box wakes it
BURST = 1000


@dataclass
class Side:
    """One of the two that are compared, with members and attempts of its own."""

    name: str
    server: Server
    sitters: Sequence[Sitter]
    cookies: bool
    loops: list[Report] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)  # of the Daphne process, a save
    bursts: list[Report] = field(default_factory=list)

    def warm_up(self) -> None:
        """Imports, connections, prepared statements."""
        generate("closed", self.server.port, self.sitters, cookies=self.cookies, connections=8, seconds=1)

    def loop(self, seconds: float) -> None:
        """Closed loop: as many saves as it takes, each sent on the last reply."""
        seq = 1_000_000 * (1 + len(self.loops))
        cpu = self.server.cpu_seconds()
        report = generate(
            "closed",
            self.server.port,
            self.sitters,
            cookies=self.cookies,
            connections=CONNECTIONS,
            seconds=seconds,
            first_seq=seq,
        )
        self.cpu_ms.append((self.server.cpu_seconds() - cpu) * 1000 / len(report.latencies_ms))
        self.loops.append(report)
        note(
            f"{self.name}: {len(report.latencies_ms) / report.seconds:,.0f} saves/s, generator {report.cpu_seconds:.1f} s CPU"
        )

    def burst(self) -> None:
        """Every member answers at one instant, over connections that are open already."""
        seq = 100_000_000 * (1 + len(self.bursts))
        report = generate("burst", self.server.port, self.sitters, cookies=self.cookies, first_seq=seq)
        self.bursts.append(report)
        note(
            f"{self.name}: {len(report.latencies_ms)} of {len(self.sitters)} at one instant acknowledged after {report.seconds:.2f} s"
        )

    def figures(self) -> dict[str, Any]:
        """Medians of the rounds, and what the table says of all that was acknowledged."""
        latencies = [_percentiles(report) for report in self.loops]
        rates = [len(report.latencies_ms) / report.seconds for report in self.loops]
        reports = [*self.loops, *self.bursts]
        return {
            "saves_per_second": statistics.median(rates),
            "cpu_ms_per_save": statistics.median(self.cpu_ms),
            "p50_ms": statistics.median(p50 for p50, _ in latencies),
            "p99_ms": statistics.median(p99 for _, p99 in latencies),
            "burst_seconds": statistics.median(report.seconds for report in self.bursts),
            "burst_answers": len(self.sitters),
            "acked": sum(len(report.latencies_ms) for report in reports),
            "refused": sum(sum(report.other.values()) for report in reports),
            "lost": lost(reports),
        }


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """Rounds of ours and the baseline in turn, same machine, same database; medians of the rounds."""
    rounds, seconds, members = (1, 2.0, 200) if quick else (3, 5.0, BURST)
    with open_stack("intake") as stack:
        sitters = seat_members(2 * members)
        with daphne(stack) as ours, daphne(stack, "bench.baseline:application") as stock:
            sides = [
                Side("ours", ours, sitters[:members], cookies=False),
                Side("baseline", stock, sitters[members:], cookies=True),
            ]
            for side in sides:
                side.warm_up()
            for _ in range(rounds):
                for side in sides:
                    side.loop(seconds)
            for _ in range(rounds):
                for side in sides:
                    side.burst()
        ours_figures, baseline_figures = (side.figures() for side in sides)
    return {
        "ours": ours_figures,
        "baseline": baseline_figures,
        "ratio": {
            name: ours_figures[name] / baseline_figures[name]
            for name in ("saves_per_second", "cpu_ms_per_save", "p50_ms", "p99_ms", "burst_seconds")
        },
    }


def lost(reports: Sequence[Report]) -> int:
    """Acknowledged answers that the table does not have with that sequence number or a higher one."""
    from contests.models import Answer  # after Django is set up

    acked: dict[tuple[str, int], int] = {}
    for report in reports:
        for place, seq in report.acked.items():
            attempt, question = place.split()
            key = (attempt, int(question))
            acked[key] = max(seq, acked.get(key, 0))
    rows = Answer.objects.values_list("attempt__public_id", "question", "seq")
    stored = {(str(attempt), question): seq for attempt, question, seq in rows}
    return sum(stored.get(place, 0) < seq for place, seq in acked.items())


def _percentiles(report: Report) -> tuple[float, float]:
    cuts = statistics.quantiles(report.latencies_ms, n=100)
    return cuts[49], cuts[98]


def note(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)
