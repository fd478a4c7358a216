"""Participation of a whole tree: SQL aggregates rolled up in pandas against reading every attempt into pandas."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from typing import Any

from bench.stack import ROOT, open_stack, setup_django

ATTEMPTS, QUICK_ATTEMPTS = 2_000_000, 20_000
QUESTIONS = 20
RUNS = 3


def run(quick: bool) -> dict[str, Any]:
    """Both ways on the same rows, each in a process of its own so that its peak memory is its own."""
    attempts = QUICK_ATTEMPTS if quick else ATTEMPTS
    with open_stack("report") as stack:
        fill(attempts)
        figures = {}
        for side in ("baseline", "ours"):
            done = subprocess.run(
                [sys.executable, "-m", "bench.report", side],
                cwd=ROOT,
                env=stack.env,
                stdout=subprocess.PIPE,
                check=True,
            )
            figures[side] = json.loads(done.stdout.splitlines()[-1])
    if figures["ours"]["people"] != figures["baseline"]["people"]:
        raise AssertionError("the two ways counted differently")
    for side in figures.values():
        side["people"], side["attempts"] = sum(people for _, people in side["people"][:1]), attempts
    return figures | {
        "ratio": {
            "seconds": figures["ours"]["seconds"] / figures["baseline"]["seconds"],
            "peak_mb": figures["ours"]["peak_mb"] / figures["baseline"]["peak_mb"],
        }
    }


def fill(attempts: int) -> None:
    """One contest of the nation: 34 provinces, 20 upper units each, a grassroots unit for every 15 attempts, two sittings a person."""
    from django.db import connection

    leaves = max(34 * 20, attempts // 15)
    people = attempts // 2
    paper = json.dumps([[at, [0, 1, 2, 3]] for at in range(QUESTIONS)])
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # rows at rest: no triggers, no checks of foreign keys
        for statement in FILL:
            cursor.execute(statement, {"leaves": leaves, "people": people, "paper": paper})
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves them


# ids: nation 1, provinces 2–35, upper units 36–715, grassroots units from 716
FILL = (
    """
    INSERT INTO accounts_unit (id, code, kind_id, parent_id, name, search_text, path, depth, join_code)
    SELECT 1, 'N', (SELECT id FROM accounts_unitkind WHERE slug = 'tong-lien-doan'), NULL::bigint, 'Nation', '', '0001.', 1, 'n'
    UNION ALL
    SELECT 1 + p, 'P' || p, (SELECT id FROM accounts_unitkind WHERE slug = 'ldld-tinh'), 1, 'Province ' || p, '',
           '0001.' || lpad(p::text, 4, '0') || '.', 2, 'p' || p
    FROM generate_series(1, 34) AS p
    UNION ALL
    SELECT 35 + (p - 1) * 20 + w, 'W' || p || '-' || w, (SELECT id FROM accounts_unitkind WHERE slug = 'cap-tren-co-so'), 1 + p,
           'Upper ' || w, '', '0001.' || lpad(p::text, 4, '0') || '.' || lpad(w::text, 4, '0') || '.', 3, 'w' || p || '-' || w
    FROM generate_series(1, 34) AS p, generate_series(1, 20) AS w
    UNION ALL
    SELECT 715 + n, 'L' || n, (SELECT id FROM accounts_unitkind WHERE slug = 'cdcs'), 36 + n %% 680, 'Unit ' || n, '',
           '0001.' || lpad((n %% 680 / 20 + 1)::text, 4, '0') || '.' || lpad((n %% 20 + 1)::text, 4, '0') || '.' || lpad((n / 680 + 1)::text, 4, '0') || '.',
           4, 'l' || n
    FROM generate_series(1, %(leaves)s) AS n
    """,
    """
    INSERT INTO accounts_headcount (unit_id, on_day, members, workers, source)
    SELECT id, date '2026-06-30', 10 + id %% 300, 10, '' FROM accounts_unit WHERE depth = 4
    """,
    """
    INSERT INTO accounts_member (id, password, is_superuser, phone, phone_verified, full_name, sort_key, search_text, is_active, is_staff, created_at)
    SELECT n, '', false, '+849' || lpad(n::text, 8, '0'), false, 'Member ' || n, 'member ' || n, 'member', true, false, now()
    FROM generate_series(1, %(people)s) AS n
    """,
    """
    INSERT INTO contests_bank (id, public_id, owner_id, name, version, created_at) VALUES (1, gen_random_uuid(), 1, 'Bank', 1, now())
    """,
    """
    INSERT INTO contests_contest (id, slug, share_code, title, summary, organizer_id, audience_id, bank_id, state, created_at)
    VALUES (1, 'bench', 'bench', 'Bench', '', 1, 1, 1, 'open', now())
    """,
    """
    INSERT INTO contests_round (id, contest_id, number, title, opens_at, closes_at, rules)
    VALUES (1, 1, 1, 'Round 1', '2026-11-01', '2026-12-01', '{}')
    """,
    """
    INSERT INTO contests_entry (id, public_id, contest_id, member_id, unit_id, unit_path, unit_name, entered_at)
    SELECT m.id, gen_random_uuid(), 1, m.id, u.id, u.path, u.name, '2026-11-02'
    FROM accounts_member m JOIN accounts_unit u ON u.id = 716 + (m.id * 7919) %% %(leaves)s
    """,
    """
    INSERT INTO contests_attempt (public_id, entry_id, round_id, number, allowance, state, seed, paper, shape, started_at, deadline,
        accepts_until, submitted_at, closed_by, graded_at, points, "right", answered, elapsed_ms)
    SELECT gen_random_uuid(), e.id, 1, k, NULL, 'graded', 1, %(paper)s::jsonb, '', '2026-11-02', '2026-11-03', '2026-11-03', '2026-11-02', 'member',
        '2026-11-02', (e.id * 31 + k) %% 3000, 1, 1, 60000
    FROM contests_entry e, generate_series(1, 2) AS k
    """,
    """
    INSERT INTO contests_standing (entry_id, contest_id, round_id, points, elapsed_ms, "order", version, updated_at)
    SELECT entry_id, 1, NULL, max(points), 60000, lpad(to_hex(549755813888 - max(points)), 10, '0') || '000000ea60', 1, now() FROM contests_attempt GROUP BY entry_id
    """,
)


def ours() -> list[tuple[str, int]]:
    """What the page does: people by path, every level of the tree."""
    from accounts.models import Unit
    from contests.models import Contest
    from reports import queries
    from reports.participation import participation

    contest, nation = Contest.objects.get(), Unit.objects.get(pk=1)
    rows = queries.material(contest, nation)
    table = participation(nation.path, rows.units, rows.headcounts, rows.counts)
    return list(zip(table["path"], table["participants"].tolist(), strict=True))


def baseline() -> list[tuple[str, int]]:
    """What one writes first: every row into a DataFrame, then groupby at every level."""
    import pandas as pd
    from django.db import connection

    connection.ensure_connection()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas would rather have SQLAlchemy
        read = lambda sql: pd.read_sql(sql, connection.connection)  # noqa: E731
        attempts = read(
            "SELECT e.member_id, e.unit_path AS path, a.state, a.points FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id WHERE e.contest_id = 1"
        )
        units = read("SELECT path, name FROM accounts_unit")
        heads = read("SELECT u.path, h.members FROM accounts_headcount h JOIN accounts_unit u ON u.id = h.unit_id")
    levels = []
    for depth in range(1, 5):
        key = attempts["path"].str[: depth * 5]
        best = attempts.groupby([key, "member_id"])["points"].max()
        level = attempts.groupby(key).agg(participants=("member_id", "nunique"), attempts=("member_id", "size"))
        level["mean_score"] = best.groupby(level=0).mean() / 100
        level["members"] = heads.groupby(heads["path"].str[: depth * 5])["members"].sum()
        levels.append(level)
    table = units.set_index("path").join(pd.concat(levels)).fillna({"participants": 0}).sort_index()
    table["rate"] = table["participants"] / table["members"]
    return [(path, int(people)) for path, people in table["participants"].items()]


def _measure(side: str) -> None:
    """In the child: one warm-up, then the median of RUNS."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    setup_django()
    work = {"ours": ours, "baseline": baseline}[side]
    people = work()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    print(json.dumps({"seconds": statistics.median(seconds), "peak_mb": round(peak, 1), "people": people}), flush=True)


if __name__ == "__main__":
    _measure(sys.argv[1])
