"""Was it received, what did I get, what next."""

from datetime import timedelta

from django.utils import timezone

from contests.actions.boards import rebuild_boards
from contests.actions.grade import grade_pending, sweep_expired
from contests.actions.sitting import database_now, save_form
from contests.models import Attempt, Contest, QuestionVersion


def right_choices(attempt: Attempt, count: int) -> dict[int, list[int]]:
    """The right choices of the first questions (see make_bank), as shown positions."""
    keys = dict(QuestionVersion.objects.values_list("pk", "key"))
    paper = list(enumerate(attempt.paper, start=1))[:count]
    return {number: [order.index(option) for option in keys[version]] for number, (version, order) in paper}


def hand_in(attempt: Attempt, right: int = 0, *, grade: bool = True) -> Attempt:
    save_form(attempt=attempt, choices=right_choices(attempt, right), now=database_now(), submit=True)
    if grade:
        grade_pending(now=database_now())
    attempt.refresh_from_db()
    return attempt


def page_of(client, attempt: Attempt):
    return client.get(f"/thi/{attempt.public_id}/ket-qua/")


def test_a_running_attempt_has_no_result(client, contest, union, begin):
    attempt = begin(union.alice, contest)
    client.force_login(union.alice)

    assert page_of(client, attempt).url == f"/thi/{attempt.public_id}/"


def test_before_grading_the_page_waits_and_refreshes_itself(client, contest, union, begin):
    attempt = hand_in(begin(union.alice, contest), right=3, grade=False)
    client.force_login(union.alice)

    page = page_of(client, attempt).content.decode()

    assert attempt.receipt in page
    assert "Đang chấm" in page
    assert "3 / 4" in page
    assert 'http-equiv="refresh"' in page
    assert "sitting-result.js" in page


def test_after_grading_score_place_and_what_is_left(client, contest, union, begin):
    hand_in(begin(union.bob, contest), right=4)
    attempt = hand_in(begin(union.alice, contest), right=3)
    client.force_login(union.alice)

    response = page_of(client, attempt)
    page, text = response.context["page"], response.content.decode()

    assert (attempt.points, attempt.right) == (300, 3)
    assert (page.standing.place, page.standing.total, page.left) == (2, 2, 1)
    assert "tạm tính lúc" in text
    assert "Bạn còn 1 lượt" in text
    assert 'http-equiv="refresh"' not in text


def test_the_place_is_the_same_with_and_without_redis(client, contest, union, begin, redis_client):
    hand_in(begin(union.bob, contest), right=4)
    attempt = hand_in(begin(union.alice, contest), right=1)
    rebuild_boards(contest)
    client.force_login(union.alice)

    with_redis = page_of(client, attempt).context["page"].standing
    redis_client.flushall()
    without = page_of(client, attempt).context["page"].standing

    assert with_redis == without


def test_a_weaker_attempt_says_that_the_better_one_counts(client, contest, union, begin):
    hand_in(begin(union.alice, contest), right=4)
    weaker = hand_in(begin(union.alice, contest), right=1)
    client.force_login(union.alice)

    page = page_of(client, weaker).content.decode()

    assert "Bảng xếp hạng tính lượt tốt hơn của bạn: 4 điểm" in page
    assert "Bạn đã dùng hết số lượt thi của đợt này." in page


def test_points_are_kept_back_where_the_rules_say_so(client, contest, union, begin):
    round_ = contest.rounds.get()
    round_.rules |= {"show": "nothing"}
    round_.save(update_fields=["rules"])
    attempt = hand_in(begin(union.alice, contest), right=3)
    client.force_login(union.alice)

    before = page_of(client, attempt)
    Contest.objects.update(state="closed")
    after = page_of(client, attempt)

    assert "điểm được công bố sau khi đợt thi kết thúc" in before.content.decode()
    assert before.context["page"].standing is None
    assert "câu đúng" not in before.content.decode()
    assert "câu đúng" in after.content.decode()


def test_an_attempt_that_ran_out_says_so_before_and_after_the_sweep(client, contest, union, begin):
    attempt = begin(union.alice, contest)
    save_form(attempt=attempt, choices=right_choices(attempt, 2), now=database_now(), submit=False)
    past = timezone.now() - timedelta(minutes=1)
    Attempt.objects.update(started_at=past - timedelta(minutes=5), deadline=past, accepts_until=past)
    client.force_login(union.alice)

    before = page_of(client, attempt).content.decode()
    sweep_expired(now=database_now())
    grade_pending(now=database_now())
    after = page_of(client, attempt).content.decode()

    assert all("Hết giờ, bài được nộp tự động" in page and "2 / 4" in page for page in (before, after))
    assert "Đang chấm" in before
    assert "câu đúng" in after
