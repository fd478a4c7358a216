"""Broken question files, thousands a minute: `--format gift --minutes 30`; counts crashes, hangs over 5 s, memory over 300 MB.

Minutes and the limit of 5 s are those of the processor that reads, so that a busy machine neither shortens the search nor
finds hangs that are none. Each file is read in a child process with an alarm and a memory limit. What fails is kept as the smallest file that fails in the
same way, in var/fuzz/. A hook in the child says whether anything ever opened a socket, a process or a file of somebody else's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from bench.mutations import mutated

SECONDS, MEGABYTES = 5, 300  # of CPU; more than the reader has taken before its first file
WAITS = 300  # seconds of the clock, for what would wait without working
CORPUS = Path(__file__).resolve().parent.parent / "tests" / "contests" / "authoring" / "corpus"
OTHER_NAMES = {"moodle": "xml", "excel": "xlsx", "word": "docx", "sheet": "xlsx", "kahoot": "xlsx", "quizizz": "xlsx"}
SHRINK_TRIES = 150
WATCHED = (
    "socket.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "webbrowser.",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark may be told."""
    parser.add_argument(
        "--format", default="gift", help="a suffix without its point (gift, xml, csv, aiken, txt, xlsx, docx)"
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")


def run(*, quick: bool, format: str, minutes: float, seed: int) -> dict[str, Any]:
    """Fuzz one format until the time is over."""
    suffix = f".{OTHER_NAMES.get(format, format)}"
    seeds = seeds_for(suffix)
    seed = seed or random.SystemRandom().randrange(1, 10**9)
    print(f"{suffix}: {len(seeds)} files to begin with, seed {seed}", flush=True)
    lots, found, counts = random.Random(seed), dict[str, bytes](), Counter[str]()
    told, seconds = time.monotonic(), 20 if quick else minutes * 60
    with Reader(f"a{suffix}") as reader:
        while reader.seconds < seconds:
            data = mutated(lots, seeds)
            verdict = reader.verdict(data)
            counts["cases"] += 1
            counts[verdict.partition(":")[0]] += 1
            if verdict not in FINE and (verdict not in found or len(data) < len(found[verdict])):
                known = verdict in found
                found[verdict] = data if known else shrunk(reader, data, verdict)
                keep(suffix, verdict, found[verdict])
                if not known:
                    print(f"found: {verdict}, {len(found[verdict])} bytes", flush=True)
            if time.monotonic() - told > 60:
                told = time.monotonic()
                print(f"{reader.seconds / 60:.1f} min, {dict(counts)}, {reader.peak_mb} MB", flush=True)
    bad = {name: counts[name] for name in ("crash", "hang", "memory", "outbound")}
    ours = {"minutes": round(reader.seconds / 60, 1), "cases": counts["cases"], "read": counts["read"], "refused": counts["refused"], **bad, "different_faults": len(found), "peak_mb": reader.peak_mb}  # fmt: skip
    return {"ours": ours, "failed": [f"{suffix}: {verdict}" for verdict in found]}


FINE = ("read", "refused")


def seeds_for(suffix: str) -> list[bytes]:
    """The corpus of the format, its old crashes, and what our writers make of the demo bank."""
    from contests.authoring.formats import EXPORTS  # bench is listed without importing the readers
    from contests.authoring.reading import read_questions

    files = [path.read_bytes() for path in sorted(CORPUS.rglob(f"*{suffix}"))]
    demo = CORPUS.parents[3] / "contests" / "demo" / "ngan-hang-cau-hoi.xlsx"
    drafts = read_questions(demo.read_bytes(), demo.name).drafts
    for export in EXPORTS:
        if export.suffix == suffix:
            files += [export.write(drafts[at : at + 7]).data for at in range(0, len(drafts), 20)]
    return files or [b"1"]


def keep(suffix: str, verdict: str, data: bytes) -> None:
    """The smallest file of a fault, where people look for it."""
    folder = Path(os.environ.get("VAR", "var")) / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(char if char.isalnum() else "-" for char in verdict)[:120]
    (folder / f"{name}{suffix}").write_bytes(data)


def shrunk(reader: Reader, data: bytes, verdict: str) -> bytes:
    """A smaller file that fails in the same way, found by leaving parts out. Archives stay as they are."""
    if data.startswith(b"PK\x03\x04") or verdict.startswith("hang"):
        return data
    size, tries = max(1, len(data) // 2), 0
    while size and tries < SHRINK_TRIES:
        at = 0
        while at < len(data) and tries < SHRINK_TRIES:
            smaller, tries = data[:at] + data[at + size :], tries + 1
            if reader.verdict(smaller) == verdict:
                data = smaller
            else:
                at += size
        size //= 2
    return data


class Reader:
    """A child that reads files; a new one takes over when it dies."""

    def __init__(self, filename: str) -> None:
        self.filename, self.peak_mb, self.seconds = filename, 0, 0.0
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child."""
        if self.child:
            self.child.kill()
            self.child.communicate()
            self.child = None

    def verdict(self, data: bytes) -> str:
        """ "read", "refused", or what went wrong: "crash:TypeError at gift.py:12", "hang", "memory", "outbound:socket.connect"."""
        if self.child is None:
            arguments = [sys.executable, "-m", "bench.fuzz", self.filename]
            self.child = subprocess.Popen(
                arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        source, target = self.child.stdin, self.child.stdout
        assert source is not None
        assert target is not None
        with contextlib.suppress(BrokenPipeError):
            source.write(struct.pack(">I", len(data)) + data)
            source.flush()
        line = target.readline().decode(errors="replace").strip()
        if not line:
            self.child.wait()
            ended, self.child = self.child.returncode, None
            self.seconds += SECONDS
            return "hang" if ended in (-signal.SIGPROF, -signal.SIGALRM) else f"crash:process ended with {ended}"
        peak, took, verdict = line.split(" ", 2)
        self.seconds += float(took)
        self.peak_mb = max(self.peak_mb, int(peak))
        if verdict.startswith("memory"):
            self.stop()  # what it took is not given back
        return verdict


# --- The child -----------------------------------------------------------------------------------------------------
def child(filename: str) -> None:
    """Read files from standard input until it closes, a line for each: peak memory in MB, seconds of CPU, verdict."""
    from contests.authoring.reading import read_questions  # in the child alone

    outbound: list[str] = []
    ours = tuple(map(os.path.realpath, {sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parent.parent)}))

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(WATCHED):
            outbound.append(event)
        elif event == "open" and isinstance(arguments[0], str) and not os.path.realpath(arguments[0]).startswith(ours):
            outbound.append(f"open {arguments[0][:60]}")

    read_questions(b"", filename)  # what is imported late is imported now
    sys.addaudithook(watch)
    used = (
        int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        if Path("/proc").exists()
        else 2**29
    )
    outbound.clear()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEGABYTES * 2**20,) * 2)
    while head := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, SECONDS)  # ends the process, also in the middle of a regular expression
        signal.alarm(WAITS)
        verdict = judged(read_questions, data, filename)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        verdict = (
            "memory" if verdict in FINE and peak > MEGABYTES else f"outbound:{outbound[0]}" if outbound else verdict
        )
        outbound.clear()
        print(peak, f"{time.process_time() - begun:.4f}", verdict.replace("\n", " "), flush=True)


def judged(read: Any, data: bytes, filename: str) -> str:
    """How one file went. The rows of questions must differ, for everything else is found by them."""
    try:
        reading = read(data, filename)
        rows = [draft.row for draft in (*reading.drafts, *reading.faulty)]
        if len(set(rows)) != len(rows):
            return "crash:two questions have the same row"
        wordless = [found for found in (*reading.problems, *reading.warnings) if not found.text]
        return "crash:a finding without words" if wordless else "read" if rows else "refused"
    except MemoryError:
        return "memory"
    except BaseException as error:
        frames = [one for one in traceback.extract_tb(error.__traceback__) if "contests" in one.filename]
        at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        return f"crash:{type(error).__name__} at {at}"


if __name__ == "__main__":
    child(sys.argv[1])
