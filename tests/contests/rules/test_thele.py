import dataclasses
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from contests.rules.awards import OnePrize
from contests.rules.contest_settings import (
    EACH,
    ContestRules,
    Division,
    Eligibility,
    PeopleOf,
    PrizeFor,
    PrizeRule,
    UnitBoard,
    UnitBy,
)
from contests.rules.formula import QUANTITIES, parse_formula
from contests.rules.prediction import Counted, Meaning, Prediction
from contests.rules.scoring import Negative, Speed, Streak
from contests.rules.settings import Counting, DrawPart, Partial, Qualify, Review, RoundRules, ShowAfter
from contests.rules.thele import VIETNAM, ContestFacts, RoundFacts, rules_page
from contests.rules.ties import Criterion
from contests.rules.windows import Window

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = RoundRules(
    minutes=17,
    attempts=3,
    draw=(DrawPart("hop-dong", 12), DrawPart("lich-su", 8)),
    shuffle_questions=True,
    shuffle_options=True,
    counting=Counting.BEST,
    grace_seconds=6,
    show=ShowAfter.SCORE,
    points_per_question=250,
)
WEEK_1 = RoundFacts(
    "Tuần đầu", datetime(2026, 11, 16, 7, tzinfo=HANOI), datetime(2026, 11, 22, 21, tzinfo=HANOI), RULES
)
WEEK_2 = RoundFacts(
    "Tuần sau", datetime(2026, 11, 23, 7, tzinfo=HANOI), datetime(2026, 11, 29, 21, tzinfo=HANOI), RULES
)
CONTEST = ContestFacts(
    title="Tìm hiểu Luật Công đoàn",
    organiser="LĐLĐ tỉnh Thái Nguyên",
    audience=("LĐLĐ tỉnh Thái Nguyên", "Công đoàn ngành Y tế"),
    rounds=(WEEK_1,),
    contact="Ban Tuyên giáo",
    topic_names={"hop-dong": "Hợp đồng lao động", "lich-su": "Lịch sử Công đoàn"},
)
BOTH = pytest.mark.parametrize("language", ["vi", "en"])


def text(contest: ContestFacts, language: str = "vi") -> str:
    return "\n".join(line for section in rules_page(contest, language) for line in (section.title, *section.paragraphs))


def with_rules(**changes) -> ContestFacts:
    changed = dataclasses.replace(WEEK_1, rules=dataclasses.replace(RULES, **changes))
    return dataclasses.replace(CONTEST, rounds=(changed,))


def test_the_sections_in_reading_order():
    assert [section.title for section in rules_page(CONTEST)] == [
        "Ai được dự thi",
        "Thời gian",
        "Đề thi",
        "Số lượt thi",
        "Cách tính điểm",
        "Xếp hạng và khi bằng điểm",
        "Hết giờ và câu trả lời đến trễ",
        "Mất mạng",
        "Khiếu nại",
        "Tên trên bảng xếp hạng",
        "Dữ liệu cá nhân",
    ]


def test_what_members_read():
    page = {section.title: section.paragraphs for section in rules_page(CONTEST)}

    assert page["Thời gian"] == ("Tuần đầu: 07:00 ngày 16/11/2026 đến 21:00 ngày 22/11/2026 (giờ Việt Nam).",)
    assert page["Đề thi"] == (
        "Mỗi đề có 20 câu hỏi, làm trong 17 phút. Theo chủ đề: Hợp đồng lao động 12 câu; Lịch sử Công đoàn 8 câu. "
        "Máy bốc câu hỏi ngẫu nhiên từ ngân hàng câu hỏi cho từng lượt thi. Thứ tự câu hỏi được đảo ở mỗi đề. "
        "Thứ tự các phương án trả lời cũng được đảo, trừ phương án phải đứng đúng chỗ như “Cả A, B, C đều đúng”.",
    )
    assert page["Số lượt thi"] == (
        "Mỗi người được thi 3 lượt trong một đợt. Lượt đã bắt đầu được tính là đã dùng, kể cả khi bỏ dở.",
    )
    assert "chậm nhất 6 giây sau khi hết giờ vẫn được tính" in page["Hết giờ và câu trả lời đến trễ"][1]
    assert "thời điểm máy chủ nhận được" in page["Hết giờ và câu trả lời đến trễ"][1]
    assert "Vẫn bằng nhau thì cùng hạng" in page["Xếp hạng và khi bằng điểm"][0]


