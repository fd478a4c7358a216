"""Finding one's unit, joining it, and coming by the unit's own link."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.actions import move_unit, rename_unit
from accounts.models import Membership, Unit
from accounts.queries import joinable_units, search_units, unit_of, units_matching
from tests.make import PASSWORD, make_member, make_unit

pytestmark = pytest.mark.django_db
CHOOSE, FIND = "/tai-khoan/don-vi/", "/tai-khoan/don-vi/tim/"


def found(text):
    return [row.unit.name for row in search_units(joinable_units(), text)]


@pytest.fixture
def newcomer(client, union):
    member = make_member("Vũ Thị Mới")
    client.force_login(member)
    return member


@pytest.mark.parametrize(
    "typed",
    ["may song cau", "May Sông Cầu", "MAY SÔNG CẦU", "sông cầu", "cau song may", "cdcs may song cau", "công đoàn cơ sở cty cp may sông cầu", "mây sông câu", "  song   cau ", "Ｓong cau"],
)  # fmt: skip
def test_a_unit_is_found_without_accents_and_by_any_of_its_words(union, typed):
    assert found(typed) == ["CĐCS Công ty Cổ phần May Sông Cầu"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\x00", "%%%%", "___", "x" * 10000, "\u202e", "(((", "\\", "'; DROP TABLE", "may song cau nghe an"],
)
def test_a_strange_search_finds_nothing_and_breaks_nothing(client, newcomer, typed):
    assert found(typed) == []
    assert client.get(CHOOSE, {"q": typed}).status_code == 200
    assert client.get(FIND, {"q": typed}).json() == {"units": []}


def test_a_unit_is_found_by_its_code(union):
    union.school_a.code = "TN-0471"
    union.school_a.save(update_fields=["code"])

    assert found("tn-0471") == ["CĐCS Trường Mầm non Hoa Sen"]


def test_a_former_name_is_found_and_shown(client, newcomer, union):
    rename_unit(unit=union.factory_a, name="CĐCS Tập đoàn May TNG", from_day=date(2026, 7, 1))

    (row,) = search_units(joinable_units(), "song cau")

    assert (row.unit.name, row.former_name) == ("CĐCS Tập đoàn May TNG", "CĐCS Công ty Cổ phần May Sông Cầu")
    assert "tên cũ: CĐCS Công ty Cổ phần May Sông Cầu" in client.get(CHOOSE, {"q": "song cau"}).content.decode()
    assert search_units(joinable_units(), "tng")[0].former_name == ""


def test_only_open_grassroots_units_are_offered(union):
    union.factory_a.closed_on = date(2026, 1, 1)
    union.factory_a.save(update_fields=["closed_on"])

    assert found("song cau") == []
    assert found("phan dinh phung") == []
    assert [unit.name for unit in units_matching("phan dinh phung")] == ["Công đoàn phường Phan Đình Phùng"]


def test_a_whole_phrase_comes_first_then_the_shorter_name(union):
    for name in ("CĐCS Công ty Sen Vàng, chi nhánh Hoa Lư", "CĐCS Trường Tiểu học Hoa Sen Hồng", "CĐCS Hoa Sen"):
        make_unit(union.ward_a, name)

    assert found("hoa sen") == [
        "CĐCS Hoa Sen",
        "CĐCS Trường Mầm non Hoa Sen",
        "CĐCS Trường Tiểu học Hoa Sen Hồng",
        "CĐCS Công ty Sen Vàng, chi nhánh Hoa Lư",
    ]


def test_a_row_says_kind_and_whole_path(client, newcomer, union):
    (row,) = client.get(FIND, {"q": "song cau", "next": "/cuoc-thi/x/"}).json()["units"]

    assert row == {
        "name": "CĐCS Công ty Cổ phần May Sông Cầu",
        "note": "Công đoàn cơ sở · Tổng Liên đoàn Lao động Việt Nam › Liên đoàn Lao động tỉnh Thái Nguyên › "
        "Công đoàn phường Phan Đình Phùng",
        "url": f"/tai-khoan/don-vi/{union.factory_a.join_code}/?next=%2Fcuoc-thi%2Fx%2F",
    }


@pytest.mark.parametrize("units", [1, 20])
def test_a_search_takes_as_many_queries_for_one_unit_as_for_twenty(
    client, newcomer, union, units, django_assert_num_queries
):
    for number in range(units):
        make_unit(union.ward_a, f"CĐCS Mỏ than {number}")

    with django_assert_num_queries(4):  # session, member; units, paths; former names only where one was found
        assert len(client.get(FIND, {"q": "mo than"}).json()["units"]) == units


def test_the_search_of_a_visitor_who_is_not_logged_in(client, union):
    assert client.get(FIND, {"q": "song cau"}).status_code == 401
    assert client.get(CHOOSE).url == "/tai-khoan/login/?next=/tai-khoan/don-vi/"


@pytest.mark.parametrize(("units", "told"), [(19, False), (20, True)])
def test_a_full_list_says_that_there_may_be_more(client, newcomer, union, units, told):
    for number in range(units):
        make_unit(union.ward_a, f"CĐCS Mỏ than {number}")

    page = client.get(CHOOSE, {"q": "mo than"}).content.decode()

    assert ('id="more-units">' in page) is told


def test_an_empty_result_says_what_to_try(client, newcomer):
    page = client.get(CHOOSE, {"q": "khong co dau"}).content.decode()

    assert '<div class="prose" id="no-units">' in page
    assert "Thử tên cũ" in page


def test_choosing_says_it_in_words_and_then_does_it(client, newcomer, union):
    confirm = reverse("confirm_unit", args=[union.factory_a.join_code])

    page = client.get(confirm, {"next": "/cuoc-thi/x/"}).content.decode()
    assert "Bạn chọn" in page
    assert "thuộc Tổng Liên đoàn Lao động Việt Nam › Liên đoàn Lao động tỉnh Thái Nguyên" in page
    assert unit_of(newcomer) is None

    assert client.post(confirm, {"next": "/cuoc-thi/x/"}).url == "/cuoc-thi/x/"
    assert unit_of(newcomer) == union.factory_a


def test_a_change_keeps_the_former_unit(client, union):
    client.force_login(union.alice)

    page = client.get(reverse("confirm_unit", args=[union.school_a.join_code])).content.decode()
    assert "Bạn đang ở CĐCS Công ty Cổ phần May Sông Cầu" in page
    client.post(reverse("confirm_unit", args=[union.school_a.join_code]))

    rows = Membership.objects.filter(member=union.alice).order_by("pk")
    assert [(row.unit, row.to_day is None) for row in rows] == [(union.factory_a, False), (union.school_a, True)]
    assert "Đơn vị trước" in client.get("/tai-khoan/").content.decode()


def test_choosing_twice_changes_nothing_more(client, newcomer, union):
    for _ in range(2):
        client.post(reverse("confirm_unit", args=[union.factory_a.join_code]))

    assert Membership.objects.filter(member=newcomer).count() == 1


@pytest.mark.parametrize("which", ["province_a", "ward_a", "closed", "unknown", "pk"])
def test_what_may_not_be_joined_is_not_there(client, newcomer, union, which):
    union.school_a.closed_on = date(2026, 1, 1)
    union.school_a.save(update_fields=["closed_on"])
    code = {"closed": union.school_a.join_code, "unknown": "zzzzzzzz", "pk": str(union.factory_a.pk)}.get(which)
    address = reverse("confirm_unit", args=[code or getattr(union, which).join_code])

    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert client.get(reverse("unit_link", args=[code or getattr(union, which).join_code])).status_code == 404
    assert unit_of(newcomer) is None


@pytest.mark.parametrize("evil", ["//evil.vn", "https://evil.vn", "/\\evil.vn"])
def test_next_after_choosing_leads_to_our_own_paths_only(client, newcomer, union, evil):
    assert client.post(reverse("confirm_unit", args=[union.factory_a.join_code]), {"next": evil}).url == "/"
    page = client.get(CHOOSE, {"next": evil, "q": "song cau"})
    assert page.context["next"] == ""
    assert f'href="{reverse("confirm_unit", args=[union.factory_a.join_code])}"' in page.content.decode()


@pytest.mark.parametrize("path", ["%00", "..%2f", "%ff", "a" * 300, "%2e%2e", "a%0d%0ab"])
def test_a_strange_address_is_not_there(client, newcomer, path):
    for address in (f"/tai-khoan/don-vi/{path}/", f"/v/{path}/", f"/tai-khoan/don-vi/{path}/qr/"):
        assert client.get(address).status_code in (400, 404)


# --- the unit's own link -------------------------------------------------------------------------------------------


def test_the_link_is_remembered_through_sign_up(client, union):
    page = client.get(f"/v/{union.factory_a.join_code}/", {"next": "/cuoc-thi/x/"}).content.decode()
    assert "/tai-khoan/signup/?next=%2Fcuoc-thi%2Fx%2F" in page

    data = {
        "full_name": "Vũ Thị Mới",
        "contact": "0912345678",
        "password1": PASSWORD,
        "take_part": "on",
        "next": "/cuoc-thi/x/",
    }
    answer = client.post("/tai-khoan/signup/", data, follow=True)

    confirm = reverse("confirm_unit", args=[union.factory_a.join_code])
    assert answer.redirect_chain[-1][0] == f"{confirm}?next=%2Fcuoc-thi%2Fx%2F"
    assert "CĐCS Công ty Cổ phần May Sông Cầu" in answer.content.decode()
    assert client.post(confirm, {"next": "/cuoc-thi/x/"}).url == "/cuoc-thi/x/"


def test_the_link_is_remembered_through_login(client, union):
    member = make_member("Vũ Thị Cũ", email="cu@example.vn")
    page = client.get(f"/v/{union.factory_a.join_code}/")

    answer = client.post(page.context["log_in"], {"login": "cu@example.vn", "password": PASSWORD}, follow=True)

    assert answer.redirect_chain[-1][0] == reverse("confirm_unit", args=[union.factory_a.join_code])
    assert unit_of(member) is None  # offered, not done


def test_the_link_is_offered_once_and_another_unit_can_be_chosen(client, newcomer, union):
    session = client.session
    session["unit_link"] = union.factory_a.join_code
    session.save()

    assert client.get(CHOOSE).status_code == 302
    assert client.get(CHOOSE).status_code == 200


def test_the_link_of_a_member_leads_straight_to_the_choice(client, newcomer, union):
    assert client.get(f"/v/{union.factory_a.join_code}/").url == reverse(
        "confirm_unit", args=[union.factory_a.join_code]
    )


# --- the tree -------------------------------------------------------------------------------------------------------


def test_a_moved_unit_takes_its_subtree_along(union):
    move_unit(unit=union.ward_a, parent=union.province_b)

    for unit in (union.ward_a, union.factory_a):
        unit.refresh_from_db()
        assert unit.path.startswith(union.province_b.path)
    assert union.factory_a.depth == 4
    assert make_unit(union.province_b, "CĐCS Mới").path not in set(
        Unit.objects.exclude(name="CĐCS Mới").values_list("path", flat=True)
    )
