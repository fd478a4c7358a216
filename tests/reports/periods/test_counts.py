"""The totals of a period against plain Python, whichever way they are counted, at every level of a tree in which units moved."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Headcount
from contests.actions.practice import note_practice
from contests.models import Attempt, Contest, Entry, PracticeDone, Round
from contests.rules.settings import RoundRules, dump
from reports.periods import queries
from reports.periods.period import Line, Period
from tests import make

pytestmark = pytest.mark.django_db
PERIODS = [Period(2025), Period(2025, 1), Period(2025, 2), Period(2026), Period(2026, 1)]


class World:
    """Who sat when, as plain lists: (contest, member, unit, path of the day, start), and days of practice (member, path, day)."""

    def __init__(self, union: make.Union, seed: int) -> None:
        chance = random.Random(seed)
        self.union, self.sat, self.practised = union, [], []
        bank = make.make_bank(union.national)
        units = [union.factory_a, union.school_a, union.hospital_b]
        people = make.make_members([(f"Người {number}", chance.choice(units), {}) for number in range(30)])
        self.contests = [self._contest(bank, number) for number in range(5)]
        for contest in self.contests:
            for member in chance.sample(people, 15):
                unit = chance.choice(units)
                moved = chance.random() < 0.2  # it stood below the other province on that day
                path = unit.path if not moved else union.province_b.path + "9999."
                entry = Entry.objects.create(
                    contest=contest,
                    member=member,
                    unit=unit,
                    unit_path=path,
                    unit_name=unit.name,
                    entered_at=timezone.now(),
                )
                for round_ in contest.rounds.all():
                    for number in range(1, chance.randint(0, 2) + 1):
                        start = round_.opens_at + (round_.closes_at - round_.opens_at) * chance.random()
                        self._attempt(entry, round_, number, start)
        for member in people[:12]:
            for _ in range(chance.randint(0, 3)):
                day = date(2025, 1, 1) + timedelta(days=chance.randint(0, 500))
                path = chance.choice([*(unit.path for unit in units), ""])
                PracticeDone.objects.get_or_create(member=member, bank=bank, on_day=day, defaults={"unit_path": path})
        self.practised = list(PracticeDone.objects.values_list("member", "unit_path", "on_day"))

    def _contest(self, bank, number: int) -> Contest:
        """Five contests from spring 2025 on, every second one across the end of a half-year; the last one is a draft."""
        union = self.union
        contest = Contest.objects.create(
            slug=f"cuoc-thi-{number}", title=f"Cuộc thi {number}", organizer=union.national, audience=union.national, bank=bank,
            state="draft" if number == 4 else "closed", created_by=union.olga,
        )  # fmt: skip
        for week in (0, 1):
            opens = Period(2025, 2).begins + timedelta(days=90 * (number - 1) - 5 + 7 * week)
            Round.objects.create(
                contest=contest, number=week + 1, title=f"Tuần {week + 1}", opens_at=opens, closes_at=opens + timedelta(days=6),
                extended_until=opens + timedelta(days=7) if week else None,
                rules=dump(RoundRules(minutes=20, attempts=2, draw=())),
            )  # fmt: skip
        return contest

    def _attempt(self, entry: Entry, round_: Round, number: int, start) -> None:
        Attempt.objects.create(
            entry=entry, round=round_, number=number, seed=1, paper=[], shape="", started_at=start, state="submitted",
            submitted_at=start, deadline=start, accepts_until=start,
        )  # fmt: skip
        if entry.contest.state != "draft":
            self.sat.append((entry.contest_id, entry.member_id, entry.unit_id, entry.unit_path, start))

    def truth(self, unit, period):
        """People, attempts, reached, contests, grassroots units of today somebody of which sat; by contest; by child."""
        here = [row for row in self.sat if row[3].startswith(unit.path) and period.begins <= row[4] < period.ends]
        read = {
            member for member, path, day in self.practised
            if path.startswith(unit.path) and period.first_day <= day <= period.last_day
        }  # fmt: skip
        standing = {
            one.pk for one in (self.union.factory_a, self.union.school_a, self.union.hospital_b) if one.path.startswith(unit.path)
        }  # fmt: skip

        def line(key, rows):
            return Line(key, len({row[1] for row in rows}), len(rows), len({row[2] for row in rows} & standing))

        everything = line("", here)
        contests = [line(str(one.pk), [row for row in here if row[0] == one.pk]) for one in self.contests]
        depth = len(unit.path) + 5
        below = {row[3][:depth] for row in here} - {unit.path}
        return (
            everything.people, everything.attempts, len({row[1] for row in here} | read), everything.units,
            [one for one in contests if one.people],
            {path: line(path, [row for row in here if row[3].startswith(path)]) for path in below},
        )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_ways_of_counting_equal_plain_python(union, seed):
    world = World(union, seed)
    assert any(world.truth(union.national, period)[0] for period in PERIODS)
    for unit in (union.national, union.province_a, union.province_b, union.ward_a, union.factory_a, union.hospital_b):
        for period in PERIODS:
            people, attempts, reached, units, contests, below = world.truth(unit, period)
            counted = queries.count(unit, period)

            assert counted == queries.count(unit, period, few=True)
            totals = counted.totals
            assert (totals.people, totals.attempts, totals.reached, totals.units) == (people, attempts, reached, units)
            assert totals.contests == len(contests)
            assert [line[:4] for line in counted.contests] == [line[:4] for line in contests]
            assert {line.key: line[:4] for line in counted.below if line.people} == {
                path: line[:4] for path, line in below.items()
            }


def test_headcounts_are_those_of_the_end_of_the_period(union):
    Headcount.objects.all().delete()
    for day, members, workers in (
        (date(2024, 3, 1), 180, 300),
        (date(2025, 3, 1), 200, 310),
        (date(2025, 9, 1), 220, 320),
    ):
        Headcount.objects.create(unit=union.factory_a, on_day=day, members=members, workers=workers)
    Headcount.objects.create(unit=union.school_a, on_day=date(2026, 1, 5), members=50, workers=60)

    first_half, year = (queries.count(union.province_a, period).totals for period in (Period(2025, 1), Period(2025)))

    assert (first_half.members, first_half.workers) == (
        250,
        370,
    )  # the school never told in time: its first number stands in
    assert (year.members, year.workers, year.members_day) == (270, 380, "2026-01-05")
    [ward] = queries.count(union.province_a, Period(2025)).below
    assert (ward.key, ward.members, ward.units_all) == (union.ward_a.path, 270, 2)
    assert queries.count(union.hospital_b, Period(2025)).totals.members is None


def test_a_unit_that_closed_before_the_end_is_no_unit_any_more(union):
    union.school_a.closed_on = date(2025, 6, 1)
    union.school_a.save()

    assert queries.count(union.ward_a, Period(2025)).totals.units_all == 1
    assert queries.count(union.ward_a, Period(2024)).totals.units_all == 2


def test_practice_is_noted_once_a_day_and_of_members_only(union, bank, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    day = date(2026, 2, 3)
    note_practice(AnonymousUser(), bank, day)
    assert not PracticeDone.objects.exists()
    note_practice(union.alice, bank, day)
    with django_assert_num_queries(1):
        note_practice(union.alice, bank, day)

    assert list(PracticeDone.objects.values_list("member", "unit_path", "on_day")) == [
        (union.alice.pk, union.factory_a.path, day)
    ]
    assert queries.count(union.ward_a, Period(2026)).totals.reached == 1
    assert queries.count(union.ward_a, Period(2025)).totals.reached == 0
