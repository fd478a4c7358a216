"""Tables by what members declared, kept by the worker: the same figures as those that are counted while a page waits."""

import io
import json
import random
from contextlib import nullcontext
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import move_unit, withdraw_consent
from accounts.models import Membership, SelfDeclared, Unit
from contests.actions.exclude import exclude
from contests.models import Attempt, Entry, Round
from reports import counting, kept, marks, queries, segment_counting, segment_queries
from reports.models import Counting, KeptSegments, SegmentCount
from reports.segment_words import groups_of
from reports.segments import SEGMENTS, TABLES, KeptTables, Place, Row, Tables, rolled_up
from reports.suppression import BASE, LEAST_SHOWN, Cell
from tests import make
from tests.reports.rows import sat, sat_many, table, written
from tests.reports.test_export import work
from tests.reports.test_segments import PAGE, closed, everything_said, in_vietnamese, played, words  # noqa: F401  fixtures

NOW = timezone.now()
MIDNIGHT = segment_queries.midnight(NOW)


@pytest.fixture
def crowd(union, closed):  # noqa: F811
    """Two hundred who sat before midnight at every level of two provinces, one factory of which has moved between them since."""
    drawn = random.Random(13)
    moving = make.make_unit(union.ward_a, "CĐCS Chợ")
    places = [union.province_a, union.ward_a, union.factory_a, union.school_a, moving]
    before = MIDNIGHT - timedelta(hours=3)
    people = make.make_members([(f"Người {number}", drawn.choice(places), {}) for number in range(200)])
    homes = dict(Membership.objects.filter(member__in=people).values_list("member", "unit"))
    units = {unit.pk: unit for unit in places}
    sat_many(
        closed,
        [
            (one, units[homes[one.pk]], [100 * drawn.randrange(5) for _ in range(drawn.choice([1, 1, 2]))])
            for one in people
        ],
        before,
    )
    SelfDeclared.objects.bulk_create(
        SelfDeclared(
            member=one, changed_at=before, **everything_said(drawn) | ({"gender": "female"} if number % 2 else {})
        )
        for number, one in enumerate(people)
        if number % 5
    )
    move_unit(unit=moving, parent=union.province_b)
    played(closed, Unit.objects.get(pk=moving.pk), {"gender": "male"}, 300)  # today, where it stands now
    return closed


@pytest.fixture
def large(monkeypatch, crowd):
    """The same as a large contest, whose units are large from three attempts on; counted ahead, but not by groups."""
    monkeypatch.setattr(kept, "SMALL_ENTRIES", 1)
    monkeypatch.setattr(segment_queries, "LARGE", 3)
    monkeypatch.setattr(segment_counting, "LARGE", 3)
    monkeypatch.setattr(queries, "snapshot", lambda: nullcontext(timezone.now()))  # a test is one transaction already
    Counting.objects.create(contest=crowd)
    counting.count_contest(contest_id=crowd.pk)
    return crowd


def count(contest):
    SegmentCount.objects.get_or_create(contest=contest)
    segment_counting.count_segments(contest_id=contest.pk)
    return SegmentCount.objects.get()


def everything(tables):
    return {"exact": (tables.people, tables.attempts)} | {
        segments: tables.one(*segments, groups_of(*segments)) if len(segments) == 1
        else {label: shown for label, shown in tables.crossed(*segments).items() if shown.people is not None}
        for segments in TABLES
    }  # fmt: skip


def live(contest, path):
    return segment_queries.segment_tables(contest, Unit(path=path), MIDNIGHT)


# --- the same figures


def test_rows_of_many_units_at_once_are_those_of_each_of_them(union, crowd):
    paths = set(Entry.objects.values_list("unit_path", flat=True)) | set(Unit.objects.values_list("path", flat=True))
    paths = {path for path in paths if path.startswith(union.province_a.path)}
    some = {path for path in paths if len(path) % 2} | {union.ward_a.path}

    for wanted in (paths, some, {union.province_a.path}, set()):
        found = dict(segment_queries.all_tables(crowd, wanted, MIDNIGHT))
        assert found.keys() == wanted | {union.province_a.path}
        for path, tables in found.items():
            now = live(crowd, path)
            assert sorted(tables._rows) == sorted(now._rows)
            assert tables._unit == now._unit, "the secret and the most points of one person too"
    assert found[union.province_a.path].people == 200


