"""A ruling on a question of 100,000 judged attempts: tried, applied in one transaction, taken back; and killed in the middle.

Baseline: a loop over a sample, one attempt at a time through the ORM (its answers, a save of it and of its standings), scaled up.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from typing import Any

from bench.stack import ROOT, open_stack, setup_django

ATTEMPTS, QUICK_ATTEMPTS = 100_000, 4_000
SAMPLE, QUICK_SAMPLE = 1_000, 200
QUESTIONS = 10
SLUG = "tim-hieu-phap-luat"


def run(quick: bool) -> dict[str, Any]:
    """Fill, try, kill an apply in its middle, apply, compare with a recompute from nothing, take back, compare the bytes."""
    attempts, sample = (QUICK_ATTEMPTS, QUICK_SAMPLE) if quick else (ATTEMPTS, SAMPLE)
    failed: list[str] = []
    with open_stack("regrade") as stack:
        fill(attempts)
        untouched = fingerprint()
        ours: dict[str, Any] = {"attempts": attempts} | papers()
        ours |= _side(stack.env, "try")
        killed = kill_in_the_middle(stack.env, attempts)
        ours["killed_after_attempts"] = killed
        ours["mixed_after_kill"] = fingerprint() != untouched
        ours |= _side(stack.env, "apply")
        ours["equal_to_full_recompute"] = recompute() == stored()
        ours |= _side(stack.env, "undo")
        ours["undo_is_identity"] = fingerprint() == untouched
        baseline = _side(stack.env, "naive", str(sample))
    baseline["seconds"] = baseline["sample_seconds"] / sample * ours["changed"]
    for name, wanted in (("equal_to_full_recompute", True), ("undo_is_identity", True), ("mixed_after_kill", False)):
        if ours[name] is not wanted:
            failed.append(f"{name} is {ours[name]}")
    ratio = {"seconds": ours["seconds"] / baseline["seconds"]}
    return {"ours": ours, "baseline": baseline, "ratio": ratio, "failed": failed}


def _side(env: dict[str, str], *what: str) -> dict[str, Any]:
    """In a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "bench.regrade", *what]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def kill_in_the_middle(env: dict[str, str], attempts: int) -> int:
    """kill -9 of an apply that has written about half of it; how many attempts it had gone through."""
    command = [sys.executable, "-m", "bench.regrade", "apply"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    done = 0
    for line in process.stdout or ():
        if line.startswith("done ") and (done := int(line.split()[1])) >= attempts // 2:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(1)  # the server notices that its client is gone and rolls back
    return done


# --- One side, in its own process -------------------------------------------------------------------------------------
def side(what: str, *rest: str) -> dict[str, Any]:
    """What one process does, and what it cost."""
    from django.utils import timezone

    from accounts.models import Member
    from contests.actions import regrade
    from contests.models import Contest, KeyRuling, QuestionVersion

    contest, olga, now = Contest.objects.get(slug=SLUG), Member.objects.get(email="olga@example.vn"), timezone.now()
    began = time.monotonic()

    def tell(done: int, total: int) -> None:
        print("done", done, total, flush=True)

    def act() -> dict[str, Any]:
        if what == "try":
            ruling = regrade.propose_ruling(
                contest=contest, version=QuestionVersion.objects.order_by("pk")[0], what="replace", key=[1],
                reason="Đáp án trong ngân hàng bị nhầm", by=olga, now=now,
            )  # fmt: skip
            regrade.try_ruling(ruling, undo=False, now=now)
            return {"try_seconds": time.monotonic() - began, "changed": ruling.trial["changed"]}
        if what == "naive":
            return naive(contest, int(rest[0]))
        ruling = KeyRuling.objects.get()
        if what == "undo":
            regrade.try_ruling(ruling, undo=True, now=now)
            tried = time.monotonic()
            digest = ruling.trial["digest"]
            regrade.undo_ruling(ruling=ruling, digest=digest, reason="Đã xem lại", by=olga, now=now)
            return {"undo_seconds": time.monotonic() - tried}
        regrade.apply_ruling(ruling=ruling, digest=ruling.trial["digest"], by=olga, now=now, progress=tell)
        return {"seconds": time.monotonic() - began}

    figures = act()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures | {"peak_mb" if what == "apply" else f"{what}_peak_mb": peak}


def naive(contest: Any, sample: int) -> dict[str, Any]:
    """One attempt after the other, as one would write it first; rolled back."""
    from django.db import transaction

    from contests.actions.grade import grade_attempts
    from contests.actions.standings import restand
    from contests.models import Attempt

    attempts = list(Attempt.objects.filter(round__contest=contest).order_by("pk")[:sample].values_list("pk", flat=True))
    began = time.monotonic()
    with transaction.atomic():
        for pk in attempts:
            attempt = Attempt.objects.select_related("round").get(pk=pk)
            grade_attempts([attempt])
            attempt.save(update_fields=["points", "right", "answered", "state", "graded_at"])
            restand([attempt.entry_id])
        took = time.monotonic() - began
        transaction.set_rollback(True)
    return {"sample": sample, "sample_seconds": took}


# --- Looking ----------------------------------------------------------------------------------------------------------
def fingerprint() -> str:
    """Every byte of attempts and standings, but the standings' version and the instant of writing."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("""SELECT md5(string_agg(md5(a::text), '' ORDER BY a.id)) FROM contests_attempt a""")
        one = cursor.fetchone()[0]
        cursor.execute(
            "SELECT md5(string_agg(md5((to_jsonb(s) - 'version' - 'updated_at')::text), '' ORDER BY s.id)) FROM contests_standing s"
        )
        return f"{one} {cursor.fetchone()[0]}"


def recompute() -> str:
    """Points of every entry, from answers and keys, in SQL that shares nothing with the code under test."""
    return _summed(
        """
        SELECT a.entry_id, sum(CASE WHEN (q.item->1->>n.choice[1]::int)::int
                                       = CASE WHEN (q.item->>0)::bigint = (SELECT min(id) FROM contests_questionversion) THEN 1 ELSE 0 END
                                    THEN 100 ELSE 0 END) AS points
        FROM contests_attempt a CROSS JOIN LATERAL jsonb_array_elements(a.paper) WITH ORDINALITY AS q (item, place)
        LEFT JOIN contests_answer n ON n.attempt_id = a.id AND n.question = q.place GROUP BY a.entry_id
        """
    )


def stored() -> str:
    """The same as the standings have it; attempts must agree with them."""
    one = _summed("SELECT entry_id, points FROM contests_standing WHERE round_id IS NULL")
    two = _summed("SELECT entry_id, points FROM contests_attempt")
    return one if one == two else "attempts and standings differ"


def _summed(query: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(entry_id || ':' || points, ',' ORDER BY entry_id)) FROM ({query}) AS t")
        found: str = cursor.fetchone()[0]
        return found


def papers() -> dict[str, Any]:
    """How long it takes to find the papers that hold a question, without an index and with one, and what the index weighs."""
    from django.db import connection

    from contests.actions.regrade import attempts_holding
    from contests.models import Contest, QuestionVersion

    contest, version = Contest.objects.get(slug=SLUG), QuestionVersion.objects.order_by("pk").first()

    def seconds() -> float:
        began = time.monotonic()
        attempts_holding(contest, version.pk if version else 0)
        return time.monotonic() - began

    seconds()
    figures = {"find_papers_seconds": seconds()}
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX trial_paper ON contests_attempt USING gin (paper jsonb_path_ops)")
        cursor.execute("ANALYZE contests_attempt")
        figures["find_papers_gin_seconds"] = seconds()
        cursor.execute("SELECT pg_relation_size('trial_paper') / 1048576.0")
        figures["gin_mb"] = float(cursor.fetchone()[0])
        cursor.execute("DROP INDEX trial_paper")
    return figures


# --- Before -----------------------------------------------------------------------------------------------------------
def fill(attempts: int) -> None:
    """Everybody sat once, ten questions of one answer each, options shuffled; judged by the keys of the bank."""
    from django.db import connection, transaction
    from django.utils import timezone

    from accounts.models import Member
    from contests.models import Attempt, Round
    from contests.rules.settings import DrawPart, RoundRules, dump
    from tests import make

    union = make.make_union()
    bank = make.Bank.objects.create(owner=union.province_a, name="Ngân hàng lớn")
    topic = make.Topic.objects.create(bank=bank, name="Luật")
    versions = [make.make_question(bank, topic, f"C{number}").pk for number in range(QUESTIONS)]
    contest = make.make_contest(union, bank)
    Round.objects.filter(contest=contest).update(
        rules=dump(RoundRules(minutes=20, attempts=2, draw=(DrawPart("Luật", QUESTIONS),)))
    )
    given = {
        "contest": contest.pk, "round": contest.rounds.get().pk, "unit": union.factory_a.pk,
        "path": union.factory_a.path, "now": timezone.now(), "versions": versions, "questions": QUESTIONS,
    }  # fmt: skip
    Member.objects.bulk_create(
        (Member(phone=f"+8490{n:07d}", full_name=f"Đoàn viên {n}", password="!") for n in range(attempts)),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, given)
        cursor.execute("ANALYZE")
    from contests.actions.standings import restand

    entries = list(Attempt.objects.order_by("entry").values_list("entry", flat=True))
    for first in range(0, len(entries), 2000):
        with transaction.atomic():
            restand(entries[first : first + 2000])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


FILL = (
    """
    INSERT INTO contests_entry (public_id, contest_id, member_id, unit_id, unit_path, unit_name, entered_at)
    SELECT gen_random_uuid(), %(contest)s, m.id, %(unit)s, %(path)s, 'CĐCS', %(now)s FROM accounts_member m WHERE m.password = '!'
    """,
    """
    INSERT INTO contests_attempt (public_id, entry_id, round_id, number, state, seed, paper, shape, started_at, deadline, accepts_until,
        submitted_at, closed_by, graded_at, points, "right", answered, elapsed_ms)
    SELECT gen_random_uuid(), e.id, %(round)s, 1, 'submitted', e.id,
           (SELECT jsonb_agg(jsonb_build_array(v, CASE (e.id + v) %% 3 WHEN 0 THEN '[0,1,2,3]'::jsonb WHEN 1 THEN '[2,0,3,1]' ELSE '[3,1,0,2]' END))
            FROM unnest(%(versions)s::bigint[]) v),
           '', %(now)s::timestamptz - interval '20 min', %(now)s, %(now)s, %(now)s::timestamptz - interval '1 min', 'member',
           %(now)s, 0, 0, 0, 300000 + e.id %% 900000
    FROM contests_entry e
    """,
    """
    INSERT INTO contests_answer (attempt_id, question, choice, seq, arrived_at)
    SELECT a.id, q, ARRAY[(hashint8(a.id * 31 + q) & 3)]::smallint[], q, %(now)s FROM contests_attempt a, generate_series(1, %(questions)s) q
    WHERE (hashint8(a.id + q * 7919) & 15) > 0
    """,
    """
    UPDATE contests_attempt a SET state = 'graded', points = g.r * 100, "right" = g.r, answered = g.n
    FROM (SELECT a.id, count(n.question) AS n, count(*) FILTER (WHERE (q.item->1->>n.choice[1]::int)::int = 0) AS r
          FROM contests_attempt a CROSS JOIN LATERAL jsonb_array_elements(a.paper) WITH ORDINALITY AS q (item, place)
          LEFT JOIN contests_answer n ON n.attempt_id = a.id AND n.question = q.place GROUP BY a.id) g
    WHERE a.id = g.id
    """,
)


if __name__ == "__main__":
    setup_django()
    print(json.dumps(side(*sys.argv[1:])))
