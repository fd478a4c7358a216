"""`manage.py check_ready`: live values that must be right before a contest opens. Each line says OK or what to do.

LỖI lines make the exit code 1; LƯU Ý lines are choices that somebody should have made on purpose. Run it on every
machine that runs the platform: clocks, disks and static files are each machine's own.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, SystemCheckError
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contests.actions.boards import boards_of
from contests.actions.sitting import database_now
from contests.jobs import QUIET
from contests.models import Attempt, Contest
from contests.queries.audit import unsealed
from leaderboard import live

OLDEST_POSTGRES = 150_000
OLDEST_REDIS = (6, 2)
SPARE_CONNECTIONS = 10  # psql, backups, monitoring
QUIET_WORKERS = 1  # hoithi-quiet
QUIET_LATE = 60  # minutes; such work waits on purpose while a contest is busy
JOB_POOL = 5  # procrastinate's own connections in each worker
CLOCK_WRONG = 2.0  # seconds between this machine and the database
CLOCK_ODD = 0.5
GRADING_LATE = 60  # seconds
FREE_GIB, FREE_SHARE = 5, 0.10


@dataclass(frozen=True)
class Finding:
    """One line. `grade`: "OK", "LƯU Ý" or "LỖI"."""

    grade: str
    text: str


def ok(text: str) -> Finding:
    """It is as it must be."""
    return Finding("OK", text)


def note(text: str) -> Finding:
    """Somebody should know."""
    return Finding("LƯU Ý", text)


def bad(text: str) -> Finding:
    """Don't open a contest on this."""
    return Finding("LỖI", text)


class Command(BaseCommand):
    """Asks everything, hides nothing."""

    help = "Kiểm tra máy chủ trước khi mở cuộc thi: cơ sở dữ liệu, Redis, đồng hồ, khóa, tệp tĩnh, ổ đĩa."
    requires_system_checks: list[str] = []  # they are asked below, and shown as lines

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, meaning in (
            ("pages", "số tiến trình gunicorn"), ("answers", "số tiến trình Daphne"), ("workers", "số tiến trình nền"), ("hosts", "số máy")
        ):  # fmt: skip
            parser.add_argument(f"--{name}", type=int, help=f"{meaning}; mặc định lấy từ hoithi.env")

    def handle(self, *args: Any, **options: Any) -> None:
        processes = Processes.given(options)
        failed = 0
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # the line says it once
        checks = [settings_are_for_production, keys_are_set, deploy_checks_pass, time_zone_is_vietnam, static_files_are_there,
                  disk_has_room, redis_is_fit]  # fmt: skip
        if database_answers():
            checks += [database_speaks_vietnamese, database_keeps_what_it_says, partial(connections_suffice, processes),
                       migrations_are_applied, clocks_agree, grading_keeps_up, audit_is_sealed, boards_are_there]  # fmt: skip
        else:
            checks.append(database_is_away)
        for check in checks:
            for finding in ask(check):
                failed += finding.grade == "LỖI"
                self.stdout.write(f"{finding.grade:6} {finding.text}")
        if failed:
            self.stdout.write(f"\n{failed} lỗi. Chưa nên mở cuộc thi; xem docs/deploy.md.")
            raise SystemExit(1)
        self.stdout.write("\nSẵn sàng.")


