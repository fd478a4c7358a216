"""Large contests, counted ahead: the same page as one that is counted now, as soon as anything changed."""

import re
from datetime import timedelta

import pandas as pd
import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import move_unit
from accounts.models import Headcount, Role, Unit
from contests.actions.exclude import exclude
from contests.models import Attempt, Round
from reports import actions, counting, kept, queries
from reports.models import Counting, Export, KeptFigures
from reports.participation import participation
from tests import make
from tests.reports.rows import sat

REPORT = "/bao-cao/tim-hieu-phap-luat/"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def union(committed_union):
    union, contest = committed_union
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, running=True)
    make.make_unit(union.ward_a, "CĐCS Chợ", members=12)
    return union


@pytest.fixture
def played(committed_union, union):
    return committed_union[1]


@pytest.fixture
def large(monkeypatch, played):
    """The contest, which now counts as a large one; its unit and its own parts are kept from two attempts on."""
    monkeypatch.setattr(kept, "SMALL_ENTRIES", 1)
    monkeypatch.setattr(counting, "LARGE", 2)
    monkeypatch.setattr(counting, "WIDE", 2)
    return played


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def count(contest):
    Counting.objects.get_or_create(contest=contest)
    counting.count_contest(contest_id=contest.pk)
    return Counting.objects.get()


def words(response):
    text = re.sub(r"<(script|style|form).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"Số liệu lúc [\d:/ ]+", "", " ".join(re.sub(r"<[^>]+>", " ", text).split()))


def table_now(contest, unit):
    rows = queries.material(contest, unit)
    return participation(unit.path, rows.units, rows.headcounts, [*rows.counts, *queries.passes(contest, unit)])


# --- the page


def test_the_page_says_the_same_whether_it_is_counted_now_or_ahead(olga, union, played, large, monkeypatch):
    places = ["", *(f"?don-vi={unit.code}" for unit in Unit.objects.filter(path__startswith=union.province_a.path))]
    count(large)
    ahead = [words(olga.get(REPORT + place)) for place in places]
    first_page = words(olga.get("/bao-cao/"))
    Counting.objects.all().delete()
    monkeypatch.undo()

    assert [words(olga.get(REPORT + place)) for place in places] == ahead
    assert words(olga.get("/bao-cao/")) == first_page
    assert "2 người · 3 lượt" in ahead[0]
    assert "Theo cấp" in ahead[0]
    assert "3 lượt từ" in ahead[0]


def test_a_large_contest_that_was_never_counted_says_so_and_shows_no_zeros(olga, large):
    page = olga.get(REPORT)

    assert "Số liệu đang được tính lần đầu" in words(page)
    assert "0 người" not in words(page)
    assert 'http-equiv="refresh"' in page.content.decode()
    assert 'name="mau"' in page.content.decode(), "a file can be had all the same"
    assert "Số liệu đang được tính lần đầu" in words(olga.get("/bao-cao/"))


def test_somebody_asks_for_a_new_count_once(olga, union, large):
    for _ in range(2):
        assert olga.post(f"{REPORT}tinh-lai/", {"don-vi": union.ward_a.code}).status_code == 302
    assert ProcrastinateJob.objects.filter(task_name=counting.JOB).count() == 1
    counted = count(large)
    assert counted.asked_at is None

    said = olga.post(f"{REPORT}tinh-lai/", {"don-vi": union.ward_a.code}, follow=True)
    assert "Số liệu vừa mới được tính" in words(said)
    Counting.objects.update(as_of=timezone.now() - timedelta(minutes=1))
    assert "Đang tính lại" in olga.post(f"{REPORT}tinh-lai/", follow=True).content.decode()
    assert ProcrastinateJob.objects.filter(task_name=counting.JOB).count() == 1, "the one in the queue will do"


def test_a_count_that_was_asked_for_after_its_snapshot_is_still_to_be_made(large, monkeypatch):
    Counting.objects.create(contest=large)
    keep = counting._keep

    def ask_meanwhile(*given):
        Counting.objects.update(asked_at=timezone.now())
        keep(*given)

    monkeypatch.setattr(counting, "_keep", ask_meanwhile)
    assert count(large).asked_at is not None


def test_a_small_contest_is_never_queued(olga, union, played):
    assert olga.post(f"{REPORT}tinh-lai/").status_code == 302
    assert counting.count_what_is_due(now=timezone.now()) == 0
    assert not Counting.objects.exists()
    assert "Tính lại" not in olga.get(REPORT).content.decode()


def test_staff_of_elsewhere_see_and_ask_nothing(client, union, large):
    count(large)
    client.force_login(union.staff_b)

    assert client.get(REPORT).status_code == 404
    assert client.post(f"{REPORT}tinh-lai/").status_code == 404
    assert large.title not in client.get("/bao-cao/").content.decode()
    client.force_login(union.alice)
    assert client.post(f"{REPORT}tinh-lai/").status_code == 403


def test_a_part_of_the_tree_sees_its_own_part(client, union, large):
    count(large)
    below = make.make_member("Cấp dưới", email="duoi@example.vn")
    Role.objects.create(member=below, unit=union.school_a, kind="staff")
    client.force_login(below)

    assert "1 người · 1 lượt" in words(client.get("/bao-cao/"))
    page = words(client.get(REPORT))
    assert "1 người · 1 lượt" in page
    assert union.factory_a.name not in page
    assert client.get(f"{REPORT}?don-vi={union.factory_a.code}").status_code == 404


def test_a_unit_that_moved_away_keeps_its_line_and_loses_its_link(olga, union, large):
    before = words(olga.get(f"{REPORT}?don-vi={union.ward_a.code}")) if count(large) else ""
    move_unit(unit=union.factory_a, parent=union.province_b)
    assert count(large).moved

    page = olga.get(f"{REPORT}?don-vi={union.ward_a.code}")
    assert union.factory_a.name in words(page)
    assert f"don-vi={union.factory_a.code}" not in page.content.decode()
    assert words(page) == before, "people stay where they sat"


# --- the rows


def test_kept_rows_are_the_table_of_now(union, large):
    count(large)

    for unit in (union.province_a, union.ward_a, union.factory_a):
        with queries.snapshot():
            found = kept.unchanged_table(large, unit)
        expected = table_now(large, unit)
        pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)
    assert KeptFigures.objects.get(path=union.province_a.path).participants == Attempt.objects.values("entry").distinct().count()  # fmt: skip


