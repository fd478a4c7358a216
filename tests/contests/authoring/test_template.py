import io

import openpyxl
from openpyxl.cell.cell import TYPE_FORMULA

from contests.authoring.columns import OPTION_COLUMNS, Column
from contests.authoring.guard import MAX_QUESTIONS
from contests.authoring.reading import read_questions
from contests.authoring.rows import ALL_KIND_NAMES
from contests.authoring.template import INSTRUCTIONS, question_template
from contests.rules.kinds import Kind


def test_the_template_reads_back_as_its_five_examples():
    reading = read_questions(question_template(), "mau.xlsx")

    assert [(draft.code, draft.kind, draft.key) for draft in reading.drafts] == [
        ("MAU-001", Kind.SINGLE, {1}),
        ("MAU-002", Kind.MULTIPLE, {0, 1}),
        ("MAU-003", Kind.TRUE_FALSE, {0}),
        ("MAU-004", Kind.SHORT_TEXT, set()),
        ("MAU-005", Kind.NUMBER, set()),
    ]
    assert [dict(draft.spec) for draft in reading.drafts[3:]] == [
        {"accepted": ["Công đoàn Việt Nam", "Công đoàn"], "accents": False}, {"value": "220"}
    ]  # fmt: skip
    assert reading.problems == ()
    assert {warning.code for warning in reading.warnings} == {"example_left"}


def test_it_has_both_sheets_drop_downs_a_frozen_header_and_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(question_template()))
    sheet = book["Câu hỏi"]

    assert book.sheetnames == ["Câu hỏi", "Hướng dẫn"]
    assert [cell.value for cell in sheet[1]] == list(Column)
    assert sheet.freeze_panes == "B2"
    drop_downs = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert drop_downs == {
        f"C2:C{MAX_QUESTIONS + 1}": f'"{",".join(ALL_KIND_NAMES)}"',
        f"D2:D{MAX_QUESTIONS + 1}": '"Dễ,Vừa,Khó"',
    }
    assert len(",".join(ALL_KIND_NAMES)) <= 255  # more, Excel does not open
    assert not [cell for page in book for row in page for cell in row if cell.data_type == TYPE_FORMULA]


def test_empty_cells_are_formatted_as_text_so_that_excel_converts_nothing():
    columns = openpyxl.load_workbook(io.BytesIO(question_template()))["Câu hỏi"].column_dimensions.values()

    assert sum(column.max - column.min + 1 for column in columns) == len(Column)  # openpyxl groups alike neighbours
    assert all(column.number_format == "@" for column in columns)


def test_every_column_is_explained():
    assert set(INSTRUCTIONS) == set(Column) - set(OPTION_COLUMNS[1:])
