"""The official report, read back by script: its form, the order of its blocks, and every number against SQL."""

import io
import re
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from django.db import connection
from django.utils import timezone
from docx.shared import Mm, Pt

from accounts.actions import declare
from accounts.models import Headcount, Unit
from contests.models import Round
from reports import queries, segment_queries
from reports.exports import official_report
from reports.exports.official_report import COUNTRY, MOTTO
from reports.item_queries import round_papers
from reports.mastery import Known
from reports.official import BLANK_PLACE, COLUMNS, GROUP_COLUMNS, Course, Groups, Issuer, Weak, compose, group_table
from reports.participation import CountRow, HeadcountRow, UnitRow, participation
from reports.segment_words import groups_of, segment_table
from reports.segments import UNSAID, Line
from reports.suppression import HIDDEN, Shown
from tests import make
from tests.reports.rows import sat, written

AS_OF = datetime(2026, 11, 23, 3, 5, 7, tzinfo=UTC)
CHECK = "Mã đối chiếu 0000-0000-0000, kiểm tra tại https://example.vn/bao-cao/doi-chieu/?ma=000000000000"
COURSE = Course("Tìm hiểu luật", "LĐLĐ tỉnh", "LĐLĐ tỉnh", 1, AS_OF - timedelta(days=9), AS_OF - timedelta(days=1))


@pytest.fixture
def write(tmp_path):
    def write(contest, unit):
        return docx.Document(io.BytesIO(written("official", contest, unit, tmp_path, as_of=AS_OF, check=CHECK)))

    return write


@pytest.fixture
def played(union, contest):
    """Two wards and a unit right below the province; one ward has 1,300 members, so that points of thousands show."""
    ward = make.make_unit(union.province_a, "Công đoàn phường Gia Sàng", "cap-tren-co-so")
    mill = make.make_unit(ward, "CĐCS Nhà máy Gang thép", members=1300)
    make.make_unit(ward, "CĐCS Chợ Gia Sàng", members=40)
    office = make.make_unit(union.province_a, "CĐCS Văn phòng", members=20)
    for place, unit in enumerate([mill, mill, mill, office, union.factory_a, union.factory_a, union.school_a]):
        sat(contest, make.make_member(f"Người {place}", unit), unit, *range(100, 100 * (place % 4 + 2), 100))
    sat(contest, union.bob, union.school_a, running=True)
    return contest


def blocks(file):
    """Paragraphs and tables of the body in their order."""
    return list(file.iter_inner_content())


def lines(cell):
    return [paragraph.text.replace("\n", " ") for paragraph in cell.paragraphs if paragraph.text]


def texts(file):
    return [paragraph.text for paragraph in file.paragraphs if paragraph.text]


# --- the form


def test_page_margins_fonts_and_page_numbers_are_those_of_the_decree(write, union, played):
    file = write(played, union.province_a)

    [section] = file.sections
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    top, bottom, left, right = (round(side.mm, 1) for side in sides)
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= top <= 25
    assert 20 <= bottom <= 25
    assert 30 <= left <= 35
    assert 15 <= right <= 20
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert section.header.paragraphs[0].alignment == 1
    assert "PAGE" not in section.first_page_header._element.xml
    assert section.header_distance < section.top_margin
    normal = file.styles["Normal"]
    assert normal.font.name == "Times New Roman"
    assert {run.font.name for paragraph in file.paragraphs for run in paragraph.runs} == {None}, "all as Normal"
    body = [
        paragraph
        for paragraph in file.paragraphs
        if paragraph.paragraph_format.first_line_indent and not paragraph.runs[0].bold
    ]
    assert len(body) > 6
    for paragraph in body:
        assert Pt(13) <= paragraph.runs[0].font.size <= Pt(14)
        assert paragraph.alignment == 3
        assert Mm(10) <= paragraph.paragraph_format.first_line_indent <= Mm(12.7)
        assert paragraph.paragraph_format.space_before >= Pt(6)


