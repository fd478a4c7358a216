"""`make run`: everything a newcomer needs to see the platform at work, in one terminal, until Ctrl-C.

Embedded servers (or yours, by DATABASE_URL and REDIS_URL), migrations, the demo once, then Daphne and a worker.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR", ROOT / "var"))


class Stop(SystemExit):
    """Ends with one clear line instead of a traceback."""

    def __init__(self, line: str) -> None:
        super().__init__(f"\n✗ {line}\n")


def main() -> None:
    """Start, tell, wait, stop."""
    options = argparse.ArgumentParser(prog="make run")
    options.add_argument("--port", type=int, default=8000)
    port = options.parse_args().port
    # Set both: a run that was started in the background of a script inherits Ctrl-C as ignored.
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    refuse_taken(port)
    env = os.environ | {
        "DEMO": os.environ.get("DEMO", "1"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        env |= servers()
        step("Đang chuẩn bị cơ sở dữ liệu (migrate)…")
        manage("migrate", "--no-input", "--verbosity", "0", env=env)
        manage("createcachetable", env=env)
        if env["DEMO"] == "1":
            step("Đang kiểm tra dữ liệu mẫu (chỉ nạp lần đầu, khoảng nửa phút)…")
            manage("seed_demo", env=env)
        step("Đang mở máy chủ…")
        processes += [daphne(port, env), worker(env)]
        wait_ready(port, processes[0])
        tell(port, demo=env["DEMO"] == "1")
        watch(processes, env)
    except KeyboardInterrupt:
        print("\nĐang dừng…", flush=True)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
        stop(processes)


def servers() -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: yours, if they answer, or the embedded ones."""
    addresses = {}
    if given := os.environ.get("DATABASE_URL"):
        check_database(given)
        addresses["DATABASE_URL"] = given
    if given := os.environ.get("REDIS_URL"):
        check_redis(given)
        addresses["REDIS_URL"] = given
    try:
        if "DATABASE_URL" not in addresses:
            step("Đang mở PostgreSQL nhúng (dữ liệu trong var/)…")
            addresses["DATABASE_URL"] = embedded.start_postgres(VAR)
        if "REDIS_URL" not in addresses:
            step("Đang mở Valkey nhúng…")
            addresses["REDIS_URL"] = embedded.start_valkey(VAR)
    except embedded.EmbeddedUnavailable as error:
        raise Stop(str(error)) from None
    return addresses


def check_database(url: str) -> None:
    """One clear line when DATABASE_URL is wrong or nobody answers there."""
    import environ  # only where an address was given
    import psycopg

    try:
        found = environ.Env.db_url_config(url)
        if "postgresql" not in found["ENGINE"]:
            raise Stop("DATABASE_URL phải là PostgreSQL, ví dụ postgres://user:password@127.0.0.1:5432/hoithi")
        psycopg.connect(
            dbname=found["NAME"], user=found["USER"] or None, password=found["PASSWORD"] or None, connect_timeout=5,
            host=found["HOST"] or found.get("OPTIONS", {}).get("host"), port=found["PORT"] or None,
        ).close()  # fmt: skip
    except (psycopg.Error, ValueError, KeyError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Stop(f"Không kết nối được cơ sở dữ liệu ở DATABASE_URL ({hide_password(url)}): {first}") from None


def check_redis(url: str) -> None:
    """One clear line when REDIS_URL is wrong or nobody answers there."""
    import redis  # only where an address was given

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise Stop(f"Không kết nối được Redis/Valkey ở REDIS_URL ({hide_password(url)}): {error}") from None


def hide_password(url: str) -> str:
    """The address without its secret, for a terminal that others may see."""
    password = urlsplit(url).password
    return url.replace(f":{password}@", ":***@") if password else url


def refuse_taken(port: int) -> None:
    """Say what to do when somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(
                f"Cổng {port} đang có chương trình khác dùng. Hãy chọn cổng khác, ví dụ: make run PORT={port + 1}\n"
                f"  (Port {port} is taken. Choose another one: make run PORT={port + 1})"
            ) from None


def step(text: str) -> None:
    """Progress, so that nobody takes a slow first start for a hang."""
    print(f"→ {text}", flush=True)


def manage(*args: str, env: dict[str, str]) -> None:
    """Run a management command to its end; its own words are the error."""
    process = subprocess.Popen([sys.executable, "manage.py", *args], cwd=ROOT, env=env, start_new_session=True)
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait(20)
        raise
    if code:
        raise Stop(f"Lệnh `manage.py {' '.join(args)}` không chạy được (mã {code}). Xem dòng báo lỗi ở trên.")


def daphne(port: int, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Pages, answers and sockets."""
    command = [
        sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "--ping-interval", "20", "--ping-timeout", "30",
        "--websocket_timeout", "14400", "--verbosity", "0", "config.asgi:application",
    ]  # fmt: skip
    # A session of its own: Ctrl-C reaches us alone, and we stop everything in order.
    return subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)


def worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Grading and jobs."""
    return subprocess.Popen([sys.executable, "manage.py", "run_worker"], cwd=ROOT, env=env, start_new_session=True)


def wait_ready(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when /readyz says so."""
    for _ in range(240):
        if server.poll() is not None:
            raise Stop("Máy chủ dừng ngay khi mở. Xem dòng báo lỗi ở trên.")
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.25)
    raise Stop("Máy chủ không sẵn sàng sau 60 giây. Xem dòng báo lỗi ở trên.")


def tell(port: int, *, demo: bool) -> None:
    """Where to go and who to be."""
    base = f"http://127.0.0.1:{port}"
    print(f"\n  Sẵn sàng: {base}/", flush=True)
    if demo:
        print(
            f"\n    {base}/               cuộc thi đang mở\n"
            f"    {base}/to-chuc/       ban tổ chức\n"
            f"    {base}/bao-cao/       báo cáo của cán bộ\n\n"
            "  Tài khoản mẫu, mật khẩu congdoan-demo:\n"
            "    doanvien@demo.vn   đoàn viên\n"
            "    btc@demo.vn        ban tổ chức của một tỉnh\n"
            "    canbo@demo.vn      cán bộ báo cáo của tỉnh\n"
        )
    print("  Ctrl-C để dừng.\n", flush=True)


def watch(processes: list[subprocess.Popen[bytes]], env: dict[str, str]) -> None:
    """Wait for Ctrl-C; a worker that died is started again, a dead server ends the run."""
    while True:
        time.sleep(1)
        if processes[0].poll() is not None:
            raise Stop("Máy chủ đã dừng. Xem dòng báo lỗi ở trên.")
        if processes[1].poll() is not None:
            processes[1] = worker(env)


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask, wait, insist. The embedded servers end with this process."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
