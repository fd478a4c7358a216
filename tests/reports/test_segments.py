"""Figures by what members declared: counted as plain Python counts, reached by whom the scope lets, shown as far as may be."""

import io
import itertools
import random
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.actions import declare, move_unit, withdraw_consent
from accounts.models import SelfDeclared
from contests.models import Attempt, Round, Standing
from reports import segment_queries, suppression
from reports.segment_words import group_name, groups_of
from reports.segments import AGES, SEGMENTS, UNSAID, counted
from reports.suppression import LEAST_UNIT
from tests import make
from tests.reports.rows import sat, table, written

PAGE = "/bao-cao/tim-hieu-phap-luat/nhom/"
CODES = {
    "gender": SelfDeclared.Gender.values, "education": SelfDeclared.Education.values, "sector": SelfDeclared.Sector.values,
    "shift": SelfDeclared.Shift.values, "region": SelfDeclared.Region.values,
}  # fmt: skip


@pytest.fixture
def tomorrow():
    """The midnight from which on everything made in a test is counted."""
    return segment_queries.midnight(timezone.now()) + timedelta(days=1)


@pytest.fixture
def closed(contest):
    """The contest with its round over, and a second round that is not."""
    day_before = timezone.now() - timedelta(days=3)
    contest.rounds.update(opens_at=day_before, closes_at=day_before + timedelta(hours=1))
    first = contest.rounds.get()
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=30), rules=first.rules,
    )  # fmt: skip
    return contest


@pytest.fixture(autouse=True)
def in_vietnamese():
    """A page that another test opened in English leaves that language behind."""
    with translation.override("vi"):
        yield


def say(member, **facts):
    declare(member=member, facts=facts, text="lời", text_version="1", now=timezone.now())


def played(contest, unit, facts, *points):
    """Somebody new of `unit` who declared `facts` and sat with `points`; the round has a standing of its own."""
    member = make.make_member("Người Thi", unit)
    if facts:
        say(member, **facts)
    entry = sat(contest, member, unit, *points)
    if points:
        whole = entry.standings.get()
        best = max(points)
        Standing.objects.create(
            entry=entry, contest=contest, round=contest.rounds.get(number=1), points=best, right=best // 100, elapsed_ms=1,
            order=whole.order, version=1,
        )  # fmt: skip
    return member


def everything_said(drawn):
    facts = {name: drawn.choice([None, *codes]) for name, codes in CODES.items()}
    facts["birth_year"] = drawn.choice([None, *range(1955, 2010)])
    return {name: value for name, value in facts.items() if value is not None}


def cells(tables, *segments):
    """The true cells under their groups, before anything is suppressed."""
    at = [SEGMENTS.index(segment) for segment in segments]
    return counted(tables._rows, lambda row: tuple(row.groups[place] for place in at))


def age_group(birth_year, year):
    if birth_year is None:
        return UNSAID
    age = year - birth_year
    return "u25" if age < 25 else "25" if age < 35 else "35" if age < 45 else "45" if age < 55 else "55"


# --- counted rightly


@pytest.mark.parametrize("seed", [1, 2])
def test_every_table_of_one_and_of_two_equals_plain_counting(union, closed, tomorrow, seed):
    drawn, expected = random.Random(seed), []
    year = timezone.localtime(closed.rounds.get(number=1).opens_at).year
    for _ in range(60):
        facts = everything_said(drawn) if drawn.random() < 0.8 else {}
        points = [100 * drawn.randrange(5) for _ in range(drawn.choice([1, 1, 2]))]
        unit = drawn.choice([union.factory_a, union.school_a])
        played(closed, unit, facts, *points)
        groups = (age_group(facts.get("birth_year"), year), *(facts.get(name, UNSAID) for name in CODES))
        expected.append((unit, groups, len(points), max(points), max(points) >= 200))
    for unit, inside in ((union.province_a, {union.factory_a, union.school_a}), (union.school_a, {union.school_a})):
        tables = segment_queries.segment_tables(closed, unit, tomorrow)
        for segments in [*((one,) for one in SEGMENTS), *itertools.combinations(SEGMENTS, 2)]:
            sums = defaultdict(Counter)
            for where, groups, attempts, points, passed in expected:
                if where in inside:
                    label = tuple(groups[SEGMENTS.index(one)] for one in segments)
                    sums[label].update(people=1, attempts=attempts, scored=1, points=points, passed=int(passed))
            found = {
                label: {name: getattr(cell, name) for name in ("people", "attempts", "scored", "points", "passed")}
                for label, cell in cells(tables, *segments).items()
            }
            assert found == {label: {"passed": 0, "points": 0} | dict(figures) for label, figures in sums.items()}, (
                segments
            )
        assert (tables.people, tables.attempts) == (
            sum(where in inside for where, *_ in expected), sum(each[2] for each in expected if each[0] in inside),
        )  # fmt: skip


