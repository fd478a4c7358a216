"""`manage.py rebuild_boards`: make the boards anew from the database, and prove that they agree with it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from contests.actions.boards import boards_of, rebuild_boards
from contests.models import Contest
from leaderboard import board as boards
from leaderboard import live
from leaderboard.ranking import digest


class Command(BaseCommand):
    """Rebuilds all boards of one contest or of all open ones."""

    help = "Dựng lại bảng xếp hạng trong Redis từ cơ sở dữ liệu; --check chỉ so sánh."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="một cuộc thi; bỏ trống: mọi cuộc thi đang mở")
        parser.add_argument("--check", action="store_true", help="không dựng lại, chỉ so với cơ sở dữ liệu")

    def handle(self, *args: Any, **options: Any) -> None:
        contests = Contest.objects.filter(state=Contest.State.OPEN)
        if options["slug"]:
            contests = Contest.objects.filter(slug=options["slug"])
            if not contests:
                raise CommandError(f"Không có cuộc thi “{options['slug']}”.")
        wrong = 0
        redis = live.connect(settings.REDIS_URL, timeout=live.REBUILD_TIMEOUT)
        for contest in contests:
            if not options["check"]:
                rebuild_boards(contest)
            for board in boards_of(contest):
                name = board.name
                shown, true = digest(boards.dump(redis, name)), digest(board.rows())
                wrong += shown != true
                print(f"{'bằng nhau' if shown == true else 'KHÁC NHAU'}  {name}  {true[:16]}")
        if wrong:
            raise CommandError(f"{wrong} bảng khác với cơ sở dữ liệu. Chạy lại không có --check để dựng lại.")
