"""A hundred starts at one instant for each of 200 members, from four processes: attempts above the allowance, running ones.

Baseline: the same code on the same tables without the three constraints that a start relies on. A start reads before it
writes and locks nothing that two first starts could share, so without them its checks alone let many through.
"""

from __future__ import annotations

import multiprocessing
import os
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from bench.intake import note
from bench.stack import open_stack

PROCESSES, THREADS = 4, 24  # each thread has a connection of its own; PostgreSQL has a hundred of them
PARALLEL = 100  # starts of one member: 96 at once, the others as soon as a thread is free
GUARDS = ("attempt_number_once", "one_running_attempt", "attempts_within_allowance")
GIVES_UP = {"ours": 200.0, "baseline": 15.0}  # seconds: a slow machine reports fewer members instead of taking longer


def run(quick: bool) -> dict[str, dict[str, Any]]:
    """With the constraints, then without them, each on a database that is thrown away."""
    os.environ["DATABASE_POOL"] = str(THREADS)
    figures: dict[str, dict[str, Any]] = {}
    with open_stack("allowance"):
        from bench.starts import prepare
        from contests.models import Attempt, Entry

        many, few = (20, 10) if quick else (200, 40)
        prepare(many)
        for side, members in (("ours", many), ("baseline", few)):
            if side == "baseline":
                Attempt.objects.all().delete()
                Entry.objects.all().delete()
                drop_guards()
            figures[side] = race(members, GIVES_UP[side] / (10 if quick else 1))
            note(f"{side}: {figures[side]}")
    return figures


def drop_guards() -> None:
    """Only the checks of the code are left."""
    from django.db import connection

    from contests.models import Attempt

    guards = [guard for guard in Attempt._meta.constraints if guard.name in GUARDS]
    if len(guards) != len(GUARDS):
        raise RuntimeError("a constraint has another name now")
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(Attempt, guard)


def race(members: int, patience: float) -> dict[str, Any]:
    """One member after the other, all processes on the same one; then ask the table."""
    from accounts.models import Member

    context = multiprocessing.get_context("spawn")
    rivals = []
    for _ in range(PROCESSES):
        here, there = context.Pipe()
        rival = context.Process(target=_rival, args=(there,), daemon=True)
        rival.start()
        rivals.append((rival, here))
    for _, pipe in rivals:
        pipe.recv()  # it is ready
    heard: Counter[str] = Counter()
    raced, began = [], time.monotonic()
    for pk in Member.objects.filter(phone__startswith="+8490").order_by("pk").values_list("pk", flat=True)[:members]:
        if time.monotonic() - began > patience:
            break
        for _, pipe in rivals:
            pipe.send(pk)
        for _, pipe in rivals:
            heard += pipe.recv()
        raced.append(pk)
    seconds = time.monotonic() - began
    for rival, pipe in rivals:
        pipe.send(None)
        rival.join(20)
    return found(raced) | {"seconds": seconds} | {f"heard {what}": number for what, number in sorted(heard.items())}


def found(members: list[int]) -> dict[str, Any]:
    """What the table holds of them."""
    from django.db.models import Count, Q

    from contests.models import Entry, Round
    from contests.rules.settings import parse_round_rules

    allowed = parse_round_rules(Round.objects.get().rules).attempts
    if allowed is None:
        raise RuntimeError("the contest of this benchmark has no allowance")
    entries = Entry.objects.filter(member__in=members).annotate(
        begun=Count("attempts"), running=Count("attempts", filter=Q(attempts__state="started"))
    )
    return {
        "members": len(members), "starts": len(members) * PARALLEL, "allowance": allowed,
        "attempts": sum(entry.begun for entry in entries),
        "above_allowance": sum(max(0, entry.begun - allowed) for entry in entries),
        "most_attempts": max(entry.begun for entry in entries), "most_running": max(entry.running for entry in entries),
    }  # fmt: skip


# --- A process of rivals ----------------------------------------------------------------------------------------------
def _rival(pipe: Connection) -> None:
    import django  # the environment is the parent's

    django.setup()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_connect, range(THREADS)))
        pipe.send("ready")
        while (pk := pipe.recv()) is not None:
            pipe.send(Counter(pool.map(_start, [pk] * (PARALLEL // PROCESSES), range(PARALLEL // PROCESSES))))


def _connect(_: int) -> None:
    from django.db import connection

    connection.ensure_connection()
    time.sleep(0.5)  # so that no thread makes two of the connections


def _start(pk: int, number: int) -> str:
    """One press; every other one hands in at once, so that the next attempts come into reach."""
    from accounts.models import Member
    from contests.actions.sitting import database_now
    from contests.actions.start import start_attempt
    from contests.errors import ContestError
    from contests.models import Attempt, Round

    round_ = Round.objects.select_related("contest__audience", "contest__bank").get()
    try:
        attempt = start_attempt(member=Member(pk=pk), round_=round_, now=database_now(), device=uuid.uuid4())
        if number % 2:
            Attempt.objects.filter(pk=attempt.pk, state="started").update(
                state="submitted", submitted_at=database_now()
            )
    except ContestError as refusal:
        return refusal.code
    except Exception as problem:  # whatever it is, the member would see an error
        return f"error {type(problem).__name__}"
    return "begun or found"
