"""The checker: what phones were told against what the tables hold and how they came to hold it.

`AUDIT` lets the database note every write of an answer and every step of an attempt, in the transaction that does it;
`read_tables` reads those notes and the tables, `judge` (pure) compares them with the ledgers of the phones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Choice = tuple[int, ...]
Tap = tuple[int, int, Choice]  # question, sequence number, choice

# ALWAYS: also where triggers are off. The order of `id` is the order of the writes to one row: its lock is held meanwhile.
AUDIT = """
CREATE TABLE bench_written (
    id bigserial, attempt_id bigint, question smallint, seq bigint, choice smallint[], state text, at timestamptz
);
CREATE FUNCTION bench_note_answer() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO bench_written (attempt_id, question, seq, choice, state, at)
    SELECT NEW.attempt_id, NEW.question, NEW.seq, NEW.choice, a.state, clock_timestamp()
    FROM contests_attempt a WHERE a.id = NEW.attempt_id;
    RETURN NULL;
END$$;
CREATE TRIGGER bench_note AFTER INSERT OR UPDATE ON contests_answer FOR EACH ROW EXECUTE FUNCTION bench_note_answer();
ALTER TABLE contests_answer ENABLE ALWAYS TRIGGER bench_note;
CREATE TABLE bench_stepped (id bigserial, attempt_id bigint, state text);
CREATE FUNCTION bench_note_step() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO bench_stepped (attempt_id, state) VALUES (NEW.id, NEW.state);
    RETURN NULL;
END$$;
CREATE TRIGGER bench_note AFTER UPDATE ON contests_attempt FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.graded_at IS DISTINCT FROM NEW.graded_at)
    EXECUTE FUNCTION bench_note_step();