def test_the_blocks_stand_in_the_order_of_the_paper(write, union, played):
    file = write(played, union.province_a)

    head, figures, signs = file.tables
    left, right = head.rows[0].cells
    assert lines(left) == [
        "TỔNG LIÊN ĐOÀN LAO ĐỘNG VIỆT NAM",
        "LIÊN ĐOÀN LAO ĐỘNG TỈNH THÁI NGUYÊN",
        "Số:          /BC-LĐLĐ",
    ]
    assert left.paragraphs[0].text == "TỔNG LIÊN ĐOÀN\nLAO ĐỘNG VIỆT NAM", "no word alone on a line"
    assert [bool(paragraph.runs[0].bold) for paragraph in left.paragraphs[:2]] == [False, True]
    assert lines(right) == [COUNTRY, MOTTO, "Thái Nguyên, ngày      tháng 11 năm 2026"]
    assert [paragraph.runs[0].bold for paragraph in right.paragraphs[:2]] == [True, True]
    assert [paragraph.runs[0].font.size for paragraph in right.paragraphs[:2]] == [Pt(12), Pt(13)]
    assert [paragraph for paragraph in right.paragraphs if paragraph.text][-1].runs[0].italic
    assert "<w:pBdr>" in right._element.xml, "a rule below the motto, not an underline"
    assert "<w:u " not in file.element.xml

    order = blocks(file)
    at = {block.text: place for place, block in enumerate(order) if hasattr(block, "text")}
    title = "BÁO CÁO"
    closing = next(text for text in reversed(texts(file)) if text.startswith("Trên đây"))
    sections = [text for text in texts(file) if re.match(r"[IV]+\. ", text)]
    assert sections == ["I. KHÁI QUÁT CUỘC THI", "II. KẾT QUẢ THAM GIA", "III. KẾT QUẢ THI", "IV. SỐ LIỆU THEO ĐƠN VỊ"]
    tables = [place for place, block in enumerate(order) if not hasattr(block, "text")]
    chart = next(text for text in texts(file) if text.startswith("Biểu đồ"))
    note = next(text for text in texts(file) if text.startswith("(Số liệu"))
    places = [tables[0], at[title], at[f"Kết quả tham gia cuộc thi “{played.title}”"], *(at[one] for one in sections), tables[1], at[chart], at[note], at[closing], tables[2]]  # fmt: skip
    assert places == sorted(places)
    assert closing.endswith("./.")
    assert sum(text.endswith("./.") for text in texts(file)) == 1
    assert len(file.inline_shapes) == 1

    receivers, sign = signs.rows[0].cells
    assert lines(receivers) == [
        "Nơi nhận:",
        "- Tổng Liên đoàn Lao động Việt Nam (để báo cáo);",
        "- Các đơn vị trực thuộc;",
        "- Lưu: VT.",
    ]
    assert receivers.paragraphs[0].runs[0].bold
    assert receivers.paragraphs[0].runs[0].italic
    assert lines(sign) == ["TM. BAN THƯỜNG VỤ", "CHỦ TỊCH"]
    assert "Mã đối chiếu 0000-0000-0000" in note
    assert "lúc 10:05:07 ngày 23/11/2026" in note
    assert [cell.text for cell in figures.rows[0].cells] == list(COLUMNS)
    assert "w:tblHeader" in figures.rows[0]._tr.xml


# --- the figures

