"""Word files that were written by us and then changed by people, and labels of ours in files that people typed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

from contests.authoring.draft import Difficulty, FileReading, QuestionDraft
from contests.authoring.word.reader import read_word
from contests.authoring.word.sources import law_in, unwrapped
from contests.authoring.word_writer import add_line, new_file, saved, write_word
from contests.rules.kinds import Kind

ONE = QuestionDraft(
    "HD-001", "Hợp đồng", Kind.SINGLE, Difficulty.HARD, "Thử việc\nbao nhiêu ngày?", ("30", "60", "Cả hai"), frozenset({1}), frozenset({2}),
    "Bộ luật Lao động 2019 (45/2019/QH14)", "Điều 25 khoản 2", "", date(2021, 1, 1), date(2026, 12, 31), "Từ cao đẳng trở lên.", 1,
)  # fmt: skip
ORDER = replace(
    ONE,
    code="HD-002",
    kind=Kind.ORDERING,
    stem="Xếp",
    options=("một", "hai", "ba"),
    key=frozenset(),
    pinned=frozenset(),
)
CHOICE = "Câu 1: Năm nào?\nA. 1929\nB. 1930\nĐáp án: A"


def read(text: str) -> FileReading:
    file = new_file()
    for line in text.split("\n"):
        add_line(file, line)
    return read_word(saved(file), "a.docx")


def changed(change) -> FileReading:  # type: ignore[no-untyped-def]
    """Two questions as we write them, after `change` of the document."""
    file = Document(io.BytesIO(write_word([ONE, ORDER]).data))
    change(file)
    return read_word(saved(file), "a.docx")


def bare(draft: QuestionDraft) -> QuestionDraft:
    return replace(draft, row=0, label="", source=())


def codes(reading: FileReading) -> list[str]:
    return [problem.code for one in reading.questions for problem in one.problems]


def paragraph(file, start):  # type: ignore[no-untyped-def]
    return next(one for one in file.paragraphs if one.text.startswith(start))


def test_a_marked_option_is_held_against_the_written_key():
    def mark(file):  # type: ignore[no-untyped-def]
        for run in paragraph(file, "C. ").runs:
            run.bold = True

    assert codes(changed(mark)) == ["conflicting_keys"]


def test_lines_in_another_order_say_the_same():
    def move(file):  # type: ignore[no-untyped-def]
        paragraph(file, "Câu 2")._p.addprevious(paragraph(file, "Loại")._p)

    reading = changed(move)

    assert (codes(reading), reading.unused) == ([], ())
    assert [bare(one.draft) for one in reading.questions] == [bare(ONE), bare(ORDER)]


def test_a_line_that_somebody_added_is_not_dropped():
    reading = changed(lambda file: paragraph(file, "Câu 2").insert_paragraph_before("Hỏi lại anh Nam."))

    assert "Hỏi lại anh Nam." in [line.text for line in reading.unused] + [
        text for one in reading.questions for text in one.draft.source
    ]
    assert [(one.draft.code, one.draft.key) for one in reading.questions] == [("HD-001", ONE.key), ("HD-002", frozenset())]  # fmt: skip


def test_a_heading_between_two_questions_gives_a_topic_only_to_what_has_none():
    def head(file):  # type: ignore[no-untyped-def]
        paragraph(file, "Câu 2").insert_paragraph_before("Chủ đề 2: Tiền lương")
        said = [one for one in file.paragraphs if one.text == "Chủ đề: Hợp đồng"]
        said[1]._p.getparent().remove(said[1]._p)

    reading = changed(head)

    assert [one.draft.topic for one in reading.questions] == ["Hợp đồng", "Tiền lương"]
    assert [bare(one.draft) for one in reading.questions] == [bare(ONE), bare(replace(ORDER, topic="Tiền lương"))]


def test_a_list_of_keys_at_the_end_is_held_against_the_written_key():
    def add(file):  # type: ignore[no-untyped-def]
        for text in ("BẢNG ĐÁP ÁN", "Câu 1: C"):
            file.add_paragraph(text)

    assert codes(changed(add)) == ["conflicting_keys"]


def test_labels_in_a_typed_file_are_read_as_the_cells_of_the_sheet():
    reading = read(f"{CHOICE}\nMã: A-1\nCố định: B\nHiệu lực từ: 1/7/2025\nHiệu lực đến: 31-12-2026")
    (one,) = reading.questions

    assert (one.problems, reading.unused) == ((), ())
    assert (one.draft.code, one.draft.pinned, one.draft.valid_from, one.draft.valid_to) == (
        "A-1", frozenset({1}), date(2025, 7, 1), date(2026, 12, 31),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "options", "spec"),
    [
        ("Câu 1: Ai?\nĐáp án: Cảnh | Nguyễn Đức Cảnh\nLoại: Trả lời ngắn đúng dấu", Kind.SHORT_TEXT, (), {"accepted": ["Cảnh", "Nguyễn Đức Cảnh"], "accents": True}),
        ("Câu 1: Mấy ngày?\nLoại: Điền số\nĐáp án: 60 ± 1", Kind.NUMBER, (), {"value": "60", "tolerance": "1"}),
        ("Câu 1: Xếp\nA. ba\nB. hai\nC. một\nĐáp án: C, B, A\nLoại: Sắp thứ tự", Kind.ORDERING, ("một", "hai", "ba"), {}),
        ("Câu 1: Ghép\nA. 9 | Mặt trận\nB. 10 | Công đoàn\nLoại: Ghép cặp", Kind.MATCHING, ("9", "10"), {"right": ["Mặt trận", "Công đoàn"]}),
        ("Câu 1: Viết bài.\nLoại: Tự luận", Kind.ESSAY, (), {}),
    ],
)  # fmt: skip
def test_a_typed_kind_says_how_options_and_key_are_meant(text, kind, options, spec):
    (one,) = read(text).questions

    assert (one.problems, one.draft.kind, one.draft.options, one.draft.spec) == ((), kind, options, spec)
    assert "Loại" not in one.draft.stem


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Loại: vớ vẩn", "bad_kind"),
        ("Loại: Nhiều đáp án\nLoại: Tự luận", "two_labels"),
        ("Loại: Đúng/Sai", "conflicting_kind"),
        ("Mã: hỏi lại phòng pháp chế", "bad_code"),
        ("Cố định: phương án cuối", "bad_pin"),
        ("Hiệu lực từ: năm ngoái", "bad_date"),
        ("Hiệu lực đến: 31/2/2026", "bad_date"),
    ],
)
def test_a_label_whose_value_is_none_is_a_problem(line, code):
    assert codes(read(f"{CHOICE}\n{line}")) == [code]


def test_a_stem_may_speak_of_kinds_and_codes():
    (one,) = read("Câu 1: Đúng là\nLoại: hợp đồng nào?\nMà: ai ký?\nA. Một\nB. Hai\nĐáp án: A").questions

    assert (one.problems, one.draft.stem) == ((), "Đúng là\nLoại: hợp đồng nào?\nMà: ai ký?")


def test_where_codes_stand_over_their_questions_none_is_given_to_the_question_above():
    reading = read(f"Mã: A1\n{CHOICE}\nMã: A2\nCâu 2: Tháng nào?\nA. Bảy\nB. Tám\nĐáp án: A")

    assert [one.draft.code for one in reading.questions] == ["", ""]
    assert [line.text for line in reading.unused] == ["Mã: A1", "Mã: A2"]


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("Điều 25 khoản 2, Bộ luật Lao động 2019", ("Bộ luật Lao động 2019", "Điều 25 khoản 2")),
        ("khoản 1 Điều 5 Luật Công đoàn 2024 (50/2024/QH15)", ("Luật Công đoàn 2024 (50/2024/QH15)", "Khoản 1 Điều 5")),
        ("Bộ luật Lao động 2019 (45/2019/QH14), Điều 13", ("Bộ luật Lao động 2019 (45/2019/QH14)", "Điều 13")),
        ("Điều 5, Luật (sửa đổi; bổ sung)", None),
    ],
)
def test_a_law_and_its_article_are_told_apart(text, law):
    assert law_in(text) == law


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(Điều 5 Luật Công đoàn).", "Điều 5 Luật Công đoàn"),
        ("Điều 5 Luật Công đoàn)", "Điều 5 Luật Công đoàn"),
        ("Luật Công đoàn (50/2024/QH15).", "Luật Công đoàn (50/2024/QH15)"),
        ("(Sách", "Sách"),
    ],
)
def test_only_brackets_around_a_source_are_taken_off(text, kept):
    assert unwrapped(text) == kept
