"""The rules of a contest on the console: what is saved, what is refused and where, who may, and only before the opening."""

from __future__ import annotations

import contextlib
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from contests.actions.contest import PlanRefused
from contests.actions.contest_rules import update_contest_rules
from contests.errors import ContestError
from contests.models import Contest, ContestEvent
from contests.queries.preflight import preflight
from contests.rules.contest_settings import dump_contest_rules, parse_contest_rules
from contests.rules.reading import RulesInvalid
from tests import make
from tests.contests.organizer.sent import named

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(contest):
    contest.state = "draft"
    contest.save()
    return contest


def act(contest, union, data):
    update_contest_rules(contest=contest, data=data, by=union.olga, now=timezone.now())
    contest.refresh_from_db()
    return contest.rules


def places(contest, union, data):
    with pytest.raises(PlanRefused) as refused:
        act(contest, union, data)
    contest.refresh_from_db()
    assert contest.rules == {}, "nothing is half saved"
    assert not ContestEvent.objects.exists()
    return {problem.field for problem in refused.value.problems}


def page_data(**changes):
    """What the page sends when nothing was changed but this."""
    return {
        "chain-1": "points", "chain-2": "time", "end": "shared", "over_rounds": "sum", "one_prize": "contest", "appeal_days": "3",
        "exclude_staff": "on", "divisions-TOTAL_FORMS": "0", "divisions-INITIAL_FORMS": "0", "prizes-TOTAL_FORMS": "0",
        "prizes-INITIAL_FORMS": "0",
    } | changes  # fmt: skip


def prize(index=0, **changes):
    row = {"name": "Giải Nhất", "count": "1", "tier": "1", "amount": "0", "to": "person", "round": "0", "division": "", "board": ""}  # fmt: skip
    return {f"prizes-{index}-{name}": value for name, value in (row | changes).items()}


def address(contest, name="organizer_rules", *arguments):
    return reverse(name, args=[contest.slug, *arguments])


# --- the act -----------------------------------------------------------------------------------------------------------
def test_rules_are_saved_whole_with_what_was_before(draft, union):
    rules = act(draft, union, {"chain": ["right", "time", "decision"], "appeal_days": 5})

    assert (rules["chain"], rules["appeal_days"], rules["one_prize"]) == (["right", "time", "decision"], 5, "contest")
    event = ContestEvent.objects.get()
    assert (event.what, event.actor) == ("rules_changed", union.olga)
    assert event.detail["changes"] == {"chain": [["points", "time", "shared"], ["right", "time", "decision"]], "appeal_days": [3, 5]}  # fmt: skip
    act(draft, union, rules)
    assert ContestEvent.objects.count() == 1, "the same again is no change"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"chain": ["points", "prediction", "shared"]}, {"chain"}),
        ({"chain": ["time", "shared"], "appeal_days": 99}, {"chain", "appeal_days"}),
        ({"prizes": [{"name": "Nhất", "count": 0}]}, {"prizes[0].count"}),
        ({"prizes": [{"name": "Nhất", "count": 1, "round": 7}]}, {"prizes[0].round"}),
        ({"prizes": [{"name": "A", "count": 1, "division": "x", "for": "unit"}]}, {"prizes[0].board", "prizes[0].division"}),
        ({"divisions": [{"key": "a", "name": "A", "unit_kinds": ["khong-co"]}]}, {"divisions[0].unit_kinds"}),
        ({"divisions": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]}, {"divisions[0]"}),
        ({"eligibility": {"units": ["khong-co", "\0"]}}, {"eligibility.units"}),
        ({"eligibility": {"register_from": "2026-01-01T00:00:00+07:00"}}, {"eligibility.register_until"}),
        ({"eligibility": {"register_until": "2026-01-01 00:00"}}, {"eligibility.register_until"}),
        ({"unit_boards": [{"key": "a", "name": "A", "unit_kinds": ["x"]}]}, {"unit_boards[0].unit_kinds"}),
        ({"unit_boards": [{"key": "a", "name": "A", "by": "formula", "formula": "9**9**9*luot"}]}, {"unit_boards[0].formula"}),
        ({"unit_boards": [{"key": "a", "name": "A", "by": "formula", "formula": "(" * 150 + "luot" + ")" * 140}]}, {"unit_boards[0].formula"}),
        ({"unit_boards": [{"key": "a", "name": "A", "by": "formula", "formula": "__import__('os')"}]}, {"unit_boards[0].formula"}),
        ({"khong_co": 1}, {"khong_co"}),
    ],
)  # fmt: skip
def test_each_mistake_stands_at_its_field_and_nothing_is_saved(draft, union, data, where):
    assert places(draft, union, data) == where