@BOTH
def test_every_number_comes_from_the_settings_and_stands_once(language):
    numbers = re.findall(r"\d+(?:[.,:/]\d+)*", text(CONTEST, language))

    assert sorted(numbers) == sorted(
        [
            "07:00",
            "16/11/2026",
            "21:00",
            "22/11/2026",
            "20",
            "17",
            "12",
            "8",
            "3",  # attempts
            "3",  # days to complain
            {"vi": "2,5", "en": "2.5"}[language],
            "6",
        ]
    )


CHANGED_RULES = {
    "minutes": 18,
    "attempts": 4,
    "draw": (DrawPart("hop-dong", 11), DrawPart("lich-su", 9)),
    "shuffle_questions": False,
    "shuffle_options": False,
    "grace_seconds": 7,
    "show": ShowAfter.NOTHING,
    "review": Review.EXPLANATION,
    "points_per_question": 100,
    "counting": Counting.SUM,
    "scoring": Negative(25),
    "partial": Partial.PARTIAL,
    "prediction": Prediction(Meaning.PEOPLE),
    "windows": (Window(2, 19 * 60, 21 * 60),),
    "qualify": Qualify(100),
}
CHANGED_ROUND = {
    "name": "Đợt mở đầu",
    "opens_at": WEEK_1.opens_at + timedelta(minutes=30),
    "closes_at": WEEK_1.closes_at + timedelta(minutes=30),
    "rules": dataclasses.replace(RULES, minutes=19),
}
CHANGED_CONTEST = {
    "title": "Tìm hiểu Bộ luật Lao động",
    "organiser": "LĐLĐ tỉnh Cà Mau",
    "audience": (),
    "rounds": (WEEK_1,),
    "contact": "",
    "topic_names": {},
    "rules": ContestRules(appeal_days=7),
    "unit_names": {},
    "kind_names": {},
}
FULL = ContestRules(
    chain=(Criterion.POINTS, Criterion.TIME, Criterion.SUBMITTED),
    divisions=(
        Division("bang-1", "Bảng Doanh nghiệp", unit_kinds=("cdcs",)),
        Division("bang-2", "Bảng Thái Nguyên", units=("TN",)),
        Division("bang-3", "Bảng tự do", declared=True),
    ),
    eligibility=Eligibility(
        units=("TN",), roster=True, code="280729", min_age=15, register_from=datetime(2026, 11, 1, 8, tzinfo=HANOI),
        register_until=datetime(2026, 11, 10, 17, tzinfo=HANOI),
    ),
    unit_boards=(
        UnitBoard("ty-le", "Tỷ lệ tham gia", UnitBy.RATE, min_size=30),
        UnitBoard("cong-thuc", "Điểm thi đua", UnitBy.FORMULA, formula=parse_formula("thi_sinh / doan_vien * 40 + diem_top * 6"), top=5),
    ),
    prizes=(
        PrizeRule("Giải Nhất", 1, amount=6_000_000),
        PrizeRule("Giải Nhì", 2, tier=2, amount=6_000_000),
        PrizeRule("Giải tuần", 9, amount=500_000, round=EACH, division=EACH),
        PrizeRule("Giải tập thể", 4, PrizeFor.UNIT, amount=5_000_000, board="ty-le"),
    ),
)  # fmt: skip
CHANGED_RULES_OF_CONTEST = {
    "chain": (Criterion.POINTS, Criterion.SUBMITTED, Criterion.TIME),
    "over_rounds": Counting.BEST,
    "divisions": FULL.divisions[:2],
    "eligibility": Eligibility(),
    "unit_boards": FULL.unit_boards[:1],
    "prizes": FULL.prizes[:2],
    "one_prize": OnePrize.ROUND,
    "appeal_days": 5,
}
CHANGED_DIVISION = {
    "key": None,  # an address within the rules, which nobody reads
    "name": "Bảng Sản xuất",
    "unit_kinds": ("cap-tren-co-so",),
    "units": ("NA",),
    "declared": True,
}
CHANGED_ELIGIBILITY = {
    "units": ("NA",),
    "roster": False,
    "code": "",
    "min_age": 18,
    "exclude_staff": False,
    "register_from": None,
    "register_until": datetime(2026, 11, 11, 17, tzinfo=HANOI),
}
CHANGED_UNIT_BOARD = {
    "key": None,
    "name": "Tỷ lệ dự thi",
    "by": UnitBy.ENTRANTS,
    "unit_kinds": ("cdcs",),
    "min_size": 31,
    "people": PeopleOf.WORKERS,
    "top": 6,
    "formula": parse_formula("thi_sinh / lao_dong * 40 + diem_top * 6"),
}
CHANGED_PRIZE = {
    "name": "Giải Đặc biệt",
    "count": 3,
    "to": PrizeFor.UNIT,
    "tier": 3,
    "amount": 7_000_000,
    "round": 1,
    "division": "bang-1",
    "board": "cong-thuc",
}
FULL_CONTEST = dataclasses.replace(
    CONTEST, rounds=(WEEK_1, WEEK_2), rules=FULL, unit_names={"TN": "LĐLĐ Thái Nguyên", "NA": "LĐLĐ Nghệ An"},
    kind_names={"cdcs": "công đoàn cơ sở", "cap-tren-co-so": "công đoàn cấp trên"},
)  # fmt: skip


