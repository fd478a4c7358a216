"""Questions with keys as a Word file, and printed papers: line by line as people would type them."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.draft import Difficulty, QuestionDraft
from contests.authoring.formats import EXPORTS_BY_NAME
from contests.authoring.paper_writer import PaperHead, PaperQuestion, PaperVersion, short_key, write_keys, write_papers
from contests.rules.kinds import Kind
from tests.contests.authoring.drafts import drafts

SINGLE = QuestionDraft(
    "HD-001", "Hợp đồng", Kind.SINGLE, Difficulty.HARD, "Thử việc tối đa bao nhiêu ngày?", ("30", "60", "180"), frozenset({1}), frozenset(),
    "Bộ luật Lao động 2019", "Điều 25 khoản 2", "", None, None, "Với trình độ cao đẳng trở lên.", 1,
)  # fmt: skip
MATCHING = replace(
    SINGLE,
    kind=Kind.MATCHING,
    stem="Ghép",
    options=("9", "10"),
    key=frozenset(),
    spec={"right": ["Mặt trận", "Công đoàn", "Đảng"]},
)
ORDERING = replace(SINGLE, kind=Kind.ORDERING, stem="Xếp", options=("một", "hai", "ba"), key=frozenset())
GAPS = replace(SINGLE, kind=Kind.FILL_IN, stem="Ngày ___ tại ___", options=(), key=frozenset(), spec={"blanks": [["28/7"], ["Hà Nội"]], "accents": False})  # fmt: skip
SHORT = replace(
    SINGLE,
    kind=Kind.SHORT_TEXT,
    stem="Ai?",
    options=(),
    key=frozenset(),
    spec={"accepted": ["Nguyễn Đức Cảnh"], "accents": True},
)
NUMBER = replace(
    SINGLE, kind=Kind.NUMBER, stem="Mấy?", options=(), key=frozenset(), spec={"value": "1234.5", "tolerance": "1"}
)
ESSAY = replace(SINGLE, kind=Kind.ESSAY, stem="Viết", options=(), key=frozenset())


def lines(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def test_a_question_stands_in_the_file_as_people_type_it():
    assert lines(EXPORTS_BY_NAME["docx"].write([SINGLE]).data) == [
        "Câu 1: Thử việc tối đa bao nhiêu ngày?", "A. 30", "B. 60", "C. 180", "Đáp án: B", "Loại: Một đáp án", "Giải thích: Với trình độ cao đẳng trở lên.",
        "Căn cứ: Điều 25 khoản 2, Bộ luật Lao động 2019", "Chủ đề: Hợp đồng", "Mức độ: Khó", "Mã: HD-001",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        (MATCHING, None),
        (ORDERING, "A, B, C"),
        (GAPS, "28/7; Hà Nội"),
        (SHORT, "Nguyễn Đức Cảnh"),
        (NUMBER, "1.234,5 ± 1"),
        (ESSAY, None),
    ],
)
def test_the_key_of_every_other_kind_is_said_in_words(draft, key):
    said = lines(EXPORTS_BY_NAME["docx"].write([draft]).data)

    assert [line for line in said if line.startswith("Đáp án: ")] == ([f"Đáp án: {key}"] if key else [])
    assert any(line.startswith("Loại: ") for line in said)


@settings(max_examples=25, deadline=None)
@given(questions=st.lists(drafts([Kind.SINGLE, Kind.MULTIPLE]), min_size=1, max_size=3))
def test_stems_options_and_letters_of_choices_can_be_read_off_the_lines(questions):
    """Our own reading of the lines: a paragraph is one thing, a break inside a text is no new paragraph."""
    found: list[tuple[str, list[str], set[int]]] = []
    for line in lines(EXPORTS_BY_NAME["docx"].write(questions).data):
        if (start := re.match(rf"Câu {len(found) + 1}: ", line)) and (not found or found[-1][2]):
            found.append((line[start.end() :], [], set()))
        elif found and not found[-1][2] and line.startswith("Đáp án: "):
            found[-1][2].update(ord(letter) - ord("A") for letter in line.removeprefix("Đáp án: ").split(", "))
        elif found and not found[-1][2]:
            found[-1][1].append(line[3:])

    assert found == [(draft.stem, list(draft.options), set(draft.key)) for draft in questions]


# --- Printed papers --------------------------------------------------------------------------------------------------
HEAD = PaperHead("LĐLĐ tỉnh", "Tìm hiểu pháp luật", "Tuần 1", 20)
VERSION = PaperVersion(
    101,
    (
        PaperQuestion(SINGLE, (2, 1, 0)), PaperQuestion(MATCHING, (2, 0, 1)), PaperQuestion(ORDERING, (1, 2, 0)), PaperQuestion(GAPS, ()),
        PaperQuestion(SHORT, ()), PaperQuestion(NUMBER, ()), PaperQuestion(ESSAY, ()),
    ),
)  # fmt: skip


def test_a_printed_paper_shows_every_kind_in_the_order_of_its_version_and_no_key():
    said = lines(write_papers(HEAD, [VERSION]))

    assert [line for line in said if re.match(r"[A-F]\. ", line)] == [
        "A. 180", "B. 60", "C. 30", "A. Đảng", "B. Mặt trận", "C. Công đoàn", "A. hai", "B. ba", "C. một",
    ]  # fmt: skip
    assert "Câu 4: Ngày (1) …… tại (2) ……" in said
    whole = "\n".join(said)
    assert not any(
        secret in whole for secret in ("28/7", "Nguyễn Đức Cảnh", "1.234", "Với trình độ", "Điều 25", "HD-001")
    )


def test_keys_are_letters_of_that_version():
    assert [short_key(item) for item in VERSION.questions] == ["B", "1-B 2-C", "C A B", "*", "*", "*", "–"]


def test_the_key_sheet_writes_out_what_has_no_letter():
    said = lines(write_keys(HEAD, [VERSION], 4711))

    assert "Số bốc đề: 4711" in said
    assert "Mã đề 101, câu 5: Nguyễn Đức Cảnh" in said
    assert "Mã đề 101, câu 6: 1.234,5 ± 1" in said