def test_units_must_lie_in_the_audience(draft, union):
    assert places(draft, union, {"eligibility": {"units": [union.hospital_b.code]}}) == {"eligibility.units"}
    act(draft, union, {"eligibility": {"units": [union.school_a.code]}})


def test_registration_may_not_end_after_the_last_close(draft, union):
    late = (timezone.now() + timedelta(days=40)).isoformat()

    assert places(draft, union, {"eligibility": {"register_until": late}}) == {"eligibility.register_until"}


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_opened_contest_keeps_its_rules(contest, union, olga, state):
    contest.state = state
    contest.save()

    with pytest.raises(ContestError, match="đã mở"):
        act(contest, union, {"appeal_days": 5})
    page = olga.post(address(contest), page_data(appeal_days="5")).content.decode()
    assert "Cuộc thi đã mở nên luật" in page
    assert "disabled" in page
    olga.post(address(contest, "organizer_rules_upload"), {"file": named(b"{}", "luat.json")})
    olga.post(address(contest, "organizer_new_unit_board"), {"name": "A", "key": "a", "by": "entrants", "people": "members", "min_size": "1", "top": "10"})  # fmt: skip
    contest.refresh_from_db()
    assert contest.rules == {}
    assert not ContestEvent.objects.exists()


def test_only_organizers_of_the_unit_that_organizes(draft, union):
    union.national.refresh_from_db()
    for member, kind, unit in ((union.alice, "organizer", union.ward_a), (union.bob, "staff", union.province_a), (union.charlie, "organizer", union.province_b)):  # fmt: skip
        Role.objects.create(member=member, unit=unit, kind=kind, from_day=make.FROM_DAY)
        with pytest.raises(ContestError, match="không phụ trách"):
            update_contest_rules(contest=draft, data={"appeal_days": 1}, by=member, now=timezone.now())


def test_a_contradiction_that_came_later_stops_the_opening(draft, union):
    draft.rules = {"prizes": [{"name": "Nhất", "count": 1, "round": 1}]}
    assert all(check.ok for check in _rules_checks(draft, union))
    draft.rules = {"prizes": [{"name": "Nhất", "count": 1, "round": 2}]}
    assert ["không có đợt ấy" in check.text for check in _rules_checks(draft, union)] == [True]
    draft.rules = {"x": 1}
    assert not any(check.ok for check in _rules_checks(draft, union))


def _rules_checks(contest, union):
    from contests.actions.contest_rows import scope_now as _scope

    found = preflight(contest, _scope(union.olga, timezone.now()), timezone.now())
    return [check for check in found if check.code == "contest_rules"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["points", "shared", "rate", "formula", "each", "luot/thi_sinh", "2026-01-01T00:00:00+07:00"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["chain", "divisions", "eligibility", "unit_boards", "prizes", "key", "name", "by", "formula", "units", "unit_kinds", "round", "count", "for", "board", "register_until", "one_prize"]),
        inner, max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["chain", "divisions", "eligibility", "unit_boards", "prizes", "one_prize", "appeal_days"]), JSON))  # fmt: skip
@settings(max_examples=300)
def test_whatever_a_file_holds_is_read_or_refused_in_words(data):
    with contextlib.suppress(RulesInvalid):
        rules = parse_contest_rules(data)
        assert parse_contest_rules(dump_contest_rules(rules)) == rules


