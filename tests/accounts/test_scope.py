"""Scope: a role reaches the unit's whole subtree and nothing else, on every page and for every tree."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import create_unit
from accounts.models import Member, Membership, Role, Unit, UnitKind
from accounts.queries import members_matching, role_kinds
from accounts.scope import Scope, either, in_scope, scope_of, within
from tests.make import FROM_DAY, make_member

pytestmark = pytest.mark.django_db

# A tree as parents: unit n hangs below parents[n-1] % n, so that every list is a tree of its own; unit 0 is the top.
trees = st.lists(st.integers(0, 40), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parents=trees, roles=st.sets(st.integers(0, 12), max_size=3))
def test_scope_is_exactly_the_subtrees_of_the_roles(db, parents, roles):
    with transaction.atomic():
        kind, today = UnitKind.objects.get(slug="cdcs"), timezone.localdate()
        units, above = [], []
        for number, parent in enumerate([None, *parents]):
            at = None if parent is None else parent % number
            units.append(
                create_unit(
                    code=f"C{number}",
                    name=f"CĐCS {number}",
                    kind=kind,
                    parent=None if at is None else units[at],
                    from_day=today,
                )
            )
            above.append({number} | (above[at] if at is not None else set()))
        staff = Member.objects.create_user(email="staff@example.vn", full_name="Cán Bộ")
        held = {number for number in roles if number < len(units)}
        for number in held:
            Role.objects.create(member=staff, unit=units[number], kind="staff", from_day=today)

        scope = scope_of(staff, "staff")

        reached = {number for number in range(len(units)) if above[number] & held}
        assert {number for number, unit in enumerate(units) if scope.reaches(unit.path)} == reached
        assert set(in_scope(Unit.objects.all(), scope).values_list("code", flat=True)) == {
            f"C{number}" for number in reached
        }
        assert not any(one != other and one.startswith(other) for one in scope.prefixes for other in scope.prefixes)
        transaction.set_rollback(True)


@given(paths=st.lists(st.lists(st.sampled_from(["0001.", "000a.", "0010."]), max_size=3).map("".join), max_size=5))
def test_either_reaches_what_any_reaches(paths):
    scopes = [Scope((path,)) for path in paths if path]

    joined = either(*scopes)

    for path in [*paths, "0001.0002.", "0010."]:
        assert joined.reaches(path) == any(scope.reaches(path) for scope in scopes)


def test_a_unit_whose_label_begins_alike_is_another_unit():
    assert not Scope(("0001.",)).reaches("0001a.")
    assert not Scope(("0001.0001.",)).reaches("0001.0010.")


def test_without_a_role_nothing_is_reached(union):
    assert not scope_of(union.alice, "staff")
    assert list(in_scope(Unit.objects.all(), Scope())) == []


@pytest.mark.parametrize(
    ("from_day", "to_day", "holds"), [(0, None, True), (1, None, False), (-9, -1, False), (-9, 0, True)]
)
def test_a_role_counts_between_its_days(union, from_day, to_day, holds):
    today = timezone.localdate()
    Role.objects.filter(member=union.staff_b).update(
        from_day=today + timedelta(from_day), to_day=None if to_day is None else today + timedelta(to_day)
    )

    assert bool(scope_of(union.staff_b, "staff")) is holds
    assert ("staff" in role_kinds(union.staff_b)) is holds


def test_a_role_of_one_kind_is_not_a_role_of_the_other(union):
    assert not scope_of(union.staff_b, "organizer")


def test_a_member_who_moved_away_is_no_longer_seen(union):
    Membership.objects.filter(member=union.alice).update(to_day=date(2026, 1, 1))
    Membership.objects.create(member=union.alice, unit=union.hospital_b, from_day=date(2026, 1, 1))

    assert members_matching(scope_of(union.olga, "staff"), "anh") == []
    assert [row.member for row in members_matching(scope_of(union.staff_b, "staff"), "anh")] == [union.alice]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_staff_of_another_province_see_nobody_here(client, union):
    client.force_login(union.staff_b)

    for text in ("anh", "binh", union.alice.phone, "0" + union.bob.phone[3:], "a", "olga@example.vn"):
        found = client.get("/tai-khoan/ho-tro/", {"q": text}).context["found"]
        assert not {row.member for row in found} & {union.alice, union.bob, union.olga}
    assert [row.member for row in client.get("/tai-khoan/ho-tro/", {"q": "chung"}).context["found"]] == [union.charlie]


def test_staff_of_another_province_make_no_link_and_no_poster_here(client, union):
    client.force_login(union.staff_b)

    assert client.post("/tai-khoan/ho-tro/duong-dan/", {"member": union.alice.pk}).status_code == 404
    for page in ("qr/", "qr.svg"):
        assert client.get(f"/tai-khoan/don-vi/{union.factory_a.join_code}/{page}").status_code == 404
    assert client.get("/tai-khoan/don-vi/ma-qr/", {"q": "song cau"}).context["found"] == []
    assert client.get(f"/tai-khoan/don-vi/{union.hospital_b.join_code}/qr/").status_code == 200


def test_a_poster_shows_the_link_of_the_unit(client, union, settings):
    settings.SITE_URL = "https://hoithi.example.vn"
    client.force_login(union.olga)

    page = client.get(f"/tai-khoan/don-vi/{union.factory_a.join_code}/qr/").content.decode()
    picture = client.get(f"/tai-khoan/don-vi/{union.factory_a.join_code}/qr.svg")

    assert f"https://hoithi.example.vn/v/{union.factory_a.join_code}/" in page
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")
    assert b"style=" not in picture.content


def test_an_organizer_makes_posters_but_helps_nobody_in(client, union):
    Role.objects.filter(member=union.olga, kind="staff").delete()
    client.force_login(union.olga)

    assert client.get(f"/tai-khoan/don-vi/{union.factory_a.join_code}/qr/").status_code == 200
    assert client.get("/tai-khoan/ho-tro/").status_code == 404
    assert client.post("/tai-khoan/ho-tro/duong-dan/", {"member": union.alice.pk}).status_code == 404


@pytest.mark.parametrize("address", ["/tai-khoan/ho-tro/", "/tai-khoan/don-vi/ma-qr/"])
def test_members_and_visitors_find_no_staff_page(client, union, address):
    assert client.get(address).status_code == 302
    client.force_login(union.alice)
    assert client.get(address).status_code == 404
    assert address not in client.get("/tai-khoan/").content.decode()


@pytest.mark.parametrize(
    ("prefixes", "path", "left"),
    [
        (("1.",), "1.2.", ("1.2.",)),
        (("1.2.",), "1.", ("1.2.",)),
        (("1.2.", "1.3."), "1.", ("1.2.", "1.3.")),
        (("1.2.", "3."), "1.", ("1.2.",)),
        (("1.",), "1.", ("1.",)),
        (("1.2.",), "1.20.", ()),
        (("1.2.",), "1.3.", ()),
        ((), "1.", ()),
    ],
)
def test_the_part_of_a_scope_within_a_subtree(prefixes, path, left):
    assert within(Scope(prefixes), path) == Scope(left)


def test_staff_reach_ends_when_the_role_ends(client, union):
    client.force_login(union.staff_b)
    assert client.get("/tai-khoan/ho-tro/").status_code == 200

    Role.objects.filter(member=union.staff_b).update(to_day=FROM_DAY)

    assert client.get("/tai-khoan/ho-tro/").status_code == 404


def test_results_are_in_the_order_of_given_names(client, union):
    for name in ("Trần Văn Ân", "Lê Thị An", "Phạm Đức Anh", "Đỗ Thị Ánh", "Bùi Văn Đức"):
        make_member(name, union.school_a)
    client.force_login(union.olga)

    found = client.get("/tai-khoan/ho-tro/", {"q": "n"}).context["found"]

    names = [row.member.full_name for row in found]
    assert names[:5] == ["Lê Thị An", "Phạm Đức Anh", "Đỗ Thị Ánh", "Trần Thị Ánh", "Trần Văn Ân"]
    assert names.index("Lê Văn Bình") < names.index("Bùi Văn Đức")


@pytest.mark.parametrize("people", [1, 20])
def test_a_search_takes_as_many_queries_for_one_as_for_twenty(client, union, people, django_assert_max_num_queries):
    for number in range(people):
        make_member(f"Vi Văn Tìm {number}", union.school_a)
    client.force_login(union.olga)

    with django_assert_max_num_queries(5):  # session, member, scope, members; roles for the navigation
        assert len(client.get("/tai-khoan/ho-tro/", {"q": "tim"}).context["found"]) == people