def with_contest_rules(**changes) -> ContestFacts:
    return dataclasses.replace(FULL_CONTEST, rules=dataclasses.replace(FULL, **changes))


def with_one(group: str, index: int, **changes) -> ContestFacts:
    """The full contest with one division, board or prize changed."""
    each = list(getattr(FULL, group))
    each[index] = dataclasses.replace(each[index], **changes)
    return with_contest_rules(**{group: tuple(each)})


def test_no_setting_is_left_out_of_the_tests_below():
    names = {
        kind: {field.name for field in dataclasses.fields(kind)} for kind in (RoundRules, RoundFacts, ContestFacts)
    }

    assert set(CHANGED_RULES) == names[RoundRules]
    assert set(CHANGED_ROUND) == names[RoundFacts]
    assert set(CHANGED_CONTEST) == names[ContestFacts]


CONTESTS_OWN = {
    ContestRules: CHANGED_RULES_OF_CONTEST,
    Division: CHANGED_DIVISION,
    Eligibility: CHANGED_ELIGIBILITY,
    UnitBoard: CHANGED_UNIT_BOARD,
    PrizeRule: CHANGED_PRIZE,
}


@pytest.mark.parametrize("kind", CONTESTS_OWN, ids=lambda kind: kind.__name__)
def test_no_setting_of_a_contest_is_left_out(kind):
    assert set(CONTESTS_OWN[kind]) == {field.name for field in dataclasses.fields(kind)}


@BOTH
@pytest.mark.parametrize("name", CHANGED_RULES_OF_CONTEST)
def test_each_setting_of_a_contest_changes_the_page(name, language):
    changed = with_contest_rules(**{name: CHANGED_RULES_OF_CONTEST[name]})

    assert text(changed, language) != text(FULL_CONTEST, language)


@BOTH
@pytest.mark.parametrize("name", CHANGED_ELIGIBILITY)
def test_each_setting_of_who_may_take_part_changes_the_page(name, language):
    fit = dataclasses.replace(FULL.eligibility, **{name: CHANGED_ELIGIBILITY[name]})

    assert text(with_contest_rules(eligibility=fit), language) != text(FULL_CONTEST, language)


