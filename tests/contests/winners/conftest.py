"""A contest that is over: members with results, prizes in its rules, and two organizers, because one alone cannot publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Member, Role
from contests.actions.awards import propose_winners, publish_winners, verify_winners
from contests.models import Contest, Round, WinnersList
from tests import make
from tests.contests.organizer.cases import graded

PRIZES = [
    {"name": "Giải Nhất", "count": 1, "tier": 1, "amount": 2_000_000},
    {"name": "Giải Nhì", "count": 1, "tier": 2, "amount": 1_000_000},
]
REASON = "Bốc thăm công khai trước các đơn vị"


@pytest.fixture(autouse=True)
def _ask_each_time(settings, redis_client):
    settings.BOARD_FALLBACK_SECONDS = 0


@dataclass
class Stage:
    """Alice has four right, Bob three, Carol two; the round is closed."""

    union: make.Union
    contest: Contest
    carol: Member
    second: Member  # another organizer of the province

    @property
    def round(self) -> Round:
        return self.contest.rounds.get(number=1)

    def propose(self, **fields) -> WinnersList:
        what = {"contest": self.contest, "round_": None, "by": self.union.olga, "now": timezone.now()} | fields
        return propose_winners(**what)

    def verified(self, **fields) -> WinnersList:
        return verify_winners(winners=self.propose(**fields), by=self.union.olga, now=timezone.now())

    def published(self, **fields) -> WinnersList:
        return publish_winners(winners=self.verified(**fields), by=self.second, now=timezone.now())

    def client(self, member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    def rules(self, **rules) -> None:
        self.contest.rules = self.contest.rules | rules
        self.contest.save(update_fields=["rules"])

    def close(self) -> None:
        Round.objects.filter(contest=self.contest).update(
            opens_at=timezone.now() - timedelta(days=2), closes_at=timezone.now() - timedelta(minutes=2)
        )


@pytest.fixture
def stage(union, contest) -> Stage:
    carol = make.make_member("Đỗ Thị Cúc", union.school_a)
    second = make.make_member("Mai Văn Hai", union.province_a, email="hai@example.vn")
    Role.objects.create(member=second, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)
    made = Stage(union, contest, carol, second)
    made.rules(prizes=PRIZES)
    graded(union.alice, contest, right=[1, 2, 3, 4])
    graded(union.bob, contest, right=[1, 2, 3], wrong=[4])
    graded(carol, contest, right=[1, 2])
    made.close()
    return made
