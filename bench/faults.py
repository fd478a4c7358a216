"""300 members on a bad network while Daphne, PostgreSQL and the worker are killed: journals against tables, and a control that must lose.

Each member's phone follows the page's rules (`bench.phone`) through a proxy that drops, cuts and goes half-open
(`bench.proxy`); some vanish, some stay until the bell, some reload, some hand the sitting to a second device and take it back.
Meanwhile Daphne gets `kill -9`, PostgreSQL `stop -m immediate`, one of two workers `kill -9`; each is started again at once.
At the end everything is healthy, and `bench.verdict` compares. The control is the same with `bench.hasty`, which
acknowledges before COMMIT; without the wait for the sweep, so that only what it acknowledged is judged.

PostgreSQL runs as `make run` starts it, fsync on. An immediate stop ends its processes, not the machine: what the kernel
has is still written. So this shows that nothing is acknowledged before it is in the log and that recovery gives it back; that
the log is on the disk when the power fails is PostgreSQL's promise, kept by fsync, and is not tried here.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from bench.phone import Entry, Journal, Page, Phone, World
from bench.proxy import Fate, Link, Plan, Proxy
from bench.stack import FOLDER, Postgres, Server, Stack, daphne, open_stack, worker
from bench.verdict import AUDIT, FAULTS, Choice, Ledger, execute, judge, read_tables

T = TypeVar("T")
SEED = 1929
QUESTIONS = 20
GRACE = 2.0  # seconds
DAY = 24 * 3600
TAIL = 60.0  # seconds in which healthy phones and workers must have finished


@dataclass(frozen=True)
class Scale:
    """How large a trial is. `haste` divides the page's time-outs and pauses; `think`: seconds between two taps of a member."""

    members: int
    seconds: float
    kills: int  # to aim at
    least: int  # with fewer a run shows too little
    haste: float
    think: float
    workers: int  # none: it ends when the phones have ended, without sweep and grades
    worker_lives: float = 0  # seconds


FULL = {"ours": Scale(300, 280, 215, 200, 1, 1.0, 2, 18), "control": Scale(150, 30, 20, 1, 4, 0.5, 0)}
QUICK = {"ours": Scale(80, 12, 12, 10, 4, 0.4, 2, 9), "control": Scale(60, 5, 3, 1, 8, 0.3, 0)}
APPLICATIONS = {"ours": "config.asgi:application", "control": "bench.hasty:application"}


