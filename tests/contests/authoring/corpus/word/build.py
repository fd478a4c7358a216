"""Writes the corpus: Word files as people type them, each with what it asks, from the author's intent.

    python -m tests.contests.authoring.corpus.word.build [--libreoffice]

The second form also lets LibreOffice save some of them anew (lo-*.docx), so that its way of writing is in the corpus too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

from tests.contests.authoring.corpus.word.paper import Paper, png

HERE = Path(__file__).parent
SAVED_ANEW = (
    "02-dam",
    "07-so-tu-dong",
    "08-nhieu-cap",
    "13-bang-dap-an",
    "20-bang-cau-hoi",
    "24-ngat-dong-mem",
    "26-hai-dap-an",
)
Q = dict[str, object]

BANK = [
    ("Công đoàn Việt Nam được thành lập ngày nào?", ("28/7/1929", "1/5/1930", "3/2/1930", "2/9/1945"), 0),
    ("Người lao động làm việc không quá bao nhiêu giờ trong một ngày?", ("6 giờ", "8 giờ", "10 giờ", "12 giờ"), 1),
    ("Ai là người sáng lập Tổng Công hội đỏ Bắc Kỳ?", ("Trần Phú", "Tôn Đức Thắng", "Nguyễn Đức Cảnh", "Hoàng Quốc Việt"), 2),
    ("Bộ luật Lao động 2019 có bao nhiêu điều?", ("198", "210", "242", "220"), 3),
    ("Tuổi tối thiểu để đi làm là bao nhiêu?", ("Đủ 14 tuổi", "Đủ 15 tuổi", "Đủ 16 tuổi", "Đủ 18 tuổi"), 1),
    ("Kinh phí công đoàn do đơn vị đóng bằng bao nhiêu?", ("1%", "1,5%", "2%", "3%"), 2),
]  # fmt: skip


def asked(count: int = 4, **more: object) -> list[Q]:
    """The first questions of the bank as they must come out."""
    return [{"stem": s, "options": list(o), "key": [k], "kind": "single", **more} for s, o, k in BANK[:count]]


def one(stem: str, options: list[str], key: list[int], kind: str = "single", **more: object) -> Q:
    return {"stem": stem, "options": options, "key": key, "kind": kind, **more}


FILES: dict[str, Callable[[Paper], list[Q]]] = {}


def file(name: str) -> Callable[[Callable[[Paper], list[Q]]], Callable[[Paper], list[Q]]]:
    def keep(build: Callable[[Paper], list[Q]]) -> Callable[[Paper], list[Q]]:
        FILES[name] = build
        return build

    return keep


def typed(
    paper: Paper,
    label: str = "Câu {n}: ",
    option: str = "{L}. {o}",
    right: str = "{L}. {o}",
    key: str = "",
    letters: str = "ABCD",
) -> list[Q]:
    """The bank with these patterns, options on lines of their own."""
    for n, (stem, options, k) in enumerate(BANK[:4], 1):
        paper.lines(label.format(n=n) + stem)
        for place, text in enumerate(options):
            paper.p((right if place == k else option).format(L=letters[place], o=text))
        if key:
            paper.p(key.format(L=letters[k], o=options[k]))
    return asked()


@file("01-dap-an-duoi-cau")
def _(p: Paper) -> list[Q]:
    return typed(p, key="Đáp án: {L}")


@file("02-dam")
def _(p: Paper) -> list[Q]:
    return typed(p, label="Câu {n}. ", right="**{L}. {o}**")


@file("03-gach-chan")
def _(p: Paper) -> list[Q]:
    return typed(p, label="Câu 0{n}) ", option="{L}) {o}", right="__{L}) {o}__")


@file("04-mau-do")
def _(p: Paper) -> list[Q]:
    return typed(p, label="**Câu hỏi {n}**\n", option="{L}) {o}", right="{{red|{L}) {o}}}")


@file("05-to-nen")
def _(p: Paper) -> list[Q]:
    return typed(p, label="{n}. ", option="{L}) {o}", right="{L}) {{yellow|{o}}}", letters="abcd")


@file("06-chi-chu-cai")
def _(p: Paper) -> list[Q]:
    return typed(p, label="{n}) ", option="({L}) {o}", right="(__{L}__) {o}")


@file("07-so-tu-dong")
def _(p: Paper) -> list[Q]:
    questions, options = p.lists(("decimal", "Câu %1:")), p.lists(("upperLetter", "%1."))
    for stem, texts, k in BANK[:4]:
        p.item(stem, questions)
        mine = p.restarted(options)
        for place, text in enumerate(texts):
            p.item(f"**{text}**" if place == k else text, mine)
    return [{**q, "label": f"Câu {n}"} for n, q in enumerate(asked(), 1)]


@file("08-nhieu-cap")
def _(p: Paper) -> list[Q]:
    both = p.lists(("decimal", "%1."), ("lowerLetter", "%2)"))
    for stem, texts, k in BANK[:4]:
        p.item(stem, both)
        for place, text in enumerate(texts):
            p.item(f"{{blue|{text}}}" if place == k else text, both, 1)
    return asked()


@file("09-tab-hai-phuong-an")
def _(p: Paper) -> list[Q]:
    for n, (stem, o, _) in enumerate(BANK[:4], 1):
        p.lines(f"Câu {n}: {stem}\nA. {o[0]}\tB. {o[1]}\nC. {o[2]}\tD. {o[3]}")
    p.p("BẢNG ĐÁP ÁN")
    p.table([["Câu", "1", "2", "3", "4"], ["Đáp án", "A", "B", "C", "D"]])
    return asked()


@file("10-khoang-trang")
def _(p: Paper) -> list[Q]:
    for n, (stem, o, _) in enumerate(BANK[:4], 1):
        p.lines(f"{n}. {stem}\n" + "      ".join(f"{L}. {t}" for L, t in zip("ABCD", o, strict=True)))
    p.lines("ĐÁP ÁN\n1.A   2.B   3.C   4.D")
    return asked()


@file("11-mot-dau-cach")
def _(p: Paper) -> list[Q]:
    for n, (stem, o, k) in enumerate(BANK[:4], 1):
        p.p(
            f"Câu {n}: {stem}\n"
            + " ".join(("*" if i == k else "") + f"{L}. {t}" for i, (L, t) in enumerate(zip("ABCD", o, strict=True)))
        )
    return asked()


@file("12-phuong-an-trong-bang")
def _(p: Paper) -> list[Q]:
    for n, (stem, o, k) in enumerate(BANK[:4], 1):
        p.p(f"Câu {n}: {stem}")
        if n % 2:
            p.table([[f"A. {o[0]}", f"B. {o[1]}"], [f"C. {o[2]}", f"D. {o[3]}"]])
        else:
            p.table([[f"A. {o[0]}", f"C. {o[2]}"], [f"B. {o[1]}", f"D. {o[3]}"]])
        p.p(f"ĐA: {'ABCD'[k]}")
    return asked()


@file("13-bang-dap-an")
def _(p: Paper) -> list[Q]:
    typed(p)
    p.lines("\nBẢNG ĐÁP ÁN")
    p.table([["Câu", "Đáp án", "Câu", "Đáp án"], ["1", "A", "3", "C"], ["2", "B", "4", "D"]])
    return asked()


@file("14-dau-danh")
def _(p: Paper) -> list[Q]:
    for n, ((stem, o, k), mark) in enumerate(
        zip(BANK[:5], ("{t} ✅", "{t} (Đúng)", "{t} (x)", "{t} (đáp án)", "✔ {t}"), strict=True), 1
    ):
        p.p(f"Câu {n}: {stem}")
        for i, t in enumerate(o):
            p.p(f"{'ABCD'[i]}. " + (mark.format(t=t) if i == k else t))
    stem, o, k = BANK[5]
    p.p(f"Câu 6: {stem}")
    for i, t in enumerate(o):
        p.p(f"{'[x]' if i == k else '[ ]'} {'ABCD'[i]}. {t}")
    return asked(6)


@file("15-dap-an-dung-la")
def _(p: Paper) -> list[Q]:
    for n, ((stem, o, k), key) in enumerate(
        zip(
            BANK,
            ("Đáp án đúng là {L}", "Đáp án: {L}. {o}", "Chọn {L}", "Đ/A: {L}", "(Đáp án: {L})", "=> {L}"),
            strict=True,
        ),
        1,
    ):
        p.lines(
            f"Câu {n}/ {stem}\n"
            + "\n".join(f"{L}/ {t}" for L, t in zip("ABCD", o, strict=True))
            + "\n"
            + key.format(L="ABCD"[k], o=o[k])
        )
    return asked(6)


@file("16-huong-dan-cham")
def _(p: Paper) -> list[Q]:
    typed(p)
    p.lines(
        "HƯỚNG DẪN CHẤM\nCâu 1: A. Theo Điều lệ Công đoàn.\nCâu 2: B\nGiải thích: Theo luật hiện hành.\nCâu 3: Đáp án C\nCâu 4: D"
    )
    q = asked()
    q[0]["explanation"], q[1]["explanation"] = "Theo Điều lệ Công đoàn.", "Theo luật hiện hành."
    return q


@file("17-dung-sai")
def _(p: Paper) -> list[Q]:
    p.lines(
        "Câu 1: Công đoàn Việt Nam thành lập ngày 28/7/1929. (Đ)\nCâu 2: Thử việc được kéo dài một năm. (S)\n"
        "Câu 3: Người lao động có quyền gia nhập công đoàn. Đúng hay sai?\nĐáp án: Đúng\n"
        "Câu 4: Tiền lương trả bằng hiện vật là bắt buộc.\nA. Đúng\n**B. Sai**\nCâu 5: Tết Âm lịch được nghỉ 5 ngày.\n☑ Đúng   ☐ Sai\n"
        "Câu 6: Trong các ý sau, ý nào đúng, ý nào sai?\na) Lương ít nhất bằng lương tối thiểu (Đ)\nb) Lương trả chậm tuỳ ý (S)\nc) Làm thêm phải được đồng ý (Đ)"
    )
    tf = ["Đúng", "Sai"]
    return [
        one("Công đoàn Việt Nam thành lập ngày 28/7/1929.", tf, [0], "true_false"),
        one("Thử việc được kéo dài một năm.", tf, [1], "true_false"),
        one("Người lao động có quyền gia nhập công đoàn. Đúng hay sai?", tf, [0], "true_false"),
        one("Tiền lương trả bằng hiện vật là bắt buộc.", tf, [1], "true_false"),
        one("Tết Âm lịch được nghỉ 5 ngày.", tf, [0], "true_false"),
        one("Trong các ý sau, ý nào đúng, ý nào sai?", ["Lương ít nhất bằng lương tối thiểu", "Lương trả chậm tuỳ ý", "Làm thêm phải được đồng ý"], [0, 2], "multiple"),
    ]  # fmt: skip


@file("18-tra-loi-ngan")
def _(p: Paper) -> list[Q]:
    p.lines(
        "Câu 1: Công đoàn Việt Nam thành lập ngày nào?\nĐáp án: 28/7/1929\nCâu 2. Ai sáng lập Tổng Công hội đỏ Bắc Kỳ? Đáp án: Nguyễn Đức Cảnh.\nCâu 3: Bộ luật Lao động 2019 có mấy điều?\nTrả lời: 220 điều"
    )
    return [
        one("Công đoàn Việt Nam thành lập ngày nào?", [], [], "short_text", accepted=["28/7/1929"]),
        one("Ai sáng lập Tổng Công hội đỏ Bắc Kỳ?", [], [], "short_text", accepted=["Nguyễn Đức Cảnh"]),
        one("Bộ luật Lao động 2019 có mấy điều?", [], [], "short_text", accepted=["220 điều"]),
    ]


@file("19-chu-de-muc-do-nguon")
def _(p: Paper) -> list[Q]:
    (s1, o1, _), (s2, o2, _), (s3, o3, _), (s4, o4, _) = BANK[:4]
    lines = "\n".join
    p.lines("Chủ đề 1: Lịch sử công đoàn\nCâu 1: [Dễ] " + s1)
    p.lines(
        lines(f"{L}. {t}" for L, t in zip("ABCD", o1, strict=True))
        + "\nĐáp án: A\nGiải thích: Đại hội ngày 28/7/1929.\nNguồn: Lịch sử phong trào công nhân Việt Nam"
    )
    p.lines("Chủ đề 2: Thời giờ làm việc\nCâu 2: " + s2)
    p.lines(
        lines(f"{L}. {t}" for L, t in zip("ABCD", o2, strict=True))
        + "\nĐáp án: B\nCăn cứ: Khoản 1 Điều 105 Bộ luật Lao động 2019\nMức độ: Khó"
    )
    p.p("Phần III. Nhân vật", style="Heading 2")
    p.lines(
        f"Câu 3: {s3} (Điều 1 Điều lệ Công đoàn Việt Nam)\n"
        + lines(f"{L}. {t}" for L, t in zip("ABCD", o3, strict=True))
        + "\nĐáp án: C. Giải thích: Ông sinh năm 1908."
    )
    p.lines(f"Câu 4 (0,25 điểm): {s4}\n" + lines(f"{L}. {t}" for L, t in zip("ABCD", o4, strict=True)) + "\nĐáp án: D")
    q = asked()
    q[0] |= {
        "topic": "Lịch sử công đoàn",
        "difficulty": "easy",
        "explanation": "Đại hội ngày 28/7/1929.",
        "other_source": "Lịch sử phong trào công nhân Việt Nam",
    }
    q[1] |= {
        "topic": "Thời giờ làm việc",
        "difficulty": "hard",
        "document": "Bộ luật Lao động 2019",
        "article": "Khoản 1 Điều 105",
    }
    q[2] |= {"document": "Điều lệ Công đoàn Việt Nam", "article": "Điều 1", "explanation": "Ông sinh năm 1908."}
    return q


@file("20-bang-cau-hoi")
def _(p: Paper) -> list[Q]:
    rows = [["STT", "Nội dung câu hỏi", "A", "B", "C", "D", "Đáp án", "Căn cứ pháp lý"]]
    rows += [[str(n), s, *o, "ABCD"[k], "Điều 5 Luật Công đoàn 2024"] for n, (s, o, k) in enumerate(BANK[:4], 1)]
    p.p("BỘ CÂU HỎI TÌM HIỂU LUẬT", style="Title")
    p.table(rows)
    return [{**q, "document": "Luật Công đoàn 2024", "article": "Điều 5"} for q in asked()]


@file("21-bang-mot-o")
def _(p: Paper) -> list[Q]:
    rows = [["TT", "Câu hỏi và phương án trả lời", "Đáp án"]]
    rows += [
        [str(n), s + "\n" + "\n".join(f"{L}. {t}" for L, t in zip("ABCD", o, strict=True)), "ABCD"[k]]
        for n, (s, o, k) in enumerate(BANK[:4], 1)
    ]
    p.table(rows)
    return asked()


@file("22-bang-dung-sai")
def _(p: Paper) -> list[Q]:
    p.table(
        [
            ["TT", "Nội dung", "Đúng", "Sai"],
            ["1", "Lương tối thiểu do Chính phủ công bố.", "x", ""],
            ["2", "Không cần hợp đồng bằng văn bản.", "", "x"],
        ]
    )
    return [
        one("Lương tối thiểu do Chính phủ công bố.", ["Đúng", "Sai"], [0], "true_false"),
        one("Không cần hợp đồng bằng văn bản.", ["Đúng", "Sai"], [1], "true_false"),
    ]


@file("23-bang-doc")
def _(p: Paper) -> list[Q]:
    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.table([[f"Câu {n}", s], *([L, t] for L, t in zip("ABCD", o, strict=True)), ["Đáp án", "ABCD"[k]]])
        p.p()
    return asked()


@file("24-ngat-dong-mem")
def _(p: Paper) -> list[Q]:
    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.p(
            f"Câu {n}: {s}\n"
            + "\n".join(f"{L}. {t}" for L, t in zip("ABCD", o, strict=True))
            + f"\nĐáp án: {'ABCD'[k]}"
        )
    return asked()


@file("25-nfd-va-ky-tu-la")
def _(p: Paper) -> list[Q]:
    def odd(text: str) -> str:
        return unicodedata.normalize("NFD", text).replace(" ", "\u00a0", 1) + "\u200b"

    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.p(odd(f"Câu {n}: {s}"))
        for L, t in zip("ABCD", o, strict=True):
            p.p("\u200b" + odd(f"{L}. {t}"))
        p.p(odd(f"Đáp án: {'ABCD'[k]}"))
    p.lines("Câu 5: “Dân biết, dân bàn” là phương châm gì?\nA. “Dân chủ cơ sở”\nB. Khác\nĐáp án: A")
    return [*asked(), one("“Dân biết, dân bàn” là phương châm gì?", ["“Dân chủ cơ sở”", "Khác"], [0])]


@file("26-hai-dap-an")
def _(p: Paper) -> list[Q]:
    p.lines(
        "Câu 1: Những ngày nào được nghỉ lễ?\n**A. Tết Dương lịch**\nB. Ngày 20/11\n**C. Quốc khánh**\nD. Ngày 8/3\n"
        "Câu 2: Câu này chưa ai đánh dấu?\nA. Một\nB. Hai\nC. Ba\n"
        "Câu 3: Câu này dấu trái nhau?\n**A. Một**\nB. Hai\nC. Ba\n"
        "Câu 4: Câu này đậm tất cả?\n**A. Một**\n**B. Hai**\n**C. Ba**\n"
        "Câu 5: Câu này đậm tất cả mà gạch chân một?\n**A. Một**\n{both|B. Hai}\n**C. Ba**\n"
        "BẢNG ĐÁP ÁN\n3.B"
    )
    return [
        one(
            "Những ngày nào được nghỉ lễ?",
            ["Tết Dương lịch", "Ngày 20/11", "Quốc khánh", "Ngày 8/3"],
            [0, 2],
            "multiple",
        ),
        one("Câu này chưa ai đánh dấu?", ["Một", "Hai", "Ba"], [], problems=["missing_key"]),
        one("Câu này dấu trái nhau?", ["Một", "Hai", "Ba"], [], problems=["conflicting_keys"]),
        one("Câu này đậm tất cả?", ["Một", "Hai", "Ba"], [], problems=["missing_key"]),
        one("Câu này đậm tất cả mà gạch chân một?", ["Một", "Hai", "Ba"], [1]),
    ]


@file("27-y-trong-loi-cau")
def _(p: Paper) -> list[Q]:
    p.lines(
        "Câu 1: Cho các nhận định sau:\n1. Công đoàn đại diện cho người lao động.\n2. Công đoàn thu thuế.\n3. Công đoàn thương lượng tập thể.\nSố nhận định đúng là:\nA. 1\nB. 2\nC. 3\nD. 0\nĐáp án: B\n"
        "Câu 2: Xét các ý:\na) Thương lượng\nb) Đối thoại\nChọn phương án đúng.\nA. Chỉ a\nB. Chỉ b\nC. Cả a và b\nD. Không ý nào\nĐáp án: C\n"
        "Câu 3: Anh A. làm cho công ty B. Anh A. được nghỉ mấy ngày phép?\nA. 10 ngày\nB. 11 ngày\nC. 12 ngày\nĐáp án: C"
    )
    return [
        one("Cho các nhận định sau:\n1. Công đoàn đại diện cho người lao động.\n2. Công đoàn thu thuế.\n3. Công đoàn thương lượng tập thể.\nSố nhận định đúng là:", ["1", "2", "3", "0"], [1]),
        one("Xét các ý:\na) Thương lượng\nb) Đối thoại\nChọn phương án đúng.", ["Chỉ a", "Chỉ b", "Cả a và b", "Không ý nào"], [2], problems=["letters_not_pinned"]),
        one("Anh A. làm cho công ty B. Anh A. được nghỉ mấy ngày phép?", ["10 ngày", "11 ngày", "12 ngày"], [2]),
    ]  # fmt: skip


@file("28-khong-danh-so")
def _(p: Paper) -> list[Q]:
    p.p("BỘ CÂU HỎI ÔN TẬP")
    for s, o, k in BANK[:4]:
        p.p(s)
        for i, t in enumerate(o):
            p.p(f"**{'ABCD'[i]}. {t}**" if i == k else f"{'ABCD'[i]}. {t}")
    return asked()


@file("29-hai-de")
def _(p: Paper) -> list[Q]:
    half = [BANK[:2], BANK[2:4]]
    for n, questions in enumerate(half, 1):
        p.p(f"ĐỀ SỐ {n}")
        for m, (s, o, _) in enumerate(questions, 1):
            p.lines(f"Câu {m}: {s}\n" + "\n".join(f"{L}. {t}" for L, t in zip("ABCD", o, strict=True)))
        p.lines(f"ĐÁP ÁN ĐỀ SỐ {n}\n" + ", ".join(f"{m}-{'ABCD'[k]}" for m, (_, _, k) in enumerate(questions, 1)))
    return asked()


@file("30-hinh-anh")
def _(p: Paper) -> list[Q]:
    p.p("Câu 1: Ảnh này chụp ở đâu?")
    p.picture()
    p.lines("A. Hà Nội\nB. Huế\nĐáp án: A\nCâu 2: Chọn biểu trưng đúng?")
    p.picture(p.p("A. Mẫu này "))
    p.lines("B. Mẫu khác\nĐáp án: A\nCâu 3: Hai ảnh này là gì?")
    p.picture(p.picture())
    p.picture(image=png(200))
    p.lines("A. Một\nB. Hai\nĐáp án: B")
    return [
        one("Ảnh này chụp ở đâu?", ["Hà Nội", "Huế"], [0], image=True),
        one("Chọn biểu trưng đúng?", ["Mẫu này", "Mẫu khác"], [0], problems=["option_image"]),
        one("Hai ảnh này là gì?", ["Một", "Hai"], [1], problems=["many_images"]),
    ]


@file("31-sua-doi-an-lien-ket")
def _(p: Paper) -> list[Q]:
    p.lines("Câu 1: Người lao động được {del|tám}{ins|mười hai} ngày phép?\nA. Đúng {hidden|bí mật}\n**B. Sai**")
    p.raw(
        '<w:hyperlink r:id="rId99" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:r><w:rPr><w:color w:val="0000FF"/><w:u w:val="single"/></w:rPr><w:t>Câu 2: Đọc ở đâu?</w:t></w:r></w:hyperlink>'
    )
    p.raw(
        '<w:r><w:t xml:space="preserve">A. </w:t></w:r><w:hyperlink><w:r><w:rPr><w:color w:val="0000FF"/><w:u w:val="single"/></w:rPr><w:t>congdoan.vn</w:t></w:r></w:hyperlink>'
    )
    p.raw("<w:sdt><w:sdtContent><w:r><w:rPr><w:b/></w:rPr><w:t>B. Báo Lao động</w:t></w:r></w:sdtContent></w:sdt>")
    p.raw(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>SEQ cau</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Câu 3</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>: Trường tự động?</w:t></w:r>'
    )
    p.lines("A. Có\nB. Không\nĐáp án: A")
    return [
        one("Người lao động được mười hai ngày phép?", ["Đúng", "Sai"], [1], "true_false"),
        one("Đọc ở đâu?", ["congdoan.vn", "Báo Lao động"], [1]),
        one("Trường tự động?", ["Có", "Không"], [0]),
    ]


@file("32-cong-thuc")
def _(p: Paper) -> list[Q]:
    p.raw(
        '<w:r><w:t xml:space="preserve">Câu 1: Lương giờ bằng </w:t></w:r><m:oMath><m:f><m:num><m:r><m:t>L</m:t></m:r></m:num><m:den><m:r><m:t>8n</m:t></m:r></m:den></m:f></m:oMath><w:r><w:t> đúng không?</w:t></w:r>'
    )
    p.lines("A. Có\nB. Không\nĐáp án: A\nCâu 2: Phòng rộng 10 m{up|2}?\nA. Có\nB. Không\nĐáp án: B")
    return [
        one("Lương giờ bằng L/8n đúng không?", ["Có", "Không"], [0]),
        one("Phòng rộng 10 m²?", ["Có", "Không"], [1]),
    ]


@file("33-kieu-chu")
def _(p: Paper) -> list[Q]:
    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.p(f"Câu {n}: {s}", style="Heading 3")
        for i, t in enumerate(o):
            paragraph = p.p()
            paragraph.add_run(f"{'ABCD'[i]}. ").bold = True
            run = paragraph.add_run(t)
            if i == k:
                run.style = "Strong"
    return asked()


@file("34-tu-luan")
def _(p: Paper) -> list[Q]:
    p.p("PHẦN I. TRẮC NGHIỆM (2 điểm)")
    typed(p, key="Đáp án: {L}")
    p.lines(
        "PHẦN II. TỰ LUẬN (8 điểm)\nCâu 5: Anh/chị hãy nêu cảm nghĩ về tổ chức Công đoàn.\nCâu 6: Đề xuất một giải pháp chăm lo đoàn viên."
    )
    return [
        *asked(),
        one("Anh/chị hãy nêu cảm nghĩ về tổ chức Công đoàn.", [], [], "essay"),
        one("Đề xuất một giải pháp chăm lo đoàn viên.", [], [], "essay"),
    ]


@file("35-tick-wingdings")
def _(p: Paper) -> list[Q]:
    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.p(f"Câu {n} - {s}")
        for i, t in enumerate(o):
            p.p(f"{'ABCD'[i]}. {t}" + (" {tick|ü}" if i == k else ""))
    return asked()


@file("36-gach-dau-dong")
def _(p: Paper) -> list[Q]:
    bullets = p.lists(("bullet", "-"))
    for n, (s, o, k) in enumerate(BANK[:4], 1):
        p.p(f"Câu {n}: {s}")
        for i, t in enumerate(o):
            text = f"{{red|{t}}}" if i == k else t
            p.item(text, bullets) if n % 2 else p.p(f"- {text}")
    return asked()


def expected(questions: list[Q]) -> str:
    return json.dumps(questions, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for name, build in FILES.items():
        paper = Paper()
        (HERE / f"{name}.json").write_text(expected(build(paper)), encoding="utf-8")
        paper.save(HERE / f"{name}.docx")
    if "--libreoffice" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(HERE / f"{name}.docx") for name in SAVED_ANEW]
            subprocess.run(
                ["soffice", "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", folder, *paths],
                check=True,
            )
            for name in SAVED_ANEW:
                (HERE / f"lo-{name}.docx").write_bytes((Path(folder) / f"{name}.docx").read_bytes())
                (HERE / f"lo-{name}.json").write_text(
                    (HERE / f"{name}.json").read_text(encoding="utf-8"), encoding="utf-8"
                )


if __name__ == "__main__":
    main()
