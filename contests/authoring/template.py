"""The workbook that organizers fill in: header, five true examples, drop-downs, and a page of instructions."""

from __future__ import annotations

import io
from collections.abc import Mapping

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from contests.authoring.checks import LONGEST, LONGEST_OPTION
from contests.authoring.columns import FILLED, OPTION_COLUMNS, Column
from contests.authoring.guard import MAX_FILE, MAX_QUESTIONS
from contests.authoring.hints import EXAMPLE_CODES
from contests.authoring.rows import ALL_KIND_NAMES, DIFFICULTY_NAMES
from contests.authoring.xlsx import SHEET_NAME

_CODE_LAW = "Bộ luật Lao động 2019 (45/2019/QH14)"

# Facts F085, F010 with F009, F003, F085 once more and F002 of the fact sheet, all read in the law text.
EXAMPLES: tuple[Mapping[Column, str], ...] = (
    {
        Column.CODE: EXAMPLE_CODES[0],
        Column.TOPIC: "Luật Công đoàn",
        Column.KIND: "Một đáp án",
        Column.DIFFICULTY: "Dễ",
        Column.STEM: "Trong Hiến pháp năm 2013, quy định về Công đoàn Việt Nam nằm ở điều nào?",
        Column.A: "Điều 9",
        Column.B: "Điều 10",
        Column.C: "Điều 11",
        Column.D: "Điều 12",
        Column.KEY: "B",
        Column.PINNED: "A,B,C,D",
        Column.DOCUMENT: "Hiến pháp 2013",
        Column.ARTICLE: "Điều 10",
        Column.VALID_FROM: "01/01/2014",
        Column.EXPLANATION: "Điều 10 Hiến pháp năm 2013 quy định về Công đoàn Việt Nam.",
    },
    {
        Column.CODE: EXAMPLE_CODES[1],
        Column.TOPIC: "Hợp đồng lao động",
        Column.KIND: "Nhiều đáp án",
        Column.DIFFICULTY: "Vừa",
        Column.STEM: "Khi giao kết hợp đồng lao động, người sử dụng lao động không được làm những việc nào?",
        Column.A: "Giữ bản gốc bằng cấp của người lao động",
        Column.B: "Bắt người lao động đặt cọc một khoản tiền",
        Column.C: "Cho người lao động biết nơi làm việc",
        Column.KEY: "A,B",
        Column.DOCUMENT: _CODE_LAW,
        Column.ARTICLE: "Điều 17 khoản 1, khoản 2",
        Column.VALID_FROM: "01/01/2021",
        Column.EXPLANATION: "Điều 17 cấm giữ bản gốc giấy tờ tuỳ thân, bằng cấp và cấm bắt đặt cọc.",
    },
    {
        Column.CODE: EXAMPLE_CODES[2],
        Column.TOPIC: "Việc làm",
        Column.KIND: "Đúng/Sai",
        Column.DIFFICULTY: "Dễ",
        Column.STEM: "Trừ một số ngoại lệ, tuổi tối thiểu để đi làm theo Bộ luật Lao động là đủ 15 tuổi.",
        Column.KEY: "Đúng",
        Column.DOCUMENT: _CODE_LAW,
        Column.ARTICLE: "Điều 3 khoản 1",
        Column.VALID_FROM: "01/01/2021",
    },
    {
        Column.CODE: EXAMPLE_CODES[3],
        Column.TOPIC: "Luật Công đoàn",
        Column.KIND: "Trả lời ngắn",
        Column.DIFFICULTY: "Dễ",
        Column.STEM: "Điều 10 Hiến pháp năm 2013 quy định về tổ chức nào? Ghi tên tổ chức.",
        Column.KEY: "Công đoàn Việt Nam | Công đoàn",
        Column.DOCUMENT: "Hiến pháp 2013",
        Column.ARTICLE: "Điều 10",
        Column.VALID_FROM: "01/01/2014",
    },
    {
        Column.CODE: EXAMPLE_CODES[4],
        Column.TOPIC: "Việc làm",
        Column.KIND: "Điền số",
        Column.DIFFICULTY: "Dễ",
        Column.STEM: "Bộ luật Lao động năm 2019 có tất cả bao nhiêu điều?",
        Column.KEY: "220",
        Column.DOCUMENT: _CODE_LAW,
        Column.ARTICLE: "Điều 220",
        Column.VALID_FROM: "01/01/2021",
    },
)

