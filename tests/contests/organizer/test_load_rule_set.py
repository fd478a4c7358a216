"""`manage.py load_rule_set`: a draft from a file, whole or not at all."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Role
from contests.actions.contest import open_contest
from contests.authoring.rule_sets import moved, read_rule_set_file
from contests.models import Bank, Contest, ContestEvent
from contests.queries.rules_page import rules_of
from contests.rules.contest_settings import parse_contest_rules
from contests.rules.settings import parse_round_rules
from tests import make
from tests.contests.rule_sets.files import ALL, raw

BANK = "Ngân hàng thử"
TOPICS = sorted({part["topic"] for path in ALL for one in raw(path)["rounds"] for part in one["rules"]["draw"]})
SOON = timezone.localdate() + timedelta(days=30)


@pytest.fixture
def bank(union):
    make.make_unit(union.province_a, "Khu A1", "cap-tren-co-so", code="A1")
    make.make_unit(union.province_a, "Khu A2", "cap-tren-co-so", code="A2")
    return make.make_bank(union.province_a, tuple(TOPICS), each=12)


def load(path, union, **options):
    out, err = StringIO(), StringIO()
    call_command(
        "load_rule_set", str(path), organizer=union.province_a.code, stdout=out, stderr=err,
        **{"bank": BANK, "begins": SOON} | options,
    )  # fmt: skip
    return out.getvalue()


def refused(path, union, **options):
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(
            "load_rule_set", str(path), stdout=StringIO(), stderr=err,
            **{"bank": BANK, "begins": SOON, "organizer": union.province_a.code} | options,
        )  # fmt: skip
    assert Contest.objects.count() == 0
    return err.getvalue() + str(error.value)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_rule_set_makes_a_contest_that_can_be_opened(path, union, bank):
    said = load(path, union)

    contest = Contest.objects.get()
    wanted = moved(read_rule_set_file(path.read_bytes()), SOON)
    assert contest.state == Contest.State.DRAFT
    assert parse_contest_rules(contest.rules) == wanted.rules
    assert [(one.title, one.opens_at, one.closes_at, parse_round_rules(one.rules)) for one in contest.rounds.all()] == [
        (one.title, one.opens_at, one.closes_at, one.rules) for one in wanted.rounds
    ]
    event = ContestEvent.objects.get(what="rule_set_loaded")
    assert event.actor == union.olga
    assert event.detail["source"] == wanted.source
    assert all(name in said for name in (*wanted.defaults, *(wanted.chosen or {})))
    assert open_contest(contest=contest, by=union.olga, now=timezone.now()).state == Contest.State.OPEN
    assert [part.title for part in rules_of(contest, "en")]


def test_a_dry_run_makes_nothing(union, bank):
    assert "Chưa tạo gì cả" in load(ALL[0], union, dry_run=True)
    assert not Contest.objects.exists()


def test_what_is_wrong_is_printed_at_its_place_and_nothing_is_made(tmp_path, union, bank):
    data = raw(ALL[0])
    data["rounds"][0]["rules"]["minutes"] = 0
    data["rules"]["appeal_days"] = 99
    data["defaults"] = []
    file = tmp_path / "sai.json"
    file.write_text(json.dumps(data))

    said = refused(file, union)

    assert "LỖI rounds[0].rules.minutes:" in said
    assert "LỖI rules.appeal_days:" in said
    assert "2 lỗi" in said


def test_topics_units_and_kinds_that_are_not_there_are_named(tmp_path, union, bank):
    data = raw(next(path for path in ALL if path.stem == "own-1-decided"))
    data["rules"]["divisions"][0]["units"] = ["KHONG-CO"]
    file = tmp_path / "don-vi.json"
    file.write_text(json.dumps(data))
    assert "rules.divisions[0].units: Không có đơn vị mang mã “KHONG-CO” trong" in refused(file, union)

    data["rules"]["divisions"][0] = {"key": "bac", "name": "Bảng Bắc", "unit_kinds": ["xi-nghiep"]}
    file.write_text(json.dumps(data))
    assert "rules.divisions[0].unit_kinds: Không có loại đơn vị “xi-nghiep”" in refused(file, union)

    data["rules"]["divisions"][0] = {"key": "bac", "name": "Bảng Bắc", "units": ["A1"]}
    data["rounds"][1]["rules"]["draw"][0]["topic"] = "Chủ đề lạ"
    file.write_text(json.dumps(data))
    said = refused(file, union)
    assert "LỖI rounds[1].draw[0].count: Chủ đề “Chủ đề lạ” cần" in said
    assert "rounds[0]" not in said


def test_a_contest_whose_time_is_over_says_so(union, bank):
    assert "Giờ đóng đã qua" in refused(ALL[0], union, begins=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"bank": "Không có"}, "Có: “Ngân hàng thử”"),
        ({"bank": None}, "--bank"),
        ({"organizer": "XYZ"}, "Không có đơn vị nào mang mã XYZ"),
        ({"audience": "XYZ"}, "Không có đơn vị nào mang mã XYZ"),
        ({"by": "khong@example.vn"}, "Không có tài khoản nào"),
    ],
)
def test_what_the_command_does_not_find_is_said(union, bank, options, words):
    out = StringIO()
    with pytest.raises(CommandError, match=words.replace("(", r"\(")):
        call_command(
            "load_rule_set", str(ALL[0]), stdout=out, stderr=out,
            **{"organizer": union.province_a.code, "bank": BANK, "begins": SOON} | options,
        )  # fmt: skip
    assert not Contest.objects.exists()


def test_somebody_must_answer_for_the_draft(union, bank):
    Role.objects.create(member=union.bob, unit=union.national, kind=Role.Kind.ORGANIZER, from_day=make.FROM_DAY)
    assert "--by" in refused(ALL[0], union)

    load(ALL[0], union, by="olga@example.vn")
    assert Contest.objects.get().created_by == union.olga


def test_nobody_makes_a_contest_beyond_their_scope(union, bank):
    make.make_bank(union.province_b, tuple(TOPICS), each=12)

    assert "Bạn không phụ trách đơn vị tổ chức này" in refused(
        ALL[0], union, by="olga@example.vn", organizer=union.province_b.code
    )


def test_a_file_that_is_not_there_is_said(union, bank, tmp_path):
    assert "Không đọc được tệp" in refused(tmp_path / "khong-co.json", union)


def test_banks_of_other_units_are_not_found(union, bank):
    Bank.objects.filter(owner=union.province_a).update(owner=union.province_b)

    assert "chưa có ngân hàng nào" in refused(ALL[0], union)