def test_what_is_kept_says_what_is_counted_now_at_every_level(union, large):
    assert count(large).until == MIDNIGHT

    rows = {row.path: row for row in KeptSegments.objects.all()}
    assert len(rows) == 5, "province, ward, two units of it, and the one that has moved, where its people sat"
    for path, row in rows.items():
        again = KeptTables(row.people, row.attempts, row.tables)
        assert everything(again) == everything(live(large, path))
        assert again.too_small == live(large, path).too_small
    assert rows[union.province_a.path].people == 200
    assert any(shown.people for shown in rows_shown(rows[union.province_a.path]))


def rows_shown(row):
    return KeptTables(row.people, row.attempts, row.tables)._published(("gender",)).values()


def test_nothing_true_and_nothing_hidden_is_kept(large):
    count(large)

    for row in KeptSegments.objects.all():
        for name, cells in row.tables.items():
            size = len(name.split())
            for cell in cells:
                people, attempts, mean, rate = cell[size:]
                assert people % BASE == attempts % BASE == 0
                assert people >= LEAST_SHOWN
                assert (mean is None) == (rate is None)
    small = [row for row in KeptSegments.objects.all() if row.people < 30]
    assert small == [] or all(row.tables == {} for row in small)


PATHS = st.lists(st.integers(0, 2), max_size=3).map(lambda labels: "R." + "".join(f"{label}." for label in labels))
CELLS = st.builds(Cell, *[st.integers(0, 50)] * 5, st.integers(-(2**63), 2**63 - 1))
GROUPS = st.tuples(*[st.sampled_from(["", "a"])] * 2)


@given(st.dictionaries(PATHS, st.dictionaries(GROUPS, CELLS, min_size=1)), st.sets(PATHS))
def test_rolling_up_is_adding_what_lies_below(own, more):
    wanted = {"R.", *own, *more}
    places = [Place(path, [Row(*row) for row in own[path].items()], len(path)) for path in sorted(own)]

    found = {place.path: place for place in rolled_up(places, wanted)}

    assert found.keys() == wanted
    for path, place in found.items():
        below = [one for one in places if one.path.startswith(path)]
        expected = {}
        for one in below:
            for groups, cell in one.rows:
                expected[groups] = expected.get(groups, Cell()) + cell
        assert dict(place.rows) == expected
        assert len(place.rows) == len(expected)
        assert place.most_points == max((one.most_points for one in below), default=0)


def test_a_place_that_nobody_wants_is_not_lost_in_silence():
    place = Place("R.9.", [], 0)
    with pytest.raises(ValueError, match="not wanted"):
        list(rolled_up([place], {"R."}))


# --- the page and the file


def test_the_page_says_the_same_from_either_source(client, union, large, monkeypatch):
    count(large)
    client.force_login(union.olga)
    places = [unit.code for unit in Unit.objects.filter(path__startswith=union.province_a.path)]
    ahead = [words(client.get(PAGE, {"don-vi": code, "hang": "gender", "cot": "shift"})) for code in places]
    KeptSegments.objects.all().delete()
    SegmentCount.objects.all().delete()
    Counting.objects.all().delete()
    monkeypatch.undo()

    assert [words(client.get(PAGE, {"don-vi": code, "hang": "gender", "cot": "shift"})) for code in places] == ahead
    assert f"200 người · {live(large, union.province_a.path).attempts} lượt" in ahead[0]
    assert "Hai nhóm với nhau" in ahead[0]


def test_a_page_reads_kept_rows_in_as_many_queries_whatever_the_unit(client, union, large):
    count(large)
    client.force_login(union.olga)

    def asked(unit):
        with CaptureQueriesContext(connection) as said:
            client.get(PAGE, {"don-vi": unit.code})
        assert not [one for one in said.captured_queries if "accounts_selfdeclared" in one["sql"]]
        return len(said)

    asked(union.province_a)
    assert abs(asked(union.province_a) - asked(union.factory_a)) <= 1


def test_before_the_first_count_the_page_says_so_and_asks_once(client, union, large):
    client.force_login(union.olga)

    for _ in range(2):
        page = client.get(PAGE)
        assert "Số liệu theo nhóm đang được tính" in words(page)
        assert "người ·" not in words(page)
        assert 'http-equiv="refresh"' in page.content.decode()
    assert ProcrastinateJob.objects.filter(task_name=segment_counting.JOB).count() == 1

    counted = count(large)

    assert counted.asked_at is counted.begun_at is None
    page = client.get(PAGE)
    assert "200 người" in words(page)
    assert 'http-equiv="refresh"' not in page.content.decode()


