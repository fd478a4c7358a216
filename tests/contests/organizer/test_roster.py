"""The list of a contest that is open to a list only: pasted as people keep it, all or nothing, within the scope."""

from __future__ import annotations

import pytest

from contests.actions.roster import read_roster
from contests.models import Contest, RosterLine

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("line", "login", "name"),
    [
        ("0912345678", "+84912345678", ""),
        ("912345678", "+84912345678", ""),  # Excel dropped the zero
        ("+84 912 345 678", "+84912345678", ""),
        ("Trần Thị Ánh\t0912 345 678", "+84912345678", "Trần Thị Ánh"),
        ("0912.345.678; Trần Thị Ánh", "+84912345678", "Trần Thị Ánh"),
        ("Anh.Tran@Example.VN,Trần Thị Ánh", "anh.tran@example.vn", "Trần Thị Ánh"),
        ("12\tTrần Thị Ánh\t0912345678", "+84912345678", "Trần Thị Ánh"),
        ("Trần Thị Ánh", "", "Trần Thị Ánh"),
        ("09123", "", ""),
    ],
)
def test_a_line(line, login, name):
    (read,) = read_roster(f"\n{line}\n\n")

    assert (read.number, read.login, read.name) == (2, login, name)


def paste(client, contest, people):
    return client.post(f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/", {"people": people})


def test_a_list_is_added_once_and_looked_up_and_taken_off(client, union, contest):
    client.force_login(union.olga)

    assert paste(client, contest, "Ánh\t0912345678\nBình\tbinh@example.vn\n0912345678").status_code == 302
    assert paste(client, contest, "0912 345 678").status_code == 302
    assert sorted(RosterLine.objects.values_list("login", "name")) == [
        ("+84912345678", ""), ("binh@example.vn", "Bình"),
    ]  # fmt: skip

    page = client.get(f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/?q=0912345678").content.decode()
    assert "+84912345678" in page
    assert "binh@example.vn" not in page

    line = RosterLine.objects.get(name="Bình")
    client.post(f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/", {"remove": line.pk})
    assert RosterLine.objects.count() == 1
    assert list(contest.events.order_by("pk").values_list("what", flat=True)) == [
        "roster_added",
        "roster_added",
        "roster_removed",
    ]


@pytest.mark.parametrize(
    ("people", "says"),
    [("", "Hãy dán danh sách"), ("   \n", "Hãy dán danh sách"), ("0912345678\nTrần Thị Ánh", "dòng 2"), ("x\x00y", "")],
)
def test_what_names_nobody_is_named_and_nothing_is_saved(client, union, contest, people, says):
    client.force_login(union.olga)

    reply = paste(client, contest, people)

    assert reply.status_code == 200
    assert says in reply.content.decode()
    assert not RosterLine.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40, "١"])
def test_taking_off_somebody_who_is_not_there(client, union, contest, number):
    client.force_login(union.olga)

    assert client.post(f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/", {"remove": number}).status_code == 404


def test_another_province_does_not_see_it(client, union, contest):
    other = Contest.objects.create(
        slug="khac", title="Khác", organizer=union.province_b, audience=union.province_b, bank=contest.bank
    )
    line = RosterLine.objects.create(contest=other, login="+84912345678")
    client.force_login(union.olga)

    assert client.get("/to-chuc/cuoc-thi/khac/danh-sach/").status_code == 404
    assert paste(client, other, "0912345679").status_code == 404
    assert client.post(f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/", {"remove": line.pk}).status_code == 404
    assert RosterLine.objects.get() == line


def test_the_contest_page_leads_to_it_where_the_rules_ask_for_a_list(client, union, contest):
    client.force_login(union.olga)
    page, address = f"/to-chuc/cuoc-thi/{contest.slug}/", f"/to-chuc/cuoc-thi/{contest.slug}/danh-sach/"

    assert address not in client.get(page).content.decode()
    Contest.objects.update(rules={"eligibility": {"roster": True}})
    assert address in client.get(page).content.decode()
    assert "Chỉ những người trong danh sách này" in client.get(address).content.decode()