def test_what_happened_since_midnight_is_counted_tomorrow(union, closed, tomorrow):
    today = segment_queries.midnight(timezone.now())
    earlier = played(closed, union.factory_a, {"gender": "female"}, 300, 400)
    SelfDeclared.objects.update(changed_at=today - timedelta(hours=2))
    earlier.entries.update(entered_at=today - timedelta(hours=2))
    Attempt.objects.filter(number=1).update(started_at=today - timedelta(hours=1))
    Attempt.objects.filter(number=2).update(started_at=today)
    played(closed, union.factory_a, {"gender": "female"}, 100)
    again = played(closed, union.factory_a, {"gender": "male"}, 100)
    again.entries.update(entered_at=today - timedelta(days=1))  # entered yesterday, sat today

    tables = segment_queries.segment_tables(closed, union.province_a, today)

    assert {label: (cell.people, cell.attempts) for label, cell in cells(tables, "gender").items()} == {
        ("female",): (1, 1)
    }
    say(earlier, gender="male")  # and what is declared today counts tomorrow: until then nothing is said
    assert set(cells(segment_queries.segment_tables(closed, union.province_a, today), "gender")) == {(UNSAID,)}
    assert cells(segment_queries.segment_tables(closed, union.province_a, tomorrow), "gender")[("male",)].people == 2


def test_results_are_of_rounds_that_are_over(union, contest, tomorrow):
    played(contest, union.factory_a, {"gender": "female"}, 300)

    def results():
        return cells(segment_queries.segment_tables(contest, union.province_a, tomorrow), "gender")[("female",)].scored

    Round.objects.update(closes_at=tomorrow + timedelta(hours=1))
    assert results() == 0
    Round.objects.update(closes_at=tomorrow - timedelta(hours=1))
    assert results() == 1
    Round.objects.update(extended_until=tomorrow + timedelta(hours=1))
    assert results() == 0


def test_where_attempts_are_added_up_one_of_them_must_be_good_enough(union, closed, tomorrow):
    played(closed, union.factory_a, {"gender": "female"}, 100, 100)
    played(closed, union.factory_a, {"gender": "male"}, 200, 100)
    Standing.objects.filter(round__isnull=False).update(right=3)
    first = closed.rounds.get(number=1)
    first.rules["counting"] = "sum"
    first.save(update_fields=["rules"])

    found = cells(segment_queries.segment_tables(closed, union.province_a, tomorrow), "gender")

    assert {label: cell.passed for label, cell in found.items()} == {("female",): 0, ("male",): 1}


def test_facts_that_were_taken_back_are_not_said(union, closed, tomorrow):
    member = played(closed, union.factory_a, {"gender": "female", "birth_year": 1990}, 300)
    assert cells(segment_queries.segment_tables(closed, union.province_a, tomorrow), "gender")[("female",)].people == 1

    withdraw_consent(member=member, purpose="segments", now=timezone.now())

    found = segment_queries.segment_tables(closed, union.province_a, tomorrow)
    assert set(cells(found, "age", "gender")) == {(UNSAID, UNSAID)}
    assert not SelfDeclared.objects.exists()


def test_figures_of_a_unit_change_as_a_whole_and_stand_still_when_nothing_changes(union, closed, tomorrow):
    for number in range(60):
        played(closed, union.factory_a, {"gender": "female" if number % 2 else "male"}, 300)
    first = segment_queries.segment_tables(closed, union.province_a, tomorrow)
    assert first.crossed("age", "gender") == segment_queries.segment_tables(closed, union.province_a, tomorrow).crossed("age", "gender")  # fmt: skip
    ward = segment_queries.segment_tables(closed, union.ward_a, tomorrow)
    assert ward.one("gender", ["female", "male"]) == first.one("gender", ["female", "male"]), "the same people"

    played(closed, union.factory_a, {}, 300)

    changed = segment_queries.segment_tables(closed, union.province_a, tomorrow)
    assert first._unit.secret != changed._unit.secret


def test_two_queries_however_many_people(union, closed, tomorrow):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as said:
            segment_queries.segment_tables(closed, union.province_a, tomorrow)
        return len(said)

    before = asked()
    for _ in range(5):
        played(closed, union.factory_a, {"gender": "female"}, 300)

    assert before == asked() == 2


# --- who sees what


def test_a_moved_unit_counts_where_it_sat_and_another_province_holds_nothing(union, closed, tomorrow):
    for _ in range(LEAST_UNIT):
        played(closed, union.factory_a, {"gender": "female"}, 300)
    move_unit(unit=union.factory_a, parent=union.province_b)

    assert segment_queries.segment_tables(closed, union.ward_a, tomorrow).people == LEAST_UNIT
    assert segment_queries.segment_tables(closed, union.province_b, tomorrow).people == 0


def words(response):
    text = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.fixture
