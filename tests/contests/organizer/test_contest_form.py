"""The contest form: every mistake is said beside its field, and nothing that was typed is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.contest import PlanRefused, RoundPlan, create_contest
from contests.models import Contest, QuestionVersion
from contests.pages.organizer_forms import UNLIMITED, topic_field
from contests.pages.organizer_presets import PRESETS, proposed_title, spread
from tests import make
from tests.contests.organizer.sent import contest_data, local

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def wizard(bank):
    return f"/to-chuc/cuoc-thi/moi/?mau=muoi-ngay&bank={bank.public_id}"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": ""}, "Hãy đặt tên cho cuộc thi"),
        ({"title": " … "}, "Hãy đặt tên cho cuộc thi"),
        ({"closes_at": local(NOW - timedelta(days=2))}, "Giờ đóng phải sau giờ mở"),
        ({"opens_at": local(NOW - timedelta(days=3)), "closes_at": local(NOW - timedelta(days=2))}, "Giờ đóng đã qua"),
        ({"closes_at": local(NOW + timedelta(days=401))}, "nhiều nhất là 400 ngày"),
        ({"opens_at": "hôm qua"}, "Hãy ghi đủ ngày và giờ"),
        ({"opens_at": "0001-01-01T00:00"}, "Năm phải từ"),
        ({"closes_at": "9999-12-31T23:59"}, "Năm phải từ"),
        ({"opens_at": ""}, "Hãy điền mục này"),
        ({"minutes": "0"}, "Phải từ 1 đến 180 phút"),
        ({"minutes": "-5"}, "Phải từ 1 đến 180 phút"),
        ({"minutes": "hai mươi"}, "Hãy nhập một số nguyên"),
        ({"minutes": "180", "closes_at": local(NOW + timedelta(minutes=30))}, "dài hơn cả đợt thi"),
        ({"attempts": ""}, "Hãy điền mục này"),
        ({"attempts": "-1"}, "Hãy chọn một mục trong danh sách"),
        ({"grace_seconds": "600"}, "Phải từ 0 đến 60 giây"),
        ({"round_title": " "}, "Hãy điền mục này"),
        ({"counting": "worst"}, "Hãy chọn một mục trong danh sách"),
        ({"point": "0"}, "Phải từ 1 đến 10000"),
        ({"point": "một"}, "Hãy nhập một số, ví dụ 0,5"),
        ({"scoring": "negative"}, "Hãy ghi số phần trăm bị trừ: một số từ 1 đến 100."),
        ({"scoring": "speed", "per_minute": "0,5"}, "Hãy ghi điểm cộng nhiều nhất: một số từ 0,01 đến 100."),
        ({"windows": "thứ ba buổi tối"}, "Chưa đọc được dòng “thứ ba buổi tối”"),
        ({"windows": "T3 21:00-19:00"}, "Giờ kết thúc khung phải sau giờ bắt đầu"),
        ({"prediction": "weather"}, "Hãy chọn một mục trong danh sách"),
        ({"final_of": "-1"}, "lớn hơn hoặc bằng"),
        ({topic_field("Tiền lương"): "0"}, "Đề thi cần ít nhất một chủ đề"),
        ({topic_field("Tiền lương"): "-3"}, "Phải từ 1 đến 100 câu"),
        ({topic_field("Tiền lương"): "13"}, "ngân hàng chỉ có 12 câu dùng được"),
        ({topic_field("Tiền lương"): "9" * 30}, "Phải từ 1 đến 100 câu"),
        ({"organizer": "KHONG-CO"}, "Hãy chọn một mục trong danh sách"),
        ({"audience": "KHONG-CO"}, "không có trong phạm vi"),
        ({"audience": ""}, "Hãy chọn một đơn vị"),
        ({"title": "a\0b"}, "ký tự không đọc được"),
        ({"audience": "a\0b"}, "ký tự không đọc được"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(olga, bank, wizard, change, word):
    data = contest_data(bank, {"Tiền lương": 3}, summary="Lời giới thiệu dài đã gõ") | change

    reply = olga.post(wizard, data)

    text = reply.content.decode()
    assert reply.status_code == 200
    assert word in text
    assert "Những gì bạn đã nhập vẫn còn" in text
    assert "Lời giới thiệu dài đã gõ" in text
    for name, value in data.items():
        if (
            name not in {"organizer", "audience", "attempts", "show", "audience_search", "counting", "prediction"}
            and "\0" not in value
            and value.strip()
        ):
            assert value in text, name
    assert not Contest.objects.exists()


def test_several_mistakes_are_said_at_once(olga, bank, wizard):
    data = contest_data(bank, {"Tiền lương": 99}, minutes="0", closes_at=local(NOW - timedelta(days=2)))

    text = olga.post(wizard, data).content.decode()

    for word in ("Giờ đóng phải sau giờ mở", "Phải từ 1 đến 180 phút", "chỉ có 12 câu dùng được"):
        assert word in text


def test_unlimited_attempts_are_a_choice_of_their_own(olga, bank, wizard):
    olga.post(wizard, contest_data(bank, {"Tiền lương": 3}, attempts=UNLIMITED))

    assert Contest.objects.get().rounds.get().rules["attempts"] is None


def test_clock_times_are_vietnams(olga, bank, wizard):
    year = NOW.year + 1
    olga.post(
        wizard, contest_data(bank, {"Tiền lương": 3}, opens_at=f"{year}-03-01T07:00", closes_at=f"{year}-03-07T21:00")
    )

    round_ = Contest.objects.get().rounds.get()
    assert (round_.opens_at.isoformat(), round_.closes_at.isoformat()) == (
        f"{year}-03-01T00:00:00+00:00",
        f"{year}-03-07T14:00:00+00:00",
    )


def test_the_search_button_finds_units_without_a_script_and_judges_nothing(union, olga, bank, wizard):
    data = contest_data(bank, {"Tiền lương": 3}, find="1", audience_search="mam non", title="", minutes="0")

    reply = olga.post(wizard, data)

    text = reply.content.decode()
    assert "CĐCS Trường Mầm non Hoa Sen" in text
    assert 'value="0"' in text
    assert "Còn chỗ cần sửa" not in text
    assert not Contest.objects.exists()


@pytest.mark.parametrize("text", ["%%%%", "_", "a" * 10_000, "\0", "' OR 1=1 --", "(((("])
def test_odd_searches_find_nothing_and_break_nothing(olga, bank, text):
    assert olga.get(reverse("organizer_units"), {"q": text}).json() == {"units": []}
    for address in (
        reverse("organizer_bank", args=[bank.public_id]), "/to-chuc/cuoc-thi/moi/", reverse("organizer_question", args=[bank.public_id])
    ):  # fmt: skip
        reply = olga.get(
            address, {"q": text, "topic": text, "kind": text, "page": text, "mau": text, "bank": text, "ma": text}
        )
        assert reply.status_code in (200, 404)


@pytest.mark.parametrize(("query", "codes"), [
    ({"q": "noi dung q0-03"}, ["Q0-03"]),
    ({"topic": "Luật Công đoàn", "kind": "multiple"}, ["Q1-03", "Q1-07", "Q1-11"]),
    ({"q": "NỘI DUNG câu", "kind": "multiple", "topic": "Tiền lương"}, ["Q0-03", "Q0-07", "Q0-11"]),
    ({"retired": "on"}, ["Q0-00"]),
])  # fmt: skip
def test_the_bank_is_searched_and_filtered(olga, bank, query, codes):
    from contests.models import Question

    Question.objects.filter(code="Q0-00").update(retired_at=NOW)

    page = olga.get(reverse("organizer_bank", args=[bank.public_id]), query).context["page"]

    assert [version.question.code for version in page] == codes


def test_pages_of_25(olga, union):
    bank = make.make_bank(union.province_a, each=20)

    first = olga.get(reverse("organizer_bank", args=[bank.public_id])).context["page"]
    second = olga.get(reverse("organizer_bank", args=[bank.public_id]), {"page": 2}).context["page"]

    assert (len(first), len(second)) == (25, 15)


def test_a_question_is_shown_with_key_source_explanation_and_versions_and_retired(olga, bank):
    address = reverse("organizer_question", args=[bank.public_id])

    text = olga.get(address, {"ma": "Q0-00"}).content.decode()
    assert text.count("Đáp án đúng") == 1
    for word in ("Bộ luật Lao động 2019", "Điều 1", "Giải thích Q0-00.", "Bản 1, đang dùng"):
        assert word in text

    act = reverse("organizer_retire", args=[bank.public_id])
    assert "không được bốc vào đề mới" in olga.post(act, {"ma": "Q0-00", "act": "retire"}, follow=True).content.decode()
    assert "đã ngừng dùng" in olga.post(act, {"ma": "Q0-00", "act": "retire"}, follow=True).content.decode()
    assert "trở lại" in olga.post(act, {"ma": "Q0-00", "act": "restore"}, follow=True).content.decode()
    assert olga.get(address, {"ma": "KHONG-CO"}).status_code == 404


def test_a_preview_never_shows_a_key(olga, contest):
    text = olga.get(reverse("organizer_preview", args=[contest.slug, 1]), {"de": "7"}).content.decode()

    assert text.count('class="org-question"') == 4
    assert "data-mark" not in text
    assert "Giải thích" not in text


def test_a_preview_of_a_bank_that_is_too_small_says_so(olga, contest):
    QuestionVersion.objects.filter(topic__name="Tiền lương").update(is_current=False)
    contest.bank.version += 1
    contest.bank.save(update_fields=["version"])

    assert "Chưa ra được đề" in olga.get(reverse("organizer_preview", args=[contest.slug, 1])).content.decode()


def test_a_draft_with_open_points_cannot_be_opened_and_says_which(olga, union, bank):
    contest = make.make_contest(union, bank, state="draft")
    QuestionVersion.objects.filter(topic__name="Tiền lương").update(valid_to=timezone.localdate() - timedelta(days=1))

    text = olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()
    assert "Còn 1 mục cần sửa" in text
    assert "Chủ đề “Tiền lương” cần 2 câu nhưng ngân hàng chỉ có 0 câu" in text

    text = olga.post(reverse("organizer_open", args=[contest.slug]), follow=True).content.decode()
    assert "chỉ có 0 câu" in text
    contest.refresh_from_db()
    assert contest.state == "draft"


def test_a_draft_whose_rules_are_broken_is_still_shown(olga, union, bank):
    contest = make.make_contest(union, bank, state="draft")
    contest.rounds.update(rules={"minutes": "?"})

    for name in ("organizer_contest", "organizer_edit_contest", "organizer_new_round"):
        assert olga.get(reverse(name, args=[contest.slug])).status_code == 200
    for name in ("organizer_edit_round", "organizer_preview"):
        assert olga.get(reverse(name, args=[contest.slug, 1])).status_code == 200
    assert olga.get("/to-chuc/").status_code == 200


def test_the_words_of_a_draft_change_and_an_open_contest_keeps_its_audience(olga, union, bank):
    contest = make.make_contest(union, bank, state="draft")
    address = reverse("organizer_edit_contest", args=[contest.slug])

    olga.post(address, {"title": "Tên mới", "summary": "Mới", "audience": union.ward_a.code, "audience_search": ""})
    contest.refresh_from_db()
    assert (contest.title, contest.audience) == ("Tên mới", union.ward_a)

    Contest.objects.update(state="open")
    olga.post(address, {"title": "Khác", "summary": "", "audience": union.school_a.code, "audience_search": ""})
    contest.refresh_from_db()
    assert (contest.title, contest.audience) == ("Khác", union.ward_a)
    assert "không đổi đơn vị dự thi" in olga.get(address).content.decode()


def test_an_open_round_is_not_edited_through_its_address(olga, contest):
    address = reverse("organizer_edit_round", args=[contest.slug, 1])
    form = olga.get(address).context["round"]
    data = {field.html_name: field.value() for field in form}
    data |= {name: f"{data[name]:%Y-%m-%dT%H:%M}" for name in ("opens_at", "closes_at")} | {"minutes": "90"}

    text = olga.post(address, data).content.decode()

    assert "không đổi được nữa" in text
    assert contest.rounds.get().rules["minutes"] == 20


def test_an_extension_needs_a_reason(olga, contest):
    address = reverse("organizer_extend", args=[contest.slug, 1])
    later = local(contest.rounds.get().closes_at + timedelta(days=1))

    assert "Hãy ghi lý do" in olga.post(address, {"closes_at": later, "reason": ""}).content.decode()
    assert "Hãy ghi lý do" in olga.post(address, {"closes_at": later, "reason": "…"}).content.decode()
    assert olga.post(address, {"closes_at": later, "reason": "Mất điện diện rộng"}).status_code == 302


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_beginning_makes_a_contest_that_may_open(olga, union, preset):
    bank = make.make_bank(union.province_a)
    address = f"/to-chuc/cuoc-thi/moi/?mau={preset.code}&bank={bank.public_id}"
    page = olga.get(address).context
    data = {field.html_name: field.value() for form in (page["words"], page["round"]) for field in form}
    data = {name: "" if value is None else value for name, value in data.items()}
    data |= {
        name: local(data[name])
        if hasattr(data[name], "tzinfo") and data[name].tzinfo
        else f"{data[name]:%Y-%m-%dT%H:%M}"
        for name in ("opens_at", "closes_at")
    }

    reply = olga.post(address, data | {"title": "Cuộc thi"})
    olga.post(reverse("organizer_open", args=["cuoc-thi"]))

    assert reply.status_code == 302
    contest = Contest.objects.get()
    rounds = list(contest.rounds.all())
    rules = rounds[0].rules
    assert contest.state == "open"
    assert len(rounds) == preset.weeks
    assert all(one.rules == rules for one in rounds)
    assert (rules["minutes"], rules["attempts"], sum(part["count"] for part in rules["draw"])) == (
        preset.minutes,
        preset.attempts,
        preset.questions,
    )


@pytest.mark.parametrize(
    ("total", "sizes", "counts"),
    [
        (20, {"A": 60, "B": 40}, {"A": 12, "B": 8}),
        (10, {"A": 1, "B": 1, "C": 98}, {"A": 0, "B": 0, "C": 10}),
        (20, {"A": 3, "B": 4}, {"A": 3, "B": 4}),
        (3, {"A": 5, "B": 5}, {"A": 2, "B": 1}),
        (20, {}, {}),
        (20, {"A": 0}, {"A": 0}),
    ],
)
def test_questions_are_spread_by_the_size_of_the_topics(total, sizes, counts):
    assert spread(total, sizes) == counts


def test_every_rarer_setting_is_kept_and_shown_again(olga, union, bank):
    from contests.models import Round
    from tests.make import make_contest

    contest = make_contest(union, bank, state="draft")
    address = f"/to-chuc/cuoc-thi/{contest.slug}/dot-1/"
    rare = {
        "counting": "sum", "point": "0,5", "partial": "penalised", "scoring": "speed", "per_minute": "0,25", "most": "2",
        "least_right": "3", "prediction": "all_right_percent", "prediction_counted": "all", "decimals": "3",
        "windows": "T3 19:00-21:00\ncn 7:00 – 21:00", "final_of": "",
    }  # fmt: skip

    reply = olga.post(address, contest_data(bank, {"Tiền lương": 3}) | rare)

    assert reply.status_code == 302, reply.content.decode()
    rules = Round.objects.get().rules
    assert (rules["counting"], rules["points_per_question"], rules["partial"]) == ("sum", 50, "penalised")
    assert rules["scoring"] == {"name": "speed", "per_minute": 25, "most": 200, "least_right": 3}
    assert rules["prediction"] == {"meaning": "all_right_percent", "counted": "all", "decimals": 3, "as_of": None}
    assert rules["windows"] == [
        {"day": 2, "opens": "19:00", "closes": "21:00"}, {"day": 7, "opens": "07:00", "closes": "21:00"},
    ]  # fmt: skip
    page = olga.get(address).content.decode()
    assert "T3 19:00-21:00\nCN 07:00-21:00" in page
    assert 'value="0,5"' in page

    rules["prediction"]["as_of"] = "2099-01-01T00:00:00+07:00"  # from a rule-set file: no field asks for it
    Round.objects.update(rules=rules)
    olga.post(address, contest_data(bank, {"Tiền lương": 3}) | rare | {"point": ""})
    saved = Round.objects.get().rules
    assert saved["points_per_question"] == 50  # what is left empty stays as it is
    assert saved["prediction"] == rules["prediction"]
    olga.post(address, contest_data(bank, {"Tiền lương": 3}) | rare | {"prediction": "people"})
    assert Round.objects.get().rules["prediction"]["as_of"] is None  # another question is counted anew


def test_a_final_keeps_its_rounds_and_a_week_later_its_moment_is_a_week_later(olga, union, bank):
    contest = make.make_contest(union, bank, state="draft")
    first = contest.rounds.get()
    first.rules |= {
        "qualify": {"top": 50, "rounds": [1, 3]},
        "prediction": {"meaning": "people", "as_of": "2099-01-01T00:00:00+07:00"},
    }
    first.save()
    asked = {"counting": "best", "partial": "exact", "scoring": "plain", "prediction": "people", "windows": ""}

    olga.post(
        f"/to-chuc/cuoc-thi/{contest.slug}/dot-1/", contest_data(bank, {"Tiền lương": 3}) | asked | {"final_of": 20}
    )
    olga.post(
        f"/to-chuc/cuoc-thi/{contest.slug}/dot-moi/", contest_data(bank, {"Tiền lương": 3}) | asked | {"final_of": 10}
    )

    rules, later = (one.rules for one in contest.rounds.order_by("number"))
    assert rules["qualify"] == {"top": 20, "rounds": [1, 3]}
    assert rules["prediction"]["as_of"] == "2099-01-01T00:00:00+07:00"
    assert later["qualify"] == {"top": 10, "rounds": [1, 3]}
    assert later["prediction"]["as_of"] == "2099-01-08T00:00:00+07:00"


def test_a_round_asks_for_difficulties_and_keeps_them(olga, union):
    bank = make.make_bank(union.province_a)
    hard = QuestionVersion.objects.filter(topic__name="Tiền lương")[:3]
    QuestionVersion.objects.filter(pk__in=[version.pk for version in hard]).update(difficulty="hard")
    contest = make.make_contest(union, bank, state="draft")
    address = reverse("organizer_edit_round", args=[contest.slug, 1])
    form = olga.get(address).context["round"]
    data = {field.html_name: field.value() for field in form}
    data |= {name: f"{data[name]:%Y-%m-%dT%H:%M}" for name in ("opens_at", "closes_at")}
    wages, law = topic_field("Tiền lương"), topic_field("Luật Công đoàn")

    page = olga.post(address, data | {wages: "2", f"{wages}-hard": "4"}).content.decode()
    assert "cần 4 câu khó nhưng ngân hàng chỉ có 3 câu khó" in page
    assert olga.post(address, data | {wages: "9", f"{wages}-hard": "3", law: ""}).status_code == 302

    assert contest.rounds.get().rules["draw"] == [
        {"topic": "Tiền lương", "count": 9},
        {"topic": "Tiền lương", "count": 3, "difficulty": "hard"},
    ]
    assert olga.get(address).context["round"][f"{wages}-hard"].value() == 3
    assert "12 câu" in olga.get(reverse("organizer_contest", args=[contest.slug])).content.decode()


def test_four_weeks_are_made_at_once_each_at_the_hours_of_the_first(union, bank):
    now = timezone.now()
    monday = PRESETS["hang-tuan"].window(now)
    rules = {"minutes": 20, "attempts": 2, "draw": [{"topic": "Tiền lương", "count": 5}]}
    plan = RoundPlan("Tuần 1", *monday, rules)

    contest = create_contest(
        title="Bốn tuần", organizer=union.province_a, audience=union.province_a, bank=bank, first_round=plan, weeks=4,
        by=union.olga, now=now,
    )  # fmt: skip

    rounds = list(contest.rounds.all())
    assert [one.title for one in rounds] == ["Tuần 1", "Tuần 2", "Tuần 3", "Tuần 4"]
    for one in rounds:
        opens, closes = timezone.localtime(one.opens_at), timezone.localtime(one.closes_at)
        assert (opens.isoweekday(), opens.hour, closes.isoweekday(), closes.hour) == (1, 8, 7, 21)
    assert rounds[3].opens_at - rounds[0].opens_at == timedelta(days=21)


@pytest.mark.parametrize(
    ("length", "weeks", "fits"), [(119, 2, False), (120, 1, True), (118, 9, True), (118, 10, False)]
)
def test_the_name_of_the_last_week_must_fit_too(union, bank, length, weeks, fits):
    now = timezone.now()
    rules = {"minutes": 20, "attempts": 2, "draw": [{"topic": "Tiền lương", "count": 5}]}
    plan = RoundPlan("x" * length, *PRESETS["hang-tuan"].window(now), rules)
    made = {
        "title": "Tên dài",
        "organizer": union.province_a,
        "audience": union.province_a,
        "bank": bank,
        "by": union.olga,
    }

    if fits:
        assert create_contest(**made, first_round=plan, weeks=weeks, now=now).rounds.count() == weeks
        return
    with pytest.raises(PlanRefused) as refused:
        create_contest(**made, first_round=plan, weeks=weeks, now=now)
    assert [problem.field for problem in refused.value.problems] == ["round_title"]


def test_a_bank_that_runs_dry_in_the_third_week_is_said_before_anything_is_saved(union, bank):
    now = timezone.now()
    opens, closes = PRESETS["hang-tuan"].window(now)
    QuestionVersion.objects.filter(topic__name="Tiền lương").update(valid_to=(opens + timedelta(days=15)).date())
    plan = RoundPlan(
        "Tuần 1", opens, closes, {"minutes": 20, "attempts": 2, "draw": [{"topic": "Tiền lương", "count": 5}]}
    )

    with pytest.raises(PlanRefused, match="từ ngày"):
        create_contest(
            title="Bốn tuần", organizer=union.province_a, audience=union.province_a, bank=bank, first_round=plan, weeks=4,
            by=union.olga, now=now,
        )  # fmt: skip
    assert not Contest.objects.exists()


@pytest.mark.parametrize(
    ("bank", "title"),
    [
        ("Pháp luật lao động 2026", "Tìm hiểu pháp luật lao động 2026"),
        ("Ngân hàng câu hỏi: Luật Công đoàn", "Tìm hiểu luật Công đoàn"),
        ("ATVSLĐ cơ bản", "Tìm hiểu ATVSLĐ cơ bản"),
        ("Ngân hàng", ""),
    ],
)
def test_a_title_is_proposed_from_what_the_bank_is_about(bank, title):
    assert proposed_title(bank) == title


def test_the_form_asks_before_a_round_whose_keys_were_seen(olga, union, bank):
    from tests.contests.actions.test_contest_life import sat_and_over

    contest = sat_and_over(union, bank, timezone.now())
    address = reverse("organizer_new_round", args=[contest.slug])
    asked = {"counting": "best", "partial": "exact", "scoring": "plain", "windows": ""}
    assert 'name="keys_known"' in olga.get(address).content.decode()

    page = olga.post(address, contest_data(bank, {"Tiền lương": 3}) | asked)
    assert "biết trước các câu sẽ bốc" in page.content.decode()
    assert contest.rounds.count() == 1

    assert olga.post(address, contest_data(bank, {"Tiền lương": 3}) | asked | {"keys_known": "on"}).status_code == 302
    assert contest.rounds.count() == 2


def test_the_words_of_an_open_contest_are_mended_whoever_takes_part(olga, union, bank):
    contest = make.make_contest(union, bank)
    address = reverse("organizer_edit_contest", args=[contest.slug])
    for audience, closed in ((union.national, None), (union.ward_a, date(2026, 1, 1))):
        type(audience).objects.filter(pk=audience.pk).update(closed_on=closed)
        contest.audience = audience
        contest.save()
        assert audience.name in olga.get(address).content.decode()

        reply = olga.post(address, {"title": f"Tên mới {audience.code}", "summary": ""})

        assert reply.status_code == 302, reply.content.decode()
        contest.refresh_from_db()
        assert (contest.title, contest.audience) == (f"Tên mới {audience.code}", audience)
