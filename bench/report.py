"""Participation of a whole tree: counted ahead and read, against reading every attempt into pandas; the pages' time and its growth."""

from __future__ import annotations

import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.stack import FOLDER, ROOT, open_stack

SIZES, QUICK_SIZES = (200_000, 2_000_000), (2_000, 20_000)
QUESTIONS = 20
RUNS = 3
NAIVE_RUNS = 2  # half a minute each
VISITS = 40
PAGES = {
    "list": "/bao-cao/", "nation": "/bao-cao/bench/", "province": "/bao-cao/bench/?don-vi=P3", "upper": "/bao-cao/bench/?don-vi=W3-2",
    "leaf": "/bao-cao/bench/?don-vi=L77", "absent": "/bao-cao/bench/?page=2",
    "groups_nation": "/bao-cao/bench/nhom/", "groups_province": "/bao-cao/bench/nhom/?don-vi=P3&hang=education&cot=sector",
    "groups_upper": "/bao-cao/bench/nhom/?don-vi=W3-2", "groups_leaf": "/bao-cao/bench/nhom/?don-vi=L77", "period": "/bao-cao/theo-ky/",
}  # fmt: skip
SIDES = (
    "baseline",
    "count",
    "segments",
    "period",
    "report",
    "export",
    "csv",
    "live_export",
    "pages",
)  # the counts make what the next ones read
LIVE = {
    "nation": "0001.",
    "province": "0001.0003.",
    "upper": "0001.0003.0002.",
    "leaf": "",
}  # by path; "": the leaf of PAGES


def run(quick: bool) -> dict[str, Any]:
    """Both sizes, each in a database of its own; each side in a process of its own, so that its peak memory is its own.

    The baseline answers the same question at every level and writes the same rows to a file; that both say the same of every unit is
    checked. Only the larger size has a baseline.
    """
    sizes = QUICK_SIZES if quick else SIZES
    small, large = (_at(size, with_baseline=size == max(sizes)) for size in sizes)
    naive = large.pop("baseline")
    ours = {f"{side}_{name}": value for side in large for name, value in large[side].items()}
    ours |= {f"{name}_before": value for name, value in small["pages"].items() if name != "peak_mb"}
    ours |= {"seconds": large["report"]["seconds"], "peak_mb": max(large[side]["peak_mb"] for side in large)}
    slowest, before = (max(side["pages"][f"{name}_p95_ms"] for name in PAGES) for side in (large, small))
    ratio = {
        "seconds": large["report"]["seconds"] / naive["seconds"],
        "export_seconds": large["export"]["seconds"] / naive["export_seconds"],
        "csv_seconds": large["csv"]["seconds"] / naive["csv_seconds"],
        "live_export_seconds": large["live_export"]["seconds"] / naive["export_seconds"],
        "count_seconds": large["count"]["seconds"] / naive["seconds"],
        "peak_mb": ours["peak_mb"] / naive["peak_mb"],
        "pages_growth": slowest / before,
    }
    return {"ours": ours | {"slowest_page_p95_ms": slowest}, "baseline": naive, "ratio": ratio}


def _at(attempts: int, *, with_baseline: bool) -> dict[str, dict[str, Any]]:
    """Fill a database of this size and measure each side."""
    with tempfile.TemporaryDirectory(dir=_folder()) as scratch:
        command = [sys.executable, "-m", "bench.report", "fill", str(attempts), scratch, "1" if with_baseline else ""]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    figures: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _folder() -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER


def measure_sides(attempts: int, scratch: str, with_baseline: bool) -> dict[str, dict[str, Any]]:
    """In a child: the servers, the rows, and one grandchild a side."""
    with open_stack("report") as stack:
        started = time.perf_counter()
        fill(attempts)
        declare()
        note(f"{attempts:,} attempts filled in {time.perf_counter() - started:.0f} s")
        figures = {}
        for side in SIDES:
            if side == "baseline" and not with_baseline:
                continue
            command = [sys.executable, "-m", "bench.report", side, scratch]
            done = subprocess.run(command, cwd=ROOT, env=stack.env, stdout=subprocess.PIPE, check=True)
            figures[side] = json.loads(done.stdout.splitlines()[-1])
            note(f"{side}: {figures[side]}")
        if with_baseline:
            compare(*(pickle.loads((Path(scratch) / side).read_bytes()) for side in ("baseline", "report")))
    return figures


def compare(naive: dict[str, tuple[Any, ...]], ours: dict[str, tuple[Any, ...]]) -> None:
    """Unit by unit: people, attempts, members, rate, mean score."""
    if naive.keys() != ours.keys():
        raise AssertionError(f"other units: {sorted(naive.keys() ^ ours.keys())[:5]}")
    for path, expected in naive.items():
        found = ours[path]
        same = all(
            (a != a and b != b) or abs(a - b) <= 1e-9 * max(1, abs(a)) for a, b in zip(expected, found, strict=True)
        )
        if not same:
            raise AssertionError(f"{path}: {expected} and {found}")
    note(f"{len(ours):,} units, all figures equal")


