"""`manage.py load_rule_set FILE.json --bank NAME --organizer CODE`: a draft contest from a rule set (docs/rule-sets.md).

Prints everything that is wrong, each at its place in the file. Makes the whole draft or nothing.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Member, Role, Unit
from accounts.scope import scope_of
from contests.actions.contest import PlanRefused
from contests.actions.rule_sets import make_from_rule_set
from contests.authoring.rule_sets import RuleSet, moved, read_rule_set_file
from contests.errors import ContestError
from contests.models import Bank
from contests.rules.reading import RuleProblem, RulesInvalid


class Command(BaseCommand):
    help = "Tạo bản nháp một cuộc thi từ tệp thể lệ .json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organizer", required=True, help="mã đơn vị tổ chức")
        parser.add_argument("--bank", help="tên ngân hàng câu hỏi của đơn vị tổ chức; không cần khi --dry-run")
        parser.add_argument("--audience", help="mã đơn vị được dự thi; bỏ trống: đơn vị tổ chức")
        parser.add_argument("--by", help="e-mail hoặc số điện thoại của cán bộ tổ chức đứng tên bản nháp")
        parser.add_argument(
            "--begins",
            type=date.fromisoformat,
            help="dời cả lịch thi theo tuần để đợt đầu mở từ ngày này, ví dụ 2026-12-01",
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ đọc và báo lỗi, không tạo")

    def handle(
        self, *args: Any, file: Path, organizer: str, bank: str | None, audience: str | None, by: str | None, begins: date | None,
        dry_run: bool, **options: Any,
    ) -> None:  # fmt: skip
        rule_set = self._read(file)
        if begins:
            rule_set = moved(rule_set, begins)
        self._print_silence(rule_set)
        if dry_run:
            self.stdout.write(f"Đọc được “{rule_set.title}”: {len(rule_set.rounds)} đợt. Chưa tạo gì cả.")
            return
        owner = _unit(organizer)
        if bank is None:
            raise CommandError("Hãy cho biết ngân hàng câu hỏi bằng --bank.")
        found = Bank.objects.filter(owner=owner, name=bank).first()
        if found is None:
            names = ", ".join(f"“{name}”" for name in Bank.objects.filter(owner=owner).values_list("name", flat=True))
            raise CommandError(f"{owner.name} không có ngân hàng tên “{bank}”. Có: {names or 'chưa có ngân hàng nào'}.")
        try:
            contest = make_from_rule_set(
                rule_set, organizer=owner, audience=_unit(audience) if audience else owner, bank=found, by=_organizer(by, owner),
                now=timezone.now(),
            )  # fmt: skip
        except PlanRefused as refused:
            self._print(refused.problems)
            raise CommandError(f"{len(refused.problems)} lỗi. Chưa tạo gì cả.") from refused
        except ContestError as error:
            raise CommandError(error.text) from error
        self.stdout.write(f"Đã tạo bản nháp “{contest.title}”: /to-chuc/cuoc-thi/{contest.slug}/")

    def _read(self, file: Path) -> RuleSet:
        try:
            return read_rule_set_file(file.read_bytes())
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}: {error.strerror}.") from error
        except RulesInvalid as error:
            self._print(error.problems)
            raise CommandError(f"{len(error.problems)} lỗi trong {file.name}. Chưa tạo gì cả.") from error

    def _print(self, problems: Iterable[RuleProblem]) -> None:
        for problem in problems:
            self.stderr.write(f"LỖI {problem.field or 'cả tệp'}: {problem.text}")

    def _print_silence(self, rule_set: RuleSet) -> None:
        """What the source does not say, before a contest is held by it."""
        for name in rule_set.defaults:
            self.stdout.write(f"Nguồn không nói: {name} – dùng mặc định.")
        for name, why in (rule_set.chosen or {}).items():
            self.stdout.write(f"Nguồn không nói: {name} – {why}")


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise CommandError(f"Không có đơn vị nào mang mã {code}.")
    return unit


def _organizer(login: str | None, unit: Unit) -> Member:
    """Who answers for the draft: whom the command names, or the one organizer that the unit has."""
    if login:
        member = Member.objects.filter(Q(email__iexact=login) | Q(phone=login)).first()
        if member is None:
            raise CommandError(f"Không có tài khoản nào dùng “{login}”.")
        return member
    today = timezone.localdate()
    roles = Role.objects.filter(kind=Role.Kind.ORGANIZER).select_related("member")
    able = {role.member for role in roles if scope_of(role.member, Role.Kind.ORGANIZER, today).reaches(unit.path)}
    if len(able) != 1:
        raise CommandError(
            f"{unit.name} có {len(able)} cán bộ tổ chức; hãy chọn một người bằng --by e-mail hoặc số điện thoại."
        )
    return able.pop()
