"""The page of a period: whose it is, targets, what units told, a large unit that the worker counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.errors import ContestError
from reports.models import KeptPeriod, OfflineFigure, Target
from reports.periods import actions, queries
from reports.periods.actions import Told
from reports.periods.period import Period
from tests.reports.rows import sat

pytestmark = pytest.mark.django_db
ADDRESS = "/bao-cao/theo-ky/"


@pytest.fixture
def olga(client, union):
    client.force_login(union.olga)
    return client


def year() -> int:
    return timezone.localdate().year


def target(union, unit=None, **changes):
    facts = {
        "measure": "reach",
        "of": "members",
        "tenths": 850,
        "document": "Kế hoạch 12/KH-LĐLĐ",
        "year": year(),
    } | changes
    return actions.set_target(member=union.olga, unit=unit or union.province_a, now=timezone.now(), **facts)


def told(union, unit=None, **changes):
    facts = {
        "kind": "talk",
        "title": "Nói chuyện đầu ca",
        "on_day": timezone.localdate(),
        "people": 120,
        "source": "Biên bản",
    } | changes
    return actions.tell_offline(
        member=union.olga,
        unit=unit or union.factory_a,
        told=Told(**facts),
        today=timezone.localdate(),
        now=timezone.now(),
    )


def test_the_page_counts_people_once(union, contest, olga):
    sat(contest, union.alice, union.factory_a, 200, 300)
    sat(contest, union.bob, union.school_a, 100)

    page = olga.get(ADDRESS)

    totals = page.context["totals"]
    assert (totals.people, totals.attempts, totals.reached, totals.units, totals.units_all, totals.members) == (
        2,
        3,
        2,
        2,
        2,
        250,
    )
    assert [row.contest for row in page.context["contests"]] == [contest]
    assert [row.unit for row in page.context["below"]] == [union.ward_a]
    assert {line.name: (line.change.now, line.change.before) for line in page.context["compared"]}["Người dự thi"] == (
        2,
        0,
    )


@pytest.mark.parametrize("ky", ["2026-3", "nam-nay", "9999", "\x00"])
def test_a_period_that_is_none_is_not_found(union, olga, ky):
    assert olga.get(ADDRESS, {"ky": ky}).status_code == 404


def test_only_units_of_the_readers_scope(union, client, olga):
    for code in (union.hospital_b.code, union.province_b.code, union.national.code, "KHONG-CO", "a\x00b"):
        assert olga.get(ADDRESS, {"don-vi": code}).status_code == 404
        assert olga.post(ADDRESS, {"don-vi": code, "act": "target"}).status_code == 404
        assert olga.post(reverse("reports:period_count"), {"don-vi": code}).status_code == 404
    client.force_login(union.alice)
    assert client.get(ADDRESS).status_code == 403
    client.logout()
    assert client.get(ADDRESS).status_code == 302


def test_others_may_not_touch_what_a_unit_set_or_told(union, client, olga):
    mine, figure = target(union), told(union)
    client.force_login(union.staff_b)
    for name, row in (("target_withdraw", mine), ("offline_withdraw", figure), ("offline_restore", figure)):
        assert client.post(reverse(f"reports:{name}", args=[row.public_id])).status_code == 404
        assert client.get(reverse(f"reports:{name}", args=[row.public_id])).status_code == 405
    assert Target.objects.get().withdrawn_at is None
    assert OfflineFigure.objects.get().withdrawn_at is None
    page = client.get(ADDRESS)
    assert not page.context["targets"]
    assert not page.context["told"]


def test_a_target_binds_the_units_below_too(union, contest, olga):
    sat(contest, union.alice, union.factory_a, 200)
    target(union, union.national, document="Chương trình của Tổng Liên đoàn")
    target(union, tenths=4)

    page = olga.get(ADDRESS, {"don-vi": union.factory_a.code})

    lines = page.context["targets"]
    assert [(line.target.unit, line.own, line.met) for line in lines] == [
        (union.national, False, False),
        (union.province_a, False, True),
    ]
    assert [line.share for line in lines] == [Fraction(1, 200)] * 2
    assert olga.get(ADDRESS, {"ky": str(year() - 1)}).context["targets"] == []


def test_setting_a_target_again_keeps_the_old_one_on_record(union, olga):
    answer = olga.post(
        ADDRESS, {"don-vi": union.province_a.code, "act": "target", "ct-kind": "reach-members", "ct-percent": "85", "ct-document": "KH 12"}
    )  # fmt: skip
    assert answer.status_code == 302
    olga.post(
        ADDRESS, {"don-vi": union.province_a.code, "act": "target", "ct-kind": "reach-members", "ct-percent": "87,5 %", "ct-document": "KH 13"}
    )  # fmt: skip

    old, new = Target.objects.order_by("pk")
    assert (old.tenths, old.withdrawn_by, new.tenths, new.withdrawn_at) == (850, union.olga, 875, None)
    olga.post(reverse("reports:target_withdraw", args=[new.public_id]))
    assert not olga.get(ADDRESS).context["targets"]


@pytest.mark.parametrize("percent", ["", "0", "100,1", "-5", "85,55", "nhiều", "1e2x", "NaN", "Infinity", "1" * 11])
def test_a_share_that_is_none_is_said_and_nothing_saved(union, olga, percent):
    page = olga.post(
        ADDRESS, {"don-vi": union.province_a.code, "act": "target", "ct-kind": "reach-members", "ct-percent": percent, "ct-document": "KH 12"}
    )  # fmt: skip

    assert page.status_code == 422
    assert "ct-percent" in page.content.decode()
    assert page.context["target_form"].errors["percent"]
    assert "KH 12" in page.content.decode()
    assert not Target.objects.exists()


def test_what_units_tell_stands_apart_and_adds_nothing(union, contest, olga):
    sat(contest, union.alice, union.factory_a, 200)
    told(union)
    told(union, union.school_a, title="Tập huấn", people=80)
    told(union, union.hospital_b, title="Nơi khác")
    told(union, on_day=date(2020, 2, 29))

    page = olga.get(ADDRESS)

    assert [(one.title, one.people) for one in page.context["told"]] == [("Tập huấn", 80), ("Nói chuyện đầu ca", 120)]
    assert page.context["told_in_all"] == {"reports": 2, "people": 200, "units": 2}
    assert page.context["totals"].reached == 1


def form(union, **changes):
    return {
        "don-vi": union.factory_a.code, "act": "offline", "tb-kind": "talk", "tb-title": "Nói chuyện", "tb-on_day": "2026-03-01",
        "tb-people": "40", "tb-source": "Danh sách ký",
    } | changes  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tb-on_day": "2126-01-01"}, "Chỉ ghi việc đã làm"), ({"tb-on_day": "1899-01-01"}, "quá xa"), ({"tb-on_day": "hôm qua"}, "Hãy ghi ngày"),
        ({"tb-people": "0"}, "từ 1 đến"), ({"tb-people": "99999999999999999999"}, "từ 1 đến"), ({"tb-title": "   "}, ""),
        ({"tb-source": ""}, ""), ({"tb-kind": "party"}, ""), ({"tb-title": "x" * 201}, ""),
    ],
)  # fmt: skip
def test_a_wrong_report_is_said_keeps_its_words_and_is_not_saved(union, olga, changes, said):
    page = olga.post(ADDRESS, form(union, **changes))

    assert page.status_code == 422
    assert page.context["offline_form"].errors
    assert said in page.content.decode()
    assert not OfflineFigure.objects.exists()


def test_a_second_tap_counts_nobody_twice(union, olga):
    assert olga.post(ADDRESS, form(union)).status_code == 302
    page = olga.post(ADDRESS, form(union))

    assert "đã được ghi" in page.content.decode()
    assert OfflineFigure.objects.count() == 1


def test_a_withdrawn_report_can_be_had_back(union, olga):
    figure = told(union)

    page = olga.post(
        reverse("reports:offline_withdraw", args=[figure.public_id]), {"don-vi": union.province_a.code}, follow=True
    )
    assert page.context["undone"] == figure
    assert page.context["unit"] == union.province_a
    assert not page.context["told"]
    page = olga.post(
        reverse("reports:offline_restore", args=[figure.public_id]), {"don-vi": union.province_a.code}, follow=True
    )
    assert list(page.context["told"]) == [figure]
    assert page.context["undone"] is None


def test_an_act_refuses_what_no_form_sends(union):
    with pytest.raises(ContestError, match="0,1 đến 100"):
        target(union, tenths=1001)
    with pytest.raises(ContestError, match="văn bản"):
        target(union, document="  ")


@pytest.mark.django_db(transaction=True)
def test_a_large_unit_is_counted_by_the_worker(committed_union, client, monkeypatch):
    union, contest = committed_union
    client.force_login(union.olga)
    monkeypatch.setattr(queries, "SMALL_ENTRIES", 1)
    for member, unit in ((union.alice, union.factory_a), (union.bob, union.school_a)):
        sat(contest, member, unit, 200)
    page = client.get(ADDRESS)
    assert page.context["seen"].counted is None
    assert "Kỳ này chưa được tính" in page.content.decode()

    client.post(reverse("reports:period_count"), {"don-vi": union.province_a.code})
    client.post(reverse("reports:period_count"), {"don-vi": union.province_a.code})
    assert KeptPeriod.objects.get(period=str(year())).asked_at
    assert "Đang tính" in client.get(ADDRESS).content.decode()
    actions.count_period(unit_id=union.province_a.pk, code=str(year()))

    page = client.get(ADDRESS)
    assert page.context["totals"] == queries.count(union.province_a, Period(year())).totals
    assert (page.context["totals"].people, page.context["waits"]) == (2, False)
    assert KeptPeriod.objects.get(period=str(year())).asked_at is None


def test_every_night_what_still_moves_is_counted_again(union, contest):
    now = timezone.now()
    for code, days in ((str(now.year), 1), (str(now.year), 0), (str(now.year - 2), 1)):
        KeptPeriod.objects.create(
            unit=union.province_a if days else union.factory_a,
            period=code,
            as_of=now - timezone.timedelta(days=days),
            figures={},
        )

    assert actions.count_again_nightly(now=now) == 1
    assert actions.count_again_nightly(now=now) == 0  # it is in the queue


def test_a_count_of_what_is_gone_is_nothing(union):
    actions.count_period(unit_id=-1, code="2026")
    actions.count_period(unit_id=union.factory_a.pk, code="never")


def test_reading_the_page_costs_the_same_for_any_tree(union, contest, olga, django_assert_max_num_queries):
    for member, unit in ((union.alice, union.factory_a), (union.bob, union.school_a)):
        sat(contest, member, unit, 200)
    for unit in (union.factory_a, union.school_a):
        told(union, unit)
    olga.get(ADDRESS)
    with django_assert_max_num_queries(60):
        olga.get(ADDRESS)


def test_a_count_that_never_came_may_be_asked_for_again(union, contest, olga, monkeypatch):
    monkeypatch.setattr(queries, "SMALL_ENTRIES", 0)
    sat(contest, union.alice, union.factory_a, 200)
    now = timezone.now()
    for minutes, waits in ((9, True), (11, False)):
        KeptPeriod.objects.update_or_create(
            unit=union.province_a, period=str(year()), defaults={"asked_at": now - timezone.timedelta(minutes=minutes)}
        )
        page = olga.get(ADDRESS)
        assert page.context["waits"] is waits
        assert ("Tính ngay" in page.content.decode()) is not waits


def test_staff_of_a_closed_unit_still_read_what_was(union, contest, client):
    sat(contest, union.alice, union.factory_a, 200)
    union.province_a.closed_on = timezone.localdate()
    union.province_a.save()
    client.force_login(union.olga)

    assert client.get(ADDRESS).context["totals"].people == 1


def test_a_period_without_anybody_says_so_and_lists_no_zeros(union, olga):
    page = olga.get(ADDRESS)

    assert "Chưa có ai dự thi trong kỳ này" in page.content.decode()
    assert "compared" not in page.context
    assert 'id="don-vi"' not in page.content.decode()