def test_a_contest_that_was_never_counted_at_all_is_counted_first(client, union, large):
    Counting.objects.update(as_of=None)
    client.force_login(union.olga)

    assert "Số liệu theo nhóm đang được tính" in words(client.get(PAGE))
    assert ProcrastinateJob.objects.filter(task_name=counting.JOB).exists()
    segment_counting.count_segments(contest_id=large.pk)
    assert SegmentCount.objects.get().until is None, "not before it is known which units are large"
    Counting.objects.update(as_of=NOW)
    assert segment_counting.count_what_is_due(now=timezone.now()) == 0, "it is in the queue"
    segment_counting.count_segments(contest_id=large.pk)
    assert "200 người" in words(client.get(PAGE))


def test_after_midnight_the_page_shows_the_day_before_until_it_is_counted(client, union, large):
    count(large)
    client.force_login(union.olga)
    before = words(client.get(PAGE))
    yesterday = MIDNIGHT - timedelta(days=1)
    SegmentCount.objects.update(until=yesterday)
    KeptSegments.objects.update(until=yesterday)

    page = words(client.get(PAGE))

    assert f"Tính đến hết ngày {yesterday - timedelta(days=1):%d/%m/%Y}" in page
    assert "Đang tính thêm ngày hôm qua" in page
    assert "200 người" in page
    assert SegmentCount.objects.get().asked_at is not None
    count(large)
    assert words(client.get(PAGE)) == before


def test_a_small_unit_of_a_large_contest_is_counted_while_the_page_waits(client, union, large, monkeypatch):
    monkeypatch.setattr(segment_queries, "LARGE", 1000)
    monkeypatch.setattr(segment_counting, "LARGE", 1000)
    client.force_login(union.olga)

    assert "người ·" in words(client.get(PAGE, {"don-vi": union.factory_a.code}))
    count(large)
    assert list(KeptSegments.objects.values_list("path", flat=True)) == [union.province_a.path], "the audience always"
    assert "người ·" in words(client.get(PAGE, {"don-vi": union.factory_a.code}))


def test_a_unit_that_grew_since_the_last_count_waits_for_the_next_one(union, large, monkeypatch):
    monkeypatch.setattr(segment_counting, "LARGE", 1000)
    count(large)

    assert segment_queries.seen(large, union.factory_a, NOW).tables.people > 0, "few at midnight: it was not large then"
    tomorrow = NOW + timedelta(days=1)
    assert segment_queries.seen(large, union.factory_a, tomorrow) is None


def test_the_file_is_written_from_what_the_page_shows(union, large, tmp_path):
    count(large)
    row = KeptSegments.objects.get(path=union.province_a.path)
    late = played(large, union.factory_a, {"gender": "female"}, 300)  # counted late: who sat before midnight after all
    late.entries.update(entered_at=MIDNIGHT - timedelta(hours=1))
    Attempt.objects.filter(entry__member=late).update(started_at=MIDNIGHT - timedelta(hours=1))
    assert live(large, union.province_a.path).people == 201

    book = openpyxl.load_workbook(
        io.BytesIO(written("segments", large, union.province_a, tmp_path, as_of=timezone.now()))
    )

    _head, rows = table(book["Theo nhóm"])
    [total] = [row for row in rows if row[1] == "TẤT CẢ"]
    assert total[2] == row.people == 200
    genders = [each[2] for each in rows if each[1] in ("Nữ", "Nam", "Khác")]
    tables = KeptTables(row.people, row.attempts, row.tables)
    assert (
        genders
        == ["–" if shown.people is None else shown.people for _, shown in tables.one("gender", groups_of("gender"))][:3]
    )


def test_a_file_of_a_large_contest_that_was_never_counted_is_made_all_the_same(union, large, tmp_path):
    book = openpyxl.load_workbook(
        io.BytesIO(written("segments", large, union.province_a, tmp_path, as_of=timezone.now()))
    )
    _head, rows = table(book["Theo nhóm"])
    assert [row[2] for row in rows if row[1] == "TẤT CẢ"] == [200]


# --- when


def a_count(**fields):
    return SegmentCount(**{"until": MIDNIGHT, "made_at": NOW - timedelta(hours=1)} | fields)


@pytest.mark.parametrize(
    ("fields", "lately", "changed", "due"),
    [
        ({"until": None}, True, False, True),
        ({"until": None}, False, False, False),
        ({}, True, False, False),
        ({"until": MIDNIGHT - timedelta(days=1)}, True, False, True),
        ({"until": MIDNIGHT - timedelta(days=1)}, False, False, False),
        ({"until": MIDNIGHT - timedelta(days=1), "asked_at": NOW}, False, False, True),
        ({"until": MIDNIGHT - timedelta(days=1), "begun_at": NOW - timedelta(minutes=1)}, True, False, False),
        ({"until": MIDNIGHT - timedelta(days=1), "begun_at": NOW - timedelta(minutes=11)}, True, False, True),
        ({}, True, True, True),
        ({"made_at": NOW - timedelta(minutes=9)}, True, True, False),
        ({"seconds": 300.0}, True, True, False),
    ],
)
def test_when_a_count_is_due(fields, lately, changed, due):
    assert segment_counting.is_due(a_count(**fields), lately=lately, changed=changed, now=NOW) is due


