"""Word files in the manner of real documents of unions: title blocks, instructions, mixed numbers, page headings, tables of keys.

    python -m tests.contests.authoring.corpus.word.build_real

They were written, with what they ask, before the reader was adapted to them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.contests.authoring.corpus.word.build import Q, expected, one
from tests.contests.authoring.corpus.word.paper import Paper

FOLDER = Path(__file__).parent.parent / "word-real"
TF = ["Đúng", "Sai"]


def head(p: Paper, title: str) -> None:
    p.table([
        ["TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM\nLIÊN ĐOÀN LAO ĐỘNG TỈNH HÒA AN\n-------", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\n---------------"],
        ["Số: 123/BCH-LĐLĐ", "Hòa An, ngày 15 tháng 7 năm 2025"],
    ])  # fmt: skip
    p.p(f"**{title}**")


def tinh(p: Paper) -> list[Q]:
    """A contest of a province: instructions, numbered parts of a plan above, keys in red, a source under each."""
    head(p, "BỘ CÂU HỎI HỘI THI TÌM HIỂU LUẬT CÔNG ĐOÀN NĂM 2025")
    p.lines(
        "(Kèm theo Kế hoạch số 45/KH-LĐLĐ ngày 01/7/2025 của Ban Thường vụ)\n\n"
        "I. HƯỚNG DẪN LÀM BÀI\n1. Thí sinh chọn một phương án đúng nhất trong các phương án A, B, C, D.\n2. Thời gian làm bài: 30 phút, không sử dụng tài liệu.\n3. Mỗi câu trả lời đúng được 01 điểm.\n"
        "II. NỘI DUNG CÂU HỎI\n"
        "**Câu 1.** Luật Công đoàn năm 2024 có hiệu lực thi hành kể từ ngày nào?\nA. Ngày 01/01/2025;\n{red|B. Ngày 01/7/2025;}\nC. Ngày 01/01/2026;\nD. Ngày 01/7/2026.\n(Căn cứ: Điều 36 Luật Công đoàn năm 2024)\n"
        "**Câu 2.** Theo quy định của Luật Công đoàn năm 2024, kinh phí công đoàn do ai đóng?\n{red|A. Cơ quan, tổ chức, đơn vị, doanh nghiệp;}\nB. Người lao động;\nC. Ngân sách nhà nước;\nD. Cả A, B và C.\n(Căn cứ: Điểm b khoản 1 Điều 29 Luật Công đoàn năm 2024)\n"
        "**Câu 3.** Đoàn viên công đoàn có những quyền nào sau đây?\nA. Yêu cầu công đoàn đại diện bảo vệ quyền lợi;\nB. Được thông tin, thảo luận, đề xuất, biểu quyết công việc của công đoàn;\nC. Ứng cử, đề cử, bầu cử cơ quan lãnh đạo công đoàn;\n{red|D. Tất cả các phương án trên.}\n(Căn cứ: Điều 21 Luật Công đoàn năm 2024)\n"
        "Trang 1/2\nBAN TỔ CHỨC HỘI THI"
    )
    return [
        one("Luật Công đoàn năm 2024 có hiệu lực thi hành kể từ ngày nào?", ["Ngày 01/01/2025;", "Ngày 01/7/2025;", "Ngày 01/01/2026;", "Ngày 01/7/2026."], [1], document="Luật Công đoàn năm 2024", article="Điều 36"),
        one("Theo quy định của Luật Công đoàn năm 2024, kinh phí công đoàn do ai đóng?", ["Cơ quan, tổ chức, đơn vị, doanh nghiệp;", "Người lao động;", "Ngân sách nhà nước;", "Cả A, B và C."], [0], problems=["letters_not_pinned"]),
        one("Đoàn viên công đoàn có những quyền nào sau đây?", ["Yêu cầu công đoàn đại diện bảo vệ quyền lợi;", "Được thông tin, thảo luận, đề xuất, biểu quyết công việc của công đoàn;", "Ứng cử, đề cử, bầu cử cơ quan lãnh đạo công đoàn;", "Tất cả các phương án trên."], [3]),
    ]  # fmt: skip


def nganh(p: Paper) -> list[Q]:
    """A branch union: topics in capitals with roman numbers, questions counted through, small letters, key by bold and underline together."""
    head(p, "NGÂN HÀNG CÂU HỎI TRẮC NGHIỆM")
    p.lines(
        "**I. LỊCH SỬ GIAI CẤP CÔNG NHÂN VÀ TỔ CHỨC CÔNG ĐOÀN VIỆT NAM (3 câu)**\n"
        "1/ Đồng chí Nguyễn Đức Cảnh sinh năm nào?\na/ 1906\n{both|b/ 1908}\nc/ 1910\nd/ 1912\n"
        "2/ Đại hội lần thứ I Công đoàn Việt Nam diễn ra vào năm nào, ở đâu?\n{both|a/ Năm 1950, tại Thái Nguyên}\nb/ Năm 1946, tại Hà Nội\nc/ Năm 1961, tại Hà Nội\n"
        "3/ Tên gọi “Tổng Công đoàn Việt Nam” có từ Đại hội nào?\na/ Đại hội I      {both|b/ Đại hội II}      c/ Đại hội III      d/ Đại hội IV\n"
        "**II. PHÁP LUẬT LAO ĐỘNG (2 câu)**\n"
        "4/ Thời gian thử việc với công việc cần trình độ cao đẳng trở lên không quá:\na/ 30 ngày\n{both|b/ 60 ngày}\nc/ 90 ngày\n"
        "5/ Người lao động được nghỉ việc riêng mà vẫn hưởng nguyên lương khi kết hôn:\na/ 01 ngày\nb/ 02 ngày\n{both|c/ 03 ngày}"
    )
    history, law = "LỊCH SỬ GIAI CẤP CÔNG NHÂN VÀ TỔ CHỨC CÔNG ĐOÀN VIỆT NAM", "PHÁP LUẬT LAO ĐỘNG"
    return [
        one("Đồng chí Nguyễn Đức Cảnh sinh năm nào?", ["1906", "1908", "1910", "1912"], [1], topic=history),
        one(
            "Đại hội lần thứ I Công đoàn Việt Nam diễn ra vào năm nào, ở đâu?",
            ["Năm 1950, tại Thái Nguyên", "Năm 1946, tại Hà Nội", "Năm 1961, tại Hà Nội"],
            [0],
            topic=history,
        ),
        one(
            "Tên gọi “Tổng Công đoàn Việt Nam” có từ Đại hội nào?",
            ["Đại hội I", "Đại hội II", "Đại hội III", "Đại hội IV"],
            [1],
            topic=history,
        ),
        one(
            "Thời gian thử việc với công việc cần trình độ cao đẳng trở lên không quá:",
            ["30 ngày", "60 ngày", "90 ngày"],
            [1],
            topic=law,
        ),
        one(
            "Người lao động được nghỉ việc riêng mà vẫn hưởng nguyên lương khi kết hôn:",
            ["01 ngày", "02 ngày", "03 ngày"],
            [2],
            topic=law,
        ),
    ]


def de_thi(p: Paper) -> list[Q]:
    """A paper: parts of three kinds with numbers that begin again, points in brackets, keys and a marking guide behind."""
    p.table(
        [
            [
                "CÔNG ĐOÀN CÁC KHU CÔNG NGHIỆP\nĐỀ CHÍNH THỨC\n(Đề thi có 02 trang)",
                "HỘI THI CÁN BỘ CÔNG ĐOÀN GIỎI\nNăm 2025\nThời gian làm bài: 45 phút, không kể thời gian phát đề",
            ]
        ]
    )
    p.lines(
        "Họ và tên thí sinh: ......................................... Số báo danh: ................\nĐơn vị: ................................................\n"
        "PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn. Thí sinh trả lời từ câu 1 đến câu 2. Mỗi câu hỏi thí sinh chỉ chọn một phương án.\n"
        "Câu 1: Cơ quan lãnh đạo cao nhất của mỗi cấp công đoàn là:\nA. Ban Thường vụ.\tB. Đại hội công đoàn cấp đó.\nC. Ban Chấp hành.\tD. Uỷ ban Kiểm tra.\n"
        "Câu 2: Nhiệm kỳ đại hội công đoàn các cấp là mấy năm?\nA. 03 năm.\tB. 04 năm.\tC. 05 năm.\tD. 06 năm.\n"
        "PHẦN II. Câu trắc nghiệm đúng sai. Trong mỗi ý a), b), c) ở mỗi câu, thí sinh chọn đúng hoặc sai.\n"
        "Câu 1: Về thời giờ nghỉ ngơi của người lao động:\na) Làm việc liên tục từ 6 giờ trở lên được nghỉ giữa giờ ít nhất 30 phút.\nb) Mỗi tuần được nghỉ ít nhất 12 giờ liên tục.\nc) Người làm đủ 12 tháng có phép năm.\n"
        "PHẦN III. TỰ LUẬN (5 điểm)\nCâu 1 (2 điểm). Anh (chị) hãy nêu vai trò của tổ trưởng tổ công đoàn.\nCâu 2 (3 điểm). Xử lý tình huống: Một công nhân bị nợ lương hai tháng.\n"
        "------------- HẾT -------------\nThí sinh không được sử dụng tài liệu. Cán bộ coi thi không giải thích gì thêm.\n"
        "ĐÁP ÁN VÀ HƯỚNG DẪN CHẤM\nPHẦN I"
    )
    p.table([["Câu", "1", "2"], ["Đáp án", "B", "C"]])
    p.p("PHẦN II")
    p.table([["Câu", "a)", "b)", "c)"], ["1", "Đ", "S", "Đ"]])
    p.lines(
        "PHẦN III\nCâu 1: Nêu được 4 vai trò, mỗi ý 0,5 điểm.\nCâu 2: Hướng dẫn công nhân khiếu nại, báo công đoàn cơ sở."
    )
    return [
        one(
            "Cơ quan lãnh đạo cao nhất của mỗi cấp công đoàn là:",
            ["Ban Thường vụ.", "Đại hội công đoàn cấp đó.", "Ban Chấp hành.", "Uỷ ban Kiểm tra."],
            [1],
        ),
        one("Nhiệm kỳ đại hội công đoàn các cấp là mấy năm?", ["03 năm.", "04 năm.", "05 năm.", "06 năm."], [2]),
        one(
            "Về thời giờ nghỉ ngơi của người lao động:",
            [
                "Làm việc liên tục từ 6 giờ trở lên được nghỉ giữa giờ ít nhất 30 phút.",
                "Mỗi tuần được nghỉ ít nhất 12 giờ liên tục.",
                "Người làm đủ 12 tháng có phép năm.",
            ],
            [0, 2],
            "multiple",
        ),
        one("Anh (chị) hãy nêu vai trò của tổ trưởng tổ công đoàn.", [], [], "essay"),
        one("Xử lý tình huống: Một công nhân bị nợ lương hai tháng.", [], [], "essay"),
    ]


def bang_cau_hoi(p: Paper) -> list[Q]:
    """A table over pages: its header repeated, a topic over the whole row, options in one cell, keys as letters, a column of notes."""
    head(p, "BẢNG TỔNG HỢP CÂU HỎI VÀ ĐÁP ÁN")
    p.lines("Căn cứ Công văn số 88/TLĐ-TG ngày 02/6/2025, Ban Tổ chức tổng hợp câu hỏi như sau:")
    table = p.table([
        ["TT", "Nội dung câu hỏi", "Phương án trả lời", "Đáp án", "Ghi chú"],
        ["I. AN TOÀN, VỆ SINH LAO ĐỘNG", "", "", "", ""],
        ["1", "Người lao động có quyền từ chối làm việc khi nào?", "A. Khi thấy mệt\nB. Khi thấy rõ nguy cơ xảy ra tai nạn đe dọa tính mạng\nC. Khi hết giờ nghỉ", "B", ""],
        ["2", "Khám sức khoẻ định kỳ cho người lao động ít nhất:", "A. Một lần mỗi năm\nB. Hai năm một lần\nC. Ba năm một lần", "A", "Câu dễ"],
        ["TT", "Nội dung câu hỏi", "Phương án trả lời", "Đáp án", "Ghi chú"],
        ["II. BẢO HIỂM XÃ HỘI", "", "", "", ""],
        ["3", "Lao động nữ sinh con được nghỉ thai sản mấy tháng?", "A. 4 tháng\nB. 5 tháng\nC. 6 tháng\nD. 7 tháng", "C", ""],
    ])  # fmt: skip
    for row in (1, 5):
        table.cell(row, 0).merge(table.cell(row, 4))
    return [
        one(
            "Người lao động có quyền từ chối làm việc khi nào?",
            ["Khi thấy mệt", "Khi thấy rõ nguy cơ xảy ra tai nạn đe dọa tính mạng", "Khi hết giờ nghỉ"],
            [1],
            topic="AN TOÀN, VỆ SINH LAO ĐỘNG",
        ),
        one(
            "Khám sức khoẻ định kỳ cho người lao động ít nhất:",
            ["Một lần mỗi năm", "Hai năm một lần", "Ba năm một lần"],
            [0],
            topic="AN TOÀN, VỆ SINH LAO ĐỘNG",
        ),
        one(
            "Lao động nữ sinh con được nghỉ thai sản mấy tháng?",
            ["4 tháng", "5 tháng", "6 tháng", "7 tháng"],
            [2],
            topic="BẢO HIỂM XÃ HỘI",
        ),
    ]


def on_tap(p: Paper) -> list[Q]:
    """Questions and answers for learning: bold stems, the key as a sentence, reasons over several lines, blank answers."""
    p.lines(
        "LIÊN ĐOÀN LAO ĐỘNG HUYỆN TÂN PHÚ\n**TÀI LIỆU ÔN TẬP**\nTìm hiểu pháp luật về hợp đồng lao động\n\n"
        "**Câu 1: Hợp đồng lao động xác định thời hạn có thời hạn tối đa bao lâu?**\nA. 12 tháng\nB. 24 tháng\nC. 36 tháng\nD. 60 tháng\nĐáp án đúng là: C\nVì theo điểm b khoản 1 Điều 20 Bộ luật Lao động năm 2019, thời hạn không quá 36 tháng kể từ thời điểm có hiệu lực.\n"
        "**Câu 2: Người lao động báo trước bao nhiêu ngày khi đơn phương chấm dứt hợp đồng không xác định thời hạn?**\nA. 30 ngày\nB. 45 ngày\nC. 60 ngày\nĐáp án: B (45 ngày)\nGiải thích: Điểm a khoản 1 Điều 35 quy định:\n- Ít nhất 45 ngày với hợp đồng không xác định thời hạn;\n- Ít nhất 30 ngày với hợp đồng từ 12 đến 36 tháng.\n"
        "**Câu 3: Có mấy loại hợp đồng lao động?**\nA. Hai loại\nB. Ba loại\nĐáp án: ………\n"
        "**Câu 4: Điền vào chỗ trống: Tiền lương được trả bằng …… Việt Nam.**\nĐáp án: tiền đồng | đồng\n"
        "**Câu 5: Thử việc có bắt buộc không?**\nTrả lời: Không bắt buộc."
    )
    return [
        one("Hợp đồng lao động xác định thời hạn có thời hạn tối đa bao lâu?", ["12 tháng", "24 tháng", "36 tháng", "60 tháng"], [2], explanation="Vì theo điểm b khoản 1 Điều 20 Bộ luật Lao động năm 2019, thời hạn không quá 36 tháng kể từ thời điểm có hiệu lực."),
        one("Người lao động báo trước bao nhiêu ngày khi đơn phương chấm dứt hợp đồng không xác định thời hạn?", ["30 ngày", "45 ngày", "60 ngày"], [1], explanation="Điểm a khoản 1 Điều 35 quy định:\n- Ít nhất 45 ngày với hợp đồng không xác định thời hạn;\n- Ít nhất 30 ngày với hợp đồng từ 12 đến 36 tháng."),
        one("Có mấy loại hợp đồng lao động?", ["Hai loại", "Ba loại"], [], problems=["missing_key"]),
        one("Điền vào chỗ trống: Tiền lương được trả bằng …… Việt Nam.", [], [], "short_text", accepted=["tiền đồng", "đồng"]),
        one("Thử việc có bắt buộc không?", [], [], "short_text", accepted=["Không bắt buộc"]),
    ]  # fmt: skip


def so_tu_dong_lan_lon(p: Paper) -> list[Q]:
    """Automatic numbers throughout, a plan's own list above, options in lists that count on by mistake, the key highlighted."""
    plan = p.lists(("decimal", "%1."))
    questions = p.lists(("decimal", "Câu %1."))
    options = p.lists(("upperLetter", "%1."))
    p.p("KẾ HOẠCH VÀ CÂU HỎI HỘI THI RUNG CHUÔNG VÀNG")
    p.item("Mục đích, yêu cầu", plan)
    p.item("Nâng cao nhận thức cho đoàn viên.", plan)
    p.item("Đối tượng: toàn thể đoàn viên công đoàn cơ sở.", plan)
    for stem, texts, k, anew in (
        ("Biểu trưng Công đoàn Việt Nam có hình gì ở giữa?", ("Quyển sách", "Bánh xe răng cưa", "Bông lúa"), 1, True),
        ("Tháng Công nhân là tháng mấy?", ("Tháng 3", "Tháng 4", "Tháng 5"), 2, False),
        ("Tháng hành động về an toàn lao động là tháng mấy?", ("Tháng 5", "Tháng 6", "Tháng 7"), 0, True),
    ):
        p.item(stem, questions)
        if anew:
            mine = p.restarted(options)
        for i, text in enumerate(texts):
            p.item(f"{{yellow|{text}}}" if i == k else text, mine)
    return [
        one("Biểu trưng Công đoàn Việt Nam có hình gì ở giữa?", ["Quyển sách", "Bánh xe răng cưa", "Bông lúa"], [1]),
        one("Tháng Công nhân là tháng mấy?", ["Tháng 3", "Tháng 4", "Tháng 5"], [2]),
        one("Tháng hành động về an toàn lao động là tháng mấy?", ["Tháng 5", "Tháng 6", "Tháng 7"], [0]),
    ]


