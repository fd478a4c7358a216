"""The live page: every figure against rows made for it, words about what is wrong, units level by level, few queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Unit
from contests.actions.announce import ask_organizers
from contests.models import Answer, Attempt, Contest, SaveCount, StartGate
from contests.queries.live import Attention, attention, count_picture, count_units, silent_count
from tests import make
from tests.contests.organizer.cases import came_late, graded, running

pytestmark = pytest.mark.django_db


def dung(union):
    return make.make_member("Vũ Văn Dũng", union.factory_a)


def picture(contest, now=None):
    return count_picture(Contest.objects.get(pk=contest.pk), now or timezone.now())


def codes(contest, now=None):
    now = now or timezone.now()
    return [one.code for one in attention(picture(contest, now), count_units(contest, contest.audience), now)]


def test_an_empty_contest_is_quiet_and_all_nought(contest):
    contest.rounds.update(opens_at=timezone.now() - timedelta(minutes=1))
    found = picture(contest)

    assert (found.starts, found.sitting, found.handed_in, found.graded, found.late, found.silent, found.questions) == (
        0,
    ) * 7
    assert found.by_minute == [0] * 15
    assert [bar.height for bar in found.bars] == ["0"] * 15
    assert codes(contest) == []


def test_every_figure(union, contest):
    now = timezone.now()
    graded(union.alice, contest)  # began five minutes ago
    sitting = running(union.bob, contest, now - timedelta(minutes=2))
    forgotten = running(dung(union), contest, now - timedelta(hours=1))
    came_late(Attempt.objects.get(state="graded"), {1: [0], 2: [1]}, seconds=30)
    ask_organizers(attempt=sitting, question=None, text="Cho hỏi một chút ạ", now=now)

    found = picture(contest, timezone.now())

    assert (found.people, found.starts, found.sitting, found.handed_in, found.graded) == (3, 3, 1, 2, 1), (
        "who has run out of time sits no more"
    )
    assert sum(found.by_minute) == 2
    assert found.late == 2
    assert found.questions == 1
    assert forgotten.state == "started"


def test_starts_stand_in_their_minute(union, contest):
    now = timezone.now().replace(second=30)
    running(union.alice, contest, now)
    running(union.bob, contest, now - timedelta(minutes=14))
    Attempt.objects.filter(entry__member=union.bob).update(started_at=now.replace(second=0) - timedelta(minutes=14))

    found = picture(contest, now)

    assert found.by_minute == [1] + [0] * 13 + [1]
    assert [bar.height for bar in found.bars if bar.count] == ["100", "100"]


def test_minutes_that_are_over_are_remembered_and_the_last_two_counted_again(union, contest):
    now = timezone.now().replace(second=30)
    running(union.alice, contest, now - timedelta(minutes=1))
    assert picture(contest, now).by_minute[-2:] == [1, 0]
    running(union.bob, contest, now - timedelta(minutes=1))  # committed a moment later

    found = picture(contest, now + timedelta(minutes=1))

    assert found.by_minute[-3:] == [2, 0, 0]
    running(dung(union), contest, now + timedelta(minutes=2))
    assert picture(contest, now + timedelta(minutes=2)).by_minute[-4:] == [2, 0, 0, 1]


def test_the_silent_are_those_who_saved_nothing_for_three_minutes(union, contest):
    now = timezone.now()
    quiet, busy, fresh = (
        running(member, contest, now - timedelta(minutes=minutes))
        for member, minutes in ((union.alice, 5), (union.bob, 5), (dung(union), 1))
    )
    for attempt, ago in ((quiet, 4), (busy, 4), (busy, 1)):
        Answer.objects.create(
            attempt=attempt,
            question=1 + Answer.objects.filter(attempt=attempt).count(),
            choice=[0],
            seq=1,
            arrived_at=now - timedelta(minutes=ago),
        )

    assert silent_count([contest.rounds.get().pk], 3, now) == 1
    assert fresh.state == "started"


def test_a_crowd_is_sampled_and_scaled(contest, union):
    now = timezone.now()
    members = make.make_members([(f"Người {n}", union.factory_a, {}) for n in range(60)])
    for member in members:
        running(member, contest, now - timedelta(minutes=5))

    assert silent_count([contest.rounds.get().pk], 60, now) == 60
    assert silent_count([contest.rounds.get().pk], 60 * 100, now) in range(0, 181, 3), "every third was looked at"


def test_counts_of_the_answer_path_and_the_gate(contest, settings):
    now = timezone.now()
    settings.STARTS_PER_SECOND = 20
    StartGate.objects.create(name="starts", next_slot=now + timedelta(seconds=90))
    for status, count, ago in ((200, 900, 1), (503, 7, 2), (500, 1, 2), (422, 3, 3), (503, 50, 20)):
        SaveCount.objects.create(minute=now - timedelta(minutes=ago), act="answers", status=status, count=count)

    found = picture(contest, now)

    assert (found.saving.requests, found.saving.failed, found.saving.busy, found.saving.refused) == (911, 8, 7, 3)
    assert (found.waiting, found.wait_seconds) == (1800, 90)
    assert codes(contest, now)[:3] == ["saving", "gate", "refused"]


def test_papers_that_nobody_grades_are_an_error(union, contest):
    now = timezone.now()
    attempt = running(union.bob, contest, now - timedelta(minutes=10))
    Attempt.objects.filter(pk=attempt.pk).update(state="submitted", submitted_at=now - timedelta(minutes=3))

    found = attention(picture(contest, now), count_units(contest, contest.audience), now)

    assert Attention("grading", 1, is_error=True) in found


def test_nobody_came(contest):
    assert codes(contest) == ["nobody"]  # it opened an hour ago


def test_units_that_have_not_begun_are_named_late_in_the_round(union, contest):
    contest.rounds.update(opens_at=timezone.now() - timedelta(hours=9), closes_at=timezone.now() + timedelta(hours=1))
    running(union.bob, contest)
    make.make_unit(union.province_a, "Công đoàn phường Chưa Ai Thi", kind="cap-tren-co-so", code="U00100", members=10)

    assert codes(contest) == ["units"]


# --- Units ---------------------------------------------------------------------------------------------------------
def test_one_level_at_a_time_the_slowest_first(union, contest):
    other = make.make_unit(
        union.province_a, "Công đoàn phường Sông Công", kind="cap-tren-co-so", code="U00100", members=30
    )
    unknown = make.make_unit(union.province_a, "Công đoàn phường Chưa Khai", kind="cap-tren-co-so", code="U00101")
    running(union.alice, contest)
    running(union.bob, contest)

    top = count_units(contest, union.province_a)
    below = count_units(contest, union.ward_a)

    assert [(line.name, line.people, line.members) for line in top.lines] == [
        (other.name, 0, 30), (union.ward_a.name, 2, 250), (unknown.name, 0, 0),
    ]  # fmt: skip
    assert (top.people, top.not_begun) == (2, 1)
    assert [(line.name, line.people, line.members, line.has_below) for line in below.lines] == [
        (union.factory_a.name, 1, 200, False), (union.school_a.name, 1, 50, False),
    ]  # fmt: skip


def test_people_directly_at_a_unit_are_a_line_of_their_own(union, contest):
    running(make.make_member("Vũ Văn Dũng", union.province_a), contest)

    level = count_units(contest, union.province_a)

    assert [(line.code, line.people) for line in level.lines if line.people] == [("", 1)]


# --- The page ------------------------------------------------------------------------------------------------------
def test_the_page_and_its_parts(union, contest, olga):
    running(union.bob, contest)
    page = olga.get(reverse("organizer_live", args=[contest.slug])).content.decode()
    parts = olga.get(reverse("organizer_live_parts", args=[contest.slug])).content.decode()

    for text in ("Cần chú ý", "đang làm bài", "Đơn vị chậm nhất", "Công đoàn phường Phan Đình Phùng"):
        assert text in page
        assert text in parts
    assert "<html" not in parts
    assert 'http-equiv="refresh"' in page, "without JavaScript the page comes again by itself"


def test_the_drill_down_ends_at_the_audience_and_the_scope(union, contest, olga):
    address = reverse("organizer_live", args=[contest.slug])

    assert "CĐCS Công ty Cổ phần May Sông Cầu" in olga.get(address, {"don-vi": union.ward_a.code}).content.decode()
    for code in (union.hospital_b.code, union.national.code, "khong-co", "a\0b", "x" * 5000):
        assert olga.get(address, {"don-vi": code}).status_code == 404, code
    contest.audience = union.ward_a
    contest.save(update_fields=["audience"])
    assert olga.get(address, {"don-vi": union.province_a.code}).status_code == 404


def test_a_draft_has_no_live_page(union, bank, olga):
    draft = make.make_contest(union, bank, state="draft")

    reply = olga.get(reverse("organizer_live", args=[draft.slug]))

    assert reply.url == reverse("organizer_contest", args=[draft.slug])


def test_a_refresh_costs_the_same_however_many_sit(union, contest, olga):
    address = reverse("organizer_live_parts", args=[contest.slug])
    olga.get(address)
    with CaptureQueriesContext(connection) as few:
        olga.get(address)
    for member in (union.alice, union.bob, dung(union)):
        running(member, contest)
    make.make_unit(union.province_a, "Công đoàn phường Mới", kind="cap-tren-co-so", code="U00100", members=5)

    with CaptureQueriesContext(connection) as many:
        olga.get(address)

    assert len(many) == len(few)
    print(len(many), "queries a refresh that counts afresh")
    assert Unit.objects.count() == 8


@pytest.mark.parametrize("page", ["organizer_live_parts", "organizer_figures"])
def test_watchers_share_one_count(union, contest, olga, settings, page):
    settings.LIVE_SECONDS = 60
    running(union.alice, contest)
    address = reverse(page, args=[contest.slug])
    olga.get(address)
    cache.clear()  # other processes know nothing; this one still does

    with CaptureQueriesContext(connection) as queries:
        olga.get(address)

    counted = ("contests_attempt", "contests_savecount", "contests_entry", "accounts_headcount")
    assert not [one["sql"] for one in queries if any(table in one["sql"] for table in counted)]


def test_an_audience_above_the_scope_is_linked_only_as_far_as_the_scope_goes(union, contest, olga):
    contest.audience = union.national
    contest.save()
    address = reverse("organizer_live", args=[contest.slug])

    page = olga.get(address).content.decode()

    assert f"don-vi={union.province_a.code}" in page
    assert union.province_b.name in page
    assert f"don-vi={union.province_b.code}" not in page
    inside = olga.get(address, {"don-vi": union.province_a.code})
    assert inside.status_code == 200
    assert inside.context["above"] is None  # up leads to the top of the contest
