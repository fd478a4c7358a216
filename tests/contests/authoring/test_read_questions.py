import dataclasses
import hashlib
import random
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.authoring.columns import FILLED, REQUIRED, Column
from contests.authoring.draft import Difficulty, ImportReading, QuestionDraft
from contests.authoring.reading import read_questions
from contests.rules.kinds import Kind
from tests.contests.authoring.workbooks import GOOD, HEADER, questions, sheet

DRAFT = QuestionDraft(
    code="HD-001",
    topic="Hợp đồng lao động",
    kind=Kind.SINGLE,
    difficulty=Difficulty.MEDIUM,
    stem="Hợp đồng lao động dưới một tháng có phải thử việc không?",
    options=("Có, sáu ngày", "Không phải thử việc", "Có, ba ngày"),
    key=frozenset({1}),
    pinned=frozenset(),
    document="Bộ luật Lao động 2019",
    article="Điều 24 khoản 3",
    other_source="",
    valid_from=None,
    valid_to=None,
    explanation="",
    row=2,
)


def read(*rows: dict[str, object]) -> ImportReading:
    return read_questions(questions(*rows), "cau-hoi.xlsx")


def only_draft(**cells: object) -> QuestionDraft:
    reading = read(GOOD | cells)
    assert reading.problems == ()
    return reading.drafts[0]


def test_a_good_row_becomes_a_draft():
    data = questions(GOOD)

    assert read_questions(data, "Câu hỏi.XLSX") == ImportReading((DRAFT,), (), (), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("cells", "changes"),
    [
        ({"Loại": "mot dap an"}, {}),
        ({"Loại": "  MỘT  ĐÁP ÁN "}, {}),
        ({"Loại": "Nhiều đáp án", "Đáp án": "A, C"}, {"kind": Kind.MULTIPLE, "key": frozenset({0, 2})}),
        ({"Loại": "nhieu dap an", "Đáp án": "c;a"}, {"kind": Kind.MULTIPLE, "key": frozenset({0, 2})}),
        ({"Loại": "Nhiều đáp án", "Đáp án": "A C"}, {"kind": Kind.MULTIPLE, "key": frozenset({0, 2})}),
        ({"Loại": "Nhiều đáp án", "Đáp án": "AC"}, {"kind": Kind.MULTIPLE, "key": frozenset({0, 2})}),
        ({"Loại": "Nhiều đáp án", "Đáp án": "A và C"}, {"kind": Kind.MULTIPLE, "key": frozenset({0, 2})}),
        ({"Đáp án": "b."}, {}),
        ({"Mức độ": "de"}, {"difficulty": Difficulty.EASY}),
        ({"Mức độ": "KHÓ"}, {"difficulty": Difficulty.HARD}),
        ({"Mức độ": "Trung bình"}, {}),
        ({"Mức độ": None}, {}),
        ({"Cố định": "C"}, {"pinned": frozenset({2})}),
        (
            {"Văn bản": None, "Điều khoản": None, "Nguồn khác": "Báo Lao động"},
            {"document": "", "article": "", "other_source": "Báo Lao động"},
        ),
        ({"Hiệu lực từ": "01/02/2021"}, {"valid_from": date(2021, 2, 1)}),
        (
            {"Hiệu lực từ": "1/2/2021", "Hiệu lực đến": "31-12-2026"},
            {"valid_from": date(2021, 2, 1), "valid_to": date(2026, 12, 31)},
        ),
        ({"Hiệu lực từ": "2021-02-01"}, {"valid_from": date(2021, 2, 1)}),
        ({"Hiệu lực từ": datetime(2021, 2, 1)}, {"valid_from": date(2021, 2, 1)}),
        ({"Hiệu lực từ": date(2021, 2, 1)}, {"valid_from": date(2021, 2, 1)}),
        ({"A": 30, "B": 45.0, "C": 60}, {"options": ("30", "45", "60")}),
        ({"A": "=1+1", "B": "@x", "C": "http://a.vn"}, {"options": ("=1+1", "@x", "http://a.vn")}),
        ({"Giải thích": '=HYPERLINK("http://x")'}, {"explanation": '=HYPERLINK("http://x")'}),
        ({"Giải thích": "Dòng một \n\n  dòng  hai"}, {"explanation": "Dòng một\ndòng hai"}),
        ({"A": " Co\u0301, sa\u0301u nga\u0300y\u200b "}, {}),
        ({"Mã": 7}, {"code": "7"}),
    ],
)
def test_what_a_cell_may_hold(cells, changes):
    assert only_draft(**cells) == dataclasses.replace(DRAFT, **changes)


