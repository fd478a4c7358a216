import time

import pytest

from contests.authoring.legacy_fonts import looks_like_a_legacy_font
from contests.authoring.wording import names_letters, speaks_of_all


@pytest.mark.parametrize(
    "option",
    [
        "Cả A, B, C đều đúng",
        "Cả A và B",
        "A và C",
        "A, B",
        "A và B đều sai.",
        "(A), (B) và (C)",
        "Cả 3 đáp án A, B, C",
        "Cả A, B, và C đều đúng",
        "Chỉ A đúng",
        "Chỉ có A và B đúng",
        "A đúng",
        "ĐÁP ÁN A VÀ B",
        "Phương án A hoặc C",
        "Tất cả A, B, C đều đúng",
        "Cả A lẫn B",
        "A/B",
        "Gồm A, B, D",
    ],
)
def test_options_that_name_letters(option):
    assert names_letters(option)


@pytest.mark.parametrize(
    "option",
    [
        "",
        "A",
        "Hạng A, B",
        "Vitamin A và D",
        "Cả hai đều đúng",
        "Ca ba",
        "Điểm a, b khoản 2",
        "Cả năm",
        "Bên A và bên B",
        "Đúng",
        "Công đoàn cơ sở",
    ],
)
def test_options_that_do_not(option):
    assert not names_letters(option)


@pytest.mark.parametrize(
    "option",
    [
        "Tất cả các phương án trên đều đúng",
        "Tất cả đều đúng",
        "Tất cả đều sai.",
        "Cả ba phương án trên",
        "Cả 3 đáp án đều đúng",
        "Cả hai đều sai",
        "Các câu trên đều sai",
        "Không có phương án nào đúng",
        "Không đáp án nào",
        "Tất cả các trường hợp nêu trên",
    ],
)
def test_options_that_speak_of_all(option):
    assert speaks_of_all(option)


@pytest.mark.parametrize(
    "option", ["", "Tất cả người lao động", "Cả hai bên thoả thuận", "Không", "Các công đoàn cơ sở", "Đúng"]
)
def test_options_that_speak_for_themselves(option):
    assert not speaks_of_all(option)


@pytest.mark.parametrize(
    "hard", ["ca " * 200, "a, " * 200, "tat ca " + "x " * 300 + "!", "a" * 500, "ca a,b" + " deu" * 100]
)
def test_no_text_keeps_the_patterns_busy(hard):
    started = time.process_time()

    names_letters(hard)
    speaks_of_all(hard)

    assert time.process_time() - started < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "LuËt C«ng ®oµn n¨m 2024 cã hiÖu lùc tõ ngµy nµo?",
        "C«ng ®oµn ViÖt Nam",
        "Ng­êi lao ®éng ®­îc nghØ mÊy ngµy?",
        "Luaät Coâng ñoaøn naêm 2024 coù hieäu löïc töø ngaøy naøo?",
        "Coâng ñoaøn Vieät Nam",
        "Chủ đề\nC«ng ®oµn ViÖt Nam ®­îc thµnh lËp\nngµy nµo",
        "C\ufffdng đoàn",
    ],
)
def test_text_of_an_old_font_is_suspected(text):
    assert looks_like_a_legacy_font(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Công đoàn Việt Nam được thành lập ngày nào?",
        "NGƯỜI LAO ĐỘNG ĐƯỢC NGHỈ MẤY NGÀY, ĐÚNG KHÔNG Ạ?",
        "Nhiệt độ nơi làm việc không quá 32°C, rộng 10 m² ± 5%",
        "Phần mềm Excel® và Word® của Microsoft©",
        "Ông François Müller là người Pháp, sống ở Việt Nam đã lâu",
        "Báo «Lao động» ra số đầu năm nào? «Thanh niên» thì sao?",
        "Theo § 5 và ½ số phiếu, 3×4÷2",
    ],
)
def test_honest_text_is_not(text):
    assert not looks_like_a_legacy_font(text)