def sat_yesterday(union, closed):
    """Eighty people of the factory, of the school four, all of them yesterday; most declared something."""
    for number in range(80):
        played(closed, union.factory_a, {"gender": "female" if number % 4 else "male", "birth_year": 1990}, 300)
    for _ in range(4):
        played(closed, union.school_a, {"gender": "other"}, 100)
    yesterday = timezone.now() - timedelta(days=1)
    closed.entries.update(entered_at=yesterday)
    Attempt.objects.update(started_at=yesterday)
    SelfDeclared.objects.update(changed_at=yesterday)
    return closed


def test_the_page_says_groups_hides_small_ones_and_names_who_did_not_say(client, union, sat_yesterday):
    client.force_login(union.olga)

    said = words(client.get(PAGE))

    assert "84 người · 84 lượt" in said
    tables = segment_queries.segment_tables(sat_yesterday, union.province_a, segment_queries.midnight(timezone.now()))
    genders = dict(tables.one("gender", groups_of("gender")))
    assert genders["female"].people in range(40, 85, 5)
    assert genders["other"] == suppression.HIDDEN, "four people"
    assert f"Nữ {genders['female'].people} người" in said
    assert re.search(r"Nam (–|\d+ người).* Không khai – Ít người hoặc không có ai, giữ kín: (Nam, )?Khác", said)
    assert re.search(r"Trình độ .* Không khai \d+ người", said)


def test_a_small_unit_has_no_tables_and_says_why(client, union, sat_yesterday):
    client.force_login(union.olga)

    said = words(client.get(PAGE, {"don-vi": union.school_a.code}))

    assert "Đơn vị có dưới 30 người dự thi" in said
    assert "Nữ" not in said


def test_any_two_segments_and_nonsense_for_them(client, union, sat_yesterday):
    client.force_login(union.olga)

    for down, across in [*itertools.permutations(SEGMENTS, 2), ("gender", "gender"), ("", ""), ("x\x00", "'")]:
        page = client.get(PAGE, {"hang": down, "cot": across})
        assert page.status_code == 200
    assert client.get(PAGE, {"hang": "gender", "cot": "gender"}).context["across"] != "gender"
    assert client.get(PAGE, {"don-vi": "khong-co"}).status_code == 404
    assert client.post(PAGE).status_code == 405


def test_staff_of_another_province_members_and_visitors_see_nothing(client, union, sat_yesterday):
    for unit in ("", union.factory_a.code):
        client.force_login(union.staff_b)
        assert client.get(PAGE, {"don-vi": unit}).status_code == 404
        client.force_login(union.alice)
        assert client.get(PAGE, {"don-vi": unit}).status_code == 403
    client.logout()
    assert client.get(PAGE).status_code == 302


def test_the_page_in_english(client, union, sat_yesterday):
    client.force_login(union.olga)
    client.cookies["django_language"] = "en"

    assert "Not declared" in words(client.get(PAGE))


# --- the file


def test_the_file_says_what_the_page_says_and_no_more(union, sat_yesterday, tmp_path):
    as_of = timezone.now()
    made = openpyxl.load_workbook(
        io.BytesIO(written("segments", sat_yesterday, union.province_a, tmp_path, as_of=as_of))
    )
    tables = segment_queries.segment_tables(sat_yesterday, union.province_a, segment_queries.midnight(as_of))

    assert len(made.sheetnames) == 1 + 15
    _head, rows = table(made["Theo nhóm"])
    lines = [row for row in rows if row[0] is not None]
    expected = [
        [
            number, group_name(segment, group), *("–" if figure is None else figure for figure in (shown.people, shown.attempts)),
            "—" if shown.mean is None else shown.mean / 100, "—" if shown.pass_rate is None else shown.pass_rate,
        ]
        for segment in SEGMENTS
        for number, (group, shown) in enumerate(tables.one(segment, groups_of(segment)), 1)
    ]  # fmt: skip
    assert lines == expected
    head, rows = table(made["Tuổi và giới tính"])
    assert head == ["STT", "Tuổi", "Nữ", "Nam", "Khác", "Không khai", "Cả nhóm"]
    crossed = tables.crossed("age", "gender")
    for row, group in zip(rows, (*AGES, UNSAID), strict=False):
        for value, other in zip(row[2:], ("female", "male", "other", UNSAID), strict=False):
            figure = crossed.get((group, other), suppression.HIDDEN).people
            assert value == ("–" if figure is None else figure)
    assert rows[-1][1:] == ["CẢ NHÓM", *rows[-1][2:-1], 84]


def test_the_file_of_a_small_unit_says_only_its_total(union, sat_yesterday, tmp_path):
    as_of = datetime.now(UTC)
    made = openpyxl.load_workbook(io.BytesIO(written("segments", sat_yesterday, union.school_a, tmp_path, as_of=as_of)))

    assert made.sheetnames == ["Theo nhóm"]
    _head, rows = table(made["Theo nhóm"])
    assert rows[0][1:4] == ["TẤT CẢ", 4, 4]
    assert "Khác" not in str(rows)
