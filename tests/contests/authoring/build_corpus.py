"""The workbooks of the corpus, as their programs write them: `python -m tests.contests.authoring.build_corpus` makes them anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.contests.authoring.workbooks import sheet

FOLDER = Path(__file__).parent / "corpus"

KAHOOT = [
    [], [None, "Quiz template"], [None, "Add questions, at least two answer alternatives, time limit and choose correct answers"], [], [], [], [],
    [None, "Question - max 120 characters", "Answer 1 - max 75 characters", "Answer 2 - max 75 characters", "Answer 3 - max 75 characters",
     "Answer 4 - max 75 characters", "Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs", "Correct answer(s) - choose at least one"],
    [1, "Công đoàn Việt Nam thành lập năm nào?", "1925", 1929, "1930", "1945", 20, 2],
    [2, "Công đoàn có chức năng nào?", "Đại diện", "Chăm lo", "Thu thuế", None, 30, "1,2"],
    [3, "Công đoàn là tổ chức chính trị - xã hội.", "Đúng", "Sai", None, None, 10, "1"],
    [4, "Câu chưa chọn đáp án", "Một", "Hai", None, None, 20, None],
    [5, None, None, None, None, None, 20, None],
]  # fmt: skip
KAHOOT_SHORT = [
    ["Question", "Answer 1", "Answer 2", "Answer 3", "Answer 4", "Time limit", "Correct answer"],
    ["Nước ta có mấy vùng lương tối thiểu?", 3, 4, 5, None, 20, 2.0],
    ["Chọn các số chẵn", 2, 3, 4, None, 20, 1.3],
]
QUIZIZZ = [
    ["Question Text", "Question Type", "Option 1", "Option 2", "Option 3", "Option 4", "Option 5", "Correct Answer", "Time in seconds", "Image Link", "Answer explanation"],
    ["Text of the question", "Type of the question, one of those in the list below", "Text for option 1", "Text for option 2"],
    ["Nghỉ phép năm bao nhiêu ngày với điều kiện bình thường?", "Multiple Choice", "10", "12", "14", "16", None, 2, 30, None, "Điều 113"],
    ["Chọn một hay nhiều?", "Checkbox", "Một", "Hai", None, None, None, "1", 30],
]  # fmt: skip
SYNONYMS = [
    ["LIÊN ĐOÀN LAO ĐỘNG TỈNH"], ["Bộ câu hỏi năm 2026"], [],
    ["STT", "NỘI DUNG CÂU HỎI", "Phương án A", "Phương án B", "Phương án C", "Đáp án đúng", "Độ khó", "Ghi chú"],
    [1, "Tiền lương do ai trả?", "Người sử dụng lao động", "Công đoàn", "Nhà nước", "A", "Dễ", "hay"],
    [2, "Người lao động có những nghĩa vụ nào?", "Thực hiện hợp đồng", "Chấp hành kỷ luật", "Nộp thuế thay công ty", "A, B", "Khó", None],
    [3, "Công đoàn cơ sở có con dấu.", None, None, None, "Đúng", None, None],
    [None, None, None, None, None, None, None, "người soạn: Lan"],
]  # fmt: skip
ALL_KINDS = [
    ["Mã", "Chủ đề", "Loại", "Câu hỏi", "A", "B", "C", "Đáp án", "Nguồn khác"],
    ["K1", "Chung", "Trả lời ngắn", "Tên tổ chức?", None, None, None, "Công đoàn | Công đoàn Việt Nam", "Sách"],
    ["K2", "Chung", "Điền số", "Bao nhiêu điều?", None, None, None, 220, "Sách"],
    ["K3", "Chung", "Sắp thứ tự", "Xếp lại", "Hai", "Ba", "Một", "C, A, B", "Sách"],
    ["K4", "Chung", "Ghép cặp", "Ghép", "9 | Mặt trận", "10 | Công đoàn", "| Đảng", None, "Sách"],
    [
        "K5",
        "Chung",
        "Điền chỗ trống đúng dấu",
        "Ngày ___ tại ___",
        None,
        None,
        None,
        "28/7/1929; Hà Nội | Thủ đô",
        "Sách",
    ],
    ["K6", "Chung", "Tự luận", "Viết", None, None, None, None, "Sách"],
]
FILES: dict[str, Sequence[Sequence[object]]] = {
    "kahoot/template-row-8.xlsx": KAHOOT, "kahoot/short-headers.xlsx": KAHOOT_SHORT, "quizizz/template.xlsx": QUIZIZZ,
    "sheet/synonyms-and-title.xlsx": SYNONYMS, "sheet/all-kinds.xlsx": ALL_KINDS,
}  # fmt: skip

if __name__ == "__main__":
    for name, rows in FILES.items():
        (FOLDER / name).write_bytes(sheet(rows, name="Sheet1"))