@pytest.mark.parametrize(
    ("key", "right"),
    [("Đúng", 0), ("SAI", 1), ("dung", 0), ("A", 0), ("b", 1), ("Đ", 0), ("S", 1), (True, 0), (False, 1)],
)
@pytest.mark.parametrize("kind", ["Đúng/Sai", "dung sai", "ĐÚNG / SAI", "Đúng - Sai"])
@pytest.mark.parametrize("options", [{"A": None, "B": None, "C": None}, {"A": "Đúng", "B": "sai", "C": None}])
def test_a_true_false_question_brings_its_own_options(kind, key, right, options):
    draft = only_draft(**{"Loại": kind, "Đáp án": key, **options})

    assert (draft.kind, draft.options, draft.key) == (Kind.TRUE_FALSE, ("Đúng", "Sai"), frozenset({right}))
    assert draft.pinned == {0, 1}


FOUR = {"A": "Sáu ngày", "B": "Ba ngày", "C": "Một tháng", "D": "Hai tháng"}

# cells changed in a good row -> (column, code) of every problem
BAD_ROWS = [
    ({"Mã": None}, [("Mã", "missing_code")]),
    ({"Mã": "x" * 41}, [("Mã", "too_long")]),
    ({"Chủ đề": "  "}, [("Chủ đề", "missing_topic")]),
    ({"Chủ đề": "x" * 121}, [("Chủ đề", "too_long")]),
    ({"Loại": None}, [("Loại", "bad_kind")]),
    ({"Loại": "Trắc nghiệm"}, [("Loại", "bad_kind")]),
    ({"Loại": "Trắc nghiệm", "Đáp án": "A,B"}, [("Loại", "bad_kind")]),
    ({"Loại": "Điền số, đúng dấu"}, [("Loại", "bad_kind")]),
    ({"Loại": "Tự luận"}, [("A", "bad_options"), ("Đáp án", "bad_key")]),
    ({"Loại": "Trả lời ngắn"}, [("A", "bad_options")]),
    ({"Loại": "Trả lời ngắn", "A": None, "B": None, "C": None, "Đáp án": None}, [("Đáp án", "missing_key")]),
    ({"Loại": "Trả lời ngắn", "A": None, "B": None, "C": None, "Đáp án": "Hà Nội||Huế"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Điền số", "A": None, "B": None, "C": None, "Đáp án": "sáu"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Điền số", "A": None, "B": None, "C": None, "Đáp án": "60 ± ít"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Điền số", "A": None, "B": None, "C": None, "Đáp án": "60 ± 1 ± 2"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Sắp thứ tự"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Sắp thứ tự", "C": None, "Đáp án": None}, [("A", "few_options")]),
    ({"Loại": "Ghép cặp", "Đáp án": None}, [("A", "bad_options"), ("A", "bad_pair")]),
    ({"Loại": "Ghép cặp", "A": "Một | 1", "B": "Hai | 2", "C": None}, [("Đáp án", "bad_key")]),
    ({"Loại": "Điền chỗ trống", "A": None, "B": None, "C": None}, [("Câu hỏi", "bad_gaps")]),
    ({"Loại": "Điền chỗ trống", "Câu hỏi": "Ngày ___ tại ___.", "A": None, "B": None, "C": None, "Đáp án": "28/7"}, [("Đáp án", "bad_key")]),
    ({"Mức độ": "Rất khó"}, [("Mức độ", "bad_difficulty")]),
    ({"Câu hỏi": None}, [("Câu hỏi", "missing_stem")]),
    ({"Câu hỏi": "x" * 1001}, [("Câu hỏi", "too_long")]),
    ({"A": "x" * 501}, [("A", "too_long")]),
    ({"A": None, "B": None, "C": None}, [("A", "few_options"), ("Đáp án", "key_without_option")]),
    ({"A": None, "C": None}, [("A", "few_options")]),
    ({"B": None, "Đáp án": "A"}, [("B", "option_gap")]),
    ({"B": None, "Đáp án": "B"}, [("B", "option_gap"), ("Đáp án", "key_without_option")]),
    ({"C": None, "E": "Một năm"}, [("C", "option_gap")]),
    ({"C": "CÓ,  sáu ngày."}, [("C", "repeated_option")]),
    ({"Đáp án": None}, [("Đáp án", "missing_key")]),
    ({"Đáp án": "D"}, [("Đáp án", "key_without_option")]),
    ({"Đáp án": "B, F"}, [("Đáp án", "key_without_option"), ("Đáp án", "many_keys")]),
    ({"Đáp án": "A,B"}, [("Đáp án", "many_keys")]),
    ({"Đáp án": "G"}, [("Đáp án", "bad_key")]),
    ({"Đáp án": "2"}, [("Đáp án", "bad_key")]),
    ({"Đáp án": "Không phải thử việc"}, [("Đáp án", "bad_key")]),
    ({"Loại": "Nhiều đáp án"}, [("Đáp án", "few_keys")]),
    ({"Cố định": "D"}, [("Cố định", "pin_without_option")]),
    ({"Cố định": "có"}, [("Cố định", "bad_pin")]),
    ({"Loại": "Đúng/Sai", "Đáp án": "Đúng"}, [("A", "true_false_options"), ("B", "true_false_options"), ("C", "true_false_options")]),
    ({"Loại": "Đúng/Sai", "Đáp án": "A", "A": "Sai", "B": "Đúng", "C": None}, [("A", "true_false_options"), ("B", "true_false_options")]),
    ({"Loại": "Đúng/Sai", "Đáp án": "C", "A": None, "B": None, "C": None}, [("Đáp án", "bad_key")]),
    ({"Loại": "Đúng/Sai", "Đáp án": "Đúng, Sai", "A": None, "B": None, "C": None}, [("Đáp án", "many_keys")]),
    ({"Loại": "Đúng/Sai", "Đáp án": None, "A": None, "B": None, "C": None}, [("Đáp án", "missing_key")]),
    ({"Văn bản": None, "Điều khoản": None}, [("Văn bản", "missing_source")]),
    ({"Điều khoản": None}, [("Điều khoản", "missing_source")]),
    ({"Văn bản": None}, [("Văn bản", "missing_source")]),
    ({"Văn bản": "x" * 201}, [("Văn bản", "too_long")]),
    ({"Điều khoản": "x" * 121}, [("Điều khoản", "too_long")]),
    ({"Nguồn khác": "x" * 301}, [("Nguồn khác", "too_long")]),
    ({"Giải thích": "x" * 2001}, [("Giải thích", "too_long")]),
    ({"Hiệu lực từ": "31/02/2021"}, [("Hiệu lực từ", "bad_date")]),
    ({"Hiệu lực từ": "năm 2021"}, [("Hiệu lực từ", "bad_date")]),
    ({"Hiệu lực từ": 44197}, [("Hiệu lực từ", "bad_date")]),
    ({"Hiệu lực từ": "01/01/0021"}, [("Hiệu lực từ", "bad_date")]),
    ({"Hiệu lực từ": "01/01/2021", "Hiệu lực đến": "31/12/2020"}, [("Hiệu lực đến", "dates_reversed")]),
    ({**FOUR, "D": "Cả A, B, C đều đúng"}, [("Cố định", "letters_not_pinned")]),
    ({**FOUR, "D": "Cả A, B, C đều đúng", "Cố định": "D"}, [("Cố định", "letters_not_pinned")]),
    ({"C": "A và B"}, [("Cố định", "letters_not_pinned")]),
    ({"Câu hỏi": "C«ng ®oµn ViÖt Nam ®­îc thµnh lËp ngµy nµo?"}, [("Câu hỏi", "legacy_font")]),
    ({"Câu hỏi": "Coâng ñoaøn Vieät Nam ñöôïc thaønh laäp ngaøy naøo?"}, [("Câu hỏi", "legacy_font")]),
    ({"Mã": None, "Câu hỏi": None, "Đáp án": "H", "Hiệu lực đến": "?"},
     [("Mã", "missing_code"), ("Câu hỏi", "missing_stem"), ("Đáp án", "bad_key"), ("Hiệu lực đến", "bad_date")]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "wanted"), BAD_ROWS)
def test_every_error_of_a_row_is_told_with_its_place(cells, wanted):
    reading = read(GOOD | {"Mã": "KHAC", "Câu hỏi": "Một câu không có lỗi?"}, GOOD | cells)

    assert [(p.row, p.column, p.code) for p in reading.problems] == [(3, column, code) for column, code in wanted]
    assert [draft.code for draft in reading.drafts] == ["KHAC"]
    assert all(p.text.endswith(".") for p in reading.problems)


@pytest.mark.parametrize(
    "cells", [{**FOUR, "D": "Cả A, B, C đều đúng", "Cố định": "A,B,C,D"}, {"C": "A và B", "Cố định": "ABC"}]
)
def test_an_option_that_names_letters_is_fine_once_all_are_pinned(cells):
    assert only_draft(**cells).pinned == set(range(len(cells["Cố định"].replace(",", ""))))


def test_repeats_inside_the_file_name_the_first_row():
    reading = read(
        GOOD,
        GOOD | {"Mã": "hd-001", "Câu hỏi": "Câu khác?"},
        GOOD | {"Mã": "HD-003", "Câu hỏi": GOOD["Câu hỏi"].upper()},
    )

    assert [(p.row, p.column, p.code) for p in reading.problems] == [
        (3, "Mã", "repeated_code"),
        (4, "Câu hỏi", "repeated_question"),
    ]
    assert all("dòng 2" in p.text for p in reading.problems)


# cells -> (column, code) of every warning; none of these keeps a question out
DOUBTS = [
    ({"B": "Không phải thử việc, vì luật đã quy định rõ điều này cho hợp đồng ngắn"}, [("Đáp án", "long_right_option")]),
    ({**FOUR, "D": "Tất cả các phương án trên đều đúng"}, [("Cố định", "all_not_pinned")]),
    ({**FOUR, "D": "Tất cả đều sai."}, [("Cố định", "all_not_pinned")]),
    ({**FOUR, "D": "Cả ba phương án trên"}, [("Cố định", "all_not_pinned")]),
    ({**FOUR, "D": "Không có phương án nào đúng"}, [("Cố định", "all_not_pinned")]),
    ({**FOUR, "D": "Tất cả các phương án trên đều đúng", "Cố định": "D"}, []),
    ({"A": 0.02}, [("A", "converted_cell")]),
    ({"A": date(1929, 7, 28)}, [("A", "converted_cell")]),
    ({"A": "Tất cả người lao động"}, []),
    ({"A": "Hạng A, B"}, []),
    ({"A": "Vitamin A"}, []),
    ({"Mã": "MAU-001"}, [("Mã", "example_left")]),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "wanted"), DOUBTS)
def test_doubts_are_warnings_and_the_question_stays(cells, wanted):
    reading = read(GOOD | cells)

    assert [(w.row, w.column, w.code) for w in reading.warnings] == [(2, column, code) for column, code in wanted]
    assert (len(reading.drafts), reading.problems) == (1, ())


def test_the_same_stem_with_other_options_is_only_a_doubt():
    reading = read(GOOD, GOOD | {"Mã": "HD-002", "A": "Có, mười ngày"})

    assert [(w.row, w.code) for w in reading.warnings] == [(3, "repeated_stem")]
    assert len(reading.drafts) == 2


def as_table(header: list[str], *rows: dict[str, object]) -> list[list[object]]:
    return [header, *([row.get(name) for name in HEADER] for row in rows)]


@pytest.mark.parametrize(
    ("ours", "typed"),
    [
        ("Mã", "MA"),
        ("Câu hỏi", "  câu   HỎI: "),
        ("Câu hỏi", "Nội dung câu hỏi"),
        ("Đáp án", "Dap an"),
        ("Đáp án", "Đáp án đúng"),
        ("A", "Phương án A"),
        ("B", "b"),
        ("Điều khoản", "Điều, khoản"),
        ("Loại", "Loại câu hỏi"),
    ],
)
def test_a_header_is_known_however_it_is_typed(ours, typed):
    header = [typed if name == ours else name for name in HEADER]

    assert read_questions(sheet(as_table(header, GOOD)), "a.xlsx").drafts == (DRAFT,)


def test_columns_may_stand_in_any_order():
    order = HEADER[:]
    random.Random(3).shuffle(order)

    assert read_questions(sheet([order, [GOOD.get(name) for name in order]]), "a.xlsx").drafts == (DRAFT,)


def test_a_title_above_the_header_and_blank_rows_keep_the_row_numbers():
    data = sheet([["NGÂN HÀNG CÂU HỎI"], [], HEADER, [], [GOOD.get(name) for name in HEADER], ["   "], []])

    reading = read_questions(data, "a.xlsx")

    assert reading.drafts == (dataclasses.replace(DRAFT, row=5),)
    assert reading.problems == ()


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_required_column_that_is_missing_is_named(missing):
    header = [f"({name})x" if name == missing else name for name in HEADER]

    reading = read_questions(sheet(as_table(header, GOOD)), "a.xlsx")

    assert [(p.row, p.column, p.code) for p in reading.problems] == [(1, missing, "missing_column")]
    assert missing in reading.problems[0].text
    assert reading.drafts == ()


@pytest.mark.parametrize(
    "optional", [column for column in Column if column not in {*FILLED, Column.DOCUMENT, Column.ARTICLE, Column.C}]
)
def test_other_columns_may_be_left_out(optional):
    names = [name for name in HEADER if name != optional]

    assert read_questions(sheet([names, [GOOD.get(name) for name in names]]), "a.xlsx").problems == ()


def test_a_column_twice_is_a_problem_and_a_strange_one_a_warning():
    reading = read_questions(sheet([[*HEADER, "mã", "Người soạn"], []]), "a.xlsx")

    assert [(p.column, p.code) for p in reading.problems] == [("Mã", "repeated_column")]
    assert [(w.column, w.code) for w in reading.warnings] == [("Người soạn", "extra_column")]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([HEADER], ["no_questions"]),
        ([], ["missing_column"] * len(REQUIRED)),
        ([["xin chào"]], ["missing_column"] * len(REQUIRED)),
    ],
)
def test_a_file_without_questions_says_so(rows, codes):
    assert [p.code for p in read_questions(sheet(rows), "a.xlsx").problems] == codes