SQL = """
    WITH tries AS (
        SELECT e.unit_path AS path, e.id AS entry, a.state, a."right" FROM contests_entry e JOIN contests_attempt a ON a.entry_id = e.id
    ), best AS (
        SELECT e.unit_path AS path, e.id AS entry, s.points FROM contests_entry e JOIN contests_standing s ON s.entry_id = e.id WHERE s.round_id IS NULL
    )
    SELECT (SELECT count(DISTINCT entry) FROM tries WHERE path LIKE %(path)s || '%%'),
           (SELECT count(*) FROM tries WHERE path LIKE %(path)s || '%%'),
           (SELECT count(*) FROM tries WHERE path LIKE %(path)s || '%%' AND state <> 'started'),
           (SELECT sum(h.members) FROM accounts_headcount h JOIN accounts_unit u ON u.id = h.unit_id WHERE u.path LIKE %(path)s || '%%'),
           (SELECT count(*) FROM best WHERE path LIKE %(path)s || '%%'),
           (SELECT sum(points) FROM best WHERE path LIKE %(path)s || '%%'),
           (SELECT count(DISTINCT b.entry) FROM best b JOIN tries t ON t.entry = b.entry WHERE b.path LIKE %(path)s || '%%' AND t."right" >= 2),
           (SELECT count(*) FROM accounts_unit u JOIN accounts_unitkind k ON k.id = u.kind_id WHERE k.is_grassroots AND u.path LIKE %(path)s || '%%'),
           (SELECT count(DISTINCT u.id) FROM accounts_unit u JOIN accounts_unitkind k ON k.id = u.kind_id JOIN tries t ON t.path = u.path
            WHERE k.is_grassroots AND u.path LIKE %(path)s || '%%')
"""


def counted(unit):
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"path": unit.path})
        return cursor.fetchone()


def dotted(number):
    return f"{number:,}".replace(",", ".")


