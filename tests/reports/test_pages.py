"""What staff see at /bao-cao/, and what nobody else does."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import move_unit
from accounts.models import Headcount, Role
from accounts.scope import Scope
from contests.models import Attempt, Contest, Round
from reports import queries
from reports.participation import participation, report_of
from tests import make
from tests.reports.rows import sat

REPORT = "/bao-cao/tim-hieu-phap-luat/"


@pytest.fixture
def played(union, contest):
    """Alice sat twice, Bob is sitting; the school has 50 members, the factory 200."""
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, running=True)
    return contest


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


@pytest.fixture
def staff_b(client, union):
    client.force_login(union.staff_b)
    return client


def report(contest, unit):
    rows = queries.material(contest, unit)
    return report_of(participation(unit.path, rows.units, rows.headcounts, rows.counts))


def words(response):
    text = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# --- figures


def test_people_and_attempts_are_different_numbers(union, played):
    whole = report(played, union.province_a).whole

    assert (whole.participants, whole.attempts, whole.handed_in) == (2, 3, 2)
    assert (whole.members, whole.rate, whole.mean_score) == (250, 2 / 250, 3.0)
    assert (whole.units_taking_part, whole.units_all) == (2, 2)


def test_totals_equal_independent_sql(union, contest):
    units = [
        make.make_unit(parent, f"CĐCS số {n}", members=10 + n)
        for n, parent in enumerate([union.ward_a, union.province_a, union.ward_a, union.province_a])
    ]
    for n, unit in enumerate(units * 3):
        sat(contest, make.make_member(f"Người {n}", unit), unit, *range(100, 100 * (n % 3 + 2), 100))
    made = report(contest, union.province_a).whole

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT e.member_id), count(*) FROM contests_entry e, contests_attempt a WHERE a.entry_id = e.id AND left(e.unit_path, 10) = %s",
            [union.province_a.path],
        )
        assert cursor.fetchone() == (made.participants, made.attempts)
        cursor.execute(
            "SELECT avg(best) / 100 FROM (SELECT max(points) AS best FROM contests_attempt GROUP BY entry_id) AS each"
        )
        assert float(cursor.fetchone()[0]) == pytest.approx(made.mean_score)
        cursor.execute(
            "SELECT sum(members) FROM accounts_headcount h JOIN accounts_unit u ON u.id = h.unit_id WHERE left(u.path, 10) = %s",
            [union.province_a.path],
        )
        assert cursor.fetchone() == (made.members,)


def test_who_passed_has_a_counted_attempt_with_half_of_its_questions_right(union, contest):
    for name, *points in (("Một", 100, 100), ("Hai", 100, 200), ("Ba", 300, 0), ("Bốn",)):
        sat(contest, make.make_member(name, union.school_a), union.school_a, *points)
    voided = sat(contest, union.alice, union.factory_a, 400, 100)
    Attempt.objects.filter(entry=voided, number=1).update(state="voided")
    unranked = sat(contest, union.bob, union.factory_a, 400)
    unranked.standings.all().delete()

    assert contest.rounds.get().rules["draw"], "four questions, so two are half"
    assert [(row.path, row.passed) for row in queries.passes(contest, union.province_a)] == [(union.school_a.path, 2)]
    assert queries.passes(contest, union.province_b) == []


def test_an_entry_without_an_attempt_is_nobody(union, contest):
    sat(contest, union.alice, union.factory_a)

    assert report(contest, union.province_a).whole.participants == 0


def test_the_headcount_is_the_last_before_the_contest_else_the_last(union, contest):
    opened = timezone.localdate(contest.rounds.get().opens_at)
    Headcount.objects.all().delete()
    for days, members in ((-400, 100), (-10, 120), (5, 999)):
        Headcount.objects.create(unit=union.factory_a, on_day=opened + timedelta(days=days), members=members, workers=0)
    for days, members in ((3, 30), (9, 40)):
        Headcount.objects.create(unit=union.school_a, on_day=opened + timedelta(days=days), members=members, workers=0)

    whole = report(contest, union.province_a).whole

    assert whole.members == 120 + 40
    assert (whole.first_day, whole.last_day) == (opened - timedelta(days=10), opened + timedelta(days=9))


def test_people_stay_where_they_sat_when_their_unit_moves(union, played):
    before = report(played, union.province_a).whole

    move_unit(unit=union.factory_a, parent=union.province_b)

    after = report(played, union.province_a)
    assert after.whole == before, "the headcount stays with the people too"
    [ward] = after.children
    assert ward.participants == 2
    assert [
        child.code for child in report(played, union.ward_a).children if child.participants and child.members == 200
    ] == [""], "no link: it is another's now"


def test_a_unit_that_moved_in_after_it_sat_elsewhere_is_not_called_absent(union, played):
    union.province_b.refresh_from_db()
    Contest.objects.update(audience=union.national)
    move_unit(unit=union.factory_a, parent=union.province_b)

    assert [absent.name for absent in report(played, union.province_b).nobody] == [union.hospital_b.name]


def test_a_closed_unit_is_not_called_absent(union, contest):
    union.school_a.closed_on = date(2025, 12, 31)
    union.school_a.save()

    assert [absent.name for absent in report(contest, union.province_a).nobody] == [union.factory_a.name]


def test_figures_take_a_constant_number_of_queries(union, played):
    with CaptureQueriesContext(connection) as small:
        queries.material(played, union.province_a)
    for n in range(12):
        unit = make.make_unit(union.ward_a if n % 2 else union.province_a, f"CĐCS {n}", members=9)
        sat(played, make.make_member(f"Người {n}", unit), unit, 100)

    with CaptureQueriesContext(connection) as large:
        queries.material(played, union.province_a)

    assert len(large) == len(small) <= 7


def test_the_page_takes_a_constant_number_of_queries(olga, union, played):
    olga.get(REPORT)
    with CaptureQueriesContext(connection) as small:
        olga.get(REPORT)
    for n in range(12):
        make.make_unit(make.make_unit(union.province_a, f"Phường {n}", "cap-tren-co-so"), f"CĐCS {n}", members=9)

    with CaptureQueriesContext(connection) as large:
        olga.get(REPORT)

    assert len(large) == len(small)


# --- pages


def test_the_headline_says_people_attempts_denominator_and_day(olga, played):
    text = words(olga.get(REPORT))

    assert "2 người · 3 lượt" in text
    assert "0,8 %" in text
    assert "của 250 đoàn viên (30/06/2026" in text
    assert "3,0 điểm trung bình" in text or "điểm trung bình 3,0" in text


def test_results_are_told_as_shares_and_nothing_before_any(olga, union, contest):
    sat(contest, union.bob, union.school_a, running=True)
    assert "Từ đăng ký đến có kết quả" not in words(olga.get(REPORT))

    sat(contest, union.alice, union.factory_a, 200, 300)  # of four questions, in 372 of 1,200 seconds
    page = words(olga.get(REPORT))

    assert "Đã đăng ký 2 Đã bắt đầu làm bài 2 Có kết quả 1" in page
    assert "Nhiều nhất: 1 lượt đúng 50–60 % số câu, bằng 50,0 % số lượt đã chấm." in page
    assert "Nhiều nhất: 2 lượt dùng 30–40 % thời gian được làm, bằng 100,0 % số lượt đã chấm." in page


def test_drilling_down_goes_by_unit_code(olga, union, played):
    assert f"don-vi={union.ward_a.code}" in olga.get(REPORT).content.decode()
    ward = olga.get(REPORT, {"don-vi": union.ward_a.code})
    assert f"don-vi={union.factory_a.code}" in ward.content.decode()

    leaf = olga.get(REPORT, {"don-vi": union.factory_a.code})

    assert "1 người · 2 lượt" in words(leaf)
    assert "của 200 đoàn viên" in words(leaf)


def test_who_is_missing_is_named_with_the_unit_above(olga, union, contest):
    sat(contest, union.alice, union.factory_a, 100)

    text = words(olga.get(REPORT))

    assert "1 trên 2 công đoàn cơ sở chưa có ai dự thi" in text
    assert f"{union.school_a.name} {union.ward_a.name} 50" in text


def test_no_headcount_shows_a_dash_and_says_why(olga, union, played):
    Headcount.objects.all().delete()

    text = words(olga.get(REPORT))

    assert "— chưa có số đoàn viên để tính" in text
    assert "%" not in text.split("Theo đơn vị")[0]


def test_more_people_than_members_is_shown_and_explained(olga, union, played):
    Headcount.objects.update(members=1)

    assert "Số người dự thi nhiều hơn số đoàn viên đã khai" not in words(olga.get(REPORT)), "2 of 2 is possible"
    Headcount.objects.filter(unit=union.school_a).update(members=0)
    text = words(olga.get(REPORT))
    assert "200,0 %" in text
    assert "Số người dự thi nhiều hơn số đoàn viên đã khai" in text


def test_large_numbers_are_written_the_vietnamese_way(olga, union, contest):
    Headcount.objects.filter(unit=union.factory_a).update(members=123_511)

    assert "123.561 đoàn viên" in words(olga.get(REPORT))


def test_before_anyone_sits_the_page_says_so(olga, contest):
    assert "Chưa có ai dự thi" in words(olga.get(REPORT))


def test_the_list_shows_contests_of_the_scope_with_its_numbers(olga, played):
    text = words(olga.get("/bao-cao/"))

    assert played.title in text
    assert "2 người · 3 lượt" in text


def test_a_draft_is_not_listed(olga, contest):
    Contest.objects.update(state="draft")

    assert contest.title not in words(olga.get("/bao-cao/"))
    assert olga.get(REPORT).status_code == 404


def test_a_contest_of_the_whole_nation_shows_each_province_its_own_part(client, union, contest):
    Contest.objects.update(audience=union.national)
    sat(contest, union.alice, union.factory_a, 100)
    sat(contest, union.charlie, union.hospital_b, 100, 200)
    client.force_login(union.staff_b)

    page = client.get(REPORT)

    assert "1 người · 2 lượt" in words(page)
    assert union.factory_a.name not in page.content.decode()
    assert "1 người · 2 lượt" in words(client.get("/bao-cao/"))


def test_staff_of_the_nation_look_at_the_audience_only(client, union, played):
    tlđ = make.make_member("Cán bộ Tổng", email="tld@example.vn")
    Role.objects.create(member=tlđ, unit=union.national, kind="staff")
    client.force_login(tlđ)

    assert "của 250 đoàn viên" in words(client.get(REPORT)), "members of province B could not take part"
    assert client.get(REPORT, {"don-vi": union.province_b.code}).status_code == 404


def test_staff_of_two_units_choose_between_them(client, union, played):
    member = make.make_member("Cán bộ hai nơi", email="hai@example.vn")
    for unit in (union.factory_a, union.school_a):
        Role.objects.create(member=member, unit=unit, kind="staff")
    client.force_login(member)

    assert "1 người · 2 lượt" in words(client.get(REPORT))
    assert "1 người · 1 lượt" in words(client.get(REPORT, {"don-vi": union.school_a.code}))
    assert client.get(REPORT, {"don-vi": union.ward_a.code}).status_code == 404


# --- scope


def test_a_visitor_is_asked_to_log_in(client, contest):
    for address in ("/bao-cao/", REPORT):
        response = client.get(address)
        assert response.status_code == 302
        assert "next=/bao-cao/" in response["Location"]


def test_a_member_and_an_organizer_without_the_staff_role_are_refused(client, union, contest):
    organizer = make.make_member("Ban tổ chức", email="btc@example.vn")
    Role.objects.create(member=organizer, unit=union.province_a, kind="organizer")
    for member in (union.alice, organizer):
        client.force_login(member)
        assert client.get("/bao-cao/").status_code == 403
        assert client.get(REPORT).status_code == 403


def test_staff_of_another_province_see_nothing(staff_b, union, played):
    assert played.title not in words(staff_b.get("/bao-cao/"))
    assert staff_b.get(REPORT).status_code == 404
    assert staff_b.post(f"{REPORT}tep/").status_code == 404


@pytest.mark.parametrize("unit", ["national", "province_a", "ward_a", "factory_a"])
def test_no_unit_code_reaches_out_of_the_scope(staff_b, union, played, unit):
    Contest.objects.update(audience=union.national)
    code = getattr(union, unit).code
    there = {"don-vi": code}

    assert staff_b.get(REPORT, there).status_code == 404
    assert staff_b.post(f"{REPORT}tep/", there).status_code == 404


@pytest.mark.parametrize(
    "code", ["không-có", "0001.", "-1", "%", "U00001,U00002", "' OR 1=1 --", "../", "a\x00b", "x" * 5000]
)
def test_odd_unit_codes_are_not_found(olga, played, code):
    assert olga.get(REPORT, {"don-vi": code}).status_code == 404


def test_a_role_that_ended_opens_nothing(olga, union, played):
    Role.objects.filter(member=union.olga).update(to_day=timezone.localdate() - timedelta(days=1))

    assert olga.get("/bao-cao/").status_code == 403
    assert olga.get(REPORT).status_code == 403


def test_a_narrower_role_opens_only_its_part(olga, union, played):
    Role.objects.filter(member=union.olga).update(unit=union.school_a)

    assert "1 người · 1 lượt" in words(olga.get(REPORT))
    assert olga.get(REPORT, {"don-vi": union.factory_a.code}).status_code == 404


def test_an_empty_scope_reaches_no_contest(contest):
    assert list(queries.contests_touching(Scope())) == []


# --- the chart


def svg_of(response):
    return re.search(r"<svg viewBox=\"0 0 600.*?</svg>", response.content.decode(), re.DOTALL)[0]


def test_the_chart_is_well_formed_named_and_escaped(olga, union, contest):
    unit = make.make_unit(union.province_a, 'CĐCS <script>alert(1)</script> & "Bạn"', members=10)
    sat(contest, make.make_member("Người", unit), unit, 100)

    svg = svg_of(olga.get(REPORT))

    tree = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    assert tree.find(f"{space}title").text == "Tỷ lệ tham gia theo đơn vị"
    assert "Cao nhất: CĐCS <script>" in tree.find(f"{space}desc").text
    assert "<script" not in svg
    assert [float(bar.get("width")) for bar in tree.iter(f"{space}rect") if bar.get("class") == "bar"] == [60.0]


def test_the_chart_counts_people_where_there_is_no_denominator(olga, union, played):
    Headcount.objects.all().delete()

    assert "Số người dự thi theo đơn vị" in svg_of(olga.get(REPORT))


def test_a_second_round_counts_the_same_people_once(union, played):
    first = played.rounds.get(number=1)
    second = Round.objects.create(
        contest=played, number=2, title="Tuần 2", opens_at=first.opens_at, closes_at=first.closes_at, rules=first.rules
    )
    old = Attempt.objects.filter(entry__member=union.alice).first()
    old.pk, old.public_id, old.round = None, "00000000-0000-4000-8000-000000000001", second
    old.save(force_insert=True)

    whole = report(played, union.province_a).whole

    assert (whole.participants, whole.attempts) == (2, 4)


# --- earlier contests


def before(union, contest, number: int, days: int, **changes) -> Contest:
    """A closed contest of the same organizers that opened so many days earlier."""
    fields = {"organizer": union.province_a, "audience": union.province_a, "state": "closed"} | changes
    other = Contest.objects.create(
        slug=f"truoc-{number}", title=f"Cuộc thi trước {number}", bank=contest.bank, created_by=union.olga, **fields
    )
    round_ = contest.rounds.get()
    opens = round_.opens_at - timedelta(days=days)
    Round.objects.create(
        contest=other, number=1, title="Tuần 1", opens_at=opens, closes_at=opens + timedelta(days=7), rules=round_.rules
    )
    return other


def test_the_page_sets_earlier_contests_beside_this_one(union, played, olga):
    lately, long_ago = before(union, played, 1, 30), before(union, played, 2, 300)
    sat(lately, union.alice, union.factory_a, 100, 100)
    sat(lately, union.bob, union.school_a, 100)
    before(union, played, 3, -30)  # later
    before(union, played, 4, 60, state="draft")
    before(union, played, 5, 60, organizer=union.province_b)

    whole, factory = (
        olga.get(REPORT, {"don-vi": unit.code}).context["earlier"] for unit in (union.province_a, union.factory_a)
    )

    assert [(row.contest, row.participants, row.attempts) for row in whole] == [(lately, 2, 3), (long_ago, 0, 0)]
    assert [(row.participants, row.attempts) for row in factory] == [(1, 2), (0, 0)]
    page = words(olga.get(REPORT))
    assert "So với các cuộc thi trước" in page
    assert "Cuộc thi trước 1" in page


def test_earlier_contests_are_those_the_reader_may_open(union, played, staff_b, client):
    other = before(union, played, 1, 30, audience=union.province_b, organizer=union.province_a)
    assert queries.earlier(played, union.province_a, Scope((union.province_a.path,))) == []
    assert [row.contest for row in queries.earlier(played, union.province_b, Scope((union.province_b.path,)))] == [
        other
    ]


def test_a_first_contest_has_nothing_beside_it(union, played, olga):
    assert "So với các cuộc thi trước" not in words(olga.get(REPORT))