def hai_cot_dung_sai(p: Paper) -> list[Q]:
    """Statements with bold Đúng or Sai behind a slash, then a quick round of short answers in a table."""
    p.lines(
        "CÔNG ĐOÀN VIÊN CHỨC TỈNH\nGÓI CÂU HỎI KHỞI ĐỘNG\nPhần thi thứ nhất: Đúng hay sai?\n"
        "1. Công đoàn là tổ chức chính trị - xã hội rộng lớn. (Đúng)\n2. Ngày Quốc tế Lao động là 08/3. (Sai)\n3. Đoàn viên có nghĩa vụ đóng đoàn phí. (Đúng)\n"
        "Phần thi thứ hai: Trả lời nhanh"
    )
    p.table([
        ["STT", "Câu hỏi", "Đáp án"],
        ["1", "Viết tắt của Tổng Liên đoàn Lao động Việt Nam?", "TLĐLĐVN"],
        ["2", "Ngày truyền thống của Công đoàn Việt Nam?", "28/7"],
        ["3", "Đoàn phí bằng bao nhiêu phần trăm tiền lương?", "0,5%"],
    ])  # fmt: skip
    return [
        one("Công đoàn là tổ chức chính trị - xã hội rộng lớn.", TF, [0], "true_false"),
        one("Ngày Quốc tế Lao động là 08/3.", TF, [1], "true_false"),
        one("Đoàn viên có nghĩa vụ đóng đoàn phí.", TF, [0], "true_false"),
        one("Viết tắt của Tổng Liên đoàn Lao động Việt Nam?", [], [], "short_text", accepted=["TLĐLĐVN"]),
        one("Ngày truyền thống của Công đoàn Việt Nam?", [], [], "short_text", accepted=["28/7"]),
        one("Đoàn phí bằng bao nhiêu phần trăm tiền lương?", [], [], "short_text", accepted=["0,5%"]),
    ]