def tenths(part, of):
    """In whole numbers, half goes up."""
    return dotted((part * 20 + of) // (2 * of) // 10) + f",{(part * 20 + of) // (2 * of) % 10}"


def share(part, of):
    return f"{tenths(part * 100, of)} %"


def test_every_number_of_the_text_is_that_of_sql(write, union, played):
    people, attempts, handed_in, members, scored, points, passed, units, taking = counted(union.province_a)
    assert (people, attempts, members) == (8, 17, 1610)
    first = played.rounds.get()
    opens, closes = (timezone.localtime(one).strftime("%d/%m/%Y") for one in (first.opens_at, first.closes_at))

    said = texts(write(played, union.province_a))

    assert (
        f"Cuộc thi do {union.province_a.name} tổ chức theo hình thức trực tuyến, gồm 1 đợt thi, từ ngày {opens} đến ngày {closes}."
        in said
    )
    assert (
        f"1. Tính đến 10 giờ 05 phút ngày 23/11/2026, có {people} người dự thi với {attempts} lượt thi, trong đó {handed_in} lượt đã nộp bài. "
        "Mỗi người được tính một lần, theo đơn vị vào ngày vào thi."
    ) in said
    assert (
        f"2. Tỷ lệ tham gia đạt {share(people, members)} trên tổng số {dotted(members)} đoàn viên (số liệu ngày 30/06/2026)."
        in said
    )
    assert (
        f"3. Có {taking} trên {units} công đoàn cơ sở có người dự thi ({share(taking, units)}); còn {units - taking} công đoàn cơ sở chưa có người dự thi."
        in said
    )
    assert (
        "4. Tỷ lệ tham gia cao nhất: CĐCS Văn phòng (5,0 %). Tỷ lệ tham gia thấp nhất: Công đoàn phường Gia Sàng (0,2 %). "
        "Đơn vị cao nhất hơn đơn vị thấp nhất 4,8 điểm phần trăm."
    ) in said
    assert (
        f"Điểm trung bình của {scored} người có kết quả là {tenths(points, scored * 100)} điểm. Có {passed} người, bằng {share(passed, scored)} "
        "số người có kết quả, làm đúng từ một nửa số câu trở lên trong ít nhất một lượt thi."
    ) in said


def test_every_row_of_the_table_is_that_of_sql_and_the_rows_add_up(write, union, played):
    rows = [[cell.text for cell in row.cells] for row in write(played, union.province_a).tables[1].rows[1:]]

    for _number, name, *figures in rows:
        unit = union.province_a if name == "Tổng cộng" else Unit.objects.get(name=name)
        people, attempts, _, members, scored, points, _, units, taking = counted(unit)
        mean = tenths(points, scored * 100) if scored else "—"
        assert figures == [
            dotted(members),
            dotted(people),
            tenths(people * 100, members),
            dotted(attempts),
            mean,
            str(taking),
            str(units),
        ], name
    assert [row[0] for row in rows] == ["1", "2", "2.1", "2.2", "3", "3.1", "3.2", ""]
    tops = [row for row in rows if re.fullmatch(r"\d", row[0])]
    for column in (2, 3, 5, 7, 8):
        assert sum(int(row[column].replace(".", "")) for row in tops) == int(rows[-1][column].replace(".", ""))
    bold = [row.cells[1].paragraphs[0].runs[0].bold for row in write(played, union.province_a).tables[1].rows[1:]]
    assert [row[1] for row, is_bold in zip(rows, bold, strict=True) if is_bold] == [
        union.ward_a.name,
        "Công đoàn phường Gia Sàng",
        "Tổng cộng",
    ]


def test_a_grassroots_unit_reports_without_a_table(write, union, played):
    file = write(played, union.factory_a)

    assert len(file.tables) == 2
    assert not file.inline_shapes
    left, right = file.tables[0].rows[0].cells
    assert lines(left) == ["CÔNG ĐOÀN PHƯỜNG PHAN ĐÌNH PHÙNG", union.factory_a.name.upper(), "Số:          /BC-CĐCS"]
    assert lines(right)[-1].startswith("Thái Nguyên, ngày ")
    receivers, sign = file.tables[1].rows[0].cells
    assert lines(receivers)[1:] == [
        "- Công đoàn phường Phan Đình Phùng (để báo cáo);",
        "- Liên đoàn Lao động tỉnh Thái Nguyên (để báo cáo);",
        "- Lưu: VT.",
    ]
    assert lines(sign) == ["TM. BAN CHẤP HÀNH", "CHỦ TỊCH"]
    assert not any("công đoàn cơ sở có người dự thi" in text for text in texts(file))


# --- what people know, and groups


@pytest.fixture
def over(contest):
    """Its only round closed three days ago, so that nobody can draw its questions any more."""
    begun = timezone.now() - timedelta(days=3)
    contest.rounds.update(opens_at=begun, closes_at=begun + timedelta(hours=1))
    return contest


def test_groups_are_told_as_their_page_publishes_them_and_in_no_other_figure(tmp_path, union, over):
    for place in range(70):
        member = make.make_member(f"Người {place}", union.factory_a)
        sat(over, member, union.factory_a, 100 + place)
        gender = "female" if place < 44 else "male" if place < 66 else ""
        if gender:
            declare(member=member, facts={"gender": gender}, text="lời", text_version="1", now=timezone.now())
    tomorrow = segment_queries.midnight(timezone.now()) + timedelta(days=1)
    published = segment_queries.segment_tables(over, union.factory_a, tomorrow).one("gender", groups_of("gender"))
    women, men, unsaid = (next(shown for group, shown in published if group == key) for key in ("female", "male", ""))
    assert women.people
    assert unsaid.people is None, "four people"

    file = docx.Document(
        io.BytesIO(written("official", over, union.factory_a, tmp_path, as_of=tomorrow + timedelta(hours=9)))
    )

    [table] = [table for table in file.tables if table.rows[0].cells[0].text == "Nhóm"]
    assert tuple(cell.text for cell in table.rows[0].cells) == GROUP_COLUMNS[:3], "no result may be told of these"
    rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    assert rows[0] == ["Giới tính"] * 3, "one cell over the whole width"
    told = [(name, shown) for name, shown in (("Nữ", women), ("Nam", men)) if shown.people]
    assert rows[1:] == [
        *([name, dotted(shown.people), dotted(shown.attempts)] for name, shown in told),
        ["Không khai", "–", "–"],
    ]
    said = texts(file)
    assert "IV. THEO NHÓM TỰ KHAI" in said, "a grassroots unit has no table of units before it"
    [lead] = [text for text in said if "tự khai; việc khai là tự nguyện" in text]
    assert lead.startswith(f"Số liệu tính đến hết ngày {timezone.localtime(tomorrow) - timedelta(days=1):%d/%m/%Y}")
    assert "bội số của 5" in lead
    assert "giữ kín" in lead
    assert "w:tblHeader" in table.rows[0]._tr.xml


def test_a_unit_too_small_or_without_a_word_has_no_groups(tmp_path, union, over):
    for place in range(40):
        sat(over, make.make_member(f"Người {place}", union.factory_a), union.factory_a, 100)
    sat(over, union.bob, union.school_a, 100)
    tomorrow = segment_queries.midnight(timezone.now()) + timedelta(days=1)

    for unit in (union.factory_a, union.school_a):
        file = docx.Document(io.BytesIO(written("official", over, unit, tmp_path, as_of=tomorrow)))
        assert "tự khai" not in "\n".join(texts(file)).lower()
        assert len(file.tables) == 2


def test_the_weakest_topics_and_articles_are_named_and_never_all_of_them():
    known = {
        name: Known(9, 90, share)
        for name, share in (("Tiền lương", 0.62), ("An toàn", 0.41), ("Nghỉ phép", 0.9), ("Thai sản", 0.55))
    }
    sources = {
        ("Bộ luật Lao động 2019", "Điều 90"): Known(9, 9, 0.3),
        ("Luật Công đoàn 2024", ""): Known(9, 9, 0.7),
        ("", ""): Known(9, 9, 0.1),
    }
    few = {"Ít người": Known(4, 9, None)}

    text = said(composed([(9, 9, 9, 9, 900, 9)], weak=Weak(known | few, sources)))
    assert "Chủ đề có tỷ lệ điểm thấp nhất: An toàn (41,0 %); Thai sản (55,0 %)." in text
    assert "Điều luật có tỷ lệ điểm thấp nhất: Điều 90 Bộ luật Lao động 2019 (30,0 %)." in text
    assert "Ít người" not in text
    assert "Nghỉ phép" not in text
    for weak in (Weak(few, {}), Weak({"Một": known["An toàn"]}, {})):
        assert "thấp nhất" not in said(composed([(9, 9, 9, 9, 900, 9)], weak=weak))
    assert "An toàn" not in said(composed([], weak=Weak(known, sources))), "nothing is judged yet"


def test_what_people_know_is_told_once_the_questions_rest_and_not_before(tmp_path, union, played):
    calls = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(official_report, "round_papers", lambda *given: calls.append(given) or round_papers(*given))
        closes = played.rounds.get().closes_at
        for at in (closes, closes + timedelta(hours=1)):
            written("official", played, union.province_a, tmp_path, as_of=at)

    assert len(calls) == 1


def test_sections_are_numbered_without_a_gap():
    table = segment_table(
        "gender", [Line("female", Shown(40, 45, 250.0, 0.85)), Line("male", HIDDEN), Line(UNSAID, Shown(20, 20))]
    )
    groups = Groups(AS_OF, [table, segment_table("shift", [Line("day", HIDDEN), Line(UNSAID, Shown(60, 65))])])

    headings = [section.heading for section in composed([(9, 9, 9, 9, 900, 9)], groups=groups).sections]

    assert headings == ["I. KHÁI QUÁT CUỘC THI", "II. KẾT QUẢ THAM GIA", "III. KẾT QUẢ THI", "IV. SỐ LIỆU THEO ĐƠN VỊ", "V. THEO NHÓM TỰ KHAI"]  # fmt: skip
    [section] = [one for one in composed([], units=0, groups=groups).sections if one.groups]
    assert section.heading == "IV. THEO NHÓM TỰ KHAI"
    assert [one.segment for one in section.groups] == ["gender"], "of the shift nobody said anything"
    assert group_table(section.groups) == (GROUP_COLUMNS, [
        (("Giới tính", "", "", "", ""), True),
        (("Nữ", "40", "45", "2,5", "85 %"), False),
        (("Không khai", "20", "20", "—", "—"), False),
    ])  # fmt: skip
    assert section.paragraphs[0].startswith("Số liệu tính đến hết ngày 22/11/2026")


def test_names_that_xml_cannot_hold_are_written_without_what_it_cannot(write, union, played):
    played.title = "Thi\x0b & <b>“luật”</b>\x01"
    union.province_a.name = "LĐLĐ tỉnh \x02Thái Nguyên"

    assert "Kết quả tham gia cuộc thi “Thi & <b>“luật”</b>”" in texts(write(played, union.province_a))


def test_facts_of_a_contest_count_all_rounds_and_extensions(union, contest):
    first = contest.rounds.get()
    later = first.closes_at + timedelta(days=30)
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=first.closes_at, closes_at=first.closes_at + timedelta(days=1),
        extended_until=later, rules=first.rules,
    )  # fmt: skip

    course = queries.course_of(contest)

    assert (course.rounds, course.opens_at, course.closes_at) == (2, first.opens_at, later)


