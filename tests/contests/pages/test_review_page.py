"""Looking back: the review matrix, when it opens, and what it never shows before."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.sitting import save_form
from contests.models import Attempt, Contest, QuestionVersion, Round
from contests.queries.review import keys_open_from, may_review, reviewed_paper
from contests.rules.settings import dump, parse_round_rules
from tests import make
from tests.contests.actions.test_grade import right_choices

pytestmark = pytest.mark.django_db


@pytest.fixture
def sat(client, union, contest, begin):
    """Alice's graded attempt with the first two questions right, the third wrong and the fourth empty; she is logged in."""
    attempt = begin(union.alice, contest)
    choices = right_choices(attempt, 3)
    choices[3] = [next(place for place in range(4) if place not in choices[3])]
    save_form(attempt=attempt, choices=choices, now=timezone.now(), submit=True)
    grade_pending(now=timezone.now())
    attempt.refresh_from_db()
    client.force_login(union.alice)
    return attempt


def set_rules(contest: Contest, **rules: str) -> Round:
    round_ = contest.rounds.get()
    round_.rules |= rules
    round_.save()
    return round_


def close(round_: Round, ago: timedelta) -> None:
    now = timezone.now()
    Round.objects.filter(pk=round_.pk).update(opens_at=now - timedelta(days=2), closes_at=now - ago)


MATRIX = list(
    product(["nothing", "score"], ["nothing", "score", "right_wrong", "explanation"], ["open", "grace", "closed"])
)


@pytest.mark.parametrize(("at_submit", "at_close", "phase"), MATRIX)
def test_the_matrix(at_submit, at_close, phase, client, sat, contest):
    round_ = set_rules(contest, show=at_submit, review=at_close)
    if phase != "open":
        close(round_, timedelta(seconds=30) if phase == "grace" else timedelta(minutes=2))
    result = client.get(f"/thi/{sat.public_id}/ket-qua/").content.decode()
    review = client.get(f"/thi/{sat.public_id}/xem-lai/")

    sees_points = at_submit == "score" or (phase != "open" and at_close != "nothing")
    sees_verdicts = phase == "closed" and at_close in ("right_wrong", "explanation")
    sees_keys = phase == "closed" and at_close == "explanation"
    assert ("câu đúng" in result) is sees_points
    assert (review.status_code == 200) is sees_verdicts
    body = review.content.decode()
    assert ("Bạn đúng 2 trên 4 câu" in body) is sees_verdicts
    assert ("Giải thích " in body) is ("Điều 1, Bộ luật Lao động 2019" in body) is sees_keys
    assert ('data-mark="missed"' in body) is sees_keys
    assert "Giải thích " not in result


def test_right_and_wrong_alone_never_tells_which_was_right(client, sat, contest):
    close(set_rules(contest, review="right_wrong"), timedelta(minutes=2))
    body = client.get(f"/thi/{sat.public_id}/xem-lai/").content.decode()

    assert "data-mark" not in body
    assert body.count("Bạn chọn") == sum(len(answer.choice) for answer in sat.answers.all())


def test_the_verdicts_are_those_of_the_grade(sat, contest):
    set_rules(contest, review="explanation")
    sat.round.refresh_from_db()
    questions = reviewed_paper(sat, sat.round.closes_at + timedelta(hours=1))

    assert [question.right for question in questions] == [True, True, False, False]
    assert [question.answered for question in questions] == [True, True, True, False]
    assert sum(question.right for question in questions) == sat.right
    for question in questions:
        assert {option.mark for option in question.options if option.chosen} <= {"right", "wrong"}
        assert [option.letter for option in question.options] == list("ABCD")


def test_it_waits_for_every_published_round_that_draws_from_the_bank(sat, contest, bank, union):
    round_ = set_rules(contest, review="explanation")
    rules = parse_round_rules(round_.rules)
    sat.round.refresh_from_db()
    own = keys_open_from(sat.round)
    assert own == round_.closes_at + timedelta(seconds=65)
    later = round_.closes_at + timedelta(days=7)
    Round.objects.create(
        contest=contest, number=2, title="Tuần 2", opens_at=round_.closes_at, closes_at=later, rules=dump(rules)
    )
    other = Contest.objects.create(
        slug="khac", title="Khác", organizer=union.province_a, audience=union.province_a, bank=bank, state="draft"
    )
    Round.objects.create(
        contest=other, number=1, title="1", opens_at=later, closes_at=later + timedelta(days=7), rules=dump(rules)
    )

    assert keys_open_from(sat.round) == later + timedelta(seconds=65)
    assert not may_review(sat, own + timedelta(minutes=1))
    Contest.objects.filter(pk=other.pk).update(state="open")
    assert keys_open_from(sat.round) == later + timedelta(days=7, seconds=65)


