"""A paper of every kind from the start to the grade: drawn, saved by a plain form, late, accepted, marked."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.rulings import accept_late
from contests.actions.sitting import save_form
from contests.actions.start import start_attempt
from contests.errors import ContestError
from contests.models import Answer, Attempt, EssayMark, LateAnswer
from contests.queries.answers import marks_of
from contests.queries.review import reviewed_paper
from contests.rules.kinds.shapes import BLANK_SEPARATOR
from contests.rules.settings import DrawPart, Review
from tests import make

pytestmark = pytest.mark.django_db
KINDS = ("single", "multiple", "true_false", *make.WRITTEN_KINDS)


@pytest.fixture
def sat(union) -> Attempt:
    """Alice's running attempt on a paper with one question of each kind, in the order of KINDS."""
    bank = make.make_kinds_bank(union.province_a)
    contest = make.make_contest(
        union, bank, draw=tuple(DrawPart(kind, 1) for kind in KINDS), shuffle_questions=False, review=Review.EXPLANATION
    )
    return start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())


def place_of(kind: str) -> int:
    return KINDS.index(kind) + 1


def all_right(attempt: Attempt) -> dict[int, object]:
    orders = {kind: order for kind, (_, order) in zip(KINDS, attempt.paper, strict=True)}
    return {
        1: [orders["single"].index(0)],
        2: [orders["multiple"].index(0), orders["multiple"].index(1)],
        3: [orders["true_false"].index(0)],
        4: "nguyen duc canh",
        5: "220 điều",
        6: [orders["ordering"].index(place) for place in range(3)],
        7: [orders["matching"].index(place) for place in range(2)],
        8: f"28/7/1929{BLANK_SEPARATOR}hà nội",
        9: "Vì quyền lợi của mình.",
    }


def graded(attempt: Attempt) -> Attempt:
    grade_pending(now=timezone.now())
    attempt.refresh_from_db()
    return attempt


def test_the_paper_never_shows_the_right_order(union):
    bank = make.make_kinds_bank(union.province_a)
    draw = tuple(DrawPart(kind, 1) for kind in ("ordering", "matching"))
    contest = make.make_contest(union, bank, draw=draw, attempts=None, shuffle_options=False)
    for _ in range(40):
        attempt = start_attempt(member=union.alice, round_=contest.rounds.get(), now=timezone.now())
        assert all(order != sorted(order) for _, order in attempt.paper)
        save_form(attempt=attempt, choices={}, now=timezone.now(), submit=True)


def test_everything_right_is_worth_all_but_the_essay_that_waits(sat):
    save_form(attempt=sat, choices=all_right(sat), now=timezone.now(), submit=True)

    done = graded(sat)

    assert (done.points, done.right, done.answered, done.received) == (800, 8, 9, 9)


def test_everything_empty_is_nothing(sat):
    save_form(attempt=sat, choices={4: "", 6: [], 7: [-1, -1], 8: BLANK_SEPARATOR}, now=timezone.now(), submit=True)

    done = graded(sat)

    assert (done.points, done.right, done.answered, done.received) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        (4, "x" * 201, "Câu 4 dài quá"),
        (4, "a\x07b", "Câu 4 có ký tự lạ"),
        (4, [0], "không thuộc đề thi"),
        (1, "0", "không thuộc đề thi"),
        (6, [0, 1], "không thuộc đề thi"),
        (8, "một", "không thuộc đề thi"),
    ],
)
def test_an_answer_that_no_page_sends_saves_nothing(sat, question, value, said):
    with pytest.raises(ContestError, match=said):
        save_form(attempt=sat, choices=all_right(sat) | {question: value}, now=timezone.now(), submit=True)

    assert not Answer.objects.filter(attempt=sat).exists()
    assert Attempt.objects.get(pk=sat.pk).state == "started"


def test_late_texts_are_kept_apart_and_count_once_accepted(sat, union):
    right = all_right(sat)
    save_form(attempt=sat, choices={4: "sai"}, now=timezone.now(), submit=True)
    save_form(attempt=sat, choices=right | {4: "sai"}, now=timezone.now(), submit=True)
    assert graded(sat).points == 0
    assert LateAnswer.objects.filter(attempt=sat).count() == 8

    accept_late(attempt=sat, by=union.olga, reason="Mạng của đơn vị hỏng.", now=timezone.now())

    sat.refresh_from_db()
    assert (sat.points, sat.answered) == (700, 9)
    assert Answer.objects.get(attempt=sat, question=8).text == right[8]


def test_marks_settle_an_essay(sat, union):
    save_form(attempt=sat, choices=all_right(sat), now=timezone.now(), submit=True)
    now = timezone.now()
    for seconds, (marker, credit) in enumerate(((union.olga, 90), (union.staff_b, 40))):
        EssayMark.objects.create(
            attempt=sat, question=9, marker=marker, credit=credit, at=now + timedelta(seconds=seconds)
        )
    assert marks_of([sat])[sat.pk] == {}  # half the credit apart: a third is needed
    EssayMark.objects.create(attempt=sat, question=9, marker=union.bob, credit=80, at=now + timedelta(seconds=9))

    assert marks_of([sat])[sat.pk] == {8: Fraction(85, 100)}
    assert graded(sat).points == 885


def test_a_marker_marks_once_and_within_the_whole(sat, union):
    EssayMark.objects.create(attempt=sat, question=9, marker=union.olga, credit=100, at=timezone.now())
    for marker, credit in ((union.olga, 10), (union.bob, 101)):
        with pytest.raises(IntegrityError), transaction.atomic():
            EssayMark.objects.create(attempt=sat, question=9, marker=marker, credit=credit, at=timezone.now())


def test_looking_back_says_answer_and_key_in_words(sat):
    right = all_right(sat)
    wrong = {4: "Tôn Đức Thắng", 7: [right[7][0], -1], 8: f"28/7/1929{BLANK_SEPARATOR}Huế"}
    save_form(attempt=sat, choices=right | wrong, now=timezone.now(), submit=True)

    questions = reviewed_paper(graded(sat), timezone.now() + timedelta(days=9))

    by_kind = dict(zip(KINDS, questions, strict=True))
    assert [kind for kind, each in by_kind.items() if each.right] == [
        "single", "multiple", "true_false", "number", "ordering"
    ]  # fmt: skip
    (short,) = by_kind["short_text"].parts
    assert (short.given, short.right, short.is_right) == ("Tôn Đức Thắng", "Nguyễn Đức Cảnh", False)
    assert [(part.asked, part.given, part.right) for part in by_kind["matching"].parts] == [
        ("Điều 9", "Mặt trận", "Mặt trận"), ("Điều 10", "", "Công đoàn")
    ]  # fmt: skip
    assert [part.is_right for part in by_kind["fill_in"].parts] == [True, False]
    assert by_kind["fill_in"].stem == "Công đoàn Việt Nam ra đời ngày (1) …… tại (2) ……."
    assert by_kind["essay"].waits
    assert not by_kind["essay"].told


def test_while_only_verdicts_are_told_no_word_of_the_key_is(sat):
    sat.round.rules["review"] = "right_wrong"
    sat.round.save()
    save_form(attempt=sat, choices={4: "x", 5: "1", 8: f"a{BLANK_SEPARATOR}b"}, now=timezone.now(), submit=True)

    questions = reviewed_paper(graded(sat), timezone.now() + timedelta(days=9))

    assert all(part.right == "" and not part.is_right for question in questions for part in question.parts)
