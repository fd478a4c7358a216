"""`manage.py import_questions FILE.xlsx --bank NAME --unit CODE [--dry-run]`: fill a bank from the shell.

Prints everything that is wrong with the file, row by row. Saves all of it or nothing; exit code 1 when nothing was saved
because of an error.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Unit
from contests.actions.bank import create_bank, find_same_file, import_questions
from contests.authoring.draft import ImportReading, Problem
from contests.authoring.reading import read_questions
from contests.errors import ContestError
from contests.models import Bank
from contests.queries.bank_console import compare


class Command(BaseCommand):
    help = "Nhập câu hỏi từ tệp .xlsx vào ngân hàng của một đơn vị; ngân hàng chưa có thì được tạo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--bank", required=True, help="tên ngân hàng câu hỏi")
        parser.add_argument("--unit", required=True, help="mã đơn vị sở hữu ngân hàng")
        parser.add_argument("--dry-run", action="store_true", help="chỉ đọc và báo lỗi, không lưu")

    def handle(self, *args: Any, file: Path, bank: str, unit: str, dry_run: bool, **options: Any) -> None:
        owner = Unit.objects.filter(code=unit).first()
        if owner is None:
            raise CommandError(f"Không có đơn vị nào mang mã {unit}.")
        try:
            reading = read_questions(file.read_bytes(), file.name)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}: {error.strerror}.") from error
        self._print(reading.problems, "LỖI")
        self._print(reading.warnings, "Lưu ý")
        if reading.problems:
            raise CommandError(f"{len(reading.problems)} lỗi, {len(reading.drafts)} câu đọc được. Chưa lưu gì cả.")
        existing = Bank.objects.filter(owner=owner, name=bank).first()
        if existing is not None and (earlier := find_same_file(existing, reading.sha256)):
            self.stdout.write(
                f"Lưu ý: chính tệp này đã được nhập lúc {timezone.localtime(earlier.imported_at):%d/%m/%Y %H:%M}."
            )
        if dry_run:
            self._print_plan(existing, reading)
            return
        with transaction.atomic():
            target = existing or create_bank(owner=owner, name=bank, by=None)
            try:
                done = import_questions(
                    bank=target,
                    drafts=reading.drafts,
                    sha256=reading.sha256,
                    filename=file.name,
                    by=None,
                    now=timezone.now(),
                )
            except ContestError as error:
                raise CommandError(error.text) from error
        self.stdout.write(
            f"Đã lưu vào “{target.name}”: {done.created} câu mới, {done.changed} câu có bản mới, {done.unchanged} câu không đổi."
        )

    def _print(self, findings: Sequence[Problem], word: str) -> None:
        for found in findings:
            where = f"dòng {found.row}" if found.row else "cả tệp"
            column = f", cột {found.column}" if found.column else ""
            self.stderr.write(f"{word} {where}{column}: {found.text}")

    def _print_plan(self, bank: Bank | None, reading: ImportReading) -> None:
        changes = compare(bank, reading.drafts) if bank else None
        new = len(changes.new) if changes else len(reading.drafts)
        changed, same = (len(changes.changed), len(changes.unchanged)) if changes else (0, 0)
        self.stdout.write(f"Thử: {new} câu mới, {changed} câu có bản mới, {same} câu không đổi. Chưa lưu gì cả.")
