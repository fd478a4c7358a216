"""`manage.py import_units FILE.xlsx --dry-run`: the tree of units from a workbook, all of it or nothing."""

from __future__ import annotations

import zipfile
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from python_calamine import CalamineError, load_workbook

from accounts.unit_file import COLUMNS, parse
from accounts.unit_import import UnitsRefused, import_units, kinds_by_word

MAX_UNPACKED = 200 * 2**20  # bytes; 130,000 units are about 40 MB of XML


class Command(BaseCommand):
    """Reads the first sheet. Prints every faulty row; saves only when there is none."""

    help = f"Nhập cây đơn vị từ tệp Excel. Cột: {', '.join(COLUMNS.values())}. Có dòng sai thì không lưu gì cả."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="thử toàn bộ, không lưu")
        parser.add_argument("--move", action="store_true", help="cho phép chuyển đơn vị sang cấp trên khác")
        parser.add_argument(
            "--from-day",
            type=date.fromisoformat,
            default=None,
            help="tên mới tính từ ngày nào, YYYY-MM-DD; mặc định hôm nay",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows, faults = parse(_cells(options["file"]), kinds_by_word())
        if faults:
            raise CommandError(_told(faults))
        try:
            done = import_units(
                rows,
                from_day=options["from_day"] or timezone.localdate(),
                move=options["move"],
                save=not options["dry_run"],
            )
        except UnitsRefused as refused:
            raise CommandError(_told(refused.faults)) from refused
        self.stdout.write(
            f"{len(rows)} dòng: {done.created} đơn vị mới, {done.renamed} đổi tên, {done.moved} chuyển cấp trên, "
            f"{done.rekinded} đổi loại, {done.unchanged} giữ nguyên, {done.headcounts} số liệu đoàn viên."
        )
        self.stdout.write("Chạy thử: chưa lưu gì." if options["dry_run"] else "Đã lưu.")


def _told(faults: list[Any]) -> str:
    return "\n".join([*map(str, faults), f"{len(faults)} dòng sai. Chưa lưu gì cả."])


def _cells(path: Path) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise CommandError("Tệp quá lớn khi giải nén.")
        return load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except FileNotFoundError as error:
        raise CommandError(f"Không có tệp {path}.") from error
    except (zipfile.BadZipFile, CalamineError, OSError, IndexError) as error:
        raise CommandError("Không đọc được tệp. Hãy lưu lại bằng Excel ở dạng .xlsx.") from error