@BOTH
@pytest.mark.parametrize(
    ("group", "index", "name", "value"),
    [
        *(("divisions", {"units": 1, "declared": 1}.get(name, 0), name, value) for name, value in CHANGED_DIVISION.items() if value),
        *(("unit_boards", {"top": 1, "formula": 1}.get(name, 0), name, value) for name, value in CHANGED_UNIT_BOARD.items() if value),
        *(("prizes", {"division": 2, "board": 3}.get(name, 0), name, value) for name, value in CHANGED_PRIZE.items()),
    ],
)  # fmt: skip
def test_each_setting_of_divisions_boards_and_prizes_changes_the_page(group, index, name, value, language):
    changes = {name: value, **({"units": ()} if name == "declared" else {})}
    if name == "to":
        changes["board"] = "ty-le"

    assert text(with_one(group, index, **changes), language) != text(FULL_CONTEST, language)


@BOTH
@pytest.mark.parametrize("kind", [Counting, Partial, Meaning, Counted, OnePrize, UnitBy, Criterion])
def test_every_choice_has_words_of_its_own(kind, language):
    """No two members of an enumeration make the same page."""
    pages = {member: text(CHOICES[kind](member), language) for member in kind}

    assert len(set(pages.values())) == len(kind)


CHOICES = {
    Counting: lambda one: with_rules(counting=one),
    Partial: lambda one: with_rules(partial=one),
    Meaning: lambda one: with_rules(prediction=Prediction(one)),
    Counted: lambda one: with_rules(prediction=Prediction(Meaning.PEOPLE, one)),
    OnePrize: lambda one: with_contest_rules(one_prize=one),
    UnitBy: lambda one: with_one(
        "unit_boards", 0, by=one, formula=parse_formula("luot") if one is UnitBy.FORMULA else None
    ),
    Criterion: lambda one: with_contest_rules(
        chain=(Criterion.POINTS, one) if one is not Criterion.POINTS else (Criterion.POINTS,)
    ),
}


@BOTH
def test_counting_over_the_rounds_has_words_of_its_own(language):
    assert len({text(with_contest_rules(over_rounds=one), language) for one in Counting}) == len(Counting)


@BOTH
@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({"scoring": Negative(25)}, ["25"]),
        ({"scoring": Speed(50, 300, 15)}, ["0,5", "3", "15"]),
        ({"scoring": Streak(4, 30)}, ["5", "0,3"]),
        ({"prediction": Prediction(Meaning.ALL_RIGHT_PERCENT, decimals=4)}, ["4"]),
        ({"prediction": Prediction(Meaning.PEOPLE, as_of=datetime(2026, 11, 23, 9, 41, tzinfo=HANOI))}, ["09:41", "23/11/2026"]),
        ({"windows": (Window(2, 19 * 60, 21 * 60), Window(2, 480, 1440))}, ["19:00", "21:00", "08:00", "24:00"]),
        ({"qualify": Qualify(137)}, ["137"]),
    ],
)  # fmt: skip
def test_numbers_of_settings_with_parts_are_on_the_page(changes, numbers, language):
    page = re.findall(r"\d+(?:[.,:/]\d+)*", text(with_rules(**changes), language))
    expected = numbers if language == "vi" else [number.replace(",", ".") for number in numbers]

    assert set(expected) <= set(page)


def test_what_members_read_of_prizes_units_and_divisions():
    page = {section.title: section.paragraphs for section in rules_page(FULL_CONTEST)}

    assert page["Giải thưởng"][:4] == (
        "Giải Nhất: 1 giải, mỗi giải 6.000.000 đồng, cho người đứng đầu của cả cuộc thi.",
        "Giải Nhì: 2 giải, mỗi giải 6.000.000 đồng, cho người đứng đầu của cả cuộc thi.",
        "Giải tuần: 9 giải, mỗi giải 500.000 đồng, cho người đứng đầu của mỗi đợt ở mỗi bảng.",
        "Giải tập thể: 4 giải, mỗi giải 5.000.000 đồng, cho đơn vị đứng đầu của cả cuộc thi theo “Tỷ lệ tham gia”.",
    )
    assert page["Các bảng"][:3] == (
        "Bảng Doanh nghiệp: người thuộc đơn vị loại: công đoàn cơ sở.",
        "Bảng Thái Nguyên: người thuộc LĐLĐ Thái Nguyên, kể cả các đơn vị trực thuộc.",
        "Bảng tự do: người tự chọn bảng này khi ghi danh.",
    )
    assert "không dự thi được" in page["Các bảng"][3]
    assert "Chỉ xếp hạng đơn vị có từ 30 đoàn viên trở lên." in page["Xếp hạng đơn vị"][0]
    assert "công thức thi_sinh ÷ doan_vien × 40 + diem_top × 6 (trong đó" in page["Xếp hạng đơn vị"][1]
    assert "Người dự thi phải đủ 15 tuổi" in page["Ai được dự thi"][0]
    assert "từ 08:00 ngày 01/11/2026 đến 17:00 ngày 10/11/2026" in page["Ai được dự thi"][2]


