"""The board's pages, with Redis and without."""

import json

import pytest
from django.urls import reverse

from accounts.models import Member
from contests.actions.boards import rebuild_boards
from contests.actions.grade import grade_pending
from contests.actions.sitting import database_now, save_form
from contests.actions.start import start_attempt
from contests.models import Attempt, Contest, QuestionVersion
from contests.queries import pages
from leaderboard.snapshot import encode
from tests import make
from tests.reports.rows import sat


@pytest.fixture(autouse=True)
def _ask_each_time(settings, redis_client):
    settings.BOARD_FALLBACK_SECONDS = 0


def hand_in(contest: Contest, member: Member, right: int = 0) -> Attempt:
    """A graded attempt with so many questions answered rightly."""
    attempt = start_attempt(member=member, round_=contest.rounds.get(), now=database_now())
    choices = {}
    for number, (version, order) in list(enumerate(attempt.paper, start=1))[:right]:
        key = (0, 1) if _several(version) else (0,)
        choices[number] = [order.index(option) for option in key]
    save_form(attempt=attempt, choices=choices, now=database_now(), submit=True)
    grade_pending(now=database_now())
    attempt.refresh_from_db()
    return attempt


def _several(version: int) -> bool:
    return QuestionVersion.objects.get(pk=version).kind == "multiple"


def address(contest: Contest, name: str = "board") -> str:
    return reverse(name, args=[contest.slug])


def test_an_empty_board_says_when_it_will_fill(client, contest):
    page = client.get(address(contest))

    assert page.status_code == 200
    assert "Chưa có ai trên bảng này" in page.content.decode()


def test_rows_are_masked_and_ordered(client, contest, union):
    hand_in(contest, union.alice, right=1)
    hand_in(contest, union.bob, right=3)

    lines = client.get(address(contest)).context["lines"]

    assert [(line.place, line.name, line.unit, line.points) for line in lines] == [
        (1, "Lê V. B.", "CĐCS Trường Mầm non Hoa Sen", 300),
        (2, "Trần T. Á.", "CĐCS Công ty Cổ phần May Sông Cầu", 100),
    ]


def test_the_page_is_the_same_from_redis_and_from_sql(client, contest, union, redis_client):
    hand_in(contest, union.alice, right=1)
    hand_in(contest, union.bob, right=3)
    rebuild_boards(contest)
    round_ = contest.rounds.get()

    with_redis = pages.board_snapshot(contest, round_, database_now())
    redis_client.flushall()
    without = pages.board_snapshot(contest, round_, database_now())

    assert (without.total, without.top, without.marks) == (with_redis.total, with_redis.top, with_redis.marks)
    assert without.version > with_redis.version
    assert client.get(address(contest)).status_code == 200


def test_data_is_the_frame_of_the_socket_and_knows_its_version(client, contest, union):
    hand_in(contest, union.alice, right=2)
    rebuild_boards(contest)

    first = client.get(address(contest, "board_data"))
    again = client.get(address(contest, "board_data"), headers={"If-None-Match": first["ETag"]})

    snapshot = pages.board_snapshot(contest, contest.rounds.get(), database_now())
    assert json.loads(first.content) | {"at": 0} == json.loads(encode(snapshot)) | {"at": 0}
    assert first["ETag"] == f'"{snapshot.version}"'
    assert (again.status_code, again.content) == (304, b"")


def test_a_board_that_the_contest_lacks_is_not_found(client, contest):
    assert client.get(address(contest) + "?bang=khac--1").status_code == 404


def test_drafts_have_no_board(client, contest):
    Contest.objects.update(state="draft")

    names = ("board", "board_data", "board_around", "screen", "turnout", "board_qr")
    assert [client.get(address(contest, name)).status_code for name in names] == [404] * 6


def test_own_row_is_marked_among_the_best(client, contest, union):
    hand_in(contest, union.alice, right=1)
    client.force_login(union.alice)

    page = client.get(address(contest))

    assert [line.own for line in page.context["lines"]] == [True]
    assert page.context["pinned"] is None


def test_own_row_is_pinned_when_it_is_not_among_the_best(client, contest, union):
    for number in range(11):
        hand_in(contest, make.make_member(f"Nguyễn Văn Số {number}", union.factory_a), right=2)
    hand_in(contest, union.alice, right=0)
    client.force_login(union.alice)

    page = client.get(address(contest))

    assert len(page.context["lines"]) == 10
    assert (page.context["pinned"].place, page.context["pinned"].name) == (12, "Trần T. Á.")


def test_around_gives_the_exact_place_with_and_without_redis(client, contest, union, redis_client):
    for member, right in ((union.alice, 1), (union.bob, 3)):
        hand_in(contest, member, right=right)
    rebuild_boards(contest)
    client.force_login(union.alice)

    with_redis = client.get(address(contest, "board_around")).json()
    redis_client.flushall()
    without = client.get(address(contest, "board_around")).json()

    assert without == with_redis
    assert (with_redis["place"], with_redis["total"]) == (2, 2)
    assert [row["name"] for row in with_redis["rows"]] == ["Lê V. B.", "Trần T. Á."]


def test_everybodys_neighbours_are_the_same_from_redis_and_from_sql(contest, union, redis_client):
    entries = [
        sat(contest, make.make_member(f"Nguyễn Văn Số {number}"), union.factory_a, points)
        for number, points in enumerate([0, 100, 100, 100, 200, 300, 300, 400, 400, 400, 500])
    ]
    rebuild_boards(contest)

    with_redis = [pages.neighbours(contest, None, entry) for entry in entries]
    redis_client.flushall()
    without = [pages.neighbours(contest, None, entry) for entry in entries]

    assert without == with_redis
    assert [ranked.place for ranked in with_redis[0]] == [8, 8, 8, 11]


def test_around_is_for_members_on_the_board(client, contest, union):
    assert client.get(address(contest, "board_around")).status_code == 404

    client.force_login(union.alice)
    assert client.get(address(contest, "board_around")).status_code == 404


def test_a_round_that_keeps_points_back_has_no_board_until_it_closes(client, contest, union):
    round_ = contest.rounds.get()
    round_.rules |= {"show": "nothing"}
    round_.save(update_fields=["rules"])
    hand_in(contest, union.alice, right=1)

    page, data = client.get(address(contest)), client.get(address(contest, "board_data"))

    assert "Bảng chưa công bố" in page.content.decode()
    assert "Trần T. Á." not in page.content.decode()
    assert data.status_code == 403
    Contest.objects.update(state="closed")
    assert "Trần T. Á." in client.get(address(contest)).content.decode()


def test_the_big_screen_counts_people_and_attempts(client, contest, union):
    hand_in(contest, union.alice)
    hand_in(contest, union.alice)
    hand_in(contest, union.bob)

    page = client.get(address(contest, "screen"))

    assert page.status_code == 200
    assert client.get(address(contest, "turnout")).json() == {"people": 2, "attempts": 3}


def test_the_qr_code_is_a_picture_of_the_contests_address(client, contest):
    page = client.get(address(contest, "board_qr"))

    assert page["Content-Type"] == "image/svg+xml"
    assert page.content.startswith(b"<svg")
