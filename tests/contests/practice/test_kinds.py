"""Practice with every kind that a machine can judge: asked, answered by the address, checked, never an essay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.models import Bank
from contests.rules.kinds import Kind
from contests.rules.kinds.shapes import BLANK_SEPARATOR, NUMBER, SHORT_TEXT, Blanks, Matching, Options, Ordering
from contests.rules.practice import read_answers, write_answers
from tests import make

pytestmark = pytest.mark.django_db
SHAPES = [Options(4), SHORT_TEXT, Ordering(3), Matching(2, 3), Blanks(2), NUMBER]
ANSWERS = {
    Kind.SINGLE: ({"chon": "A"}, None),
    Kind.MULTIPLE: ({"chon": "A"}, None),
    Kind.TRUE_FALSE: ({"chon": "A"}, True),
    Kind.SHORT_TEXT: ({"chon": "nguyen duc canh"}, True),
    Kind.NUMBER: ({"chon": "221"}, False),
    Kind.ORDERING: ({"chon-0": "1", "chon-1": "2", "chon-2": "3"}, False),  # as shown, which is never right
    Kind.MATCHING: ({"chon-0": "", "chon-1": "0"}, False),
    Kind.FILL_IN: ({"chon-0": "28/7/1929", "chon-1": "Hà Nội"}, True),
}


def test_a_set_of_every_kind_from_beginning_to_end(client, union):
    bank = make.make_kinds_bank(union.province_a)
    Bank.objects.filter(pk=bank.pk).update(purpose=Bank.Purpose.PRACTICE)
    address, met = client.get(f"/luyen-tap/{bank.public_id}/bo/").url, set()
    while True:
        page = client.get(address)
        if "question" not in page.context:
            break
        kind = page.context["question"].shown.kind
        met.add(kind)
        html = page.content.decode()
        assert "Nguyễn Đức Cảnh" not in html
        given_fields, is_right = ANSWERS[kind]
        empty = client.get(address, dict(page.context["carried"]) | {"kiem-tra": "1"})
        assert "Hãy trả lời đủ" in empty.content.decode()
        checked = client.get(
            address.partition("?")[0], dict(page.context["carried"]) | given_fields | {"kiem-tra": "1"}
        )
        if is_right is not None:
            assert checked.context["checked"].is_right is is_right, kind
        address = checked.context["onward"]
    assert met == set(ANSWERS)  # all but the essay
    summary = page.content.decode()
    assert "Đáp án đúng" in summary
    assert "220" in summary


@pytest.mark.parametrize("fields", [{"chon-0": "9", "chon-1": "0"}, {"chon-0": "x"}])
def test_a_strange_answer_is_no_page(client, union, fields):
    bank = make.make_kinds_bank(union.province_a)
    Bank.objects.filter(pk=bank.pk).update(purpose=Bank.Purpose.PRACTICE)
    page = client.get(client.get(f"/luyen-tap/{bank.public_id}/bo/?chu-de=matching").url)
    where = page.request["PATH_INFO"]

    assert client.get(where, dict(page.context["carried"]) | fields | {"kiem-tra": "1"}).status_code == 404


@given(
    st.tuples(
        st.just(()) | st.integers(0, 3).map(lambda n: (n,)),
        st.text(st.characters(min_codepoint=33, max_codepoint=0x1EFF, exclude_categories=("C", "Z", "M")), max_size=20),
        st.just(()) | st.permutations(range(3)).map(tuple),
        st.just(()) | st.lists(st.integers(-1, 2), min_size=2, max_size=2).filter(lambda v: v != [-1, -1]).map(tuple),
        st.sampled_from(["", f"một{BLANK_SEPARATOR}", f"{BLANK_SEPARATOR}Huế"]),
        st.sampled_from(["", "1.234,5"]),
    )
)
def test_an_address_carries_every_kind_of_answer(answers):
    kept = [SHAPES[place].read(value) for place, value in enumerate(answers)]
    values = [text or positions for positions, text in kept]

    assert read_answers(write_answers(values), SHAPES) == values


@pytest.mark.parametrize(
    "text", ["-.~", "-.~!!!!", "-.~YQ==", "-.~/w", "-.YQ", "-.-.AB", "-.-.-.A", "-.-.-.__", "-.-.-.-.~YQ"]
)
def test_no_word_that_was_never_written_is_read(text):
    assert read_answers(text, SHAPES) is None