def run(quick: bool) -> dict[str, Any]:
    """Ours and the control; fails if ours broke any promise, if the control lost nothing, or if there were too few kills."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers end with us
    figures: dict[str, dict[str, Any]] = {}
    folder, scales = FOLDER / "faults", QUICK if quick else FULL
    with open_stack("faults", folder) as stack, ThreadPoolExecutor(4, "page") as pages:
        _without_pool()
        # As safe, and much faster on a busy disk than a recovery that opens and syncs each file of each database.
        execute("ALTER SYSTEM SET recovery_init_sync_method = syncfs")
        execute(AUDIT)
        contest = make_contest()
        execute("CHECKPOINT")  # the first recovery is not to replay the migrations
        for name, scale in scales.items():
            with Workers(stack, scale.workers) as workers, daphne(stack, APPLICATIONS[name]) as server:
                trial = Trial(scale, server, workers, Postgres(folder), pages)
                figures[name] = trial.hold(contest)
            print(f"{name}: {figures[name]}", file=sys.stderr, flush=True)
    ours, control = figures["ours"], figures["control"]
    failed = [f"{fault}: {ours[fault]}" for fault in (*FAULTS, "unfinished_phones") if ours[fault]]
    if not control["lost"]:
        failed.append("the control lost nothing: this run shows nothing")
    if ours["kills"] < scales["ours"].least:
        failed.append(f"only {ours['kills']} kills")
    return {"ours": ours, "baseline": control, "failed": failed}


# --- The members ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """What one member does; all times in seconds from the start of the trial."""

    attempt: str
    options: Sequence[tuple[int, bool]]  # of each question: how many, and whether several may be chosen
    ends: str  # submit, stay (until the bell) or vanish
    begins: float
    until: float
    deadline: float
    events: tuple[tuple[float, str], ...]  # reload, switch (to the other device)
    seed: int
    devices: tuple[uuid.UUID, uuid.UUID] = field(default_factory=lambda: (uuid.uuid4(), uuid.uuid4()))
    skews: tuple[float, float] = (0.0, 0.0)  # how wrong the clocks of the two devices are


def deal(scale: Scale, chance: random.Random) -> dict[str, Any]:
    """The part of one member, less the paper."""
    begins = chance.uniform(0, 0.55) * scale.seconds
    leaves = begins + chance.uniform(0.2, 0.4) * scale.seconds
    ends = chance.choices(("submit", "stay", "vanish"), (55, 20, 25))[0]
    until = begins + (leaves - begins) * chance.uniform(0.4, 1) if ends == "vanish" else leaves
    kinds = chance.choices(
        ("", "reload", "reload reload", "switch", "switch switch", "switch reload switch"), (50, 15, 5, 15, 10, 5)
    )
    events = [(chance.uniform(begins, until), kind) for kind in kinds[0].split()]
    deadline = {"submit": scale.seconds + TAIL, "stay": leaves, "vanish": leaves}[ends]
    return {
        "ends": ends, "begins": begins, "until": until, "deadline": deadline, "events": tuple(sorted(events)),
        "seed": chance.getrandbits(32), "skews": tuple(chance.choice((0, 0, -DAY, DAY)) + chance.gauss(0, 2) for _ in range(2)),
    }  # fmt: skip


class Trial:
    """One run against one Daphne: members, network, killers, verdict."""

    def __init__(
        self, scale: Scale, server: Server, workers: Workers, postgres: Postgres, pages: ThreadPoolExecutor
    ) -> None:
        self._scale, self._server, self._workers, self._postgres, self._pages = scale, server, workers, postgres, pages
        self._chance = random.Random(SEED)
        self._healthy = False
        self._began = 0.0  # epoch seconds
        self._ledgers: dict[str, Ledger] = {}
        self._kills: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._silences: list[float] = []
        self._stragglers: set[asyncio.Task[None]] = set()

    def hold(self, contest: Any) -> dict[str, Any]:
        """Hold the trial with members of its own; what was found."""
        self._began = time.time()
        parts = seat(contest, self._scale, self._began, self._chance)
        self._ledgers = {part.attempt: Ledger(part.attempt, self._began + part.deadline) for part in parts}
        found = asyncio.run(self._run(parts))
        faults = judge(self._ledgers.values(), _insist(lambda: read_tables(list(self._ledgers))))
        if not self._scale.workers:
            faults |= dict.fromkeys(("stuck", "grades"))
        acked = sum(len(ledger.acked) for ledger in self._ledgers.values())
        sent = sum(len(ledger.sent) for ledger in self._ledgers.values())
        return {
            "members": len(parts), "kills": self._kills["daphne"] + self._kills["postgres"],
            **{f"kills_{name}": self._kills[name] for name in ("daphne", "postgres", "worker")},
            "taps_sent": sent, "taps_acked": acked, **faults, **found, "trial_s": time.time() - self._began,
            "silence_p50_s": statistics.median(self._silences or [0]), "silence_max_s": max(self._silences, default=0),
        }  # fmt: skip

    async def _run(self, parts: Sequence[Part]) -> dict[str, Any]:
        async with Proxy(self._server.port, self._plan, seed=SEED) as proxy:
            self._world = World(proxy.port, self._scale.haste)
            sittings = [asyncio.create_task(self._sit(part)) for part in parts]
            killer = asyncio.create_task(self._kill_workers())
            await self._kill_servers()
            killer.cancel()
            await asyncio.gather(killer, return_exceptions=True)
            self._healthy, healthy = True, time.monotonic()
            unfinished = await self._finish(sittings)
            phones_after = time.monotonic() - healthy
            waiting = await self._wait_until_graded() if self._scale.workers else None
            graded_after = time.monotonic() - healthy
            struck = sum(proxy.struck.values())
        if self._world.broken:
            raise RuntimeError(f"a phone broke: {self._world.broken}")
        return {
            "unfinished_phones": unfinished, "not_graded": waiting, **{f"members_{k}": n for k, n in sorted(self._seen.items())},
            "connections": proxy.connections, "connections_struck": struck,
            **{f"struck_{fate}": proxy.struck[fate] for fate in Fate if fate is not Fate.PASS},
            **{f"replies_{kind}".replace(" ", "_"): number for kind, number in sorted(self._world.outcomes.items())},
            "phones_done_after_s": phones_after, "graded_after_s": graded_after if self._scale.workers else None,
        }  # fmt: skip

    async def _finish(self, sittings: Sequence[asyncio.Task[None]]) -> int:
        """Wait until every member is through; how many are not although all is healthy."""
        _, unfinished = await asyncio.wait(sittings, timeout=TAIL + self._left())
        for task in (*sittings, *self._stragglers):
            if task not in unfinished:
                await task  # raises what went wrong in it; who was left behind ends by themselves
            task.cancel()
        return len(unfinished)

    def _plan(self, chance: random.Random, number: int) -> Plan:
        """A third of the connections stays whole; the others are struck in one of their first exchanges."""
        link = chance.choices(
            (None, Link(latency=chance.uniform(0.002, 0.1)), Link(rate=4000, latency=0.3)), (5, 4, 1)
        )[0]
        fates = {
            Fate.PASS: 33, Fate.DROP: 9, Fate.HALF: 9, Fate.CUT: 15, Fate.LOSE: 20, Fate.DEAF: 6, Fate.MUTE: 8,
        }  # fmt: skip
        fate = chance.choices(list(fates), list(fates.values()))[0]
        plan = Plan(fate, chance.choice((0, 0, 1, 2, 5)), link)
        return Plan() if self._healthy else plan

    # --- One member ---
    async def _sit(self, part: Part) -> None:
        chance = random.Random(part.seed)
        journals: tuple[Journal, Journal] = ({}, {})
        events, holder = list(part.events), 0
        await self._until(part.begins)
        phone = await self._open(part, holder, journals, chance)
        while phone is not None and not phone.over and self._now() < part.until:
            if events and events[0][0] <= self._now():
                _, event = events.pop(0)
                self._seen[event] += 1
                if event == "switch":
                    self._leave_behind(part, phone, chance)
                    holder = 1 - holder
                else:
                    phone.die()
                phone = await self._open(part, holder, journals, chance, take=event == "switch")
                continue
            question = chance.randrange(QUESTIONS)
            phone.tap(question + 1, _choose(*part.options[question], chance))
            await self._until(min(part.until, self._now() + chance.expovariate(1 / self._scale.think)))
        if phone is None or phone.over:
            self._seen[f"over_{phone.over if phone else 'closed'}"] += 1
        elif part.ends == "vanish":
            self._seen["vanished"] += 1
            chance.choice((phone.die, phone.leave))()
        else:
            await self._hand_in(part, phone)

    async def _hand_in(self, part: Part, phone: Phone) -> None:
        more = {}
        if part.ends == "stay":
            await self._until(part.deadline)
            more = {"ends": int(phone.deadline * 1000)}
        outcome = await phone.submit(**more)
        self._seen["handed_in" if outcome.kind == "ok" else f"over_{outcome.kind}"] += 1
        phone.die()

    def _leave_behind(self, part: Part, phone: Phone, chance: random.Random) -> None:
        """The device that is about to lose the sitting goes on for a while: somebody still taps there."""

        async def straggle() -> None:
            for _ in range(chance.randint(1, 5)):
                question = chance.randrange(QUESTIONS)
                phone.tap(question + 1, _choose(*part.options[question], chance))
                await asyncio.sleep(chance.expovariate(1 / self._scale.think))
            for _ in range(300):
                if phone.over:
                    break
                await asyncio.sleep(0.1 / self._scale.haste)
            self._seen[f"left_behind_{phone.over or 'silent'}"] += 1
            phone.die()

        task = asyncio.create_task(straggle())
        self._stragglers.add(task)

    async def _open(
        self, part: Part, holder: int, journals: Sequence[Journal], chance: random.Random, *, take: bool = False
    ) -> Phone | None:
        """The page of the sitting on one of the devices, taken over if need be; None when the attempt has ended."""
        loop, device = asyncio.get_running_loop(), part.devices[holder]
        page = await loop.run_in_executor(self._pages, _load, part.attempt, device, take)
        if page is None:
            return None
        return Phone(self._world, page, journals[holder], self._ledgers[part.attempt], chance, part.skews[holder])

    # --- The killers ---
    async def _kill_servers(self) -> None:
        """As many kills as are asked for, spread over the seconds: a crash of PostgreSQL costs one of them, a Daphne three."""
        await self._acked_since(time.monotonic())
        while (left := self._scale.kills - self._kills["daphne"] - self._kills["postgres"]) > 0:
            pace = (self._scale.seconds - self._now()) / left
            if pace < -0.5:
                return
            web = not self._kills or self._chance.random() < min(0.9, max(0.15, (pace - 1) / 1.5))
            both = web and self._chance.random() < 0.5
            killed = time.monotonic()
            acts = [self._kill_daphne()] if web else []
            acts += [self._crash_postgres(self._chance.uniform(0, 2) if both else 0)] if both or not web else []
            await asyncio.gather(*acts)
            if await self._acked_since(time.monotonic()):
                self._silences.append(self._world.last_ack - killed)
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))

    async def _kill_daphne(self) -> None:
        await asyncio.to_thread(self._server.kill)
        self._kills["daphne"] += 1
        self._server.start()  # the supervisor
        await asyncio.to_thread(self._server.wait_ready)

    async def _crash_postgres(self, after: float) -> None:
        await asyncio.sleep(after)
        await asyncio.to_thread(self._postgres.crash)
        self._kills["postgres"] += 1
        await asyncio.sleep(self._chance.uniform(0, 0.3))
        await asyncio.to_thread(self._postgres.start)

    async def _kill_workers(self) -> None:
        while self._scale.workers:
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self._scale.worker_lives)
            await asyncio.to_thread(self._workers.kill, self._chance)
            self._kills["worker"] += 1

    async def _acked_since(self, since: float) -> bool:
        """Whether an answer is acknowledged soon: a kill of a system that does nothing would show nothing."""
        for _ in range(600):
            if self._world.last_ack > since:
                return True
            await asyncio.sleep(0.01)
        return False

    async def _wait_until_graded(self) -> int:
        """How many attempts are not graded although the last one should have been for a while."""
        loop, until = asyncio.get_running_loop(), time.monotonic() + TAIL + self._left()
        while True:
            waiting = await loop.run_in_executor(self._pages, _not_graded, list(self._ledgers))
            if not waiting or time.monotonic() > until:
                return waiting
            await asyncio.sleep(0.2)

    # --- Time ---
    def _now(self) -> float:
        return time.time() - self._began

    def _left(self) -> float:
        return max(0.0, self._scale.seconds - self._now())

    async def _until(self, instant: float) -> None:
        await asyncio.sleep(max(0.0, instant - self._now()))


def _choose(options: int, several: bool, chance: random.Random) -> Choice:
    """One option, some where several may be chosen, and now and then none: an answer taken back."""
    if chance.random() < 0.05:
        return ()
    return tuple(sorted(chance.sample(range(options), chance.randint(1, options) if several else 1)))


# --- The workers ------------------------------------------------------------------------------------------------------
class Workers:
    """Two of them, so that they get into each other's way; each may be killed and is started again at once."""

    def __init__(self, stack: Stack, number: int) -> None:
        self._stack, self._number = stack, number
        self._ends = contextlib.ExitStack()
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Workers:
        self._running = [self._ends.enter_context(worker(self._stack)) for _ in range(self._number)]
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.close()

    def kill(self, chance: random.Random) -> None:
        """kill -9 of one, and a new one in its place."""
        victim = self._running.pop(chance.randrange(len(self._running)))
        victim.kill()
        victim.wait()
        self._running.append(self._ends.enter_context(worker(self._stack)))


