"""The side question: nobody is near or far before the close; then by the true number, and again after whatever moves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.boards import boards_of
from contests.actions.finals import choose_due
from contests.actions.grade import grade_pending
from contests.actions.rulings import void_attempt
from contests.actions.settle import settle_due, settle_round
from contests.actions.standings import restand
from contests.models import Attempt, Entry, Exclusion, Finalist, Round, Standing
from contests.queries.rankings import barred, ranking
from contests.rules.prediction import UNIT, Meaning, Prediction
from contests.rules.settings import Qualify, dump, parse_round_rules
from tests.contests.actions.test_grade import sit
from tests.make import make_contest, make_member

pytestmark = pytest.mark.django_db
CHAIN = ["points", "prediction", "shared"]


@pytest.fixture
def asking(union, bank):
    contest = make_contest(union, bank, prediction=Prediction(Meaning.PEOPLE))
    contest.rules = {"chain": CHAIN}
    contest.save(update_fields=["rules"])
    return contest


def guessed(member, contest, guess: int | None, *, right: int = 4, seconds: int = 60) -> Attempt:
    attempt = sit(member, contest, right=right, seconds=seconds, now=timezone.now() - timedelta(minutes=30))
    grade_pending(now=timezone.now())
    Attempt.objects.filter(pk=attempt.pk).update(guess=None if guess is None else guess * UNIT)
    restand([attempt.entry_id])
    return attempt


def close(contest) -> Round:
    contest.rounds.update(closes_at=timezone.now() - timedelta(minutes=1), truth_at=None)
    return contest.rounds.get()


def names(contest, round_=None) -> list[tuple[int, str]]:
    members = {entry.public_id.hex: entry.member.full_name for entry in Entry.objects.select_related("member")}
    return [(one.place, members[one.result.entry]) for one in ranking(contest, round_)]


def test_before_the_close_everybody_equal_in_points_shares_the_place(union, asking):
    for member, guess in ((union.alice, 100), (union.bob, 2)):
        guessed(member, asking, guess)

    assert not settle_round(asking.rounds.get(), timezone.now())
    assert {place for place, _ in names(asking, asking.rounds.get())} == {1}
    assert set(Standing.objects.values_list("off", flat=True)) == {None}


def test_after_the_close_the_nearest_stands_first_on_both_boards(union, asking):
    for member, guess in ((union.alice, 100), (union.bob, 3)):
        guessed(member, asking, guess)
    third = make_member("Lý Thị Cúc", union.school_a)
    guessed(third, asking, None)
    round_ = close(asking)

    assert settle_due(timezone.now()) == 1
    assert settle_due(timezone.now()) == 0

    expected = [(1, "Lê Văn Bình"), (2, "Trần Thị Ánh"), (3, "Lý Thị Cúc")]
    assert (names(asking, round_), names(asking)) == (expected, expected)
    assert Round.objects.get().truth == 3 * UNIT
    assert [board.name for board in boards_of(asking)] == ["tim-hieu-phap-luat", "tim-hieu-phap-luat--1"]
    by_key = Standing.objects.filter(round=round_).order_by("order").values_list("entry__member__full_name", flat=True)
    assert list(by_key) == [name for _, name in expected]  # what the live board sorts by


def test_a_void_moves_the_number_and_with_it_the_ranking(union, asking):
    guessed(union.alice, asking, 3)
    guessed(union.bob, asking, 2)
    out = guessed(make_member("Lý Thị Cúc", union.school_a), asking, 3)
    close(asking)
    settle_due(timezone.now())
    assert sorted(names(asking)) == [(1, "Lý Thị Cúc"), (1, "Trần Thị Ánh"), (3, "Lê Văn Bình")]

    void_attempt(attempt=out, by=union.olga, reason="Thi hộ, có biên bản", now=timezone.now())

    assert Round.objects.get().truth_at is None  # to be counted again
    assert settle_due(timezone.now()) == 1
    assert Round.objects.get().truth == 2 * UNIT
    assert names(asking) == [(1, "Lê Văn Bình"), (2, "Trần Thị Ánh")]


def test_nothing_is_settled_while_somebody_sits(union, asking):
    from contests.actions.start import start_attempt

    guessed(union.alice, asking, 3)
    start_attempt(member=union.bob, round_=asking.rounds.get(), now=timezone.now())
    close(asking)

    assert settle_due(timezone.now()) == 0


def test_a_round_without_a_side_question_is_never_settled(union, contest):
    guessed(union.alice, contest, None)
    close(contest)

    assert settle_due(timezone.now()) == 0


def test_the_guess_that_is_exactly_as_often_as_it_says(union, bank):
    contest = make_contest(union, bank, prediction=Prediction(Meaning.RIGHT_GUESSERS))
    contest.rules = {"chain": CHAIN}
    contest.save(update_fields=["rules"])
    people = [union.alice, union.bob, *(make_member(f"Người thứ {n}", union.school_a) for n in "abc")]
    for member, guess in zip(people, (2, 2, 3, 3, 9), strict=True):
        guessed(member, contest, guess)
    close(contest)

    settle_due(timezone.now())

    assert Round.objects.get().truth == 2 * UNIT


def test_an_excluded_member_leaves_every_board_and_comes_back(union, contest):
    for member in (union.alice, union.bob):
        guessed(member, contest, None)
    entry = Entry.objects.get(member=union.alice)
    row = Exclusion.objects.create(contest=contest, member=union.alice, reason="Tổ thư ký", created_at=timezone.now())

    changes = restand([entry.pk])
    assert sorted(board for board, _ in changes.gone) == ["tim-hieu-phap-luat", "tim-hieu-phap-luat--1"]
    assert names(contest) == [(1, "Lê Văn Bình")]
    assert barred(contest) == {entry.public_id.hex: "Tổ thư ký"}

    row.revoked_at = timezone.now()
    row.save()
    restand([entry.pk])
    assert len(names(contest)) == 2
    assert barred(contest) == {}


def test_a_division_has_a_board_of_its_own(union, bank):
    contest = make_contest(union, bank)
    contest.rules = {
        "divisions": [
            {"key": "truong", "name": "Trường học", "units": [union.school_a.code]}, {"key": "chung", "name": "Chung"},
        ]
    }  # fmt: skip
    contest.save(update_fields=["rules"])
    for member, right in ((union.alice, 4), (union.bob, 2)):
        guessed(member, contest, None, right=right)

    by_name = {board.name: [row.shown["points"] for row in board.rows()] for board in boards_of(contest)}

    assert by_name == {
        "tim-hieu-phap-luat": [400, 200], "tim-hieu-phap-luat--bang-truong": [200], "tim-hieu-phap-luat--bang-chung": [400],
        "tim-hieu-phap-luat--1": [400, 200], "tim-hieu-phap-luat--1--bang-truong": [200],
        "tim-hieu-phap-luat--1--bang-chung": [400],
    }  # fmt: skip
    assert [one.place for one in ranking(contest, None, "truong")] == [1]


def add_final(contest, top: int) -> Round:
    first = contest.rounds.get()
    rules = dump(parse_round_rules(first.rules)) | {"qualify": {"top": top, "rounds": []}}
    opens = timezone.now() + timedelta(days=1)
    return Round.objects.create(
        contest=contest, number=2, title="Chung kết", opens_at=opens, closes_at=opens + timedelta(hours=1), rules=rules
    )


def test_the_first_of_the_rounds_before_reach_the_final_and_who_shares_the_last_place_too(union, contest):
    people = [union.alice, union.bob, *(make_member(f"Người thứ {n}", union.school_a) for n in "abc")]
    for member, right, seconds in zip(people, (4, 3, 3, 2, 1), (60, 50, 50, 10, 10), strict=True):
        guessed(member, contest, None, right=right, seconds=seconds)
    final = add_final(contest, 2)
    assert parse_round_rules(final.rules).qualify == Qualify(2)

    assert choose_due(timezone.now()) == 0  # the round before is still open
    contest.rounds.filter(number=1).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert choose_due(timezone.now()) == 1

    assert sorted(Finalist.objects.values_list("place", "entry__member__full_name")) == [
        (1, "Trần Thị Ánh"), (2, "Lê Văn Bình"), (2, "Người thứ a"),
    ]  # fmt: skip
    assert choose_due(timezone.now()) == 0

    best = Attempt.objects.get(entry__member=union.alice)
    void_attempt(attempt=best, by=union.olga, reason="Thi hộ, có biên bản", now=timezone.now())
    assert choose_due(timezone.now()) == 1  # not open yet: chosen anew
    assert not Finalist.objects.filter(entry__member=union.alice).exists()


def test_standings_hold_what_any_chain_compares(union, contest):
    attempt = guessed(union.alice, contest, None, right=4)

    row = Standing.objects.get(round=None)

    assert (row.right, row.perfect, row.submitted_at) == (4, 1, attempt.submitted_at)
