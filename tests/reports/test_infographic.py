"""The picture that is shared: every figure is that of the table, no letter leaves its place, whatever units are called."""

import io
import itertools
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from contests.models import Round
from contests.rules.settings import Review, dump, parse_round_rules
from reports.exports.shared_picture import results_are_open
from reports.infographic import FEWEST, HEIGHT, LEADING, LEFT, NAMED, RIGHT, RISE, WIDTH, Said, best_of, compose
from reports.participation import CountRow, HeadcountRow, UnitRow, participation, report_of
from reports.pictures import OurFaces, draw_shared, face
from tests import make
from tests.reports.rows import sat, written

AS_OF = datetime(2026, 11, 23, 3, 5, 7, tzinfo=UTC)
ROOT = "0001.0002."
CHECK = "Mã đối chiếu 0000-0000-0000, kiểm tra tại https://hoithi.congdoanthainguyen.org.vn/bao-cao/doi-chieu/?ma=000000000000"
DAY = date(2026, 6, 30)
LONG = "Công đoàn cơ sở Công ty Trách nhiệm hữu hạn Một thành viên Điện tử Samsung Electronics Việt Nam Thái Nguyên"
FACES = OurFaces()


def said(
    children=(), own=None, name="Liên đoàn Lao động tỉnh Thái Nguyên", contest="Tìm hiểu Luật Công đoàn 2024", **more
):
    """Children: name, members (None: never told), people, attempts, points of all, passed. `own`: the same of a unit without any."""
    rows = [UnitRow(ROOT, "T", name, "", own is not None)]
    each = [(ROOT, *own[1:])] if own else []
    for place, (child, *figures) in enumerate(children, 1):
        rows.append(UnitRow(f"{ROOT}{place:04}.", str(place), child, "CĐCS", True))
        each.append((f"{ROOT}{place:04}.", *figures))
    heads = [HeadcountRow(path, members, DAY) for path, members, *_ in each if members is not None]
    counts = [CountRow(path, people, tries, tries, people, points, passed) for path, _, people, tries, points, passed in each if people]  # fmt: skip
    report = report_of(participation(ROOT, rows, heads, counts))
    return Said(name, contest, report, AS_OF, CHECK, **{"running": False, "results": True} | more)


def many(count, name="CĐCS {}"):
    return [(name.format(place), 1000, 900 - 7 * place, 1200, 90_000 * place, 300) for place in range(1, count + 1)]


CASES = {
    "a province": said(many(34)),
    "long names everywhere": said(many(9, LONG + " – Nhà máy {}"), name=f"Công đoàn các Khu công nghiệp {LONG}", contest=f"Cuộc thi trực tuyến {LONG} và {LONG}"),
    "nobody": said([("CĐCS A", 100, 0, 0, 0, 0)] * 3),
    "nobody told its members": said([(f"CĐCS {at}", None, 50 + at, 60, 9_000, 20) for at in range(8)]),
    "a grassroots unit": said(own=("", 420, 311, 502, 1_500_000, 250), name="CĐCS Nhà máy May Sông Công"),
    "a grassroots unit without a headcount": said(own=("", None, 3, 4, 1_500, 2), name="CĐCS Nhà máy"),
    "more people than members": said([("CĐCS A", 10, 25, 30, 9_000, 20), ("CĐCS B", None, 2, 2, 100, 0)]),
    "a nation": said([(f"LĐLĐ tỉnh {at}", 350_000, 340_000 - at, 1_200_000, 10**10, 300_000) for at in range(34)]),
}  # fmt: skip


def ink(text):
    """Where the letters of a line are."""
    x, y, end, bottom = face(text.size, bold=text.bold).getbbox(text.text, anchor="rs" if text.right else "ls")
    at = text.x + text.width if text.right else text.x
    base = text.y + text.size * RISE
    return at + x, base + y, at + end, base + bottom


