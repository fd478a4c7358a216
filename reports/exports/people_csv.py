"""The list of participants as CSV: the rows of the sheet of the participation book, for another system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.delimited import CSV, write_rows
from reports.exports.base import Brief, Form
from reports.exports.participation_book import SITTING_COLUMNS, SITTING_KINDS, sitting_cells


def write(path: Path, brief: Brief) -> None:
    """Write the whole file at `path`."""
    write_rows(path, brief.head, SITTING_COLUMNS, SITTING_KINDS, _counted(brief))


def _counted(brief: Brief) -> Iterator[list[Any]]:
    brief.progress.start(max(1, int(brief.table["attempts"].iloc[0])))
    number = 0
    for number, cells in enumerate(sitting_cells(brief), 1):  # noqa: B007  looked at below
        yield cells
        brief.progress.step()
    if not number:
        brief.progress.step()


FORM = Form(
    "peoplecsv", _("Danh sách thí sinh (CSV)"), ".csv", CSV, "Danh sách thí sinh", write,
    about=_("Mỗi dòng một lượt thi, để đưa vào phần mềm khác."), personal=True,
)  # fmt: skip