def test_the_mark_moves_with_results_of_closed_rounds_and_with_nothing_else(union, large):
    seen = [marks.closed_mark(large, MIDNIGHT)]

    sat_now = sat(large, make.make_member("Người Mới", union.school_a), union.school_a)
    second = large.rounds.get(number=2)
    Attempt.objects.create(
        entry=sat_now, round=second, number=1, seed=1, paper=[], shape="", started_at=NOW, deadline=NOW, accepts_until=NOW
    )  # fmt: skip
    assert marks.closed_mark(large, MIDNIGHT) == seen[0], "somebody sits in a round that is open"
    exclude(contest=large, member=large.entries.first().member, by=union.olga, reason="nhờ người thi hộ", now=NOW)
    seen.append(marks.closed_mark(large, MIDNIGHT))
    Attempt.objects.filter(pk=Attempt.objects.filter(round__number=1).first().pk).update(state="voided")
    seen.append(marks.closed_mark(large, MIDNIGHT))
    Round.objects.filter(number=1).update(extended_until=MIDNIGHT + timedelta(hours=1))
    seen.append(marks.closed_mark(large, MIDNIGHT))
    assert len(set(seen)) == 4


def test_what_is_old_is_counted_every_night_for_a_month_and_then_forgotten(large):
    count(large)
    tomorrow = timezone.now() + timedelta(days=1)
    assert segment_counting.forget_old_segments(now=tomorrow) == 0
    Round.objects.update(
        closes_at=NOW - segment_counting.LATELY - timedelta(hours=1), opens_at=NOW - timedelta(days=60)
    )
    assert segment_counting.forget_old_segments(now=timezone.now()) == 0, "somebody opened the page today"

    assert segment_counting.forget_old_segments(now=tomorrow) == 1

    assert not KeptSegments.objects.exists()
    assert segment_counting.count_what_is_due(now=tomorrow) == 0
    assert segment_queries.seen(large, large.audience, tomorrow) is None
    segment_counting.ask_for_segments(contest=large, now=tomorrow)
    assert SegmentCount.objects.get().asked_at == tomorrow


def test_what_is_taken_back_is_in_nothing_that_is_counted_from_then_on(union, large):
    count(large)
    for member in list(SelfDeclared.objects.values_list("member", flat=True)):
        withdraw_consent(member=large.entries.get(member=member).member, purpose="segments", now=timezone.now())

    count(large)

    row = KeptSegments.objects.get(path=union.province_a.path)
    tables = KeptTables(row.people, row.attempts, row.tables)
    assert {line.shown.people for segment in SEGMENTS for line in tables.one(segment, groups_of(segment))[:-1]} == {
        None
    }
    assert json.dumps(row.tables).count("female") == 0


@pytest.mark.django_db(transaction=True)
def test_the_worker_counts_in_a_snapshot_and_a_count_that_fails_leaves_the_last_one(committed_union, monkeypatch):
    union, contest = committed_union
    monkeypatch.setattr(kept, "SMALL_ENTRIES", 1)
    for member, unit in ((union.alice, union.factory_a), (union.bob, union.school_a)):
        sat(contest, member, unit, 300)
    contest.entries.update(entered_at=MIDNIGHT - timedelta(hours=1))
    Attempt.objects.update(started_at=MIDNIGHT - timedelta(hours=1))
    segment_counting.ask_for_segments(contest=contest, now=timezone.now())
    work()
    assert Counting.objects.get().as_of is not None
    segment_counting.count_what_is_due(now=timezone.now())  # where the worker took it up before the contest was counted
    work()
    before = SegmentCount.objects.get()
    assert (before.until, before.asked_at, before.begun_at) == (MIDNIGHT, None, None)
    [row] = KeptSegments.objects.all()
    assert (row.path, row.people) == (union.province_a.path, 2)

    monkeypatch.setattr(Tables, "as_json", lambda tables: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        segment_counting.count_segments(contest_id=contest.pk)
    after = SegmentCount.objects.get()
    assert (after.until, after.made_at, after.begun_at) == (before.until, before.made_at, None)
    assert KeptSegments.objects.get() == row