def chep_tu_mang(p: Paper) -> list[Q]:
    """Pasted from a web page: near-black colours, a line of advertising, keys at the end of each as “Đáp án A”, wrapped lines, odd spaces."""
    p.p("{dark|Trắc nghiệm Luật An toàn, vệ sinh lao động có đáp án}")
    p.lines(
        "{dark|Mời bạn đọc tham khảo bộ câu hỏi dưới đây.}\n"
        "Câu\u00a01:\u00a0 {dark|Người sử dụng lao động phải tổ chức huấn luyện cho người lao động khi}\nnào?\n{dark|A. Trước khi bố trí làm việc}\n{dark|B. Sau khi ký hợp đồng một năm}\nC. Khi có\n{dark|tai nạn xảy ra}\nD. {dark|Không cần}\n\nĐáp án A\n"
        "Câu\u00a02 :\u00a0 {dark|Tai nạn lao động được chia thành mấy loại?}\nA.\u00a02 loại\nB.\u00a03 loại\nC.\u00a04 loại\n\nĐáp án B\n"
        "Xem thêm: Trắc nghiệm Luật Việc làm\n"
        "Câu\u00a03.\u00a0{dark|Chọn câu trả lời đúng: Huấn luyện định kỳ ít nhất:}\nA.Mỗi năm một lần\nB.Hai năm một lần\n\nChọn đáp án B"
    )
    return [
        one(
            "Người sử dụng lao động phải tổ chức huấn luyện cho người lao động khi\nnào?",
            ["Trước khi bố trí làm việc", "Sau khi ký hợp đồng một năm", "Khi có tai nạn xảy ra", "Không cần"],
            [0],
        ),
        one("Tai nạn lao động được chia thành mấy loại?", ["2 loại", "3 loại", "4 loại"], [1]),
        one("Chọn câu trả lời đúng: Huấn luyện định kỳ ít nhất:", ["Mỗi năm một lần", "Hai năm một lần"], [1]),
    ]


FILES: dict[str, Callable[[Paper], list[Q]]] = {
    "r1-tinh": tinh, "r2-nganh": nganh, "r3-de-thi": de_thi, "r4-bang": bang_cau_hoi, "r5-on-tap": on_tap,
    "r6-so-tu-dong": so_tu_dong_lan_lon, "r7-goi-cau-hoi": hai_cot_dung_sai, "r8-chep-tu-mang": chep_tu_mang,
}  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, build in FILES.items():
        paper = Paper()
        (FOLDER / f"{name}.json").write_text(expected(build(paper)), encoding="utf-8")
        paper.save(FOLDER / f"{name}.docx")


if __name__ == "__main__":
    main()
