import dataclasses
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from contests.rules.settings import Counting, DrawPart, Review, RoundRules, ShowAfter
from contests.rules.thele import VIETNAM, ContestFacts, RoundFacts, rules_page

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
    assert "vẫn bằng thì cùng hạng" in page["Xếp hạng và khi bằng điểm"][0]


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
            "3",
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
    "rounds": (WEEK_1, WEEK_2),
    "contact": "",
    "topic_names": {},
}


def test_no_setting_is_left_out_of_the_tests_below():
    names = {
        kind: {field.name for field in dataclasses.fields(kind)} for kind in (RoundRules, RoundFacts, ContestFacts)
    }

    assert set(CHANGED_RULES) == names[RoundRules] - {"counting"}  # there is one way of counting; nothing to change
    assert len(Counting) == 1
    assert set(CHANGED_ROUND) == names[RoundFacts]
    assert set(CHANGED_CONTEST) == names[ContestFacts]


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
    changed = dataclasses.replace(CONTEST, **{name: CHANGED_CONTEST[name]})

    assert text(changed, language) != text(CONTEST, language)


@BOTH
def test_the_twins_have_the_same_shape(language):
    for contest in (CONTEST, dataclasses.replace(CONTEST, rounds=(WEEK_1, WEEK_2)), with_rules(attempts=None)):
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
    assert [line[:30] for line in unlike["Đề thi"]] == [
        "Tuần đầu, Tuần chót: Mỗi đề có",
        "Tuần sau: Mỗi đề có 20 câu hỏi",
    ]
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

    assert len(page) == 10
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