def test_a_question_that_another_contest_still_asks_is_withheld(client, sat, contest, union):
    round_ = set_rules(contest, review="explanation")
    close(round_, timedelta(minutes=3))
    first = QuestionVersion.objects.get(pk=sat.paper[0][0])
    twin = make.make_bank(union.province_b, topics=("Khác",), each=1)
    QuestionVersion.objects.filter(pk=twin.questions.first().versions.get().pk).update(stem_key=first.stem_key)
    other = Contest.objects.create(
        slug="khac", title="Khác", organizer=union.province_b, audience=union.province_b, bank=twin, state="open"
    )
    now = timezone.now()
    later = Round.objects.create(
        contest=other, number=1, title="1", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=1), rules=round_.rules
    )  # fmt: skip

    body = client.get(f"/thi/{sat.public_id}/xem-lai/").content.decode()
    assert "còn dùng trong một cuộc thi khác" in body
    assert "Bạn đúng 1 trên 3 câu" in body
    assert first.explanation not in body

    secret = [make.make_question(twin, twin.topics.first(), f"GIONG-{place}").pk for place in range(1, len(sat.paper))]
    keys = QuestionVersion.objects.in_bulk([version for version, _ in sat.paper[1:]])
    for pk, one in zip(secret, keys.values(), strict=True):
        QuestionVersion.objects.filter(pk=pk).update(stem_key=one.stem_key)
    body = client.get(f"/thi/{sat.public_id}/xem-lai/").content.decode()
    assert "trên 0 câu" not in body
    assert "Đáp án hiện khi không cuộc thi nào còn dùng" in body

    close(later, timedelta(minutes=3))
    body = client.get(f"/thi/{sat.public_id}/xem-lai/").content.decode()
    assert "còn dùng trong một cuộc thi khác" not in body
    assert first.explanation in body


def test_it_waits_for_a_later_close_of_one_member(sat, contest):
    round_ = set_rules(contest, review="explanation")
    Round.objects.filter(pk=round_.pk).update(extended_until=round_.closes_at + timedelta(hours=3))
    sat.round.refresh_from_db()

    assert keys_open_from(sat.round) == round_.closes_at + timedelta(hours=3, seconds=65)


@pytest.mark.parametrize("state", ["started", "submitted"])
def test_an_attempt_without_a_grade_has_no_review(state, client, union, contest, begin):
    close_after = set_rules(contest, review="explanation")
    attempt = begin(union.alice, contest)
    if state == "submitted":
        Attempt.objects.filter(pk=attempt.pk).update(state=state, submitted_at=timezone.now())
    close(close_after, timedelta(minutes=2))
    client.force_login(union.alice)

    assert client.get(f"/thi/{attempt.public_id}/xem-lai/").status_code == 302


def test_nobody_elses(client, sat, contest, union):
    close(set_rules(contest, review="explanation"), timedelta(minutes=2))
    client.force_login(union.bob)

    assert client.get(f"/thi/{sat.public_id}/xem-lai/").status_code == 404
    client.logout()
    assert client.get(f"/thi/{sat.public_id}/xem-lai/").status_code == 302


def test_a_review_costs_a_few_queries(client, sat, contest, django_assert_max_num_queries):
    close(set_rules(contest, review="explanation"), timedelta(minutes=2))

    with django_assert_max_num_queries(12):
        assert client.get(f"/thi/{sat.public_id}/xem-lai/").status_code == 200


def test_the_result_says_when_it_opens(client, sat, contest):
    round_ = set_rules(contest, review="explanation")
    page = client.get(f"/thi/{sat.public_id}/ket-qua/").content.decode()
    opens = timezone.localtime(round_.closes_at + timedelta(seconds=65))

    assert f"từ {opens:%d/%m/%Y %H:%M}" in page