def fill(attempts: int) -> None:
    """One contest of the nation: 34 provinces, 20 upper units each, a grassroots unit for every 15 attempts (one in 21 without anybody),
    two sittings a person over three weeks, from six to midnight."""
    from django.db import connection

    leaves = max(34 * 20, attempts // 15)
    people = attempts // 2
    paper = json.dumps([[at, [0, 1, 2, 3]] for at in range(QUESTIONS)])
    rules = {"minutes": 20, "attempts": 2, "draw": [{"topic": "T", "count": QUESTIONS}]}
    given = {"leaves": leaves, "people": people, "paper": paper, "rules": json.dumps(rules), "half": QUESTIONS // 2}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # rows at rest: no triggers, no checks of foreign keys
        for statement in FILL:
            cursor.execute(statement, given)
        cursor.execute("RESET session_replication_role")
        for table in (
            "accounts_unit",
            "accounts_member",
            "contests_bank",
            "contests_contest",
            "contests_round",
            "contests_entry",
        ):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves them


def declare() -> None:
    """Four of five people say something of themselves, unevenly; the round is over, and each has a result in it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in DECLARE:
            cursor.execute(statement)
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE accounts_selfdeclared, contests_standing, contests_round")


def _one_of(*choices: str, at: int) -> str:
    """An SQL expression for one of the choices, or for nothing said; which one hangs on the member's number."""
    said = ", ".join(f"'{choice}'" for choice in choices)
    return f"(ARRAY[{said}, NULL])[1 + abs(hashint8(n * 31 + {at})::bigint) % {len(choices) + 1}]"


DECLARE = (
    f"""
    INSERT INTO accounts_selfdeclared (member_id, birth_year, gender, education, sector, shift, region, changed_at)
    SELECT n, 1962 + abs(hashint8(n * 31 + 1)::bigint) % 46,
           {_one_of("female", "female", "female", "male", "male", "other", at=2)},
           {_one_of("upper", "upper", "below_upper", "vocational", "college", "university", "university", "postgraduate", at=3)},
           {_one_of(*["manufacturing"] * 5, "building", "services", "education", "health", "offices", "farming", "other", at=4)},
           {_one_of("office", "office", "day", "night", "night", "free", at=5)},
           {_one_of("city", "city", "industry", "industry", "plain", "highland", "border", at=6)}, '2026-11-02'
    FROM (SELECT id AS n FROM accounts_member WHERE id % 5 > 0) AS members
    """,
    """
    INSERT INTO contests_standing (entry_id, contest_id, round_id, points, "right", elapsed_ms, "order", version, updated_at)
    SELECT entry_id, 1, 1, max(points), max("right"), 60000, '', 1, now() FROM contests_attempt GROUP BY entry_id
    """,
    "UPDATE contests_round SET closes_at = now() - interval '2 days', opens_at = least(opens_at, now() - interval '9 days')",
)


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
    SELECT n, '', false, '+848' || lpad(n::text, 8, '0'), false, 'Member ' || n, 'member ' || n, 'member', true, false, now()
    FROM generate_series(1, %(people)s) AS n
    """,
    """
    INSERT INTO accounts_role (member_id, unit_id, kind, from_day) VALUES (1, 1, 'staff', '2026-01-01')
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
    VALUES (1, 1, 1, 'Round 1', '2026-11-01', '2026-12-01', %(rules)s::jsonb)
    """,
    """
    INSERT INTO contests_entry (id, public_id, contest_id, member_id, unit_id, unit_path, unit_name, entered_at)
    SELECT m.id, gen_random_uuid(), 1, m.id, u.id, u.path, u.name, '2026-11-02'
    FROM accounts_member m JOIN LATERAL (SELECT 716 + (m.id * 7919) %% %(leaves)s AS id) AS one ON true
    JOIN accounts_unit u ON u.id = CASE WHEN one.id %% 21 = 0 THEN one.id - 1 ELSE one.id END
    """,
    """
    INSERT INTO contests_attempt (public_id, entry_id, round_id, number, allowance, state, seed, paper, shape, started_at, deadline,
        accepts_until, submitted_at, closed_by, graded_at, points, "right", answered, elapsed_ms)
    SELECT gen_random_uuid(), e.id, 1, k, NULL, 'graded', 1, %(paper)s::jsonb, '', t.at, t.at + interval '20 min', t.at + interval '20 min',
        t.at + interval '1 min', 'member', t.at + interval '1 min', (e.id * 31 + k) %% 3000, (e.id + k) %% 21, 20, 60000
    FROM contests_entry e, generate_series(1, 2) AS k,
         LATERAL (SELECT timestamptz '2026-11-01 23:00+00' + ((e.id * 31 + k) %% 21) * interval '1 day' + ((e.id * 17 + k * 5) %% 18) * interval '1 hour' AS at) AS t
    """,
    """
    INSERT INTO contests_standing (entry_id, contest_id, round_id, points, elapsed_ms, "order", version, updated_at)
    SELECT entry_id, 1, NULL, max(points), 60000, lpad(to_hex(549755813888 - max(points)), 10, '0') || '000000ea60', 1, now() FROM contests_attempt GROUP BY entry_id
    """,
)


# --- One side, in a process of its own ---------------------------------------------------------------------------------


def _place() -> tuple[Any, Any]:
    from accounts.models import Unit
    from contests.models import Contest

    return Contest.objects.get(), Unit.objects.select_related("kind").get(pk=1)


def _by_path(table: Any) -> dict[str, tuple[Any, ...]]:
    columns = ("participants", "attempts", "members", "rate", "mean_score")
    return dict(zip(table["path"], zip(*(table[name].tolist() for name in columns), strict=True), strict=True))


def _median(work: Callable[[], Any], runs: int) -> float:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def count(scratch: Path) -> dict[str, Any]:
    """What the worker does now and then: everything from the attempts, kept as rows."""
    from reports import counting
    from reports.models import Counting

    contest, _ = _place()
    Counting.objects.get_or_create(contest=contest)
    return {"seconds": _median(lambda: counting.count_contest(contest_id=contest.pk), 1)}


def segments(scratch: Path) -> dict[str, Any]:
    """Tables by what members declared: counted while one waits, at every level, and what the worker does each night."""
    from accounts.models import Unit
    from reports import segment_counting, segment_queries
    from reports.models import KeptSegments, SegmentCount
    from reports.segments import SEGMENTS, TABLES, KeptTables

    contest, _ = _place()
    until = segment_queries.midnight(timezone_now())
    figures: dict[str, Any] = {}
    tables = {}
    for name, path in LIVE.items():
        unit = Unit.objects.get(path=path) if path else Unit.objects.get(code="L77")
        start = time.perf_counter()
        tables[unit.path] = segment_queries.segment_tables(contest, unit, until)
        figures[f"live_{name}_seconds"] = time.perf_counter() - start
        figures[f"{name}_people"] = tables[unit.path].people
    SegmentCount.objects.get_or_create(contest=contest)
    figures["seconds"] = _median(lambda: segment_counting.count_segments(contest_id=contest.pk), 1)
    for row in KeptSegments.objects.filter(path__in=tables):
        again = KeptTables(row.people, row.attempts, row.tables)
        for segments in TABLES:
            down, across = segments if len(segments) == 2 else (segments[0], SEGMENTS[segments[0] == SEGMENTS[0]])
            shown, live = again.crossed(down, across), tables[row.path].crossed(down, across)
            if shown != {label: one for label, one in live.items() if one.people is not None}:
                raise AssertionError(f"{row.path}: kept and counted say other figures")
    return figures | {"units": KeptSegments.objects.count()}


def timezone_now() -> Any:
    from django.utils import timezone

    return timezone.now()


def period(scratch: Path) -> dict[str, Any]:
    """The whole year of the nation, as the worker counts it at night."""
    from django.db import connection

    from reports.models import KeptPeriod
    from reports.periods import actions, period

    _, nation = _place()
    year = period.year_of(timezone_now())
    for each in (year.before, year):
        KeptPeriod.objects.get_or_create(unit=nation, period=each.code)
    start = time.perf_counter()
    for each in (year.before, year):
        actions.count_period(unit_id=nation.pk, code=each.code)
    figures = {"seconds": time.perf_counter() - start}
    rows = KeptPeriod.objects.filter(unit=nation).values_list("figures", flat=True)
    people = sum(period.from_json(kept).totals.people for kept in rows)  # each sat within one year: none is in both
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT entry_id) FROM contests_attempt")
        (expected,) = cursor.fetchone()
    if people != expected:
        raise AssertionError(f"{people} people in the periods, {expected} in the table")
    return figures | {"people": people}


def report(scratch: Path) -> dict[str, Any]:
    """The figures of every unit of the nation, certain to be those of now."""
    from reports import kept, queries

    contest, nation = _place()

    def read() -> Any:
        with queries.snapshot():
            table = kept.unchanged_table(contest, nation)
        assert table is not None
        return table

    found = read()
    (scratch / "report").write_bytes(pickle.dumps(_by_path(found)))
    return {"seconds": _median(read, RUNS), "units": len(found)}


def export(scratch: Path) -> dict[str, Any]:
    """The by-unit file, from asking to the finished file."""
    return _export(scratch)


def csv(scratch: Path) -> dict[str, Any]:
    """The same figures as CSV."""
    return _export(scratch, "unitscsv")


def live_export(scratch: Path) -> dict[str, Any]:
    """The same where something changed since the last count: all is counted anew within the file's own snapshot."""
    from reports.models import Counting

    Counting.objects.update(mark="changed")
    try:
        return _export(scratch)
    finally:
        Counting.objects.update(as_of=None)
        count(scratch)


def _export(scratch: Path, form: str = "units") -> dict[str, Any]:
    from django.conf import settings

    from accounts.models import Member
    from reports import actions
    from reports.models import Export

    settings.MEDIA_ROOT = scratch
    contest, nation = _place()

    def make() -> None:
        row = Export.objects.create(requested_by=Member.objects.get(pk=1), contest=contest, unit=nation, form=form)
        actions.make_file(export_id=row.pk, last_try=True)
        row.refresh_from_db()
        assert row.state == Export.State.READY, row.error
        assert row.totals is not None
        made.append((row.total, row.totals["attempts"]))

    made: list[tuple[int, int]] = []
    seconds = _median(make, 1)
    return {"seconds": seconds, "rows": made[0][0], "attempts": made[0][1]}


def pages(scratch: Path) -> dict[str, Any]:
    """What staff wait for, through all of Django; the first visit of a process pays for imports and isn't counted."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import Member

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    figures: dict[str, Any] = {}
    client.force_login(Member.objects.get(pk=1))
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    busy = time.process_time()
    for visit in range(VISITS + 1):
        for name, address in PAGES.items():
            start = time.perf_counter()
            response = client.get(address)
            if visit:
                times[name].append((time.perf_counter() - start) * 1000)
            assert response.status_code == 200, address
    busy = (time.process_time() - busy) * 1000 / (len(PAGES) * (VISITS + 1))
    figures["cpu_ms"] = busy  # of this process, a page: what a machine that others use too does not change
    for name, ms in times.items():
        figures |= {f"{name}_ms": statistics.median(ms), f"{name}_p95_ms": statistics.quantiles(ms, n=20)[18]}
    return figures


def baseline(scratch: Path) -> dict[str, Any]:
    """What one writes first: every row into a DataFrame, then groupby at every level; then `to_excel`, or `to_csv`."""
    tables: list[Any] = []

    def once() -> None:
        tables[:] = [naive()]

    seconds, table = _median(once, NAIVE_RUNS), tables[0]
    (scratch / "baseline").write_bytes(pickle.dumps(_by_path(table)))
    start = time.perf_counter()
    table.to_excel(scratch / "naive.xlsx", index=False)
    workbook = time.perf_counter() - start
    start = time.perf_counter()
    table.to_csv(scratch / "naive.csv", index=False)
    return {
        "seconds": seconds, "export_seconds": seconds + workbook, "csv_seconds": seconds + time.perf_counter() - start,
    }  # fmt: skip


def naive() -> Any:
    """People, attempts, members, rate, mean score by unit at every level, and attempts by hour."""
    import pandas as pd
    from django.db import connection

    connection.ensure_connection()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas would rather have SQLAlchemy
        read = lambda sql: pd.read_sql(sql, connection.connection)  # noqa: E731
        attempts = read(
            "SELECT e.member_id, e.unit_path AS path, a.state, a.points, a.started_at FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id WHERE e.contest_id = 1"
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
        levels.append(
            level.join(heads.groupby(heads["path"].str[: depth * 5])["members"].sum().rename("all"), how="outer")
        )
    attempts.groupby(attempts["started_at"].dt.floor("h")).size()
    table = units.set_index("path").join(pd.concat(levels)).sort_index()
    table["members"] = table.pop("all")
    table = table.fillna({"participants": 0, "attempts": 0})
    table["rate"] = table["participants"] / table["members"]
    return table.reset_index()


def note(line: str) -> None:
    """Progress, on standard error."""
    print(line, file=sys.stderr, flush=True)


def _measure(side: str, scratch: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # after the environment is in place

    django.setup()
    work = {"baseline": baseline, "count": count, "segments": segments, "period": period, "report": report, "export": export, "csv": csv, "live_export": live_export, "pages": pages}  # fmt: skip
    figures = work[side](scratch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    print(json.dumps(figures | {"peak_mb": round(peak, 1)}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        print(json.dumps(measure_sides(int(sys.argv[2]), sys.argv[3], bool(sys.argv[4]))), flush=True)
    else:
        _measure(sys.argv[1], Path(sys.argv[2]))