INSTRUCTIONS: Mapping[Column, str] = {
    Column.CODE: f"Mã riêng của câu, không trùng trong ngân hàng, nhiều nhất {LONGEST[Column.CODE]} ký tự. Tải lại cùng mã là sửa câu cũ.",
    Column.TOPIC: "Tên chủ đề, ghi giống nhau ở mọi câu cùng chủ đề; đề thi được bốc theo chủ đề.",
    Column.KIND: f"Một trong: {', '.join(ALL_KIND_NAMES)}.",
    Column.DIFFICULTY: f"Một trong: {', '.join(DIFFICULTY_NAMES.values())}. Để trống được hiểu là Vừa.",
    Column.STEM: f"Nội dung câu hỏi, nhiều nhất {LONGEST[Column.STEM]} ký tự.",
    Column.A: f"Các phương án trả lời từ A đến F, ít nhất hai, liền nhau, mỗi phương án nhiều nhất {LONGEST_OPTION} ký tự. Câu Đúng/Sai, Trả lời ngắn, Điền số, Điền chỗ trống và Tự luận để trống. Câu Sắp thứ tự: các mục theo đúng thứ tự. Câu Ghép cặp: mỗi cột một cặp “vế trái | vế phải”; vế phải thừa ghi “| vế phải”.",
    Column.KEY: "Chữ cái của đáp án đúng, nhiều đáp án thì cách nhau bằng dấu phẩy (A,C). Câu Đúng/Sai ghi Đúng hoặc Sai. Câu Trả lời ngắn: các cách trả lời được chấp nhận, cách nhau bằng dấu “|”. Câu Điền số: con số, có thể kèm sai số (60 ± 1). Câu Điền chỗ trống: trong câu hỏi gõ ___ ở mỗi chỗ trống, đáp án từng chỗ cách nhau bằng dấu “;”.",
    Column.PINNED: "Chữ cái của phương án không được đảo chỗ. Phương án như “Cả A, B, C đều đúng” thì ghi tất cả các chữ cái.",
    Column.DOCUMENT: "Tên và số hiệu văn bản, cho câu về pháp luật.",
    Column.ARTICLE: "Điều, khoản, điểm; bắt buộc khi có văn bản.",
    Column.OTHER_SOURCE: "Nguồn của câu không thuộc văn bản pháp luật, ví dụ tên sách, trang báo.",
    Column.VALID_FROM: "Ngày nội dung có hiệu lực, dạng ngày/tháng/năm. Có thể để trống.",
    Column.VALID_TO: "Ngày nội dung hết hiệu lực, dạng ngày/tháng/năm. Có thể để trống.",
    Column.EXPLANATION: f"Lời giải thích hiện sau khi đợt thi đóng, nhiều nhất {LONGEST[Column.EXPLANATION]} ký tự.",
}

_WIDTHS = {
    Column.STEM: 60,
    Column.EXPLANATION: 50,
    Column.DOCUMENT: 30,
    Column.TOPIC: 20,
    Column.ARTICLE: 20,
    Column.OTHER_SOURCE: 24,
}


def question_template() -> bytes:
    """The template as .xlsx; `read_questions` reads it back as five questions without a problem."""
    target = io.BytesIO()
    # A text that begins with "=" or "http" stays a text.
    with Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        bold = workbook.add_format(
            {"bold": True, "bg_color": "#E3ECF7", "border": 1, "text_wrap": True, "valign": "top"}
        )
        # "@" is Excel's text format: without it "2%" becomes 0.02 and "28/7/1929" a date.
        text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        _questions(workbook.add_worksheet(SHEET_NAME), bold, text)
        _instructions(workbook.add_worksheet("Hướng dẫn"), bold, text)
    return target.getvalue()


def _questions(sheet: Worksheet, bold: Format, text: Format) -> None:
    columns = list(Column)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 18 if column in OPTION_COLUMNS else _WIDTHS.get(column, 12), text)
        sheet.write_string(0, place, column, bold)
    for row, example in enumerate(EXAMPLES, start=1):
        for column, value in example.items():
            sheet.write_string(row, columns.index(column), value, text)
    for column, names in ((Column.KIND, ALL_KIND_NAMES), (Column.DIFFICULTY, DIFFICULTY_NAMES.values())):
        place = columns.index(column)
        sheet.data_validation(
            1,
            place,
            MAX_QUESTIONS,
            place,
            {
                "validate": "list",
                "source": list(names),
                "error_title": f"Cột {column}",
                "error_message": f"Hãy chọn một trong: {', '.join(names)}.",
            },
        )
    sheet.freeze_panes(1, 1)


def _instructions(sheet: Worksheet, bold: Format, text: Format) -> None:
    sheet.set_column(0, 0, 16, text)
    sheet.set_column(1, 1, 12, text)
    sheet.set_column(2, 2, 100, text)
    for place, title in enumerate(("Cột", "Bắt buộc", "Cách ghi")):
        sheet.write_string(0, place, title, bold)
    for row, (column, how) in enumerate(INSTRUCTIONS.items(), start=1):
        sheet.write_string(row, 0, "A … F" if column is Column.A else column)
        sheet.write_string(row, 1, "có" if column in FILLED else "")
        sheet.write_string(row, 2, how)
    notes = (
        f"Một tệp có nhiều nhất {MAX_QUESTIONS} câu và nặng nhất {MAX_FILE // 2**20} MB. Tên cột giữ nguyên, thứ tự cột tuỳ ý.",
        "Mỗi câu cần nguồn: “Văn bản” và “Điều khoản”, hoặc “Nguồn khác”.",
        "Gõ bằng phông Unicode. Năm dòng ví dụ trong trang “Câu hỏi” có thể xoá.",
    )
    for row, note in enumerate(notes, start=len(INSTRUCTIONS) + 2):
        sheet.write_string(row, 2, note)