ALTER TABLE contests_attempt ENABLE ALWAYS TRIGGER bench_note;
"""
NO_AUDIT = """
DROP TRIGGER bench_note ON contests_answer; DROP FUNCTION bench_note_answer(); DROP TABLE bench_written;
DROP TRIGGER bench_note ON contests_attempt; DROP FUNCTION bench_note_step(); DROP TABLE bench_stepped;
"""


@dataclass
class Ledger:
    """All that the phones of one attempt sent and heard."""

    attempt: str
    deadline: float  # epoch seconds
    sent: set[Tap] = field(default_factory=set)
    acked: dict[Tap, float] = field(default_factory=dict)  # epoch seconds of the first acknowledgement
    late: set[Tap] = field(default_factory=set)  # told: came too late, or from the wrong device, and is kept apart
    receipts: set[tuple[str, int]] = field(default_factory=set)  # code, answers received
    asked_to_end: bool = False
    closed_early: int = 0  # told "closed" before the deadline although nobody had handed in


@dataclass(frozen=True)
class Written:
    """One write of one answer that was committed."""

    question: int
    seq: int
    choice: Choice
    state: str  # of its attempt at that moment
    at: float


@dataclass
class Row:
    """What the tables hold of one attempt. `due` and `standings`: the result that the stored answers deserve, and those given."""

    state: str
    epoch: int
    closed_by: str
    receipt: str | None
    received: int | None
    answers: dict[int, tuple[int, Choice]] = field(default_factory=dict)  # question → seq, choice
    late: dict[int, int] = field(default_factory=dict)  # question → seq
    too_late: int = 0  # answers that count although they arrived after the last instant
    written: list[Written] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    taken_over: int = 0
    result: tuple[Any, ...] = ()
    due: tuple[Any, ...] = ()
    standings: list[int] = field(default_factory=list)  # points: of the round and of the contest


def judge(ledgers: Iterable[Ledger], rows: dict[str, Row]) -> dict[str, int]:
    """How often each promise was broken; all zero is what is promised.

    lost: acknowledged, and the table lacks it without something newer that a phone sent. early: acknowledged before it
    was written, whatever healed it later. strange: stored but never sent. doubled: written, ended, graded or taken over
    once too often. lowered: a lower sequence number over a higher. after_end: written when the attempt had ended, or
    counted although too late. late_lost: told "kept apart" and it is not. receipts: another receipt or number than
    told. closed_early: refused while time was left. stuck: not graded. grades: not what the stored answers deserve.
    """
    found = Counter(dict.fromkeys(FAULTS, 0))
    for ledger in ledgers:
        row = rows.get(ledger.attempt)
        if row is None:
            found["stuck"] += 1
            found["lost"] += len(ledger.acked)
            continue
        found["lost"] += sum(_is_lost(tap, row, ledger.sent) for tap in ledger.acked)
        found["early"] += sum(not _was_written(tap, at, row.written) for tap, at in ledger.acked.items())
        found["strange"] += sum((q, seq, choice) not in ledger.sent for q, (seq, choice) in row.answers.items())
        found["late_lost"] += sum(
            max(row.late.get(q, 0), row.answers.get(q, (0, ()))[0]) < seq for q, seq, _ in ledger.late
        )
        found["doubled"] += _doubled(row)
        found["lowered"] += _lowered(row.written)
        found["after_end"] += row.too_late + sum(each.state != "started" for each in row.written)
        found["receipts"] += sum(not _is_receipt_of(row, code, number) for code, number in ledger.receipts)
        found["closed_early"] += ledger.closed_early
        found["stuck"] += row.state != "graded"
        found["grades"] += row.state == "graded" and (row.result != row.due or row.standings != [row.due[0]] * 2)
    return dict(found)


FAULTS = (
    "lost", "early", "strange", "late_lost", "doubled", "lowered", "after_end", "receipts", "closed_early", "stuck", "grades",
)  # fmt: skip


def _is_lost(tap: Tap, row: Row, sent: set[Tap]) -> bool:
    question, seq, choice = tap
    stored_seq, stored = row.answers.get(question, (0, ()))
    if stored_seq == seq:
        return stored != choice
    return stored_seq < seq or (question, stored_seq, stored) not in sent


def _was_written(tap: Tap, at: float, written: Sequence[Written]) -> bool:
    """Whether the tap, or something newer, had been written when it was acknowledged."""
    question, seq, choice = tap
    return any(
        each.question == question and each.at <= at and (each.seq > seq or (each.seq, each.choice) == (seq, choice))
        for each in written
    )


def _doubled(row: Row) -> int:
    written = Counter((each.question, each.seq) for each in row.written)
    steps = Counter("ended" if step in ("submitted", "expired") else step for step in row.steps)
    again = sum(number - 1 for number in (*written.values(), *steps.values()))
    return again + abs(row.taken_over - (row.epoch - 1))


def _lowered(written: Iterable[Written]) -> int:
    highest: defaultdict[int, int] = defaultdict(int)
    found = 0
    for each in written:
        found += each.seq < highest[each.question]
        highest[each.question] = max(highest[each.question], each.seq)
    return found


def _is_receipt_of(row: Row, code: str, number: int) -> bool:
    stored = sum(bool(choice) for _, choice in row.answers.values())
    return row.closed_by == "member" and row.receipt == code and row.received == number == stored


def read_tables(attempts: Sequence[str]) -> dict[str, Row]:
    """What the tables hold of these attempts (public ids), with the notes of `AUDIT`."""
    found = {
        key: (str(public_id), Row(state, epoch, closed_by, receipt, received))
        for key, public_id, state, epoch, closed_by, receipt, received in _execute(
            "SELECT id, public_id, state, epoch, closed_by, receipt, received FROM contests_attempt "
            "WHERE public_id = ANY(%s::uuid[])",
            [list(attempts)],
        )
    }
    rows, mine = {key: row for key, (_, row) in found.items()}, [list(found)]
    for key, question, seq, choice, too_late in _execute(
        "SELECT n.attempt_id, n.question, n.seq, n.choice, n.arrived_at > a.accepts_until "
        "FROM contests_answer n JOIN contests_attempt a ON a.id = n.attempt_id WHERE a.id = ANY(%s)",
        mine,
    ):
        rows[key].answers[question] = (seq, tuple(choice))
        rows[key].too_late += too_late
    for key, question, seq in _execute(
        "SELECT attempt_id, question, seq FROM contests_lateanswer WHERE attempt_id = ANY(%s)", mine
    ):
        rows[key].late[question] = seq
    for key, question, seq, choice, state, at in _execute(
        "SELECT attempt_id, question, seq, choice, state, extract(epoch FROM at)::float8 FROM bench_written "
        "WHERE attempt_id = ANY(%s) ORDER BY id",
        mine,
    ):
        rows[key].written.append(Written(question, seq, tuple(choice), state, at))
    for key, state in _execute(
        "SELECT attempt_id, state FROM bench_stepped WHERE attempt_id = ANY(%s) ORDER BY id", mine
    ):
        rows[key].steps.append(state)
    for key, number in _execute(
        "SELECT attempt_id, count(*) FROM contests_attemptevent WHERE attempt_id = ANY(%s) AND what = 'taken_over' GROUP BY 1",
        mine,
    ):
        rows[key].taken_over = number
    _read_results(rows)
    return dict(found.values())


def _read_results(rows: dict[int, Row]) -> None:
    """What each graded attempt got, and what the pure rules give for the answers that are stored."""
    from contests.models import Attempt, Standing
    from contests.queries.bank import answer_keys
    from contests.rules.grading import grade_paper
    from contests.rules.paper import PaperItem
    from contests.rules.settings import parse_round_rules

    graded = list(Attempt.objects.filter(pk__in=rows, state=Attempt.State.GRADED).select_related("round"))
    keys = answer_keys(version for attempt in graded for version, _ in attempt.paper)
    points: defaultdict[int, list[int]] = defaultdict(list)
    for entry, given in Standing.objects.filter(entry__in={each.entry_id for each in graded}).values_list(
        "entry", "points"
    ):
        points[entry].append(given)
    for attempt in graded:
        row = rows[attempt.pk]
        items = [PaperItem(version, tuple(order)) for version, order in attempt.paper]
        answers = {question - 1: list(choice) for question, (_, choice) in row.answers.items()}
        due = grade_paper(items, keys, answers, parse_round_rules(attempt.round.rules))
        row.result, row.due = (attempt.points, attempt.right, attempt.answered), (due.points, due.right, due.answered)
        row.standings = points[attempt.entry_id]


def execute(statement: str) -> None:
    """Run SQL on this process's connection."""
    _execute(statement)


def _execute(statement: str, values: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection  # after Django is set up

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
