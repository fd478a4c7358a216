"""What a visitor finds on the first page."""

from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Contest
from contests.models.contest import new_share_code
from tests import make


def more(contest: Contest, slug: str, **window) -> Contest:
    """Another contest beside `contest`, with a round of its own."""
    round_ = contest.rounds.get()
    other = Contest.objects.get(pk=contest.pk)
    other.pk, other.slug, other.title = None, slug, f"Cuộc thi {slug}"
    other.share_code = new_share_code()
    other.save()
    round_.pk, round_.contest = None, other
    for name, value in window.items():
        setattr(round_, name, value)
    round_.save()
    return other


def queries(client) -> int:
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get("/").status_code == 200
    return len(captured)


def test_without_contests_the_page_says_so(client, db):
    page = client.get("/").content.decode()

    assert "Chưa có cuộc thi nào" in page


def test_drafts_are_nobodys_business(client, contest):
    Contest.objects.update(state="draft")

    assert contest.title not in client.get("/").content.decode()


def test_an_open_contest_with_its_people_and_attempts(client, contest, union, begin):
    begin(union.alice, contest)

    page = client.get("/").content.decode()

    assert 'href="/cuoc-thi/tim-hieu-phap-luat/"' in page
    assert "1 người · 1 lượt" in page
    assert "Còn 22 giờ 59 phút" in page


def test_a_running_attempt_is_the_first_thing_to_go_on_with(client, contest, union, begin):
    attempt = begin(union.alice, contest)
    client.force_login(union.alice)

    page = client.get("/").content.decode()

    assert f'href="/thi/{attempt.public_id}/"' in page
    assert "Tiếp tục làm bài" in page


def test_contests_stand_where_their_round_is(client, contest):
    now = timezone.now()
    more(contest, "sap-mo", opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=3))
    more(contest, "da-xong", opens_at=now - timedelta(days=3), closes_at=now - timedelta(days=2))

    home = client.get("/").context["home"]

    assert [card.contest.slug for card in home.open] == ["tim-hieu-phap-luat"]
    assert [card.contest.slug for card in home.upcoming] == ["sap-mo"]
    assert [card.contest.slug for card in home.finished] == ["da-xong"]


def test_a_closed_contest_is_over_whatever_its_round_says(client, contest):
    Contest.objects.update(state="closed")

    assert [card.contest.slug for card in client.get("/").context["home"].finished] == ["tim-hieu-phap-luat"]


def test_three_contests_cost_as_many_queries_as_one(client, union, bank):
    nothing = queries(client)
    contest = make.make_contest(union, bank)
    one = queries(client)
    for slug in ("hai", "ba"):
        more(contest, slug)

    assert nothing < one == queries(client) <= 14
