"""What rulings make of keys and of judged attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rules.grading import grade_paper
from contests.rules.kinds import AnswerKey, Kind
from contests.rules.lifecycle import State
from contests.rules.paper import PaperItem
from contests.rules.regrade import Base, Graded, Ruling, What, overlay, settle
from contests.rules.scoring import PLAIN, Format, Item, Negative, Speed, Streak
from contests.rules.settings import DrawPart, RoundRules

T0 = datetime(2026, 11, 22, 8, tzinfo=UTC)
KEYS = {1: AnswerKey(Kind.SINGLE, frozenset({0})), 2: AnswerKey(Kind.MULTIPLE, frozenset({0, 1}))}
RULES = RoundRules(minutes=20, attempts=1, draw=(DrawPart("T", 2),))
PAPER = [PaperItem(1, (2, 0, 1, 3)), PaperItem(2, (0, 1, 2, 3))]


def ruling(version: int, what: str, *key: int, minute: int | None = 1) -> Ruling:
    return Ruling(version, What(what), frozenset(key), {}, None if minute is None else T0 + timedelta(minutes=minute))


def test_each_ruling_does_its_own():
    over = overlay(KEYS, [ruling(1, "accept_also", 2), ruling(2, "replace", 3)])

    assert (over.keys[1].right, over.keys[2].right, over.void) == ({0, 2}, {3}, frozenset())
    assert overlay(KEYS, [ruling(1, "void"), ruling(1, "replace", 3)]).void == {1}
    assert KEYS[1].right == {0}, "the question itself is as it was"


def test_rulings_follow_one_another():
    first, second = ruling(1, "replace", 2), ruling(1, "accept_also", 0)

    assert overlay(KEYS, [first, second]).keys[1].right == {0, 2}
    assert overlay(KEYS, [second, first]).keys[1].right == {2}


def test_a_kind_without_options_gets_another_spec():
    keys = {5: AnswerKey(Kind.SINGLE, spec={"accepted": ["Cảnh"], "accents": False})}
    also = Ruling(5, What.ACCEPT_ALSO, spec={"accepted": ["Nguyễn Đức Cảnh"]})
    other = Ruling(5, What.REPLACE, spec={"accepted": ["Tôn Đức Thắng"]})

    assert overlay(keys, [also]).keys[5].spec == {"accepted": ["Cảnh", "Nguyễn Đức Cảnh"], "accents": False}
    assert overlay(keys, [other]).keys[5].spec == {"accepted": ["Tôn Đức Thắng"], "accents": False}


def judge(answers):
    def by(rulings):
        over = overlay(KEYS, rulings)
        return grade_paper(PAPER, over.keys, answers, RULES, void=over.void)

    return by


GRADED = Base(State.GRADED, T0)


def test_a_void_question_is_worth_all_also_to_those_who_left_it_out():
    settled = settle(GRADED, [ruling(1, "void")], judge({}))

    assert settled == Graded(State.REGRADED, 100, 1, 0, T0 + timedelta(minutes=1))


def test_who_is_not_touched_keeps_state_and_instant():
    wrong = judge({0: [3]})

    assert settle(GRADED, [ruling(1, "replace", 2)], wrong) == Graded(State.GRADED, 0, 0, 1, T0)


def test_what_was_judged_after_a_ruling_carries_it_without_a_trace():
    later = Base(State.GRADED, T0 + timedelta(hours=1))

    assert settle(later, [ruling(1, "void")], judge({})) == Graded(State.GRADED, 100, 1, 0, later.graded_at)


def test_taking_back_gives_what_would_be_without():
    """The last ruling that made a difference gives the instant; a tried one has none yet."""
    chose_two = judge({0: [0]})  # the option 2 of the author
    first, second = ruling(1, "replace", 2), ruling(1, "replace", 0, minute=2)

    assert settle(GRADED, [first], chose_two).points == 100
    assert settle(GRADED, [first, second], chose_two) == Graded(State.REGRADED, 0, 0, 1, T0 + timedelta(minutes=2))
    assert settle(GRADED, [], chose_two) == settle(GRADED, [second], chose_two) == Graded(State.GRADED, 0, 0, 1, T0)
    assert settle(GRADED, [ruling(1, "replace", 2, minute=None)], chose_two).graded_at is None


# --- Void under every way of scoring -------------------------------------------------------------------------------
FORMATS: list[Format] = [PLAIN, Negative(25), Negative(100, below_zero=True), Speed(50, 500, 2), Streak(2, 75)]
ITEMS = st.lists(
    st.builds(
        Item,
        st.integers(1, 500),
        st.one_of(st.none(), st.sampled_from([Fraction(0), Fraction(1)]), st.fractions(0, 1, max_denominator=12)),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("scoring", FORMATS, ids=repr)
@given(items=ITEMS, data=st.data(), left=st.integers(0, 900_000))
def test_full_credit_never_lowers_a_score(scoring, items, data, left):
    place = data.draw(st.integers(0, len(items) - 1))
    with_void = [Item(one.weight, Fraction(1)) if n == place else one for n, one in enumerate(items)]

    assert scoring.points(with_void, left_ms=left) >= scoring.points(items, left_ms=left)


@given(st.dictionaries(st.integers(0, 1), st.lists(st.integers(-1, 4), max_size=4)), st.sampled_from([1, 2]))
def test_a_void_question_never_lowers_a_paper(answers, version):
    plain = grade_paper(PAPER, KEYS, answers, RULES)
    void = grade_paper(PAPER, KEYS, answers, RULES, void=frozenset({version}))

    assert (void.points >= plain.points, void.right >= plain.right) == (True, True)
    assert (void.answered, void.total) == (plain.answered, plain.total)
    assert grade_paper(PAPER, KEYS, answers, RULES, void=frozenset({99})) == plain
