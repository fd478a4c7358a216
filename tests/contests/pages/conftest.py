"""Steps that the tests of members' pages share."""

from __future__ import annotations

import pytest

from accounts.models import Member
from contests.actions.sitting import database_now
from contests.actions.start import start_attempt
from contests.models import Attempt, Contest


@pytest.fixture(autouse=True)
def _ask_each_time(settings, redis_client):
    """No test reads another's board."""
    settings.BOARD_FALLBACK_SECONDS = 0


@pytest.fixture
def begin():
    """`begin(member, contest)`: a running attempt of the contest's round."""

    def start(member: Member, contest: Contest) -> Attempt:
        return start_attempt(member=member, round_=contest.rounds.get(), now=database_now())

    return start
