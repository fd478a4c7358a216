"""A load generator in a process of its own: raw HTTP/1.1 over keep-alive connections, so that it is not what is measured.

Run by `generate`: reads one JSON plan from standard input, writes one JSON report to standard output.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.cast import OPTIONS, QUESTIONS, Sitter
from bench.stack import ROOT, raise_file_limit


@dataclass
class Report:
    """What the phones saw. `acked`: the highest acknowledged sequence number of (attempt, question)."""

    seconds: float = 0.0
    sent: int = 0
    latencies_ms: list[float] = field(default_factory=list)  # of acknowledged answers
    other: dict[str, int] = field(default_factory=dict)  # statuses that are not 200
    acked: dict[str, int] = field(default_factory=dict)  # "attempt question" → seq
    cpu_seconds: float = 0.0  # the generator's own, to show that it was not the bottleneck


def generate(
    kind: str,
    port: int,
    sitters: Sequence[Sitter],
    *,
    cookies: bool,
    connections: int = 64,
    seconds: float = 5,
    first_seq: int = 1,
    rate: float = 200,
) -> Report:
    """Run a `closed` loop (each connection sends its next answer on the last reply), a `burst` (all at one instant), or a `steady`
    stream of `rate` answers a second, each sent at its time however the ones before it fared."""
    plan = {
        "kind": kind, "port": port, "cookies": cookies, "connections": connections, "seconds": seconds, "first_seq": first_seq, "rate": rate,
        "sitters": [sitter.as_dict() for sitter in sitters],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(plan).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=300,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return Report(**json.loads(done.stdout))


class Phone(asyncio.Protocol):
    """One connection that sends one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._reply: asyncio.Future[tuple[int, bytes]] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        start = head.lower().find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0])
        if len(body) >= length and self._reply is not None and not self._reply.done():
            self._buffer = body[length:]
            self._reply.set_result((int(head[9:12]), body[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(exc or ConnectionResetError())

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send; the future holds status and body."""
        if self.transport is None or self.transport.is_closing():
            raise ConnectionResetError
        self._reply = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._reply


def answer_request(sitter: dict[str, str], *, cookies: bool, question: int, choice: int, seq: int) -> bytes:
    """One answer as the phone sends it; the same body for ours (token) and for the baseline (cookie)."""
    body = b'{"answers":[{"question":%d,"choice":[%d],"seq":%d}]}' % (question, choice, seq)
    who = f"Cookie: sessionid={sitter['session']}" if cookies else f"Authorization: Bearer {sitter['token']}"
    head = (
        f"POST /api/attempts/{sitter['attempt']}/answers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{who}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _ask(
    phone: Phone, sitter: dict[str, str], plan: dict[str, Any], seq: int, report: Report, due: float | None = None
) -> bool:
    """Send one answer; whether it was acknowledged. It took from when it was `due`, else from now."""
    question, choice = random.randint(1, QUESTIONS), random.randrange(OPTIONS)
    request = answer_request(sitter, cookies=plan["cookies"], question=question, choice=choice, seq=seq)
    report.sent += 1
    sent_at = time.perf_counter() if due is None else due
    try:
        status, _ = await phone.ask(request)
    except OSError as error:
        status = type(error).__name__
    if status == 200:
        report.latencies_ms.append((time.perf_counter() - sent_at) * 1000)
        report.acked[f"{sitter['attempt']} {question}"] = seq
    else:
        report.other[str(status)] = report.other.get(str(status), 0) + 1
    return status == 200


async def _insist(phone: Phone, sitter: dict[str, str], plan: dict[str, Any], report: Report) -> None:
    """What a phone does: send again, a little later, until it is acknowledged or there is no use."""
    for _ in range(20):
        if await _ask(phone, sitter, plan, plan["first_seq"], report):
            return
        await asyncio.sleep(random.uniform(0.2, 1.0))


async def _closed(plan: dict[str, Any], report: Report) -> None:
    loop = asyncio.get_running_loop()
    until = time.perf_counter() + plan["seconds"]

    async def one(index: int) -> None:
        _, phone = await loop.create_connection(Phone, "127.0.0.1", plan["port"])
        mine = plan["sitters"][index :: plan["connections"]]
        seq = plan["first_seq"]
        while time.perf_counter() < until:
            for sitter in mine:
                await _ask(phone, sitter, plan, seq, report)
                if time.perf_counter() >= until:
                    break
            seq += 1

    await asyncio.gather(*(one(index) for index in range(plan["connections"])))


async def _burst(plan: dict[str, Any], report: Report) -> float:
    loop = asyncio.get_running_loop()
    phones = []
    for _ in plan["sitters"]:
        _, phone = await loop.create_connection(Phone, "127.0.0.1", plan["port"])
        phones.append(phone)
    await asyncio.sleep(1)
    started = time.perf_counter()
    pairs = zip(phones, plan["sitters"], strict=True)
    await asyncio.gather(*(_insist(phone, sitter, plan, report) for phone, sitter in pairs))
    return time.perf_counter() - started


async def _steady(plan: dict[str, Any], report: Report) -> None:
    """Every phone in turn; one that still waits for a reply sends its next answer after it. Latency counts from the moment an
    answer was due, so that a server that stalls is not spared those that wait."""
    loop = asyncio.get_running_loop()
    phones: list[tuple[Phone, asyncio.Lock, dict[str, str]]] = []
    for sitter in plan["sitters"]:
        _, phone = await loop.create_connection(Phone, "127.0.0.1", plan["port"])
        phones.append((phone, asyncio.Lock(), sitter))

    async def one(number: int, due: float) -> None:
        phone, free, sitter = phones[number % len(phones)]
        async with free:
            await _ask(phone, sitter, plan, plan["first_seq"] + number // len(phones), report, due)

    tasks, started = [], time.perf_counter()
    for number in range(int(plan["rate"] * plan["seconds"])):
        due = started + number / plan["rate"]
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)


async def _run(plan: dict[str, Any]) -> Report:
    report = Report()
    started, cpu = time.perf_counter(), time.process_time()
    if plan["kind"] == "burst":
        report.seconds = await _burst(plan, report)
    else:
        await (_steady if plan["kind"] == "steady" else _closed)(plan, report)
        report.seconds = time.perf_counter() - started
    report.cpu_seconds = time.process_time() - cpu
    return report


if __name__ == "__main__":
    raise_file_limit()
    print(json.dumps(asdict(asyncio.run(_run(json.load(sys.stdin))))))
