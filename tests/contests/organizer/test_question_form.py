"""A question in a form: what goes in comes out, and what is wrong stands at its field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import QueryDict

from contests.pages.question_form import QuestionForm
from contests.rules.kinds import Kind
from tests.contests.authoring.cases import draft

TOPICS = ["Luật Công đoàn", "Tiền lương"]


def sent(form: QuestionForm, **changes) -> QueryDict:
    """What a browser sends of the form as it was shown, changed here and there."""
    data = QueryDict(mutable=True)
    for field in form:
        value = field.value()
        if isinstance(value, list):
            data.setlist(field.html_name, value)
        elif value is True:
            data[field.html_name] = "on"
        elif value:
            data[field.html_name] = str(value).replace("\n", "\r\n")
    for name, value in changes.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def again(whole, **changes):
    return QuestionForm(sent(QuestionForm(draft=whole, topics=TOPICS), **changes), draft=whole, topics=TOPICS)


@pytest.mark.parametrize("kind", Kind)
def test_there_and_back(kind):
    whole = draft(kind, label="Câu 3", source=("Câu 3: …",), image="a.png", row=7)
    form = again(whole)

    reading = form.read(7)

    assert reading.draft == whole
    assert reading.problems == ()
    assert not form.errors


def test_what_no_field_says_stays():
    whole = draft(Kind.ESSAY, spec={"weight": 300})

    assert again(whole).read(1).draft.spec == {"weight": 300}


def test_without_a_draft_only_what_was_typed_counts():
    form = QuestionForm(QueryDict("kind=single&difficulty=easy"), draft=None, topics=TOPICS)

    reading = form.read(1)

    assert {"code", "topic", "stem", "option_a", "right", "document"} <= set(form.errors)
    assert reading.draft.stem == ""


@pytest.mark.parametrize(
    ("kind", "changes", "field", "said"),
    [
        (Kind.SINGLE, {"right": ["A", "B"]}, "right", "chỉ có một đáp án đúng"),
        (Kind.MULTIPLE, {"right": []}, "right", "Chưa có đáp án đúng"),
        (Kind.SINGLE, {"option_b": "ba mươi"}, "option_b", "giống phương án A"),
        (Kind.SINGLE, {"option_c": "Cả A và B đều đúng"}, "pinned", "Giữ chỗ"),
        (Kind.TRUE_FALSE, {"truth": []}, "truth", "Chưa có đáp án đúng"),
        (Kind.NUMBER, {"key": "mười"}, "key", "không đọc được thành số"),
        (Kind.FILL_IN, {"key": "một"}, "key", "2 chỗ trống mà đáp án có 1"),
        (Kind.MATCHING, {"option_a": "Điều 9"}, "option_a", "hai vế"),
        (Kind.SINGLE, {"article": ""}, "article", "điều khoản"),
        (Kind.SINGLE, {"valid_to": "2020-01-01"}, "valid_to", "đứng trước"),
        (Kind.SINGLE, {"valid_to": "hôm nay"}, "valid_to", "Không đọc được ngày"),
        (Kind.SINGLE, {"kind": "poem"}, "kind", "Hãy chọn một mục"),
        (Kind.SINGLE, {"stem": "x" * 1001}, "stem", "nhiều nhất 1000"),
        (Kind.SINGLE, {"stem": "a\0b"}, "stem", "không đọc được"),
    ],
)
def test_a_problem_stands_at_its_field(kind, changes, field, said):
    form = again(draft(kind), **changes)

    assert form.read(1).problems or form.errors

    assert said in " ".join(form.errors[field])
    for name, value in changes.items():
        assert form[name].value() in (value, [value], None if value == [] else value), "what was typed is still there"


def test_a_hint_forbids_nothing():
    form = again(draft(), option_b="Một câu trả lời dài hơn hẳn mọi phương án khác của câu hỏi này cộng lại")

    reading = form.read(1)

    assert reading.problems == ()
    assert [hint.code for hint in form.hints] == ["long_right_option"]


MORE_THAN_A_FORM_SAYS = [
    replace(draft(Kind.MULTIPLE), options=tuple("abcdefg"), key=frozenset({0, 6})),
    replace(draft(Kind.ORDERING), options=tuple("abcdefg")),
    draft(Kind.SHORT_TEXT, spec={"accepted": ["TCP|IP"], "accents": False}),
    draft(Kind.FILL_IN, stem="Ngày ___.", spec={"blanks": [["một; hai"]], "accents": False}),
    draft(Kind.MATCHING, options=("a|b", "c"), spec={"right": ["1", "2"]}),
]


@pytest.mark.parametrize("whole", MORE_THAN_A_FORM_SAYS)
def test_what_the_form_cannot_say_does_not_change_in_silence(whole):
    form = again(whole)

    assert "not_in_a_form" in [problem.code for problem in form.read(1).problems]
    assert not form.says_all
    fresh = QuestionForm(draft=whole, topics=TOPICS)
    fresh.show_problems(fresh.unsaid(1))
    assert "biểu mẫu" in " ".join(fresh.errors["key" if whole.kind in (Kind.SHORT_TEXT, Kind.FILL_IN) else "option_a"])


def test_pairs_that_the_file_did_not_part_stand_in_the_form_as_they_stood_in_the_file():
    unread = draft(Kind.MATCHING, options=("Điều 5 | Quyền", "Điều 6"), spec={})
    form = again(unread)

    reading = form.read(1)

    assert form["option_a"].value() == "Điều 5 | Quyền"
    assert [problem.code for problem in form.unread] == ["bad_options"]
    assert form.says_all
    assert reading.draft.options == unread.options


def test_what_could_not_be_read_of_a_field_is_not_taken_for_empty():
    form = again(draft(), explanation="a\0b")
    form.read(1)

    assert not form.says_all
    assert "explanation" in form.errors