# --- the page ----------------------------------------------------------------------------------------------------------
def test_the_page_saves_what_it_shows(olga, draft, union):
    data = page_data(**{
        "chain-1": "right", "chain-2": "time", "chain-3": "submitted", "end": "decision", "over_rounds": "best", "units": f"{union.school_a.code}, {union.factory_a.code}",
        "min_age": "18", "divisions-TOTAL_FORMS": "3", "divisions-0-name": "Cơ sở", "divisions-0-key": "co-so", "divisions-0-way": "kinds", "divisions-0-unit_kinds": "cdcs",
        "divisions-1-name": "Bỏ đi", "divisions-1-key": "bo", "divisions-1-way": "declared", "divisions-1-DELETE": "on",
        "divisions-2-name": "Còn lại", "divisions-2-key": "khac", "divisions-2-way": "all",
        "prizes-TOTAL_FORMS": "1", **prize(count="3", division="co-so", round="1", amount="500000"),
    })  # fmt: skip

    assert olga.post(address(draft), data).status_code == 302
    draft.refresh_from_db()
    rules = draft.rules
    assert rules["chain"] == ["right", "time", "submitted", "decision"]
    assert [(one["key"], one["unit_kinds"], one["declared"]) for one in rules["divisions"]] == [("co-so", ["cdcs"], False), ("khac", [], False)]  # fmt: skip
    assert rules["prizes"] == [{"name": "Giải Nhất", "count": 3, "for": "person", "tier": 1, "amount": 500000, "round": 1, "division": "co-so", "board": ""}]  # fmt: skip
    assert (rules["eligibility"]["units"], rules["eligibility"]["min_age"]) == ([union.school_a.code, union.factory_a.code], 18)  # fmt: skip
    page = olga.get(address(draft)).content.decode()
    assert "Còn lại" in page
    assert "500000" in page


def test_buttons_add_rows_and_keep_what_was_typed(olga, draft):
    data = page_data(**{"act": "add-prize", "appeal_days": "khong phai so", "prizes-TOTAL_FORMS": "1", **prize(name="Giải Ba")})  # fmt: skip

    page = olga.post(address(draft), data)

    assert page.status_code == 200
    assert [row["name"].value() for row in page.context["prizes"]] == ["Giải Ba", None]
    assert page.context["form"]["appeal_days"].value() == "khong phai so"
    assert not page.context["has_errors"], "nothing is judged before it is sent to be saved"
    divisions = olga.post(address(draft), page_data(act="add-division")).context["divisions"]
    assert len(divisions.forms) == 1


def test_findings_stand_in_the_row_that_has_them(olga, draft):
    data = page_data(**{
        "prizes-TOTAL_FORMS": "3", **prize(0, name="Bỏ"), "prizes-0-DELETE": "on", **prize(1, count="0"), **prize(2, to="unit"),
        "chain-1": "time",
    })  # fmt: skip

    page = olga.post(address(draft), data)

    rows = page.context["prizes"].forms
    assert [list(row.errors) for row in rows] == [[], ["count"], ["board"]]
    assert list(page.context["form"].errors) == ["chain-1"]
    draft.refresh_from_db()
    assert draft.rules == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"divisions-TOTAL_FORMS": "x"}, {"prizes-TOTAL_FORMS": "999999999"}, {"chain-1": "bomb"}, {"units": "\0"},
        {"register_until": "hôm qua"}, {"min_age": "1e99"}, {"end": ""}, {"appeal_days": "9" * 400}, {"code": "x" * 999},
        {"act": "add-prize", "prizes-TOTAL_FORMS": "²"}, {"act": "add-division", "divisions-TOTAL_FORMS": "9" * 999},
        {"register_from": "9999-12-31T23:59", "register_until": "0001-01-01T00:00"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_on_the_page(olga, draft, changes):
    assert olga.post(address(draft), page_data(**changes)).status_code == 200
    draft.refresh_from_db()
    assert draft.rules == {}


# --- the file ----------------------------------------------------------------------------------------------------------
def test_a_file_goes_out_and_comes_back_the_same(olga, draft, union):
    before = act(draft, union, {"unit_boards": [{"key": "a", "name": "Bảng"}], "chain": ["right", "decision"]})
    file = olga.get(address(draft, "organizer_rules_file"))
    act(draft, union, {})

    assert file["Content-Type"] == "application/json"
    assert olga.post(address(draft, "organizer_rules_upload"), {"file": named(file.content, "luat.json")}).status_code == 302  # fmt: skip
    draft.refresh_from_db()
    assert draft.rules == before == json.loads(file.content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe\x00", b"[]", b"[" * 100_000, b'{"chain": NaN}', b'{"\\ud800": 1}', b'{"one_prize": "\\ud800"}', b'{"appeal_days": 1' + b"0" * 5000 + b"}",
        b" " * 300_000, b'{"prizes": [{"name": "\\u0000", "count": 1}]}', b'{"eligibility": {"units": ["\\u0000"]}}', b'{"x\\u0000": 1}', b'{"chain": {"a": 1}}', b"null",
    ],
)  # fmt: skip
def test_a_bad_file_changes_nothing_and_is_answered_in_words(olga, draft, content):
    page = olga.post(address(draft, "organizer_rules_upload"), {"file": named(content, "luat.json")})

    assert page.status_code == 200
    assert "luật cũ giữ nguyên" in page.content.decode()
    draft.refresh_from_db()
    assert draft.rules == {}