CHANGES = {
    "an exclusion": lambda union, contest: exclude(
        contest=contest, member=union.alice, by=union.olga, reason="Người ra đề", now=timezone.now()
    ),
    "another attempt": lambda union, contest: Attempt.objects.filter(state="started").update(
        state="submitted", submitted_at=timezone.now()
    ),
    "a new headcount": lambda union, contest: Headcount.objects.filter(unit=union.factory_a).update(members=201),
    "a new name": lambda union, contest: Unit.objects.filter(pk=union.school_a.pk).update(name="Trường đổi tên"),
    "a closed unit": lambda union, contest: Unit.objects.filter(pk=union.school_a.pk).update(closed_on="2020-01-01"),
    "another opening": lambda union, contest: Round.objects.update(opens_at=timezone.now() - timedelta(days=400)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_the_figures_is_noticed_and_counted(union, large, what):
    counted = count(large)
    later = timezone.now() + timedelta(hours=1)
    assert counting.count_what_is_due(now=later) == 0, "nothing changed"

    CHANGES[what](union, large)

    with queries.snapshot():
        assert kept.unchanged_table(large, union.province_a) is None
    assert counting.count_what_is_due(now=later) == 1
    assert count(large).mark != counted.mark
    with queries.snapshot():
        found = kept.unchanged_table(large, union.province_a)
    expected = table_now(large, union.province_a)
    pd.testing.assert_frame_equal(found[expected.columns], expected, check_dtype=False)


def test_rows_that_stay_the_same_are_not_written_again(union, large):
    def versions():
        with connection.cursor() as cursor:
            cursor.execute("SELECT path, xmin::text FROM reports_keptfigures")
            return dict(cursor.fetchall())

    count(large)
    before = versions()
    Headcount.objects.filter(unit=union.school_a).update(members=51)
    count(large)

    changed = {path for path, version in versions().items() if before[path] != version}
    assert changed == {union.province_a.path, union.ward_a.path, union.school_a.path}


def test_a_unit_that_is_gone_leaves_no_row(union, large):
    count(large)
    Unit.objects.filter(name="CĐCS Chợ").update(closed_on="2020-01-01")
    count(large)

    assert not KeptFigures.objects.filter(unit="CĐCS Chợ").exists()


def test_a_count_that_fails_leaves_the_last_one_and_may_be_tried_again(union, large, monkeypatch):
    before = count(large)
    Headcount.objects.all().delete()

    def fails(*given):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(counting, "_rows", fails)
        with pytest.raises(RuntimeError):
            counting.count_contest(contest_id=large.pk)
    assert Counting.objects.get() == before
    assert (Counting.objects.get().as_of, Counting.objects.get().begun_at) == (before.as_of, None)
    assert KeptFigures.objects.get(path=union.province_a.path).members == 262
    count(large)
    assert KeptFigures.objects.get(path=union.province_a.path).members is None


NOW = timezone.now()


@pytest.mark.parametrize(
    ("fields", "changed", "due"),
    [
        ({}, False, True),
        ({"as_of": NOW - timedelta(days=9)}, False, False),
        ({"as_of": NOW - timedelta(minutes=1)}, True, False),
        ({"as_of": NOW - timedelta(minutes=3)}, True, True),
        ({"as_of": NOW - timedelta(minutes=3), "seconds": 30.0}, True, False),
        ({"as_of": NOW - timedelta(minutes=11), "seconds": 30.0}, True, True),
        ({"as_of": NOW - timedelta(seconds=31), "asked_at": NOW, "seconds": 30.0}, False, True),
        ({"as_of": NOW - timedelta(days=1), "begun_at": NOW - timedelta(minutes=1)}, True, False),
        ({"begun_at": NOW - timedelta(minutes=11)}, False, True),
    ],
)
def test_when_a_count_is_due(fields, changed, due):
    assert counting.is_due(Counting(**fields), changed=changed, now=NOW) is due


# --- files


def test_a_file_is_written_from_the_count_only_while_nothing_changed(
    olga, union, large, tmp_path, settings, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path
    count(large)
    counted = []
    monkeypatch.setattr(actions.queries, "material", lambda *given: counted.append(1) or queries_material(*given))

    def made():
        export = Export.objects.create(requested_by=union.olga, contest=large, unit=union.province_a, form="units")
        actions.make_file(export_id=export.pk, last_try=True)
        export.refresh_from_db()
        return export.totals

    first = made()
    assert (first["participants"], first["attempts"], first["members"], counted) == (2, 3, 262, [])
    Headcount.objects.filter(unit=union.school_a).update(members=60)
    second = made()
    assert (second["members"], counted) == (272, [1])


queries_material = queries.material
