"""`manage.py seed_demo`: the demo, once; refused where real members are."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contests.actions.sitting import database_now
from contests.demo.seed import seed


class Command(BaseCommand):
    """Makes the demo, or sees to it that one of its rounds is open."""

    help = "Nạp dữ liệu mẫu (chỉ khi DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError(
                "Chỉ nạp dữ liệu mẫu khi DEMO=1 và không phải môi trường thật: tài khoản mẫu có mật khẩu công khai."
            )
        seed(now=database_now(), say=lambda line: print(line, flush=True))
