"""People mark an essay: when it is settled, who may, what may be changed, what stands afterwards."""

from __future__ import annotations

import itertools
from datetime import timedelta
from fractions import Fraction
from math import floor

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Role
from contests.actions.boards import Board
from contests.actions.grade import GRADE_FIELDS, grade_attempts
from contests.actions.marking import mark_essay
from contests.actions.rulings import accept_late, restore_attempt, void_attempt
from contests.actions.sitting import save_form
from contests.actions.standings import restand
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Attempt, AttemptEvent, EssayMark, Standing
from contests.queries.attempts import late_trial
from contests.queries.marking import Step, essays_on
from tests import make
from tests.contests.actions.rivals import at_once
from tests.contests.marking.cases import ESSAY, essay_contest, mark, marker, wrote
from tests.contests.organizer.cases import came_late


@pytest.fixture
def contest(union):
    return essay_contest(union)


@pytest.fixture
def essay(union, contest) -> Attempt:
    return wrote(union.alice, contest)


@pytest.fixture
def markers(union):
    return [union.olga, marker(union, "Người Chấm Hai"), marker(union, "Người Chấm Ba"), marker(union, "Người Chấm Tư")]


def points(attempt: Attempt) -> int:
    attempt.refresh_from_db()
    return attempt.points


def board(contest) -> list[int]:
    return [row.shown["points"] for row in Board(contest, contest.rounds.get(), "").rows()]


@pytest.mark.django_db
def test_two_who_agree_settle_it_and_the_standing_moves(essay, contest, markers):
    assert (points(essay), board(contest)) == (100, [100])

    assert mark(essay, markers[0], 80).step is Step.ONE
    assert (points(essay), essay.state, AttemptEvent.objects.count()) == (100, "graded", 0)
    assert mark(essay, markers[1], 90, note="Đủ ý.").step is Step.DONE

    assert (points(essay), essay.state, board(contest)) == (185, "regraded", [185])
    event = AttemptEvent.objects.get()
    assert (event.what, event.actor, event.reason) == ("essay_marked", markers[1], "")
    marks = [[markers[0].pk, 80], [markers[1].pk, 90]]
    assert event.detail == {"question": ESSAY, "marks": marks, "state": "graded", "points": 100}


@pytest.mark.django_db
def test_the_board_hears_of_it_after_the_commit(
    essay, contest, markers, django_capture_on_commit_callbacks, redis_client
):
    mark(essay, markers[0], 80)
    with django_capture_on_commit_callbacks() as told:
        mark(essay, markers[1], 80)

    assert len(told) == 1


@pytest.mark.django_db
def test_two_far_apart_wait_for_a_third(essay, markers):
    mark(essay, markers[0], 90)
    assert mark(essay, markers[1], 40).step is Step.APART
    assert (points(essay), essay.state) == (100, "graded")

    assert mark(essay, markers[2], 80).step is Step.DONE

    assert points(essay) == 185


@pytest.mark.django_db
def test_a_mark_is_changed_until_somebody_else_has_marked(essay, markers):
    mark(essay, markers[0], 10, note="Nhầm")
    mark(essay, markers[0], 70)
    assert EssayMark.objects.values_list("credit", "note").get() == (70, "")

    mark(essay, markers[1], 20)
    for who in markers[:2]:
        with pytest.raises(ContestError, match="không sửa được nữa"):
            mark(essay, who, 50)

    assert sorted(EssayMark.objects.values_list("credit", flat=True)) == [20, 70]
    assert points(essay) == 100


@pytest.mark.django_db
def test_nobody_marks_what_is_settled(essay, markers):
    mark(essay, markers[0], 50)
    mark(essay, markers[1], 50)

    with pytest.raises(ContestError, match="vừa được chấm xong"):
        mark(essay, markers[2], 100)

    assert (points(essay), EssayMark.objects.count()) == (150, 2)


@pytest.mark.django_db
def test_nobody_marks_their_own(union, essay):
    Role.objects.create(member=union.alice, unit=union.province_a, kind="organizer", from_day=make.FROM_DAY)

    with pytest.raises(ContestError, match="của chính bạn"):
        mark(essay, union.alice, 100)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["charlie", "staff_b", "bob", "stranger", "below"])
def test_only_organizers_whose_scope_reaches_the_contest(union, essay, who):
    outside = {"stranger": union.province_b, "below": union.factory_a}
    if who in outside:
        member = make.make_member("Vũ Thị Lạ", email="la@example.vn")
        Role.objects.create(member=member, unit=outside[who], kind="organizer", from_day=make.FROM_DAY)
    else:
        member = getattr(union, who)

    with pytest.raises(ContestError, match="ngoài phạm vi"):
        mark(essay, member, 100)

    assert not EssayMark.objects.exists()


@pytest.mark.django_db
def test_a_voided_attempt_is_not_marked_and_keeps_what_it_had(essay, markers):
    mark(essay, markers[0], 80)
    void_attempt(attempt=essay, by=markers[0], reason="Nhờ người thi hộ", now=timezone.now())
    with pytest.raises(ContestError, match="đã bị huỷ"):
        mark(essay, markers[1], 80)

    restore_attempt(attempt=essay, by=markers[0], reason="Đã xác minh lại", now=timezone.now())
    mark(essay, markers[1], 80)

    assert points(essay) == 180


