"""`manage.py verify_audit`: go along the audit chain and name the first record that was changed, added, removed or moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from contests.queries import audit as reads
from contests.rules.chain import GENESIS, Chain, Finding, Head, Wrong

WORDS = {
    Wrong.ALTERED: "nội dung hoặc mã không khớp với lúc niêm phong",
    Wrong.MISSING: "bản ghi ở vị trí này đã mất",
    Wrong.REPEATED: "vị trí này có hơn một bản ghi, hoặc không phải số dương",
    Wrong.BEYOND: "bản ghi nằm sau chỗ kết thúc của chuỗi",
    Wrong.HEAD: "dòng kết chuỗi (contests_audithead) bị sửa hoặc đã mất, hoặc AUDIT_KEY đã đổi",
    Wrong.NOTED: "mã ở vị trí này khác với mã đã ghi lại",
}
HOW = {
    "gone": "đã bị xóa mà nhật ký không ghi", "unknown": "được thêm mà nhật ký không ghi", "back": "nhật ký ghi là đã xóa, nhưng vẫn còn",
    "facts": "trạng thái, điểm, giờ hoặc máy giữ bài khác với bản ghi mới nhất", "paper": "đề thi hoặc người thi khác với bản ghi lúc bắt đầu",
}  # fmt: skip


class Command(BaseCommand):
    """Exit status 1 with the first bad row; 0 with the head, for an operator to note on another machine."""

    help = "Kiểm tra nhật ký: bản ghi nào bị sửa, xóa, chèn hay đổi chỗ; lượt thi và câu hỏi nào bị sửa mà nhật ký không ghi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=int, default=0, metavar="VỊ_TRÍ", help="chỉ kiểm tra các bản ghi sau vị trí này"
        )
        parser.add_argument(
            "--noted",
            type=_noted,
            action="append",
            default=[],
            metavar="SỐ:MÃ",
            help="dòng kết chuỗi đã ghi lại ở nơi khác",
        )
        parser.add_argument("--chain-only", action="store_true", help="không so lượt thi và câu hỏi với nhật ký")

    def handle(self, *args: Any, **options: Any) -> None:
        own = not connection.in_atomic_block
        with transaction.atomic():
            if own:  # rows that are sealed meanwhile must not look as if they were too many
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            problems = list(self._chain(options["since"], options["noted"]))
            if not options["chain_only"]:
                problems += self._tables()
        for problem in problems:
            self.stdout.write(f"LỖI    {problem}")
        if problems:
            raise SystemExit(1)
        self.stdout.write("Nhật ký nguyên vẹn.")

    def _chain(self, since: int, noted: list[tuple[int, str]]) -> Iterator[str]:
        key, heads = settings.AUDIT_KEY.encode(), reads.heads()
        head = heads[0][1] if [pk for pk, _ in heads] == [1] else None
        before = reads.link_at(since) if since else GENESIS
        if before is None:
            raise CommandError(f"Không có bản ghi nào ở vị trí {since}. Hãy chọn một vị trí nhỏ hơn, hoặc bỏ --since.")
        chain = Chain(key, position=since, link=before)
        finding = chain.follow(reads.sealed(since or None)) or chain.end(head) or _unlike_noted(noted)
        self.stdout.write(f"Đã kiểm tra {chain.position - since} bản ghi, đến vị trí {chain.position}.")
        waiting, late = reads.unsealed()
        if late:
            self.stdout.write(
                f"LƯU Ý  {late} trong {waiting} bản ghi chờ niêm phong đã quá 5 phút: tiến trình nền không chạy, hoặc chuỗi bị sửa."
            )
        if finding is None:
            self.stdout.write(_as_noted(head))
        else:
            yield _sentence(finding)

    def _tables(self) -> Iterator[str]:
        if attempt := reads.unlike_attempt():
            public_id, record, how = attempt
            yield f"lượt thi {public_id}{f' (bản ghi mới nhất: id {record})' if record else ''}: {HOW[how]}"
        if question := reads.unlike_question():
            version, record = question
            yield f"phiên bản câu hỏi {version}{f' (bản ghi mới nhất: id {record})' if record else ''}: khác với nhật ký"
        if missing := reads.missing_writers():
            yield f"trigger ghi nhật ký bị tắt hoặc đã mất: {', '.join(missing)}"


def _noted(text: str) -> tuple[int, str]:
    count, _, link = text.partition(":")
    return int(count), link.lower()


def _as_noted(head: Head | None) -> str:
    return f"Kết chuỗi: {head.count}:{head.link.hex()}" if head else ""


def _unlike_noted(noted: list[tuple[int, str]]) -> Finding | None:
    for count, link in sorted(noted):
        stored = reads.link_at(count) if count else GENESIS
        if stored is None or stored.hex() != link:
            return Finding(Wrong.NOTED, count)
    return None


def _sentence(finding: Finding) -> str:
    row = f", id {finding.id}" if finding.id is not None else ""
    return f"vị trí {finding.position}{row}: {WORDS[finding.wrong]}"