# --- Rows, and the pages made of them ---------------------------------------------------------------------------------
def make_contest() -> Any:
    """An open contest whose papers have twenty questions, some with several right options."""
    from contests.rules.settings import DrawPart
    from tests import make

    union = make.make_union()
    bank = make.make_bank(union.province_a)
    return make.make_contest(
        union, bank, draw=tuple(DrawPart(topic.name, QUESTIONS // 2) for topic in bank.topics.all())
    )


def seat(contest: Any, scale: Scale, began: float, chance: random.Random) -> list[Part]:
    """Members with a running attempt and a part to play each; the deadlines count from `began`."""
    from django.utils import timezone

    from accounts.models import Member
    from contests.models import Attempt, Entry
    from contests.queries.bank import bank_index, shapes_of
    from contests.rules.kinds.shapes import Options, encode_shape
    from contests.rules.paper import draw_paper
    from contests.rules.settings import parse_round_rules

    round_, unit, first = contest.rounds.get(), contest.audience, Member.objects.count()
    rules, bank = parse_round_rules(round_.rules), bank_index(contest.bank, timezone.localdate())
    now = _instant(began)
    members = Member.objects.bulk_create(
        Member(phone=f"+8490{first + index:07d}", full_name=f"Đoàn viên {index}", password="!")
        for index in range(scale.members)
    )
    entries = Entry.objects.bulk_create(
        Entry(contest=contest, member=m, unit=unit, unit_path=unit.path, unit_name=unit.name, entered_at=now)
        for m in members
    )
    attempts, parts = [], []
    for entry in entries:
        seed, part = chance.getrandbits(62), deal(scale, chance)
        paper = draw_paper(bank, rules, seed)
        shapes = shapes_of(item.version for item in paper.items)
        shape = [shape for item in paper.items if isinstance(shape := shapes[item.version], Options)]
        attempt = Attempt(
            entry=entry, round=round_, number=1, allowance=rules.attempts, seed=seed, shape=encode_shape(shape), started_at=now,
            paper=[[item.version, list(item.order)] for item in paper.items],
            deadline=_instant(began + part["deadline"]), accepts_until=_instant(began + part["deadline"] + GRACE),
        )  # fmt: skip
        options = [(each.options, each.several) for each in shape]
        attempts.append(attempt)
        parts.append(Part(str(attempt.public_id), options, **part))
        attempt.device = parts[-1].devices[0]
    Attempt.objects.bulk_create(attempts)
    return parts


def _load(attempt_id: str, device: uuid.UUID, take: bool) -> Page | None:
    """What the page of a sitting says, after an explicit tap on "go on here" if `take`; None when the attempt has ended."""
    from django.conf import settings

    from contests.actions.device import take_over
    from contests.actions.sitting import database_now
    from contests.models import Attempt
    from contests.tokens import make_token

    def load() -> Page | None:
        attempt = Attempt.objects.get(public_id=attempt_id)
        if take:
            attempt = take_over(attempt=attempt, device=device, now=database_now())
        if attempt.state != Attempt.State.STARTED or attempt.device != device:
            return None
        token = make_token(
            attempt=attempt.public_id, shape=attempt.shape, epoch=attempt.epoch, accepts_until=attempt.accepts_until,
            keys=settings.ATTEMPT_TOKEN_KEYS,
        )  # fmt: skip
        stored = [Entry(each.question, tuple(each.choice), each.seq) for each in attempt.answers.all()]
        return Page(token, attempt.deadline.timestamp(), stored)

    return _insist(load)


def _not_graded(attempts: Sequence[str]) -> int:
    from contests.models import Attempt

    return _insist(Attempt.objects.filter(public_id__in=attempts).exclude(state=Attempt.State.GRADED).count)


def _insist(act: Callable[[], T]) -> T:
    """Do it, again and again while the database is away: what a member does who sees an error page."""
    from django.db import Error, connection

    until = time.monotonic() + TAIL
    while True:
        try:
            return act()
        except Error:
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _without_pool() -> None:
    """This process's own connections die with every crash: it opens a new one where a pool would look for a live one."""
    from django.db import connection

    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"].pop("pool")


def _instant(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
