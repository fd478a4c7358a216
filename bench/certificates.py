"""10,000 certificates issued and drawn into one PDF, ten of them scanned; beside them one document that keeps every page in memory."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.report import fill
from bench.stack import ROOT, open_stack, setup_django

PEOPLE, QUICK_PEOPLE = 10_000, 300
SCANNED = 10
# Stacked marks, every tone, a name of an Ê Đê, one that takes two lines.
NAMES = (
    "Nguyễn Thị Quỳnh Như", "Trần Đức Ưởng", "Lê Hữu Nghĩa", "Phạm Ngọc Ánh", "Hoàng Thuỳ Dương", "Y Bĭng Niê KĐăm", "Đỗ Tiến Đạt", "Vũ Thị Ổn",
    "Bùi Xuân Mẫn", "Công Tằng Tôn Nữ Nguyễn Thị Hoàng Thiên Hương Giang Phường Đúc",
)  # fmt: skip


def add_options(options: argparse.ArgumentParser) -> None:
    """How many people."""
    options.add_argument("--people", type=int, default=PEOPLE)


def run(quick: bool, people: int = PEOPLE) -> dict[str, Any]:
    """Both ways on the same people, each in a process of its own so that its peak memory is its own."""
    people = QUICK_PEOPLE if quick else people
    figures: dict[str, Any] = {}
    with open_stack("certificates") as stack:
        prepare(people)
        for side in ("ours", "baseline"):
            done = subprocess.run(
                [sys.executable, "-m", "bench.certificates", side], cwd=ROOT, env=stack.env, stdout=subprocess.PIPE, check=True
            )  # fmt: skip
            figures[side] = json.loads(done.stdout.splitlines()[-1])
        path = Path(figures["ours"].pop("file"))
        failed = scan(path, people)
        figures["ours"]["scanned"] = min(SCANNED, people) - len(failed)
        path.unlink()
    keys = ("seconds", "cpu_seconds", "peak_mb", "file_mb")
    return figures | {
        "ratio": {key: figures["ours"][key] / figures["baseline"][key] for key in keys},
        "failed": failed,
    }


def prepare(people: int) -> None:
    """A contest of the nation that is over, with names as people have them."""
    from django.db import connection
    from django.utils import timezone

    from contests.models import Contest, Round
    from contests.rules.settings import DrawPart, RoundRules, dump

    fill(2 * people)
    rules = dump(RoundRules(minutes=20, attempts=2, draw=(DrawPart("Tiền lương", 20),)))
    Round.objects.update(rules=rules, opens_at="2026-01-01T00:00+07", closes_at="2026-02-01T00:00+07")
    Contest.objects.update(
        title="Tìm hiểu Bộ luật Lao động và truyền thống Công đoàn Việt Nam", created_at=timezone.now()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_member SET full_name = (%s::text[])[1 + id %% %s] || ' ' || id", [list(NAMES), len(NAMES)]
        )
        cursor.execute("UPDATE contests_entry SET unit_name = 'Công đoàn cơ sở Công ty Cổ phần May ' || unit_name", [])


def ours() -> tuple[Path, dict[str, Any]]:
    """What the button and the worker do."""
    from django.conf import settings
    from django.utils import timezone

    from accounts.models import Member, Role, Unit
    from contests.models import Contest
    from reports.certificates import actions
    from reports.certificates.claims import Ask
    from reports.certificates.wording import Kind
    from reports.models import CertificateBatch

    contest, by = Contest.objects.get(), Member.objects.earliest("pk")
    Role.objects.create(member=by, unit=Unit.objects.get(pk=1), kind="organizer", from_day=timezone.localdate())
    begun = time.perf_counter()
    batch = actions.request_batch(
        contest=contest, ask=Ask(Kind.TOOK_PART), again=False, split=False, by=by, now=timezone.now()
    )
    counted = time.perf_counter()
    with actions.BatchProgress(batch.pk) as progress:  # issuing alone, to be told apart
        batch.requested_by = by
        actions._issue(batch, progress)
    issued = time.perf_counter()
    actions.make_batch(batch_id=batch.pk, last_try=True)
    ended = time.perf_counter()
    batch = CertificateBatch.objects.get(pk=batch.pk)
    if batch.state != CertificateBatch.State.READY:
        raise RuntimeError(batch.error)
    said = {
        "certificates": batch.issued,
        "request_seconds": counted - begun,
        "issue_seconds": issued - counted,
        "seconds": ended - begun,
    }
    return settings.MEDIA_ROOT / batch.file, said


def baseline() -> tuple[Path, dict[str, Any]]:
    """What one writes first: every page in one document of fpdf2, written at the end."""
    from reports.certificates.drawing import Book
    from reports.certificates.queries import sheets_of
    from reports.models import CertificateBatch

    begun, book = time.perf_counter(), Book()
    for sheet in sheets_of(CertificateBatch.objects.get().holds):
        book.add(sheet)
    path = Path(os.environ["VAR"]) / "certificates-baseline.pdf"
    path.write_bytes(book.write())
    return path, {"certificates": book.pdf.pages_count, "seconds": time.perf_counter() - begun}


def scan(path: Path, people: int) -> list[str]:
    """Render some pages, read their codes as a phone does, open the address: what is not as the paper says."""
    import pypdfium2 as pdfium
    import zxingcpp
    from django.conf import settings
    from django.test import Client

    failed, document = [], pdfium.PdfDocument(path)
    if len(document) != people:
        failed.append(f"{len(document)} pages for {people} people")
    for at in random.Random(6).sample(range(len(document)), min(SCANNED, len(document))):
        page = document[at]
        found = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
        if len(found) != 1 or not found[0].text.startswith(settings.SITE_URL):
            failed.append(f"page {at}: no code")
            continue
        reply = Client(HTTP_HOST="127.0.0.1").get(found[0].text.removeprefix(settings.SITE_URL))
        shown = reply.content.decode()
        name = shown.partition("<dd><b>")[2].partition("</b>")[0]
        paper = "".join(page.get_textpage().get_text_bounded().split())
        if reply.status_code != 200 or not name or "".join(name.split()) not in paper or "Giấy thật" not in shown:
            failed.append(f"page {at}: {found[0].text} says {name!r}, status {reply.status_code}")
    document.close()
    return failed


def _measure(side: str) -> None:
    """In the child."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    setup_django()
    path, figures = {"ours": ours, "baseline": baseline}[side]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    figures |= {
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(peak, 1),
        "file_mb": round(path.stat().st_size / 2**20, 1),
    }
    if side == "ours":
        figures["file"] = str(path)
    else:
        path.unlink()
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    _measure(sys.argv[1])
