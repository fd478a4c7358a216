"""Figures by unit as CSV: the rows of `unit_summary`, for another system."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from reports.delimited import CSV, write_rows
from reports.exports.base import Brief, Form
from reports.exports.unit_summary import COLUMNS, KINDS, unit_cells


def write(path: Path, brief: Brief) -> None:
    """Write the whole file at `path`."""
    write_rows(path, brief.head, COLUMNS, KINDS, (line.cells for line in unit_cells(brief)))


FORM = Form(
    "unitscsv", _("Tổng hợp theo đơn vị (CSV)"), ".csv", CSV, "Tổng hợp theo đơn vị", write,
    about=_("Cùng số liệu với tệp Excel, để đưa vào phần mềm khác."), personal=False,
)  # fmt: skip