# --- the words, from figures made by hand

ROOT = "0001.0002."


def composed(
    counts,
    heads=(),
    units=3,
    kind="ldld-tinh",
    name="LĐLĐ tỉnh Bình Minh",
    above=("Tổng Liên đoàn",),
    course=COURSE,
    **more,
):
    rows = [UnitRow(ROOT, "T", name, "", False)]
    rows += [UnitRow(f"{ROOT}{place:04}.", str(place), f"CĐCS {place}", "CĐCS", True) for place in range(1, units + 1)]
    heads = [HeadcountRow(f"{ROOT}{place:04}.", members, date(2026, 6, 30)) for place, members in enumerate(heads, 1)]
    counts = [CountRow(f"{ROOT}{place:04}.", *count) for place, count in enumerate(counts, 1)]
    return compose(
        Issuer(name, kind, above), course, participation(ROOT, rows, heads, counts), as_of=AS_OF, check=CHECK, **more
    )


def said(report):
    return "\n".join(text for section in report.sections for text in section.paragraphs)


def test_what_is_not_known_is_said_and_no_number_is_made_up():
    report = composed([], units=2)

    assert "có 0 người dự thi với 0 lượt thi" in said(report)
    assert "Chưa có số liệu đoàn viên, nên chưa tính được tỷ lệ tham gia." in said(report)
    assert "chưa có kết quả thi được chấm" in said(report)
    assert "cao nhất" not in said(report)
    assert report.bars == []
    assert [row.cells()[2:7] for row in report.rows] == [["—", "0", "—", "0", "—"]] * 3