def test_no_file(olga, draft):
    assert "Hãy chọn tệp luật" in olga.post(address(draft, "organizer_rules_upload")).content.decode()
    assert olga.post(address(draft, "organizer_rules_upload"), {"file": io.StringIO("")}).status_code == 200


# --- boards of units ---------------------------------------------------------------------------------------------------
def board_data(**changes):
    return {"name": "Tỷ lệ", "key": "ty-le", "by": "rate", "people": "members", "min_size": "20", "top": "10", "formula": ""} | changes  # fmt: skip


def boards_of(draft):
    return Contest.objects.get(pk=draft.pk).rules.get("unit_boards", [])


def test_a_board_is_added_changed_and_removed(olga, draft):
    new, first = address(draft, "organizer_new_unit_board"), address(draft, "organizer_unit_board", 1)

    assert olga.post(new, board_data()).status_code == 302
    assert [(one["key"], one["by"], one["min_size"]) for one in boards_of(draft)] == [("ty-le", "rate", 20)]
    assert olga.post(first, board_data(by="formula", formula="thi_sinh / doan_vien * 100")).status_code == 302
    assert boards_of(draft)[0]["formula"] == "thi_sinh / doan_vien * 100"
    assert "thi_sinh / doan_vien * 100" in olga.get(first).content.decode()
    assert olga.post(first, {"act": "remove"}).status_code == 302
    assert boards_of(draft) == []
    assert olga.get(first).status_code == 404


def test_a_board_that_a_prize_is_given_from_stays(olga, draft, union):
    act(draft, union, {"unit_boards": [{"key": "a", "name": "A"}], "prizes": [{"name": "Cờ", "count": 1, "for": "unit", "board": "a"}]})  # fmt: skip

    page = olga.post(address(draft, "organizer_unit_board", 1), {"act": "remove"})

    assert "hãy chọn bảng xếp hạng đơn vị" in page.content.decode()
    assert len(boards_of(draft)) == 1


def test_trying_shows_the_worked_numbers_and_saves_nothing(olga, draft):
    page = olga.post(address(draft, "organizer_new_unit_board"), board_data(act="try", by="formula", formula="thi_sinh / doan_vien * 100", unit_kinds=["cdcs"]))  # fmt: skip

    text = page.content.decode()
    assert "40 ÷ 200 × 100 = 20" in text, "a fifth of the factory's 200 members"
    assert "số ví dụ" in text
    assert boards_of(draft) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"by": "formula"}, "formula"), ({"by": "formula", "formula": "9**9**9**9*luot"}, "formula"), ({"by": "formula", "formula": "diem"}, "formula"),
        ({"by": "formula", "formula": "luot\0"}, "formula"), ({"by": "formula", "formula": "x" * 5000}, "formula"), ({"min_size": "0"}, "min_size"), ({"top": "0"}, "top"),
        ({"key": "TY LE"}, "key"), ({"key": "each"}, "key"), ({"by": "max"}, "by"), ({"unit_kinds": ["khong-co"]}, "unit_kinds"), ({"name": " "}, "name"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("act_", ["save", "try"])
def test_mistakes_stand_at_their_field(olga, draft, changes, field, act_):
    page = olga.post(address(draft, "organizer_new_unit_board"), board_data(act=act_, **changes))

    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert boards_of(draft) == []


def test_two_boards_with_one_key(olga, draft):
    olga.post(address(draft, "organizer_new_unit_board"), board_data())

    page = olga.post(address(draft, "organizer_new_unit_board"), board_data(name="Khác"))

    assert "cùng mang mã" in page.content.decode()
    assert len(boards_of(draft)) == 1


def test_rules_that_members_cannot_see_are_not_found_by_others(client, draft, union):
    client.force_login(union.staff_b)
    assert client.get(address(draft)).status_code == 403
    Role.objects.create(member=union.staff_b, unit=union.province_b, kind="organizer", from_day=make.FROM_DAY)
    for name in ("organizer_rules", "organizer_rules_file", "organizer_new_unit_board"):
        assert client.get(address(draft, name)).status_code == 404
