"""Two people at one instant, each on a connection of their own: one list, one publication, none over results that just change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from contests.actions.appeals import file_appeal
from contests.actions.awards import propose_winners, publish_winners, verify_winners
from contests.actions.rulings import void_attempt
from contests.errors import ContestError
from contests.models import Appeal, Attempt, Round, WinnersList
from tests import make
from tests.contests.actions.rivals import at_once
from tests.contests.organizer.cases import graded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def over(committed_union):
    union, contest = committed_union
    second = make.make_member("Mai Văn Hai", union.province_a, email="hai@example.vn")
    Role.objects.create(member=second, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)
    contest.rules = {"prizes": [{"name": "Giải Nhất", "count": 1}]}
    contest.save()
    graded(union.alice, contest, right=[1, 2])
    graded(union.bob, contest, right=[1])
    Round.objects.update(opens_at=timezone.now() - timedelta(days=2), closes_at=timezone.now() - timedelta(minutes=5))
    return union, contest, second


def tried(act):
    """The act's result, or the code of its refusal."""
    try:
        return act()
    except ContestError as error:
        return error.code


def test_one_list_is_proposed(over):
    union, contest, second = over
    done = at_once(lambda by: tried(lambda: propose_winners(contest=contest, round_=None, by=by, now=timezone.now())), [union.olga, second])  # fmt: skip

    assert sorted(isinstance(one, WinnersList) for one in done) == [False, True]
    assert "in_hand" in done
    assert WinnersList.objects.count() == 1


def test_a_list_is_published_over_the_results_it_was_made_from_or_marked(over):
    """A result is voided at the very instant of the publication: whichever comes first, nothing stale passes for official."""
    union, contest, second = over
    for _ in range(5):
        winners = verify_winners(
            winners=propose_winners(contest=contest, round_=None, by=union.olga, now=timezone.now()), by=union.olga, now=timezone.now(),
        )  # fmt: skip
        attempt = Attempt.objects.select_related("round").get(entry__member=union.alice)
        acts = {
            "publish": lambda winners=winners: publish_winners(winners=winners, by=second, now=timezone.now()),
            "void": lambda attempt=attempt: void_attempt(attempt=attempt, by=union.olga, reason="Thi hộ", now=timezone.now()),
        }  # fmt: skip
        published, _ = at_once(lambda name, acts=acts: tried(acts[name]), list(acts))
        winners.refresh_from_db()
        assert (published == "changed") is (winners.state == "verified")
        assert winners.state == "verified" or winners.outdated_at is not None
        _begin_again(attempt, union)


def _begin_again(attempt, union):
    from contests.actions.awards import withdraw_winners
    from contests.actions.rulings import restore_attempt

    restore_attempt(attempt=attempt, by=union.olga, reason="Xác minh lại", now=timezone.now())
    for winners in WinnersList.objects.exclude(state="withdrawn"):
        withdraw_winners(winners=winners, by=union.olga, reason="Làm lại từ đầu", now=timezone.now())


def test_one_appeal_a_question(over):
    union, _, _ = over
    attempt = Attempt.objects.select_related("entry", "round__contest").get(entry__member=union.bob)
    text = "Theo Điều 34 câu này có hai phương án đúng."
    done = at_once(lambda _: tried(lambda: file_appeal(attempt=attempt, question=1, text=text, now=timezone.now())), range(4))  # fmt: skip

    assert sorted(str(one) for one in done if isinstance(one, str)) == ["already"] * 3
    assert Appeal.objects.count() == 1
