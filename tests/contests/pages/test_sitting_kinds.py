"""A paper of every kind as a page of plain forms: what it shows, saves, takes back, and never says."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.models import Answer, Attempt, Round
from contests.rules.kinds.shapes import BLANK_SEPARATOR
from contests.rules.prediction import Meaning, Prediction
from contests.rules.settings import DrawPart
from tests import make

KINDS = ("single", *make.WRITTEN_KINDS)
SHORT, NUMBER, ORDERING, MATCHING, GAPS, ESSAY, SIDE = range(2, 9)


@pytest.fixture
def attempt(union, begin) -> Attempt:
    """Alice's paper with the side question behind it."""
    bank = make.make_kinds_bank(union.province_a)
    contest = make.make_contest(
        union,
        bank,
        draw=tuple(DrawPart(kind, 1) for kind in KINDS),
        shuffle_questions=False,
        prediction=Prediction(Meaning.PEOPLE),
    )
    return begin(union.alice, contest)


@pytest.fixture
def alice(client, union, attempt):
    client.force_login(union.alice)
    client.cookies["may"] = str(attempt.device) if attempt.device else ""
    return client


FORM = {
    "q1": "0", f"q{SHORT}": "Nguyễn Đức Cảnh", f"q{NUMBER}": "220", f"q{ORDERING}-0": "2", f"q{ORDERING}-1": "3", f"q{ORDERING}-2": "1",
    f"q{MATCHING}-0": "1", f"q{MATCHING}-1": "", f"q{GAPS}-0": "28/7/1929", f"q{GAPS}-1": "", f"q{ESSAY}": "Dòng một\r\ndòng hai", f"q{SIDE}": "1.234",
}  # fmt: skip


def address(attempt: Attempt, more: str = "") -> str:
    return f"/thi/{attempt.public_id}/{more}"


def save(client, attempt: Attempt, fields: dict[str, str], action: str = "save"):
    return client.post(address(attempt, "nop/"), fields | {"action": action}, follow=True)


def stored(attempt: Attempt) -> dict[int, object]:
    return {answer.question: answer.value for answer in Answer.objects.filter(attempt=attempt)}


def test_all_of_it_is_saved_and_shown_again(alice, attempt):
    save(alice, attempt, FORM)

    assert stored(attempt) == {
        1: [0], SHORT: "Nguyễn Đức Cảnh", NUMBER: "220", ORDERING: [2, 0, 1], MATCHING: [1, -1],
        GAPS: f"28/7/1929{BLANK_SEPARATOR}", ESSAY: "Dòng một\ndòng hai", SIDE: "1.234",
    }  # fmt: skip
    page = alice.get(address(attempt))
    shown = page.context["questions"]
    assert [option.position for option in shown[ORDERING - 1].options] == ["2", "0", "1"]
    assert [field.value for field in shown[MATCHING - 1].fields] == ["1", ""]
    assert [field.value for field in shown[GAPS - 1].fields] == ["28/7/1929", ""]
    assert page.context["prediction"].text == "1.234"
    assert (page.context["answered"], page.context["places"]) == (8, 8)
    html = page.content.decode()
    assert 'value="Nguyễn Đức Cảnh"' in html
    assert "Dòng một\ndòng hai</textarea>" in html


def test_a_form_sent_again_changes_nothing(alice, attempt):
    save(alice, attempt, FORM)
    before = list(Answer.objects.filter(attempt=attempt).values_list("question", "seq"))
    save(alice, attempt, FORM)

    assert list(Answer.objects.filter(attempt=attempt).values_list("question", "seq")) == before


def test_an_empty_field_takes_back_only_what_the_page_had_shown(alice, attempt):
    save(alice, attempt, FORM)
    empty = {name: "" for name in FORM if name != "q1"}

    save(alice, attempt, empty)  # a page from before the answers
    assert len([value for value in stored(attempt).values() if value]) == 8
    save(alice, attempt, empty | {f"had{question}": "" for question in range(2, 9)})

    assert [question for question, value in stored(attempt).items() if value] == [1]


def test_an_unfinished_order_keeps_the_paper_open_and_saves_the_rest(alice, attempt):
    for ranks in (("1", "", ""), ("1", "1", "2"), ("1", "2", "9"), ("1", "2", "x")):
        fields = FORM | {f"q{ORDERING}-{item}": rank for item, rank in enumerate(ranks)}
        page = save(alice, attempt, fields, action="submit")
        assert "hãy ghi mỗi số từ 1 đến 3 đúng một lần" in page.content.decode()

    assert Attempt.objects.get(pk=attempt.pk).state == "started"
    assert stored(attempt).keys() == set(range(1, 9)) - {ORDERING}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({f"q{SIDE}": "nhiều lắm"}, "Câu hỏi phụ chỉ nhận một số"),
        ({f"q{SHORT}": "x" * 201}, "Câu 2 dài quá mức"),
        ({f"q{ESSAY}": "x" * 5001}, "Câu 7 dài quá mức"),
        ({f"q{MATCHING}-0": "9"}, "không thuộc đề thi"),
        ({f"q{MATCHING}-0": "-1"}, "không thuộc đề thi"),
        ({f"q{GAPS}-0": f"a{BLANK_SEPARATOR}b"}, "không thuộc đề thi"),
        ({"q1": "²"}, "không thuộc đề thi"),
        ({"q9": "1"}, "không thuộc đề thi"),
    ],
)
def test_what_cannot_be_an_answer_is_said_and_nothing_saved(alice, attempt, fields, said):
    page = save(alice, attempt, FORM | fields, action="submit")

    assert said in page.content.decode()
    assert stored(attempt) == {}
    assert Attempt.objects.get(pk=attempt.pk).state == "started"


def test_handing_in_counts_questions_and_not_the_guess(alice, attempt):
    page = save(alice, attempt, FORM, action="submit")

    attempt.refresh_from_db()
    assert (attempt.state, attempt.received) == ("submitted", 7)
    assert page.context["page"].received == 7


def test_the_page_holds_no_word_of_a_key(alice, attempt):
    html = alice.get(address(attempt)).content.decode()

    assert "Nguyễn Đức Cảnh" not in html
    assert "28/7/1929" not in html
    assert not re.search(r"(?<![\w.])220(?![\w.])", html)  # as a word: tokens and instants hold any three digits


def test_looking_back_shows_answers_and_keys_in_words(alice, attempt, union):
    save_form(
        attempt=attempt, choices={SHORT: "Tôn Đức Thắng", ESSAY: "Bài <b>của tôi</b>"}, now=timezone.now(), submit=True,
        device=attempt.device,
    )  # fmt: skip
    round_ = Round.objects.get(pk=attempt.round_id)
    round_.rules["review"] = "explanation"
    round_.opens_at, round_.closes_at = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    round_.save()
    grade_pending(now=timezone.now())

    html = alice.get(address(attempt, "xem-lai/")).content.decode()

    for words in (
        "Tôn Đức Thắng",
        "Đáp án đúng: Nguyễn Đức Cảnh",
        "Mặt trận",
        "28/7/1929",
        "chờ chấm",
        "&lt;b&gt;của tôi",
    ):
        assert words in html