@pytest.mark.django_db
def test_what_is_no_essay_or_empty_or_not_handed_in(union, contest, markers):
    empty = wrote(union.alice, contest, text="")
    for question in (1, 3, 0):
        with pytest.raises(ContestError, match="không phải câu tự luận"):
            mark(empty, markers[0], 50, question)
    with pytest.raises(ContestError, match="bỏ trống"):
        mark(empty, markers[0], 50)
    running = start_attempt(member=union.bob, round_=contest.rounds.get(), now=timezone.now())
    with pytest.raises(ContestError, match="chưa nộp"):
        mark(running, markers[0], 50)

    assert not EssayMark.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("credit", "note", "said"),
    [(-1, "", "từ 0 đến 100"), (101, "", "từ 0 đến 100"), (50, "x" * 1001, "dài quá"), (50, "a\x07", "ký tự lạ")],
)
def test_a_mark_that_makes_no_sense_saves_nothing(essay, markers, credit, note, said):
    with pytest.raises(ContestError, match=said):
        mark(essay, markers[0], credit, note=note)

    assert not EssayMark.objects.exists()


@pytest.mark.django_db
def test_each_essay_of_a_paper_settles_by_itself(union, markers):
    attempt = wrote(union.alice, essay_contest(union, essays=2), q3="Bài thứ hai.")
    for who in markers[:2]:
        mark(attempt, who, 100, 3)
    assert points(attempt) == 200

    for who in markers[:2]:
        mark(attempt, who, 50, 2)

    assert points(attempt) == 250
    assert AttemptEvent.objects.filter(what="essay_marked").count() == 2


@pytest.mark.django_db
def test_a_late_text_that_is_accepted_is_marked_anew(essay, markers):
    for who in markers[:2]:
        mark(essay, who, 80)
    save_form(attempt=essay, choices={ESSAY: "Một bài khác."}, now=timezone.now() + timedelta(hours=1), submit=True)
    essay.refresh_from_db()
    assert late_trial(essay).points_after == 100

    accept_late(attempt=essay, by=markers[0], reason="Mạng của đơn vị hỏng", now=timezone.now())

    assert points(essay) == 100
    assert [one.step for one in essays_on(essay)] == [Step.NEW]
    event = AttemptEvent.objects.get(what="late_accepted")
    assert event.detail["marks"] == [[ESSAY, who.pk, 80] for who in markers[:2]]


@pytest.mark.django_db
def test_a_late_answer_elsewhere_leaves_the_marks(union, contest, markers):
    essay = wrote(union.alice, contest, right=False)
    for who in markers[:2]:
        mark(essay, who, 80)
    came_late(essay, {1: [essay.paper[0][1].index(0)]})

    accept_late(attempt=essay, by=markers[0], reason="Mạng của đơn vị hỏng", now=timezone.now())

    assert points(essay) == 180


@pytest.mark.django_db(transaction=True)
def test_two_markers_at_one_instant_settle_it_once(committed_union, redis_client):
    union, first = committed_union
    type(first).objects.filter(pk=first.pk).update(slug="cuoc-khac")
    contest = essay_contest(union)
    members = [union.alice, union.bob]
    for member in members:
        essay = wrote(member, contest)
        people = [marker(union, f"Người Chấm {number}") for number in range(4)]

        def act(who, essay=essay):
            try:
                return mark_essay(attempt=essay, question=ESSAY, credit=60, note="", by=who, now=timezone.now()).step
            except ContestError as error:
                return error.code

        said = at_once(act, people)

        assert sorted(said) == ["done", "one", "settled", "settled"]
        assert EssayMark.objects.filter(attempt=essay).count() == 2
        assert AttemptEvent.objects.filter(attempt=essay, what="essay_marked").count() == 1
        assert points(essay) == 160


KEPT = ("entry_id", "round_id", "points", "right", "elapsed_ms", "submitted_at", "perfect", "order")


def stands(contest) -> list[tuple]:
    return list(Standing.objects.filter(contest=contest).order_by("entry", "round").values_list(*KEPT))


class TestAnyOrder(TestCase):
    """Whatever order marks come in: what stands is what a full recompute from the stored rows makes."""

    @given(
        credits=st.lists(st.integers(0, 100), min_size=6, max_size=6),
        order=st.permutations(list(itertools.product(range(2), range(3)))),
    )
    @settings(max_examples=30)
    def test_a_full_recompute_changes_nothing(self, credits, order):
        union = make.make_union()
        contest = essay_contest(union, attempts=1)
        essays = [wrote(union.alice, contest), wrote(union.bob, contest, text="Bài của tôi.")]
        markers = [union.olga, marker(union, "Hai"), marker(union, "Ba")]
        for essay, who in order:
            if essays_on(essays[essay])[0].step is not Step.DONE:
                mark(essays[essay], markers[who], credits[essay * 3 + who])

        before = stands(contest)
        attempts = list(Attempt.objects.filter(round__contest=contest).select_related("round"))
        grade_attempts(attempts)
        for attempt in attempts:
            attempt.save(update_fields=GRADE_FIELDS)
        Standing.objects.filter(contest=contest).delete()
        restand(attempt.entry_id for attempt in attempts)

        assert stands(contest) == before
        assert len(before) == 4
        for attempt in attempts:
            (essay,) = essays_on(attempt)
            assert essay.credit is not None
            assert attempt.points == 100 + floor(100 * essay.credit + Fraction(1, 2))