def test_units_without_a_headcount_and_a_rate_above_the_whole_are_told():
    report = composed([(30, 30, 30, 0, 0)], heads=[20])

    assert "150,0 % trên tổng số 20 đoàn viên" in said(report)
    assert "Có 2 công đoàn cơ sở chưa báo số đoàn viên" in said(report)
    assert "cần được rà soát lại" in said(report)


def test_everybody_takes_part():
    assert "Toàn bộ 2 công đoàn cơ sở đều có người dự thi." in said(composed([(1, 1, 1, 0, 0)] * 2, units=2))


def test_best_and_weakest_share_nobody_and_their_distance_is_that_of_the_printed_rates():
    counts = [(people, people, people, 0, 0) for people in (90, 80, 70, 60, 55, 333)]
    report = composed(counts, heads=[100, 100, 100, 100, 100, 1000], units=6)

    text = said(report)
    assert "cao nhất: CĐCS 1 (90,0 %); CĐCS 2 (80,0 %); CĐCS 3 (70,0 %)." in text
    assert "thấp nhất: CĐCS 6 (33,3 %); CĐCS 5 (55,0 %); CĐCS 4 (60,0 %)." in text
    assert "hơn đơn vị thấp nhất 56,7 điểm phần trăm" in text
    assert "cao nhất: CĐCS 1 (90,0 %). Tỷ lệ tham gia thấp nhất: CĐCS 3 (70,0 %)." in said(
        composed(counts[:3], heads=[100] * 3)
    )
    assert "cao nhất" not in said(composed(counts[:1] * 2, heads=[100] * 2, units=2)), "all alike"


