"""A side question from the sitting to the result page: asked in words, typed, counted at the close, told beside the truth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.actions.grade import grade_pending
from contests.actions.settle import settle_due
from contests.models import Attempt, Round, Standing
from contests.rules.prediction import UNIT, Meaning, Prediction
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest(union, bank):
    contest = make.make_contest(union, bank, prediction=Prediction(Meaning.PEOPLE))
    contest.rules = {"chain": ["points", "prediction", "shared"]}
    contest.save(update_fields=["rules"])
    return contest


@pytest.mark.parametrize(
    ("typed", "guess", "shown"), [("3", 3 * UNIT, "3"), (" 1.234 ", 1234 * UNIT, "1.234"), ("", None, "không có")]
)
def test_what_is_typed_is_ranked_by_and_shown(client, union, contest, begin, typed, guess, shown):
    attempt = begin(union.alice, contest)
    client.force_login(union.alice)
    client.cookies["may"] = str(attempt.device) if attempt.device else ""
    address = f"/thi/{attempt.public_id}/"

    page = client.get(address).content.decode()
    assert "Theo bạn, có bao nhiêu người dự thi đợt này?" in page
    assert 'name="q5"' in page  # after the four questions
    client.post(f"{address}nop/", {"q5": typed, "action": "submit"})
    grade_pending(now=timezone.now())

    attempt = Attempt.objects.get()
    assert (attempt.guess, attempt.received, attempt.answered) == (guess, 0, 0)
    before = client.get(f"{address}ket-qua/").content.decode()
    assert f"<dd>{shown}</dd>" in before  # no true number yet

    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=2))
    assert settle_due(timezone.now()) == 1
    after = client.get(f"{address}ket-qua/").content.decode()
    assert f"<dd>{shown} · số đúng 1</dd>" in after
    assert Standing.objects.get(round=None).off == (None if guess is None else abs(guess - UNIT))