@BOTH
def test_the_code_that_is_asked_for_is_not_on_the_page(language):
    assert "280729" not in text(FULL_CONTEST, language)


@BOTH
def test_every_quantity_of_a_formula_is_explained(language):
    page = text(with_one("unit_boards", 1, formula=parse_formula(" + ".join(QUANTITIES))), language)

    assert all(f"{name}: " in page for name in QUANTITIES)


@BOTH
@pytest.mark.parametrize("name", CHANGED_RULES)
def test_each_setting_of_a_round_changes_the_page(name, language):
    assert text(with_rules(**{name: CHANGED_RULES[name]}), language) != text(CONTEST, language)


@BOTH
@pytest.mark.parametrize("name", CHANGED_ROUND)
def test_each_fact_of_a_round_changes_the_page(name, language):
    changed = dataclasses.replace(WEEK_1, **{name: CHANGED_ROUND[name]})

    assert text(dataclasses.replace(CONTEST, rounds=(changed,)), language) != text(CONTEST, language)


@BOTH
@pytest.mark.parametrize("name", CHANGED_CONTEST)
def test_each_fact_of_the_contest_changes_the_page(name, language):
    changed = dataclasses.replace(FULL_CONTEST, **{name: CHANGED_CONTEST[name]})

    assert text(changed, language) != text(FULL_CONTEST, language)


@BOTH
def test_the_twins_have_the_same_shape(language):
    for contest in (
        CONTEST,
        FULL_CONTEST,
        with_rules(prediction=Prediction(Meaning.PEOPLE)),
        dataclasses.replace(CONTEST, rounds=(WEEK_1, WEEK_2)),
        with_rules(attempts=None),
    ):
        here = rules_page(contest, language)
        there = rules_page(contest, "en" if language == "vi" else "vi")

        assert [len(section.paragraphs) for section in here] == [len(section.paragraphs) for section in there]
        assert all(line.strip() for section in here for line in (section.title, *section.paragraphs))


def test_rounds_that_agree_are_described_once_and_rounds_that_differ_by_name():
    longer = dataclasses.replace(WEEK_2, rules=dataclasses.replace(RULES, minutes=30))
    third = dataclasses.replace(WEEK_2, name="Tuần chót")

    alike = {
        section.title: section.paragraphs
        for section in rules_page(dataclasses.replace(CONTEST, rounds=(WEEK_1, WEEK_2)))
    }
    unlike = {
        section.title: section.paragraphs
        for section in rules_page(dataclasses.replace(CONTEST, rounds=(WEEK_1, longer, third)))
    }

    assert len(alike["Đề thi"]) == 1
    assert unlike["Đề thi"][:2] == (
        "Tuần đầu, Tuần chót: Mỗi đề có 20 câu hỏi, làm trong 17 phút.",
        "Tuần sau: Mỗi đề có 20 câu hỏi, làm trong 30 phút.",
    )
    assert unlike["Đề thi"][2].startswith("Theo chủ đề: ")  # what they have in common, once
    assert len(unlike["Đề thi"]) == 3
    assert len(unlike["Số lượt thi"]) == 1
    assert alike["Cách tính điểm"][-1].startswith("Kết quả cả cuộc thi là tổng điểm")