def ask(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check's findings; one that cannot even look has failed, and the others go on."""
    try:
        yield from check()
    except Exception as error:
        name = getattr(check, "func", check).__name__.replace("_", " ")
        first = str(error).strip().splitlines()
        yield bad(f"không kiểm tra được “{name}”: {type(error).__name__}: {first[0] if first else ''}")


@dataclass(frozen=True)
class Processes:
    """How many processes of each kind the site runs."""

    pages: int
    answers: int
    workers: int
    hosts: int

    @classmethod
    def given(cls, options: dict[str, Any]) -> Processes:
        """From the command line, else from hoithi.env, else what deploy/ starts."""
        fallback = {
            "pages": int(os.environ.get("PAGES_WORKERS", "2")), "answers": len(os.environ.get("ANSWERS_PORTS", "9001 9002").split()),
            "workers": int(os.environ.get("WORKERS", "1")), "hosts": int(os.environ.get("HOSTS", "1")),
        }  # fmt: skip
        return cls(
            **{name: options[name] if options.get(name) is not None else value for name, value in fallback.items()}
        )

    def connections(self, pool: int) -> int:
        """What they may open together. A Daphne has one more connection, for answers."""
        return (
            self.hosts
            * (self.pages * pool + self.answers * (pool + 1) + (self.workers + QUIET_WORKERS) * (pool + JOB_POOL))
            + SPARE_CONNECTIONS
        )


def settings_are_for_production() -> Iterator[Finding]:
    """PRODUCTION, host names, addresses, mail."""
    if settings.PRODUCTION:
        yield ok("PRODUCTION=1, không có DEMO và DEBUG")
    else:
        yield bad("PRODUCTION chưa bật: đây là cấu hình phát triển. Đặt PRODUCTION=1 trong /etc/hoithi/hoithi.env.")
    if "*" in settings.ALLOWED_HOSTS or not settings.ALLOWED_HOSTS:
        yield bad("ALLOWED_HOSTS nhận mọi tên miền. Ghi đúng tên miền của trang.")
    if not settings.SITE_URL.startswith("https://"):
        yield bad(f"SITE_URL là {settings.SITE_URL}: phải bắt đầu bằng https://.")
    if settings.WS_ALLOWED_ORIGINS is None or not all(o.startswith("https://") for o in settings.WS_ALLOWED_ORIGINS):
        yield bad("WS_ALLOWED_ORIGINS phải là danh sách địa chỉ https://; bỏ trống thì lấy SITE_URL khi PRODUCTION=1.")
    if settings.EMAIL_CONFIG:
        yield ok("có máy chủ gửi thư (EMAIL_URL)")
    else:
        yield note("chưa có EMAIL_URL: thư đặt lại mật khẩu không gửi được.")


def keys_are_set() -> Iterator[Finding]:
    """SECRET_KEY, the keys of attempt tokens, the key of the audit log."""
    if os.environ.get("SECRET_KEY") or settings.PRODUCTION:
        yield (
            ok("SECRET_KEY đã đặt")
            if len(settings.SECRET_KEY) >= 50
            else bad("SECRET_KEY ngắn hơn 50 ký tự. Tạo khóa mới.")
        )
    else:
        yield bad("SECRET_KEY chưa đặt: đang dùng khóa phát triển mà ai cũng tính ra được.")
    keys = settings.ATTEMPT_TOKEN_KEYS
    if not keys or min(map(len, keys)) < 32 or len(set(keys)) != len(keys):
        yield bad("ATTEMPT_TOKEN_KEYS cần ít nhất một khóa, mỗi khóa từ 32 ký tự, không trùng nhau.")
    elif not os.environ.get("ATTEMPT_TOKEN_KEYS"):
        yield note(
            "ATTEMPT_TOKEN_KEYS chưa đặt, đang suy ra từ SECRET_KEY: đổi SECRET_KEY giữa cuộc thi sẽ làm hỏng bài đang làm."
        )
    else:
        yield ok(f"{len(keys)} khóa ký mã lượt thi")
    if not os.environ.get("AUDIT_KEY"):
        yield bad(
            "AUDIT_KEY chưa đặt, đang suy ra từ SECRET_KEY: đổi SECRET_KEY thì cả nhật ký trông như bị giả. Tạo khóa riêng trước khi mở cuộc thi."
        )
    elif len(settings.AUDIT_KEY) < 32:
        yield bad("AUDIT_KEY ngắn hơn 32 ký tự. Tạo khóa mới trước khi mở cuộc thi đầu tiên.")
    else:
        yield ok("AUDIT_KEY đã đặt")


def deploy_checks_pass() -> Iterator[Finding]:
    """Django's own list for deployments."""
    said = StringIO()
    try:
        call_command("check", deploy=True, fail_level="WARNING", stdout=said, stderr=said)
    except SystemCheckError as error:
        for line in str(error).splitlines():
            if line.startswith("?: ") or ": (" in line:
                yield bad(f"check --deploy: {line.removeprefix('?: ')}")
    else:
        yield ok("check --deploy không báo gì")


def database_answers() -> bool:
    """Whether there is a database to ask."""
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def database_is_away() -> Iterator[Finding]:
    """Said once, instead of by every check that would ask it."""
    yield bad('không kết nối được PostgreSQL ở DATABASE_URL. Xem: systemctl status postgresql; psql "$DATABASE_URL"')


def database_speaks_vietnamese() -> Iterator[Finding]:
    """A cluster made under LC_ALL=C answers lower('ĐÀO') with 'ĐÀo': searches would miss half of the names."""
    version, encoding = _row("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
    yield (
        ok(f"PostgreSQL {version // 10000}")
        if version >= OLDEST_POSTGRES
        else bad("PostgreSQL cũ hơn bản 15. Nâng cấp.")
    )
    low, like = _row("SELECT lower('NGUYỄN ĐÀO Ế'), 'Đào' ILIKE 'đào'")
    if encoding == "UTF8" and low == "nguyễn đào ế" and like:
        yield ok("cơ sở dữ liệu hiểu chữ Việt (lower, ILIKE)")
    else:
        yield bad(
            f"cơ sở dữ liệu không hiểu chữ Việt ({encoding}, lower cho “{low}”). Tạo lại: createdb -T template0 -E UTF8 --locale=C.UTF-8 hoithi, rồi nạp bản sao."
        )


def database_keeps_what_it_says() -> Iterator[Finding]:
    """An acknowledged answer must survive a crash of the database, and the role must not own more than it needs."""
    fsync, commit, read_only, is_super = _row(
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on', rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if fsync == "on" and commit != "off":
        yield ok(f"câu trả lời đã báo “Đã lưu” còn sau khi mất điện (fsync {fsync}, synchronous_commit {commit})")
    else:
        yield bad(f"fsync={fsync}, synchronous_commit={commit}: câu đã báo “Đã lưu” có thể mất. Đặt cả hai là on.")
    if read_only:
        yield bad("cơ sở dữ liệu chỉ cho đọc: đây là bản sao dự phòng, hoặc ổ đĩa đầy. Trỏ DATABASE_URL về máy chính.")
    if is_super:
        yield note("tài khoản cơ sở dữ liệu là superuser. Dùng một tài khoản thường chỉ sở hữu cơ sở dữ liệu này.")


def connections_suffice(processes: Processes) -> Iterator[Finding]:
    """All pools full at once must fit: a process without a connection refuses answers."""
    allowed, reserved = _row(
        "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int"
    )
    pool = settings.DATABASE_POOL
    need = processes.connections(pool)
    sum_ = f"{processes.pages} gunicorn, {processes.answers} Daphne, {processes.workers} + {QUIET_WORKERS} tiến trình nền, {processes.hosts} máy, mỗi tiến trình {pool}"
    if need <= allowed - reserved:
        yield ok(f"max_connections {allowed} đủ cho {need} kết nối ({sum_})")
    else:
        yield bad(
            f"cần {need} kết nối ({sum_}) mà max_connections chỉ có {allowed} (giữ riêng {reserved}). Tăng max_connections hoặc giảm DATABASE_POOL."
        )


def migrations_are_applied() -> Iterator[Finding]:
    """Tables of this version, and the cache table."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield bad(f"{len(plan)} migration chưa chạy, đầu tiên là {plan[0][0]}. Chạy: manage.py migrate")
    else:
        yield ok("mọi migration đã chạy")
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        yield bad("chưa có bảng bộ nhớ đệm. Chạy: manage.py createcachetable")


def redis_is_fit() -> Iterator[Finding]:
    """Reached, new enough, and told to refuse rather than to forget."""
    with live.connect(settings.REDIS_URL, timeout=2.0) as client:
        began = time.perf_counter()
        info = client.info()
        took = (time.perf_counter() - began) * 1000
    version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
    name = f"Valkey {info['valkey_version']}" if "valkey_version" in info else f"Redis {info['redis_version']}"
    if version >= OLDEST_REDIS:
        yield ok(f"{name}, trả lời sau {took:.1f} ms")
    else:
        yield bad(f"{name} cũ hơn 6.2: bảng xếp hạng cần bản mới hơn.")
    policy, limit = info.get("maxmemory_policy"), info.get("maxmemory", 0)
    if policy != "noeviction" and limit:
        yield bad(
            f"Redis có maxmemory và maxmemory-policy {policy}: bảng xếp hạng có thể mất vài dòng mà không ai biết. Đặt noeviction."
        )
    elif info.get("used_memory", 0) > 0.7 * limit > 0:
        yield bad(f"Redis đã dùng {info['used_memory'] / limit:.0%} bộ nhớ được phép. Tăng maxmemory.")
    else:
        yield ok("Redis không tự xóa dữ liệu")


def clocks_agree() -> Iterator[Finding]:
    """Deadlines follow the database's clock; pages, logs and certificates follow this machine's."""
    looks = []
    for _ in range(5):
        before = time.time()
        there = database_now().timestamp()
        after = time.time()
        looks.append((after - before, there - (before + after) / 2))
    offset = min(looks)[1]
    if abs(offset) > CLOCK_WRONG:
        yield bad(
            f"đồng hồ máy này lệch {-offset:+.1f} giây so với cơ sở dữ liệu. Bật chrony: apt install chrony; chronyc makestep"
        )
    elif abs(offset) > CLOCK_ODD:
        yield note(f"đồng hồ máy này lệch {-offset:+.2f} giây so với cơ sở dữ liệu. Xem: chronyc tracking")
    else:
        yield ok(f"đồng hồ lệch {abs(offset) * 1000:.0f} ms so với cơ sở dữ liệu")


def time_zone_is_vietnam() -> Iterator[Finding]:
    """What people see on pages and in rules."""
    if settings.TIME_ZONE == "Asia/Ho_Chi_Minh" and settings.USE_TZ:
        yield ok("giờ Việt Nam trên trang, UTC trong cơ sở dữ liệu")
    else:
        yield bad(f"TIME_ZONE là {settings.TIME_ZONE}: phải là Asia/Ho_Chi_Minh.")


def static_files_are_there() -> Iterator[Finding]:
    """Every name in the manifest has its file; without one a page is an error."""
    hashed = getattr(staticfiles_storage, "hashed_files", None)
    if not hashed:
        yield bad("chưa gom tệp tĩnh. Chạy: manage.py collectstatic --no-input")
        return
    missing = [name for name in hashed.values() if not (Path(settings.STATIC_ROOT) / name).exists()]
    if missing:
        yield bad(f"thiếu {len(missing)} tệp tĩnh, ví dụ {missing[0]}. Chạy lại: manage.py collectstatic --no-input")
    else:
        yield ok(f"{len(hashed)} tệp tĩnh")


def disk_has_room() -> Iterator[Finding]:
    """Here. The database's disk is on its own machine: docs/deploy.md says how to look."""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(settings.MEDIA_ROOT)
    free, share = usage.free / 2**30, usage.free / usage.total
    if not os.access(settings.MEDIA_ROOT, os.W_OK):
        yield bad(f"không ghi được vào {settings.MEDIA_ROOT}. Chạy: chown -R hoithi: {settings.MEDIA_ROOT}")
    if free < FREE_GIB or share < FREE_SHARE:
        yield bad(f"ổ đĩa của {settings.MEDIA_ROOT} chỉ còn {free:.1f} GiB ({share:.0%}). Dọn bớt hoặc mở rộng.")
    else:
        yield ok(f"ổ đĩa còn {free:.0f} GiB ({share:.0%})")


def grading_keeps_up() -> Iterator[Finding]:
    """A worker runs: nothing that was handed in waits for its grade."""
    waiting = Attempt.objects.filter(state__in=["submitted", "expired"]).order_by("submitted_at").first()
    late = (database_now() - waiting.submitted_at).total_seconds() if waiting and waiting.submitted_at else 0
    if late > GRADING_LATE:
        yield bad(
            f"có bài nộp chờ chấm đã {late:.0f} giây: tiến trình nền không chạy? systemctl status 'hoithi-worker@*'"
        )
    else:
        yield ok("không có bài nộp nào chờ chấm lâu")
    (alive,) = _row("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '60 seconds'")
    if not alive:
        yield bad("không thấy tiến trình nền nào. Chạy: systemctl start hoithi-worker@1")
    else:
        yield ok(f"{alive} tiến trình nền đang chạy")
    (minutes,) = _row(
        """SELECT coalesce(extract(epoch FROM now() - min(event.at)) / 60, 0)
        FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
        WHERE job.status = 'todo' AND job.queue_name = %s""",
        QUIET,
    )
    if minutes > QUIET_LATE:
        yield note(f"tệp báo cáo hoặc thống kê đã đợi {minutes:.0f} phút. Xem: systemctl status hoithi-quiet")


def audit_is_sealed() -> Iterator[Finding]:
    """What is not sealed yet could be changed without a trace."""
    waiting, late = unsealed()
    if late:
        yield bad(
            f"{late} bản ghi nhật ký chờ niêm phong quá 5 phút. Chạy: manage.py verify_audit; xem log của hoithi-worker"
        )
    else:
        yield ok(f"nhật ký được niêm phong ({waiting} bản ghi đang chờ)")


def boards_are_there() -> Iterator[Finding]:
    """Redis has the boards of every open contest."""
    missing = [
        board.name
        for contest in Contest.objects.filter(state=Contest.State.OPEN).prefetch_related("rounds")
        for board in boards_of(contest)
        if live.is_missing(board.name)
    ]
    if missing:
        yield bad(
            f"{len(missing)} bảng xếp hạng chưa có trong Redis, ví dụ {missing[0]}. Chạy: manage.py rebuild_boards"
        )
    else:
        yield ok("bảng xếp hạng của các cuộc thi đang mở đều có trong Redis")


def _row(query: str, *parameters: Any) -> tuple[Any, ...]:
    """One row of a query that is written here."""
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