def stands_well(picture):
    """No line is wider than its place, none touches another, all stand within the margins."""
    boxes = []
    for text in picture.texts:
        assert FACES.width(text.text, text.size, bold=text.bold) <= text.width, text
        left, top, right, bottom = ink(text)
        assert left >= LEFT - 6
        assert right <= RIGHT + 6
        assert text.y <= top + 1.5, text
        assert bottom <= text.y + text.size * LEADING + 1.5, text
        assert top > 14
        assert bottom <= HEIGHT - 24
        boxes.append((left, top + 1, right, bottom - 1, text.text))
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    for patch in picture.patches:
        assert patch.x >= 0
        assert patch.x + patch.width <= WIDTH
        assert patch.y >= 0
        assert patch.y + patch.height <= HEIGHT


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_nothing_leaves_its_place(case):
    stands_well(compose(case, FACES))


NAMES = st.text(st.sampled_from("aắẫỆỮọỵpqg đĐŴ(), –0123456789"), min_size=1, max_size=250) | st.sampled_from([LONG, "M" * 250, "ỄỢ " * 80])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    NAMES, NAMES, st.lists(st.tuples(NAMES, st.none() | st.integers(1, 10**7), st.integers(0, 10**7)), max_size=8),
    st.booleans(), st.booleans(),
)  # fmt: skip
@example(LONG * 2, LONG * 2, [(LONG * 2, 10**7, 10**7)] * 8, True, True)
@example("A", "A", [("A", 1, 1), (" ", 1, 2)], False, False)  # no name to be seen
def test_nothing_leaves_its_place_whatever_units_are_called(name, contest, children, running, results):
    rows = [(child, members, people, people, people * 800, people // 2) for child, members, people in children]

    stands_well(compose(said(rows, name=name, contest=contest, running=running, results=results), FACES))


# --- the figures


def dotted(number):
    return f"{number:,}".replace(",", ".")


def tenths(part, of):
    return dotted((part * 20 + of) // (2 * of) // 10) + f",{(part * 20 + of) // (2 * of) % 10}"


def words(picture):
    return " ".join(picture.words.split("\n"))


def test_every_figure_is_that_of_the_table():
    rows = [("CĐCS May", 1000, 624, 800, 9_000_000, 500), ("CĐCS Thép", 400, 100, 101, 100_050, 7), ("CĐCS Vắng", 30, 0, 0, 0, 0), ("CĐCS Chưa báo", None, 9, 9, 90_000, 9)]  # fmt: skip
    picture = compose(said(rows), FACES)

    people, tries, members, points, passed = 733, 910, 1430, 9_190_050, 516
    numbers = {text.text for text in picture.texts}
    assert {dotted(people), f"{tenths(people * 100, members)} %", "3 / 4", tenths(points, people * 100), f"{tenths(passed * 100, people)} %"} <= numbers  # fmt: skip
    assert {"CĐCS May", "62,4 %", "CĐCS Thép", "25,0 %"} <= numbers
    text = words(picture)
    assert f"người dự thi {tries} lượt thi" in text
    assert "tỷ lệ tham gia trên 1.430 đoàn viên (30/06/2026); 1 CĐCS chưa báo số" in text
    assert f"điểm trung bình của {people} người có kết quả" in text
    assert "CĐCS Vắng" not in text
    assert "Số liệu lúc 10:05:07 ngày 23/11/2026 (giờ Việt Nam)" in text
    assert CHECK in text.replace("ma= ", "ma=")
    # And there is no other number in it.
    told = set(re.findall(r"\d[\d.,:/-]*\d|\d", text.replace(CHECK, "").replace("Tìm hiểu Luật Công đoàn 2024", "")))
    assert told == {
        "733", "910", "51,3", "1.430", "30/06/2026", "1", "3", "4", "125,4", "70,4", "62,4", "25,0", "10:05:07", "23/11/2026",
    }  # fmt: skip


def test_bars_are_as_long_as_the_shares_they_stand_for():
    picture = compose(
        said([("CĐCS A", 200, 100, 100, 0, 0), ("CĐCS B", 400, 100, 100, 0, 0), ("CĐCS C", 10, 25, 25, 0, 0)]), FACES
    )
    tracks = [patch for patch in picture.patches if patch.tone == "track"]
    filled = {patch.y: patch.width for patch in picture.patches if patch.tone == "blue" and patch.y}

    assert [filled[track.y] / track.width for track in tracks] == pytest.approx([1.0, 0.5, 0.25])


def test_the_best_five_by_rate_and_what_their_equals_are():
    rows = [
        (f"CĐCS {at}", 100, people, people, 0, 0) for at, people in enumerate((10, 100, 100, 50, 100, 100, 100, 100, 0))
    ]

    lines, heading, more = best_of(said(rows).report)

    assert [(share, value) for _name, share, value in lines] == [(1.0, "100,0 %")] * NAMED
    assert heading == "Tỷ lệ tham gia cao nhất"
    assert more == "và 1 đơn vị nữa cùng 100,0 %"
    assert best_of(said(rows[:4]).report) == (
        [("CĐCS 1", 1.0, "100,0 %"), ("CĐCS 2", 1.0, "100,0 %"), ("CĐCS 3", 0.5, "50,0 %"), ("CĐCS 0", 0.1, "10,0 %")],
        "Tỷ lệ tham gia theo đơn vị", "",
    )  # fmt: skip
    assert best_of(CASES["nobody"].report)[0] == []
    lines, heading, _more = best_of(CASES["nobody told its members"].report)
    assert (lines[0], heading) == (("CĐCS 7", 1.0, "57 người"), "Đông người dự thi nhất")


def test_results_are_told_only_where_they_may_be_and_of_enough_people():
    few = said(own=("", 50, FEWEST - 1, 9, 1_000, 3))
    enough = said(own=("", 50, FEWEST, 9, 1_000, 3))

    assert "điểm trung bình" in words(compose(enough, FACES))
    for case in (few, replace(enough, results=False)):
        text = words(compose(case, FACES))
        assert "điểm trung bình" not in text
        assert "nửa số câu" not in text
    assert "tạm tính" in words(compose(replace(enough, running=True), FACES))
    assert "tạm tính" not in words(compose(enough, FACES))


@pytest.mark.django_db
def test_results_open_with_the_last_close_and_never_where_a_round_keeps_scores_back(union, contest):
    first = contest.rounds.get()
    late = first.closes_at + timedelta(days=9)
    assert not results_are_open(contest, first.closes_at - timedelta(seconds=1))
    assert results_are_open(contest, first.closes_at)
    Round.objects.create(contest=contest, number=2, title="Tuần 2", opens_at=first.closes_at, closes_at=first.closes_at + timedelta(days=1), extended_until=late, rules=first.rules)  # fmt: skip
    assert not results_are_open(contest, late - timedelta(seconds=1))
    assert results_are_open(contest, late)
    contest.rounds.filter(number=2).update(rules=dump(replace(parse_round_rules(first.rules), review=Review.NOTHING)))
    assert not results_are_open(contest, late)


# --- the file


@pytest.mark.django_db
def test_the_file_is_a_png_of_the_size_that_feeds_show_whole_with_its_words_and_nobodys_name(union, contest, tmp_path):
    sat(contest, union.alice, union.factory_a, 300)
    sat(contest, make.make_member("Lò Thị Bí Mật", union.school_a, phone="+84912345678"), union.school_a, 100)

    picture = Image.open(io.BytesIO(written("picture", contest, union.province_a, tmp_path, as_of=AS_OF, check=CHECK)))

    assert (picture.format, picture.size, picture.mode) == ("PNG", (1080, 1350), "RGB")
    text = str(picture.text["Description"])
    assert " ".join(text.split()).startswith(union.province_a.name.upper())
    assert CHECK in " ".join(text.split())
    assert "Bí Mật" not in text
    assert union.alice.full_name not in text
    assert "912345678" not in text


def test_what_is_composed_is_what_is_drawn():
    """Each line leaves ink within its place, and the ground between the parts is clean."""
    picture = compose(CASES["a province"], FACES)
    image = Image.open(io.BytesIO(draw_shared(picture)))

    for text in picture.texts:
        left, top, right, bottom = map(round, ink(text))
        assert len(image.crop((left, top, right, bottom)).getcolors(10_000)) > 2, text
    for y in (picture.patches[1].height + 2, HEIGHT - 20):
        assert image.crop((0, round(y), WIDTH, round(y) + 8)).getcolors() == [(WIDTH * 8, (250, 248, 244))]
