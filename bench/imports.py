"""A file of 5,000 questions: read into the preview, then saved into the bank, in Excel and in Word; seconds, memory, steps of the progress.

Baseline: the library that opens the format, reading the same bytes and nothing else.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.stack import ROOT, open_stack, setup_django

QUESTIONS, QUICK_QUESTIONS = 5_000, 300
FORMATS = ("xlsx", "docx")


def run(quick: bool) -> dict[str, Any]:
    """Write the files, read and save each in a process of its own, compare what the bank holds with what was written."""
    ours: dict[str, Any] = {}
    baseline: dict[str, Any] = {}
    failed: list[str] = []
    with open_stack("imports") as stack:
        written = _fill(Path(stack.env["VAR"]), QUICK_QUESTIONS if quick else QUESTIONS)
        for name in FORMATS:
            ours |= {f"{name}_{key}": value for key, value in _side(stack.env, "ours", name).items()}
            baseline |= {f"{name}_{key}": value for key, value in _side(stack.env, "baseline", name).items()}
            if ours[f"{name}_saved"] != written:
                failed.append(
                    f"{name}: {ours[f'{name}_saved']} of {written} questions are in the bank as they were written"
                )
    ratio = {key: ours[key] / baseline[key] for key in baseline if key in ours}
    return {"ours": ours, "baseline": baseline, "ratio": ratio, "failed": failed}


def _side(env: dict[str, str], side: str, name: str) -> dict[str, Any]:
    """In a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "bench.imports", side, name]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _fill(folder: Path, count: int) -> int:
    """The demo's questions again and again with other numbers in them, as our own writers write them; a bank for each format."""
    from dataclasses import replace

    from contests.authoring.formats import EXPORTS_BY_NAME
    from contests.authoring.reading import read_questions
    from tests import make

    union = make.make_union()
    demo = ROOT / "contests" / "demo" / "ngan-hang-cau-hoi.xlsx"
    drafts = read_questions(demo.read_bytes(), demo.name).drafts
    many = [
        replace(
            drafts[at % len(drafts)],
            code=f"C{at:05d}",
            row=at + 2,
            stem=f"Tình huống {at}. {drafts[at % len(drafts)].stem}",
        )
        for at in range(count)
    ]
    for name in FORMATS:
        make.Bank.objects.create(owner=union.province_a, name=name)
        (folder / f"imports.{name}").write_bytes(EXPORTS_BY_NAME[name].write(many).data)
    return count


# --- One side, in its own process -------------------------------------------------------------------------------------
def ours_side(name: str) -> dict[str, Any]:
    """Read, judge, save; the progress is watched as the page does."""
    from django.utils import timezone

    from accounts.models import Member
    from contests.actions import upload_reading, uploads
    from contests.models import Bank, QuestionUpload, QuestionVersion

    bank, olga = Bank.objects.get(name=name), Member.objects.get(email="olga@example.vn")
    data = _file(name)
    began = time.monotonic()
    upload = upload_reading.keep_upload(bank=bank, filename=f"de.{name}", data=data, by=olga, now=timezone.now())
    with _Watch(upload.pk) as reading:
        upload_reading.read_upload(upload.pk, watched=True)
    read = time.monotonic() - began
    upload.refresh_from_db()
    began = time.monotonic()
    with _Watch(upload.pk) as saving:
        if not uploads.save_upload(upload=upload, by=olga, now=timezone.now()):
            uploads.work_save(upload_id=upload.pk, by_id=olga.pk, watched=True)
    save = time.monotonic() - began
    stored = QuestionVersion.objects.filter(question__bank=bank, stem__startswith="Tình huống ").count()
    state = QuestionUpload.objects.get(pk=upload.pk).state
    return {
        "kb": len(data) // 1024, "read_seconds": read, "save_seconds": save, "peak_mb": _peak(), "saved": stored if state == "saved" else 0,
        "steps_shown": len(reading.seen | saving.seen),
    }  # fmt: skip


class _Watch:
    """Notes every step of the progress that a page would have shown, ten times a second."""

    def __init__(self, upload_id: int) -> None:
        self.seen: set[tuple[str, str, int, int]] = set()
        self._id, self._over = upload_id, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        from django.db import connection

        from contests.models import QuestionUpload

        while not self._over.wait(0.1):
            self.seen |= set(QuestionUpload.objects.filter(pk=self._id).values_list("state", "step", "done", "total"))
        connection.close()

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()


def baseline_side(name: str) -> dict[str, Any]:
    """Every cell, or every paragraph and table, once."""
    import docx
    import openpyxl

    data, began = io.BytesIO(_file(name)), time.monotonic()
    if name == "xlsx":
        cells = sum(
            len(row)
            for sheet in openpyxl.load_workbook(data, read_only=True)
            for row in sheet.iter_rows(values_only=True)
        )
    else:
        cells = sum(len(paragraph.text) for paragraph in docx.Document(data).paragraphs)
    assert cells
    return {"read_seconds": time.monotonic() - began, "peak_mb": _peak()}


def _file(name: str) -> bytes:
    from django.conf import settings

    return (settings.VAR / f"imports.{name}").read_bytes()


def _peak() -> float:
    """Megabytes this process ever held; what its parent held before it began is in `ru_maxrss` and not in here."""
    held = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(held.split()[1]) / 1024


if __name__ == "__main__":
    setup_django()
    print(json.dumps({"ours": ours_side, "baseline": baseline_side}[sys.argv[1]](sys.argv[2])))