def test_a_contest_that_still_runs_is_called_provisional():
    assert "số liệu tạm tính" not in said(composed([]))
    running = Course("T", "A", "A", 4, AS_OF, AS_OF + timedelta(days=1))
    assert "số liệu tạm tính" in said(composed([], course=running))
    assert "gồm 4 đợt thi, từ ngày 23/11/2026 đến ngày 24/11/2026" in said(composed([], course=running))


@pytest.mark.parametrize(
    ("kind", "name", "above", "place", "number", "signs"),
    [
        ("tong-lien-doan", "Tổng Liên đoàn", (), "Hà Nội", "BC-TLĐ", "TM. ĐOÀN CHỦ TỊCH"),
        ("ldld-tinh", "Liên đoàn Lao động thành phố Hải Phòng", ("TLĐ",), "Hải Phòng", "BC-LĐLĐ", "TM. BAN THƯỜNG VỤ"),
        ("cd-nganh", "Công đoàn Dệt may", ("TLĐ",), BLANK_PLACE, "BC-CĐN", "TM. BAN THƯỜNG VỤ"),
        ("cap-tren-co-so", "Công đoàn xã Tân Cương", ("LĐLĐ tỉnh A",), "Tân Cương", "BC-CĐ", "TM. BAN THƯỜNG VỤ"),
        ("cdcs", "CĐCS Nhà máy", ("Công đoàn xã B", "LĐLĐ tỉnh A"), "A", "BC-CĐCS", "TM. BAN CHẤP HÀNH"),
        ("moi", "Kiểu mới", (), BLANK_PLACE, "BC-CĐ", "TM. BAN THƯỜNG VỤ"),
    ],
)
def test_place_number_and_signature_follow_the_kind_of_unit(kind, name, above, place, number, signs):
    report = composed([], kind=kind, name=name, above=above)

    assert report.place_and_date.startswith(f"{place}, ngày      tháng 11 năm 2026")
    assert report.number == f"Số:          /{number}"
    assert report.signs == (signs, "CHỦ TỊCH")
    assert report.above == (above[0].upper() if above else "")


def test_a_long_list_is_cut_and_still_adds_up():
    counts = [(place, place * 2, place, place, place * 300, 1) for place in range(1, 301)]
    report = composed(counts, heads=[1000] * 300, units=300)

    rows = [row.cells() for row in report.rows]
    assert len(rows) == 202
    assert rows[-2][1] == "100 đơn vị còn lại"
    assert sum(row.figures.participants for row in report.rows[:-1]) == report.rows[-1].figures.participants == 45150
    assert rows[-2][2:] == ["100.000", "5.050", "5,1", "10.100", "3,0", "100", "100"]
    assert rows[-1][2:] == ["300.000", "45.150", "15,1", "90.300", "3,0", "300", "300"]


def test_headcounts_of_several_days_are_a_range(union, contest, write):
    Headcount.objects.filter(unit=union.school_a).update(on_day=date(2025, 12, 31))

    assert "(số liệu báo từ ngày 31/12/2025 đến ngày 30/06/2026)" in "\n".join(texts(write(contest, union.province_a)))
