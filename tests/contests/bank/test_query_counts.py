"""The bank's pages ask the database as often for many questions as for one."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from contests.actions.bank_edit import set_tags
from contests.actions.bank_review import add_comment, amend, send_to_review
from contests.models import Question, QuestionImage, QuestionVersion
from tests import make
from tests.contests.organizer.test_query_counts import count

pytestmark = pytest.mark.django_db


def cared_for(union, each):
    """A bank whose every question has tags, a comment and a flag, and waits for review."""
    bank = make.make_bank(union.province_a, each=each)
    now = timezone.now()
    for question in Question.objects.filter(bank=bank):
        set_tags(question=question, names=["một", question.code], by=union.olga)
        add_comment(question=question, text="Xem lại.", by=union.olga, now=now)
        send_to_review(question=question, by=union.olga, now=now)
    amend(
        bank=bank, document="Bộ luật Lao động 2019", article="Điều 1", since=now.date(), note="", by=union.olga, now=now
    )
    return bank


@pytest.mark.parametrize("name", ["organizer_bank", "organizer_review", "organizer_amendments", "organizer_shares"])
def test_lists_do_not_grow(union, olga, name):
    small, large = cared_for(union, 1), cared_for(union, 5)

    one, many = (count(olga, reverse(name, args=[bank.public_id])) for bank in (small, large))

    assert one == many


def test_pictures_in_the_review_queue_come_with_their_questions(union, olga):
    bank = cared_for(union, 3)
    address = reverse("organizer_review", args=[bank.public_id])
    without = count(olga, address)
    for place, version in enumerate(QuestionVersion.objects.filter(question__bank=bank)):
        version.image = QuestionImage.objects.create(
            sha256=str(place), form="png", width=1, height=1, size=1, created_at=timezone.now()
        )
        version.image_alt = "Hình"
        version.save()

    assert count(olga, address) == without


def test_a_question_with_more_versions_and_comments(union, olga, bank):
    first, second = Question.objects.filter(bank=bank)[:2]
    version = second.versions.get()
    version.pk, version.number, version.is_current, version.created_by = None, 0, False, union.olga
    version.save()
    for text in ("Một.", "Hai."):
        add_comment(question=second, text=text, by=union.olga, now=timezone.now())
    add_comment(question=first, text="Một.", by=union.olga, now=timezone.now())
    address = reverse("organizer_question", args=[bank.public_id])

    assert count(olga, f"{address}?ma={first.code}") == count(olga, f"{address}?ma={second.code}")


def test_many_at_once_are_few_statements(union, bank, django_assert_max_num_queries):
    from contests.actions.bank_edit import BulkChange, bulk_change

    codes = list(Question.objects.filter(bank=bank).values_list("code", flat=True))
    with django_assert_max_num_queries(14):
        done = bulk_change(
            bank=bank, seen=bank.version, codes=codes, change=BulkChange(difficulty="hard"), by=union.olga, now=timezone.now()
        )  # fmt: skip
    assert done.changed == 24
