"""SIGTERM with requests waiting for their COMMIT: ours acknowledges all of them, stock Daphne none. Real processes."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys

import httpx

from config.embedded import free_port

WAITING = 60  # more than the 50 that Twisted would let wait at the door


async def terminate_under_load(module: str) -> tuple[int, bool, int]:
    """How many of the waiting requests got their reply, whether the door was closed meanwhile, the exit code."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            module,
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "--verbosity",
            "0",
            "tests.deploy.waiting_app:application",
        ]
    )
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        limits = httpx.Limits(max_connections=WAITING)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=20) as client:
            asking = [asyncio.create_task(client.post("/")) for _ in range(WAITING)]
            await asyncio.sleep(0.35)
            process.send_signal(signal.SIGTERM)
            closed = await door_closes(process, port)
            replies = await asyncio.gather(*asking, return_exceptions=True)
        code = await asyncio.to_thread(process.wait, 15)
        good = sum(isinstance(reply, httpx.Response) and reply.status_code == 200 for reply in replies)
        return good, closed, code
    finally:
        process.kill()
        process.wait()


async def door_closes(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether newcomers are refused while the process is still at work for those inside."""
    while process.poll() is None:
        with socket.socket() as late:
            late.settimeout(1)
            if late.connect_ex(("127.0.0.1", port)) != 0:
                return process.poll() is None
        await asyncio.sleep(0.01)
    return False


async def test_every_waiting_request_is_answered_and_nobody_new_is_let_in():
    good, closed, code = await terminate_under_load("config.drain")

    assert (good, closed, code) == (WAITING, True, 0)


async def test_control_stock_daphne_drops_them():
    good, *_ = await terminate_under_load("daphne")

    assert good < WAITING, "Daphne drains by itself now: config/drain.py may go"


def test_a_burst_may_wait_at_the_door():
    given = ["tcp:port=9001:interface=127.0.0.1", "tcp:port=9001:backlog=9", "unix:/run/x.sock"]
    ask = (
        f"from config.drain import _with_backlog; print(*map(_with_backlog, {given}))"  # its import installs a reactor
    )

    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)

    assert said.stdout.split() == [
        "tcp:port=9001:interface=127.0.0.1:backlog=2048",
        "tcp:port=9001:backlog=9",
        "unix:/run/x.sock",
    ]