@pytest.mark.parametrize(
    ("closes", "said"),
    [
        (datetime(2026, 11, 22, 14, 0, tzinfo=UTC), "21:00 ngày 22/11/2026"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=HANOI), "23:59 ngày 22/11/2026"),
        (datetime(2026, 11, 22, 23, 59, 59, tzinfo=HANOI), "23:59:59 ngày 22/11/2026"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=HANOI), "24:00 ngày 22/11/2026"),
        (datetime(2026, 12, 1, 0, 0, tzinfo=HANOI), "24:00 ngày 30/11/2026"),
    ],
)
def test_a_window_is_told_in_vietnamese_time(closes, said):
    contest = dataclasses.replace(CONTEST, rounds=(dataclasses.replace(WEEK_1, closes_at=closes),))

    assert f"đến {said} (giờ Việt Nam)." in text(contest)


def test_a_round_that_opens_at_midnight_opens_at_zero_hours():
    opens = datetime(2026, 11, 16, 0, 0, tzinfo=HANOI)
    contest = dataclasses.replace(CONTEST, rounds=(dataclasses.replace(WEEK_1, opens_at=opens),))

    assert "Tuần đầu: 00:00 ngày 16/11/2026 đến" in text(contest)


def test_vietnam_is_seven_hours_ahead_as_the_zone_files_say():
    assert VIETNAM.utcoffset(None) == datetime(2026, 11, 16, tzinfo=HANOI).utcoffset()


@pytest.mark.parametrize(
    ("points", "vi", "en"),
    [
        (100, "1 điểm", "1 point;"),
        (50, "0,5 điểm", "0.5 points"),
        (5, "0,05 điểm", "0.05 points"),
        (1000, "10 điểm", "10 points"),
        (10_000, "100 điểm", "100 points"),
        (1050, "10,5 điểm", "10.5 points"),
    ],
)
def test_points_are_written_the_way_people_write_them(points, vi, en):
    assert f"đúng được {vi}" in text(with_rules(points_per_question=points))
    assert f"earns {en}" in text(with_rules(points_per_question=points), "en")


def test_special_values_have_words_of_their_own():
    assert "Không giới hạn số lượt thi" in text(with_rules(attempts=None))
    assert "lượt có điểm cao nhất" not in text(with_rules(attempts=1))
    assert "1 attempt in a round" in text(with_rules(attempts=1), "en")
    assert "Đến sau khi hết giờ thì không được tính." in text(with_rules(grace_seconds=0))
    assert "1 second after" in text(with_rules(grace_seconds=1), "en")
    assert "Các câu thuộc chủ đề Hợp đồng lao động." in text(with_rules(draw=(DrawPart("hop-dong", 20),)))


@BOTH
def test_a_contest_without_rounds_can_still_be_previewed(language):
    page = rules_page(dataclasses.replace(CONTEST, rounds=()), language)

    assert len(page) == 11
    assert {"vi": "Lịch thi chưa được công bố.", "en": "The dates have not been announced yet."}[language] in page[
        1
    ].paragraphs


def test_an_unknown_language_and_a_naive_time_are_bugs():
    with pytest.raises(ValueError, match="fr"):
        rules_page(CONTEST, "fr")
    with pytest.raises(ValueError, match="time zone"):
        text(dataclasses.replace(CONTEST, rounds=(dataclasses.replace(WEEK_1, opens_at=datetime(2026, 11, 16)),)))


def test_the_zone_of_the_settings_does_not_matter():
    west = timezone(timedelta(hours=-8))
    moved = dataclasses.replace(
        WEEK_1, opens_at=WEEK_1.opens_at.astimezone(west), closes_at=WEEK_1.closes_at.astimezone(UTC)
    )

    assert text(dataclasses.replace(CONTEST, rounds=(moved,))) == text(CONTEST)


def test_a_blueprint_says_how_many_of_each_difficulty():
    mixed = (
        DrawPart("hop-dong", 2, "hard"),
        DrawPart("hop-dong", 3),
        DrawPart("hop-dong", 5, "easy"),
        DrawPart("lich-su", 8),
    )

    assert "Theo chủ đề: Hợp đồng lao động 10 câu (5 dễ, 2 khó, 3 bất kỳ); Lịch sử Công đoàn 8 câu." in text(
        with_rules(draw=mixed)
    )
    assert "Các câu thuộc chủ đề Hợp đồng lao động (5 dễ, 2 khó, 3 bất kỳ)." in text(with_rules(draw=mixed[:3]))
