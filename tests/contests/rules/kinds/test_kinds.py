"""Each kind of question: what answers are worth, how they are said, which questions make no sense."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.models import QuestionVersion
from contests.rules.grading import grade_answer
from contests.rules.kinds import KINDS, AnswerKey, Kind, Partial
from contests.rules.kinds.shapes import BLANK_SEPARATOR as US
from contests.rules.kinds.words import read_number, say_number, write_plain

EXACT, PARTIAL, PENALISED = Partial
CITIES = ("Hà Nội", "Huế", "Đà Nẵng", "Sài Gòn")


def short(*accepted: str, accents: bool = False) -> AnswerKey:
    return AnswerKey(Kind.SHORT_TEXT, spec={"accepted": list(accepted), "accents": accents})


def number(value: str, tolerance: str = "0") -> AnswerKey:
    return AnswerKey(Kind.NUMBER, spec={"value": value, "tolerance": tolerance})


def gaps(*blanks: list[str], accents: bool = False) -> AnswerKey:
    return AnswerKey(Kind.FILL_IN, spec={"blanks": list(blanks), "accents": accents})


ORDER = AnswerKey(Kind.ORDERING, options=CITIES)
MATCH = AnswerKey(Kind.MATCHING, options=("A", "B", "C"), spec={"right": ["một", "hai", "ba", "thừa"]})
SEVERAL = AnswerKey(Kind.MULTIPLE, frozenset({0, 1}))


def test_every_kind_is_registered_once_and_the_table_knows_it():
    assert set(KINDS) == set(Kind) == {Kind(value) for value in QuestionVersion.Kind.values}
    assert {kind.label for kind in KINDS.values()} == {str(label) for label in QuestionVersion.Kind.labels}


TYPED = [
    (short("Nguyễn Đức Cảnh"), "nguyễn  đức cảnh.", 1),
    (short("Nguyễn Đức Cảnh"), "Nguyen Duc Canh", 1),
    (short("Nguyễn Đức Cảnh", accents=True), "Nguyen Duc Canh", 0),
    (short("Nguyễn Đức Cảnh", accents=True), "NGUYỄN ĐỨC CẢNH", 1),
    (short("Hoà Bình", accents=True), "hòa bình", 1),
    (short("Thủy Nguyên", accents=True), "Thuỷ Nguyên", 1),
    (short("Hòa", accents=True), "Hoa", 0),
    (short("Công đoàn Việt Nam", "Công đoàn"), "“công đoàn”", 1),
    (short("Công đoàn"), "Công đoàn cơ sở", 0),
    (short("15"), "15", 1),
    (number("1234.5"), "1.234,5", 1),
    (number("1234.5"), "1 234,5", 1),
    (number("1234.5"), "1234.5", 1),
    (number("1234.5"), "1234", 0),
    (number("1234"), "1.234", 1),
    (number("60", "1"), "61 tuổi", 1),
    (number("60", "1"), "61,01", 0),
    (number("60"), "sáu mươi", 0),
    (number("60"), "60-65", 0),
    (number("-5"), "−5", 1),
    (number("0.1"), "0,1", 1),
    (number("0.5"), "0.5", 1),
    (gaps(["một"], ["hai", "2"]), f"Một{US}2", 1),
    (gaps(["một"], ["hai"]), f"một{US}ba", 0),
    (gaps(["một"], ["hai"]), "một", 0),  # forged: another number of gaps
    (short("a"), [0], 0),  # forged: positions where a text belongs
    (number("1"), [0], 0),
    (ORDER, "abcd", 0),
    (MATCH, "abc", 0),
]


@pytest.mark.parametrize(("key", "value", "credit"), TYPED)
def test_what_was_typed_is_right_or_wrong(key, value, credit):
    assert grade_answer(key, value, range(KINDS[key.kind].slots(key))) == credit


PARTS = [
    (SEVERAL, [0, 1], (1, 1, 1)),
    (SEVERAL, [0], (0, Fraction(1, 2), Fraction(1, 2))),
    (SEVERAL, [0, 2], (0, Fraction(1, 2), 0)),
    (SEVERAL, [0, 1, 2, 3], (0, Fraction(1, 2), 0)),
    (SEVERAL, [2], (0, 0, 0)),
    (ORDER, [0, 1, 2, 3], (1, 1, 1)),
    (ORDER, [0, 1, 3, 2], (0, Fraction(1, 2), 0)),
    (ORDER, [1, 0, 3, 2], (0, 0, 0)),
    (ORDER, [0, 1, 2], (0, 0, 0)),
    (MATCH, [0, 1, 2], (1, 1, 1)),
    (MATCH, [0, 1, -1], (0, Fraction(2, 3), Fraction(2, 3))),
    (MATCH, [0, 1, 3], (0, Fraction(2, 3), Fraction(1, 3))),
    (MATCH, [0, 1, 9], (0, 0, 0)),
    (gaps(["a"], ["b"], ["c"]), f"a{US}{US}x", (0, Fraction(1, 3), 0)),
    (gaps(["a"], ["b"], ["c"]), f"a{US}b{US}", (0, Fraction(2, 3), Fraction(2, 3))),
]


@pytest.mark.parametrize(("key", "value", "credits"), PARTS)
def test_what_is_right_in_part_is_worth_what_the_rules_say(key, value, credits):
    assert tuple(grade_answer(key, value, range(4), partial) for partial in Partial) == credits


# --- laws of every kind ---------------------------------------------------------------------------------------------------
@st.composite
def judged(draw):
    """A question of parts, an answer of its shape, and the order in which a paper shows it."""
    kind = draw(st.sampled_from([Kind.MULTIPLE, Kind.ORDERING, Kind.MATCHING, Kind.FILL_IN]))
    size = draw(st.integers(3, 6))
    order = draw(st.permutations(range(size)))
    if kind is Kind.MULTIPLE:
        key = AnswerKey(kind, draw(st.frozensets(st.integers(0, size - 1), min_size=1)))
        return key, draw(st.lists(st.integers(0, size - 1), unique=True, min_size=1)), order
    if kind is Kind.ORDERING:
        return AnswerKey(kind, options=tuple(map(str, range(size)))), draw(st.permutations(range(size))), order
    if kind is Kind.MATCHING:
        left = draw(st.integers(2, size))
        key = AnswerKey(kind, options=tuple(map(str, range(left))), spec={"right": list(map(str, range(size)))})
        return key, draw(st.lists(st.integers(-1, size - 1), min_size=left, max_size=left)), order
    texts = draw(st.lists(st.sampled_from(["0", "1", ""]), min_size=size, max_size=size))
    return gaps(*([str(place % 2)] for place in range(size))), US.join(texts), order


@given(judged())
def test_credit_lies_between_nothing_and_all_and_rules_only_differ_in_part(case):
    key, value, order = case
    exact, partial, penalised = (grade_answer(key, value, order, rule) or 0 for rule in (EXACT, PARTIAL, PENALISED))

    assert exact in (0, 1)
    assert 0 <= exact <= penalised <= partial <= 1
    assert (exact == 1) == (penalised == 1) == (partial == 1)


@given(judged(), st.sampled_from(Partial))
def test_the_order_on_the_paper_does_not_change_what_an_answer_is_worth(case, partial):
    key, value, order = case
    if isinstance(value, str):
        shown = value
    else:
        where = {option: place for place, option in enumerate(order)} | {-1: -1}
        shown = [where[option] for option in value]  # the same options where this paper has them

    assert grade_answer(key, shown, order, partial) == grade_answer(key, value, range(len(order)), partial)


@given(judged())
def test_the_parts_say_the_whole(case):
    key, value, order = case
    parts = KINDS[key.kind].parts(key, value, order) if key.kind is not Kind.MULTIPLE else ()
    if parts and value:
        assert (grade_answer(key, value, order) == 1) is all(part.is_right for part in parts)
        assert all(part.right for part in parts)


def test_nothing_answered_is_said_as_nothing():
    for key, order in (
        (short("x"), ()),
        (number("5"), ()),
        (gaps(["a"], ["b"]), ()),
        (ORDER, range(4)),
        (MATCH, range(4)),
    ):
        parts = KINDS[key.kind].parts(key, (), order)
        assert parts
        assert {(part.given, part.is_right) for part in parts} == {("", False)}


def test_what_is_right_is_said_in_words_for_people():
    assert KINDS[Kind.NUMBER].parts(number("1234.5", "0.5"), "1,2", ())[0].right == "1.234,5 ± 0,5"
    assert KINDS[Kind.SHORT_TEXT].parts(short("Công đoàn", "CĐ"), "x", ())[0].right == "Công đoàn / CĐ"
    assert [part.right for part in KINDS[Kind.ORDERING].parts(ORDER, (), range(4))] == list(CITIES)
    second = KINDS[Kind.MATCHING].parts(MATCH, [1, 0, 2], (3, 2, 1, 0))[1]
    assert (second.asked, second.given, second.right, second.is_right) == ("B", "thừa", "hai", False)
    assert KINDS[Kind.FILL_IN].stem("Điều ___ của ____.") == "Điều (1) …… của (2) ……."


# --- questions that make no sense -----------------------------------------------------------------------------------------
FAULTY = [
    (AnswerKey(Kind.SINGLE), "", "missing_key"),
    (AnswerKey(Kind.SINGLE, frozenset({0, 1})), "", "many_keys"),
    (AnswerKey(Kind.MULTIPLE, frozenset({0})), "", "few_keys"),
    (short(), "", "missing_key"),
    (short("a", "?!"), "", "bad_key"),
    (short("x" * 201), "", "too_long"),
    (short(*map(str, range(21))), "", "many_keys"),
    (AnswerKey(Kind.SHORT_TEXT, spec={"accepted": ["a"]}), "", "bad_key"),
    (AnswerKey(Kind.SHORT_TEXT, spec={"accepted": "abc", "accents": True}), "", "missing_key"),
    (AnswerKey(Kind.NUMBER), "", "missing_key"),
    (number("1,5"), "", "missing_key"),
    (number("1", "-1"), "", "bad_key"),
    (AnswerKey(Kind.ORDERING, options=("a", "b")), "", "few_options"),
    (AnswerKey(Kind.ORDERING, options=tuple("abcdefghij")), "", "few_options"),
    (AnswerKey(Kind.MATCHING, options=("a", "b")), "", "bad_pair"),
    (AnswerKey(Kind.MATCHING, options=("a", "b"), spec={"right": ["1"]}), "", "few_options"),
    (AnswerKey(Kind.MATCHING, options=("a", "b"), spec={"right": ["1", " 1 "]}), "", "repeated_option"),
    (gaps(["a"]), "Không có chỗ trống", "bad_gaps"),
    (gaps(["a"]), "___ và ___", "bad_key"),
    (gaps(["a"], []), "___ và ___", "missing_key"),
]


@pytest.mark.parametrize(("key", "stem", "code"), FAULTY)
def test_a_question_that_nobody_could_answer_is_found(key, stem, code):
    assert [fault.code for fault in KINDS[key.kind].faults(key, stem)] == [code]


@pytest.mark.parametrize("key", [SEVERAL, short("a"), number("1"), ORDER, MATCH, AnswerKey(Kind.ESSAY)])
def test_a_sound_question_has_no_fault(key):
    assert KINDS[key.kind].faults(key, "") == []
    assert KINDS[Kind.FILL_IN].faults(gaps(["a"], ["b"]), "___ và ___") == []


# --- numbers --------------------------------------------------------------------------------------------------------------
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False))
def test_a_number_is_read_as_it_is_said_and_kept(decimal):
    value = Fraction(decimal)

    assert read_number(say_number(value)) == value
    assert Fraction(write_plain(value)) == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_numbers(text):
    assert read_number(text) is None or isinstance(read_number(text), Fraction)


@pytest.mark.parametrize("text", ["", "1.23.456", "1..2", "1,2,3", "1.234.5", "--1", "1+1", "5/7", "10.5.2026", ","])
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None
