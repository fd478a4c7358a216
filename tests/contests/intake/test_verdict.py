"""The checker of `bench faults` finds nothing in a sitting that went well, and each fault that is planted in its tables."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from bench import phone as simulated
from bench.verdict import AUDIT, FAULTS, NO_AUDIT, Ledger, execute, judge, read_tables
from contests.actions.grade import grade_pending
from contests.intake import Intake
from contests.models import Attempt
from tests.contests.intake.phone import Phone, Reply, tap, token_of

pytestmark = pytest.mark.django_db(transaction=True)


def hear(ledger: Ledger, reply: Reply, *taps: dict[str, Any]) -> None:
    """What a phone notes."""
    sent = {(each["question"], each["seq"]): tuple(each["choice"]) for each in taps}
    ledger.sent |= {(*key, choice) for key, choice in sent.items()}
    for key in map(tuple, reply.body["saved"]):
        ledger.acked.setdefault((*key, sent[key]), time.time())
    ledger.late |= {(*key, sent[key]) for key in map(tuple, reply.body.get("late", ()))}
    if "receipt" in reply.body:
        ledger.receipts.add((reply.body["receipt"], reply.body["received"]))


async def sit(attempt: Attempt) -> Ledger:
    """Two answers, a change of mind, a hand-in with a third, and one that comes after it."""
    ledger, intake = Ledger(str(attempt.public_id), attempt.deadline.timestamp(), asked_to_end=True), Intake()
    phone = Phone(intake, attempt.public_id, token_of(attempt))
    for taps in ([tap(1, 0, 1)], [tap(2, 3, 2)], [tap(2, [1, 2], 5)]):
        hear(ledger, await phone.answers(*taps), *taps)
    taps = [tap(1, 0, 1), tap(2, [1, 2], 5), tap(3, 1, 6)]
    hear(ledger, await phone.submit(*taps), *taps)
    hear(ledger, await phone.answers(tap(4, 0, 7)), tap(4, 0, 7))
    await intake.close()
    return ledger


@pytest.fixture
def ledger(room) -> Iterator[Ledger]:
    """What Alice's phone heard until her paper was graded, with every write noted by the database."""
    execute(AUDIT)
    try:
        found = asyncio.run(sit(room.alice))
        grade_pending(now=timezone.now())
        yield found
    finally:
        execute(NO_AUDIT)


def check(ledger: Ledger) -> dict[str, int]:
    return judge([ledger], read_tables([ledger.attempt]))


def plant(statement: str) -> None:
    """Do to the tables what no code of ours can: the guards of the database are off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)


def test_a_sitting_that_went_well_has_no_fault(ledger):
    assert len(ledger.acked) == 4
    assert len(ledger.late) == len(ledger.receipts) == 1
    assert check(ledger) == dict.fromkeys(FAULTS, 0)


MINE = "attempt_id IN (SELECT attempt_id FROM bench_written)"
ATTEMPT = "id IN (SELECT attempt_id FROM bench_written)"


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("lost", f"DELETE FROM contests_answer WHERE {MINE} AND question = 1"),
        ("lost", f"UPDATE contests_answer SET choice = '{{2}}' WHERE {MINE} AND question = 1"),
        ("lost", f"UPDATE contests_answer SET seq = 9 WHERE {MINE} AND question = 1"),  # newer, but nobody sent it
        ("early", "DELETE FROM bench_written WHERE question = 1"),
        ("early", "UPDATE bench_written SET at = at + interval '1 minute' WHERE question = 1"),
        ("strange", f"INSERT INTO contests_answer (attempt_id, question, choice, seq, arrived_at) SELECT attempt_id, 4, '{{0}}'::smallint[], 8, arrived_at FROM contests_answer WHERE {MINE} AND question = 1"),
        ("late_lost", f"DELETE FROM contests_lateanswer WHERE {MINE}"),
        ("doubled", f"UPDATE contests_answer SET arrived_at = arrived_at WHERE {MINE} AND question = 1"),
        ("doubled", f"UPDATE contests_attempt SET state = 'started' WHERE {ATTEMPT}; UPDATE contests_attempt SET state = 'expired' WHERE {ATTEMPT}"),
        ("doubled", f"UPDATE contests_attempt SET graded_at = now() WHERE {ATTEMPT}"),
        ("doubled", f"UPDATE contests_attempt SET epoch = epoch + 1 WHERE {ATTEMPT}"),
        ("lowered", f"UPDATE contests_answer SET seq = 2, choice = '{{3}}' WHERE {MINE} AND question = 2"),
        ("after_end", f"UPDATE contests_answer SET seq = 6 WHERE {MINE} AND question = 1"),
        ("after_end", f"UPDATE contests_attempt SET accepts_until = now() - interval '1 hour' WHERE {ATTEMPT}"),
        ("receipts", f"UPDATE contests_attempt SET receipt = 'OTHER' WHERE {ATTEMPT}"),
        ("receipts", f"UPDATE contests_attempt SET received = 2 WHERE {ATTEMPT}"),
        ("receipts", f"UPDATE contests_attempt SET closed_by = 'deadline' WHERE {ATTEMPT}"),
        ("stuck", f"UPDATE contests_attempt SET state = 'started' WHERE {ATTEMPT}"),
        ("stuck", f"UPDATE contests_attempt SET state = 'expired' WHERE {ATTEMPT}"),
        ("grades", f"UPDATE contests_attempt SET points = points + 100 WHERE {ATTEMPT}"),
        ("grades", "DELETE FROM contests_standing WHERE round_id IS NULL"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(ledger, fault, statement):
    plant(statement)

    assert check(ledger)[fault] > 0


def test_an_attempt_that_is_not_there_is_stuck_and_its_answers_are_lost(ledger):
    ledger.attempt = "00000000-0000-4000-8000-000000000000"

    found = check(ledger)

    assert (found["stuck"], found["lost"]) == (1, 4)


def test_what_a_newer_tap_replaced_is_not_lost(ledger):
    assert (2, 2, (3,)) in ledger.acked
    assert check(ledger)["lost"] == 0


def test_the_simulated_phone_waits_as_the_page_does():
    page = (Path(__file__).resolve().parents[3] / "static/js/sitting-post.js").read_text()

    assert re.search(r"PATIENCE = (\d+)", page)[1] == str(int(simulated.PATIENCE * 1000))
    assert (
        f"Math.min({int(simulated.LONGEST_PAUSE * 1000)}, 500 * 2 ** failures)) * (0.6 + Math.random() * 0.8)" in page
    )
