"""What an organizer's browser sends: files and forms."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from openpyxl import load_workbook

from contests.authoring.template import question_template
from contests.pages.organizer_forms import topic_field

REAL_BANK = Path(__file__).resolve().parents[3] / "contests" / "demo" / "ngan-hang-cau-hoi.xlsx"


def named(data: bytes, name: str = "cau-hoi.xlsx") -> io.BytesIO:
    """A file as the test client sends it."""
    file = io.BytesIO(data)
    file.name = name
    return file


def workbook(**cells: str | None) -> bytes:
    """The first three questions of the template with some cells changed: `workbook(G4="…")`."""
    book = load_workbook(io.BytesIO(question_template()))
    book.worksheets[0].delete_rows(5, 2)
    for place, value in cells.items():
        book.worksheets[0][place] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def local(moment) -> str:
    """A moment as a datetime-local input sends it."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def contest_data(bank, draw: dict[str, int], **changes) -> dict[str, object]:
    """What the contest form sends; `draw` by topic."""
    now = timezone.now()
    data = {
        "title": "Tìm hiểu Luật Công đoàn", "summary": "Mời bạn dự thi.", "organizer": bank.owner.code, "audience": bank.owner.code,
        "audience_search": "", "round_title": "Tuần 1", "opens_at": local(now - timedelta(hours=1)), "closes_at": local(now + timedelta(days=7)),
        "minutes": "20", "attempts": "2", "show": "score", "review": "explanation", "grace_seconds": "5",
        "counting": "best", "point": "1", "partial": "exact", "scoring": "plain", "prediction": "", "windows": "",
    }  # fmt: skip
    return data | {topic_field(topic): str(count) for topic, count in draw.items()} | changes
