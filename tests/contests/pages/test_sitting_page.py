"""The sitting as a page of plain forms, and what must never be in it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contests.models import Answer, Attempt, QuestionVersion
from contests.tokens import read_token


@pytest.fixture
def attempt(contest, union, begin) -> Attempt:
    return begin(union.alice, contest)


@pytest.fixture
def alice(client, union):
    client.force_login(union.alice)
    return client


def address(attempt: Attempt, more: str = "") -> str:
    return f"/thi/{attempt.public_id}/{more}"


def choices(attempt: Attempt) -> dict[int, list[int]]:
    return {answer.question: answer.choice for answer in Answer.objects.filter(attempt=attempt)}


def of_kind(attempt: Attempt, kind: str) -> list[int]:
    """Places on the paper (from 1) with questions of this kind."""
    kinds = dict(QuestionVersion.objects.values_list("pk", "kind"))
    return [number for number, (version, _) in enumerate(attempt.paper, start=1) if kinds[version] == kind]


def over(attempt: Attempt) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=past, accepts_until=past)


def test_the_paper_in_its_order(alice, attempt):
    page = alice.get(address(attempt))

    versions = QuestionVersion.objects.in_bulk([version for version, _ in attempt.paper])
    expected = [
        (versions[version].stem, [versions[version].options[option] for option in order])
        for version, order in attempt.paper
    ]
    questions = page.context["questions"]
    assert [(each.stem, [option.text for option in each.options]) for each in questions] == expected


def test_only_its_member_finds_it(client, attempt, union):
    for member in (union.bob, union.olga, union.charlie):
        client.force_login(member)
        assert client.get(address(attempt)).status_code == 404
        assert client.get(address(attempt, "ket-qua/")).status_code == 404
        assert client.post(address(attempt, "nop/"), {"q1": "0", "action": "submit"}).status_code == 404

    attempt.refresh_from_db()
    assert (attempt.state, choices(attempt)) == ("started", {})


def test_a_visitor_is_sent_to_the_login(client, attempt):
    assert client.get(address(attempt)).url == f"/tai-khoan/login/?next=/thi/{attempt.public_id}/"


def test_nothing_of_the_key_is_in_any_byte(alice, attempt):
    """Explanations, sources and the author's order stay on the server; equal papers give equal bytes whatever the key."""
    QuestionVersion.objects.update(
        explanation="CANARY-explanation",
        document="CANARY-document",
        article="CANARY-article",
        other_source="CANARY-source",
    )
    first = alice.get(address(attempt)).content.decode()
    QuestionVersion.objects.filter(kind="single").update(key=[3])
    QuestionVersion.objects.filter(kind="multiple").update(key=[2, 3])
    second = alice.get(address(attempt)).content.decode()

    assert "CANARY" not in first + second
    assert steady(first) == steady(second)
    assert "data-key" not in first


def steady(page: str) -> str:
    """The page without what changes from load to load: the clock, the form's token, the signature's time."""
    page = re.sub(r'data-now="\d+"', "", page)
    page = re.sub(r'data-token="[^"]+"', "", page)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_the_token_of_the_page_opens_the_answer_path(alice, attempt, settings):
    page = alice.get(address(attempt))

    token = read_token(
        page.context["token"],
        attempt=attempt.public_id,
        now=timezone.now().timestamp(),
        keys=settings.ATTEMPT_TOKEN_KEYS,
    )
    assert len(token.shape) == 4


def test_the_page_is_kept_by_nobody(alice, attempt):
    assert "no-store" in alice.get(address(attempt))["Cache-Control"]


def test_save_keeps_the_attempt_running_and_shows_the_choices(alice, attempt):
    saved = alice.post(address(attempt, "nop/"), {"q1": "1", "q2": "2", "action": "save"}, follow=True)

    assert choices(attempt) == {1: [1], 2: [2]}
    assert "Đã lưu bài làm lúc" in saved.content.decode()
    assert [each.answered for each in saved.context["questions"]] == [True, True, False, False]


def test_submit_gives_a_receipt(alice, attempt):
    page = alice.post(address(attempt, "nop/"), {"q1": "0", "action": "submit"}, follow=True)

    attempt.refresh_from_db()
    assert attempt.state == "submitted"
    assert attempt.receipt in page.content.decode()
    assert alice.get(address(attempt)).url == address(attempt, "ket-qua/")


def test_a_question_that_the_form_leaves_out_is_left_alone(alice, attempt):
    alice.post(address(attempt, "nop/"), {"q1": "1", "action": "save"})

    alice.post(address(attempt, "nop/"), {"q2": "0", "action": "save"})

    assert choices(attempt) == {1: [1], 2: [0]}


def test_ticks_are_taken_back_only_where_the_page_had_shown_them(alice, contest, union, begin):
    round_ = contest.rounds.get()
    round_.rules |= {"draw": [{"topic": "Tiền lương", "count": 12}]}  # the whole topic, ticks included
    round_.save(update_fields=["rules"])
    attempt = begin(union.alice, contest)
    number = of_kind(attempt, "multiple")[0]
    alice.post(address(attempt, "nop/"), {f"q{number}": ["0", "2"], "action": "save"})
    assert f'name="had{number}"' in alice.get(address(attempt)).content.decode()

    alice.post(address(attempt, "nop/"), {f"had{number}": "", "action": "save"})

    assert choices(attempt) == {number: []}


@pytest.mark.parametrize("value", ["9", "x", "-1", "1e1", "٣"])
def test_a_choice_that_is_not_on_the_paper_stores_nothing(alice, attempt, value):
    page = alice.post(address(attempt, "nop/"), {"q1": value, "q2": "0", "action": "save"}, follow=True)

    assert "Chưa lưu gì cả" in page.content.decode()
    assert choices(attempt) == {}


def test_after_the_time_nothing_more_is_taken(alice, attempt):
    alice.post(address(attempt, "nop/"), {"q1": "0", "action": "save"})
    over(attempt)

    page = alice.post(address(attempt, "nop/"), {"q1": "1", "action": "submit"}, follow=True)

    assert choices(attempt) == {1: [0]}
    assert "Đã hết giờ làm bài" in page.content.decode()
    assert alice.get(address(attempt)).url == address(attempt, "ket-qua/")


def test_a_page_costs_a_few_queries(alice, attempt, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        alice.get(address(attempt))
