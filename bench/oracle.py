"""Does the time of a save tell right from wrong? Both interleaved at random, against a site with a planted delay.

The client sits on the same machine and asks one after the other: nobody on a network measures better. The planted site
works 0.3 ms longer on a right answer, to show that a difference of that size would be seen.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import socket
import statistics
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bench.stack import Server, daphne, open_stack

SAVES = 2000  # of each kind
MEMBERS = 40
PLANTED_MS = 0.3
_SEQ = itertools.count(1_000)  # a save is always newer than the one before
KEYS = "ORACLE_KEYS"  # where the planted site finds what is right: attempt → question → shown position

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Keys = dict[str, dict[str, int]]


def run(quick: bool) -> dict[str, Any]:
    """Ours and the planted one. `p_…`: how likely so large a difference is by chance alone, if there is none."""
    saves = 300 if quick else SAVES
    with open_stack("oracle") as stack:
        tokens, keys = _sit()
        path = Path(stack.env["VAR"]) / "oracle-keys.json"
        path.write_text(json.dumps(keys))
        stack.env[KEYS] = str(path)
        with daphne(stack) as ours, daphne(stack, "bench.oracle:planted") as leaky:
            figures = {
                name: _figures(*_measure(server, tokens, keys, saves)) for name, server in (("ours", ours), ("baseline", leaky))
            }  # fmt: skip
        path.unlink()
    return figures | {"ratio": {"shift_us": figures["ours"]["shift_us"] / figures["baseline"]["shift_us"]}}


def _sit() -> tuple[dict[str, str], Keys]:
    """Members on real papers: their tokens, and the shown position of each right option (questions with one answer)."""
    from django.conf import settings
    from django.utils import timezone

    from contests.actions.start import start_attempt
    from contests.models import QuestionVersion
    from contests.tokens import make_token
    from tests import make

    union = make.make_union()
    contest = make.make_contest(union, make.make_bank(union.province_a))
    tokens, keys = {}, {}
    versions = QuestionVersion.objects.in_bulk()
    for number in range(MEMBERS):
        member = make.make_member(f"Đoàn viên {number}", union.factory_a)
        attempt = start_attempt(member=member, round_=contest.rounds.get(), now=timezone.now())
        name = str(attempt.public_id)
        tokens[name] = make_token(
            attempt=attempt.public_id, shape=attempt.shape, epoch=attempt.epoch, accepts_until=attempt.accepts_until,
            keys=settings.ATTEMPT_TOKEN_KEYS,
        )  # fmt: skip
        keys[name] = {
            str(question): order.index(versions[version].key[0])
            for question, (version, order) in enumerate(attempt.paper, start=1)
            if len(versions[version].key) == 1
        }
    return tokens, {name: questions for name, questions in keys.items() if questions}


def _measure(server: Server, tokens: dict[str, str], keys: Keys, saves: int) -> tuple[list[float], list[float]]:
    """Milliseconds of right and of wrong saves, over one connection, in an order that chance decides."""
    lots = random.Random(5)
    kinds = [True] * saves + [False] * saves
    lots.shuffle(kinds)
    found: dict[bool, list[float]] = {True: [], False: []}
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place, is_right in enumerate([True, False] * 100 + kinds):  # the first two hundred warm it up
            attempt = lots.choice(list(keys))
            question, right = lots.choice(list(keys[attempt].items()))
            choice = right if is_right else lots.choice([other for other in range(4) if other != right])
            body = json.dumps(
                {"answers": [{"question": int(question), "choice": [choice], "seq": next(_SEQ)}]}
            ).encode()
            took = _ask(line, attempt, tokens[attempt], body)
            if place >= 200:
                found[is_right].append(took)
    return found[True], found[False]


def _ask(line: socket.socket, attempt: str, token: str, body: bytes) -> float:
    request = (
        f"POST /api/attempts/{attempt}/answers HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    sent = time.perf_counter()
    line.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got or not got.endswith(b"}"):
        got += line.recv(65_536)
    took = (time.perf_counter() - sent) * 1000
    if not got.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(got.decode())
    return took


def _figures(right: Sequence[float], wrong: Sequence[float]) -> dict[str, Any]:
    auc, p_rank = mann_whitney(right, wrong)
    distance, p_shape = kolmogorov_smirnov(right, wrong)
    return {
        "saves": len(right) + len(wrong),
        "right_median_ms": statistics.median(right),
        "wrong_median_ms": statistics.median(wrong),
        "shift_us": (statistics.median(right) - statistics.median(wrong)) * 1000,
        "right_slower_share": auc,  # of pairs; 0.5 says nothing
        "p_mann_whitney": p_rank,
        "ks_distance": distance,
        "p_kolmogorov_smirnov": p_shape,
    }


def mann_whitney(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """How often one of the first is larger than one of the second, and the p of "as often as not" (large samples)."""
    order = sorted(others)
    larger = sum((bisect_left(order, one) + bisect_left(order, math.nextafter(one, math.inf))) / 2 for one in ones)
    pairs = len(ones) * len(others)
    spread = math.sqrt(pairs * (len(ones) + len(others) + 1) / 12)
    return larger / pairs, math.erfc(abs(larger - pairs / 2) / spread / math.sqrt(2))


def kolmogorov_smirnov(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """The largest gap between the two distributions, and the p of "the same" (large samples)."""
    first, second = sorted(ones), sorted(others)
    distance = max(
        abs(bisect_left(first, value) / len(first) - bisect_left(second, value) / len(second))
        for value in first + second
    )
    scaled = distance * math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    if scaled < 0.2:
        return distance, 1.0
    tail = 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return distance, min(1.0, max(0.0, tail))


async def planted(scope: Message, receive: Receive, send: Send) -> None:
    """The site as somebody might have built it who looks at the key while saving."""
    from config.asgi import application

    if scope["type"] != "http":
        return await application(scope, receive, send)
    message = await receive()
    row = json.loads(message["body"])["answers"][0]
    keys = _keys()
    if keys[scope["path"].split("/")[3]][str(row["question"])] == row["choice"][0]:
        until = time.perf_counter() + PLANTED_MS / 1000
        while time.perf_counter() < until:
            pass

    async def again() -> Message:
        return message

    await application(scope, again, send)
    return None


_read: Keys = {}


def _keys() -> Keys:
    if not _read:
        _read.update(json.loads(Path(os.environ[KEYS]).read_text()))
    return _read