def test_the_most_questions_that_a_file_may_hold_and_one_more():
    many = [GOOD | {"Mã": f"C{i}", "Câu hỏi": f"Câu thứ {i}?"} for i in range(5_001)]

    assert len(read(*many[:5_000]).drafts) == 5_000
    assert [p.code for p in read(*many).problems] == ["too_many_rows"]


cells = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        [
            "A",
            "A,B",
            "Đúng",
            "Một đáp án",
            "Nhiều đáp án",
            "Đúng/Sai",
            "Cả A, B đều đúng",
            "=1/0",
            "01/01/2021",
            "®oµn C«ng",
        ]
    ),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(datetime(1901, 1, 1), datetime(2999, 1, 1)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, max_size=len(HEADER)), max_size=5), st.booleans())
def test_whatever_the_cells_hold_the_reader_answers(rows, with_header):
    reading = read_questions(sheet([HEADER, *rows] if with_header else rows), "a.xlsx")

    for draft in reading.drafts:
        assert draft.key
        assert max(draft.key | draft.pinned) < len(draft.options)
        assert draft.stem
        assert all(draft.options)
        assert (draft.document and draft.article) or draft.other_source
    assert not {p.row for p in reading.problems} & {draft.row for draft in reading.drafts}


# --- kinds whose key is written out ------------------------------------------------------------------------------------
NO_OPTIONS = {"A": None, "B": None, "C": None}
WRITTEN = [
    ({"Loại": "Trả lời ngắn", **NO_OPTIONS, "Đáp án": "Hà Nội | Thăng Long"}, (), {"accepted": ["Hà Nội", "Thăng Long"], "accents": False}),
    ({"Loại": "trả lời ngắn (đúng dấu)", **NO_OPTIONS, "Đáp án": "Huế"}, (), {"accepted": ["Huế"], "accents": True}),
    ({"Loại": "Điền số", **NO_OPTIONS, "Đáp án": 15}, (), {"value": "15"}),
    ({"Loại": "Điền số", **NO_OPTIONS, "Đáp án": 1234.5}, (), {"value": "1234.5"}),
    ({"Loại": "Điền số", **NO_OPTIONS, "Đáp án": "1.234,5 ± 0,5"}, (), {"value": "1234.5", "tolerance": "0.5"}),
    ({"Loại": "Điền số", **NO_OPTIONS, "Đáp án": "60 +/- 1 tuổi"}, (), {"value": "60", "tolerance": "1"}),
    ({"Loại": "Sắp thứ tự", "Đáp án": None}, ("Có, sáu ngày", "Không phải thử việc", "Có, ba ngày"), {}),
    ({"Loại": "Sắp thứ tự", "Đáp án": "C,A,B"}, ("Có, ba ngày", "Có, sáu ngày", "Không phải thử việc"), {}),
    ({"Loại": "Ghép cặp", "A": "Một | 1", "B": "| 3", "C": "Hai|2", "Đáp án": None}, ("Một", "Hai"), {"right": ["1", "2", "3"]}),
    ({"Loại": "Điền chỗ trống", "Câu hỏi": "Ngày ___ tại ___.", **NO_OPTIONS, "Đáp án": "28/7 | 28-7; Hà Nội"}, (),
     {"blanks": [["28/7", "28-7"], ["Hà Nội"]], "accents": False}),
    ({"Loại": "Tự luận", **NO_OPTIONS, "Đáp án": None}, (), {}),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "options", "spec"), WRITTEN)
def test_a_key_that_is_written_out_is_read(cells, options, spec):
    reading = read_questions(questions(GOOD | cells), "de.xlsx")

    assert reading.problems == ()
    (found,) = reading.drafts
    assert (found.options, dict(found.spec), found.key, found.pinned) == (options, spec, frozenset(), frozenset())
