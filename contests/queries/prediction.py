"""What the close of a round left behind, counted: from it the true number of the side question."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q

from contests.models import Attempt, Exclusion, Round, Standing
from contests.rules.lifecycle import COUNTED
from contests.rules.prediction import Counted, Meaning, Population, Prediction


def population(round_: Round, prediction: Prediction) -> Population:
    """People, attempts, people with a paper without a mistake, and the guesses that count. One or two aggregates.

    Valid are the attempts that count, of people whose result counts; all are those that were begun, the voided among them.
    Either way before `as_of`.
    """
    attempts = Attempt.objects.filter(round=round_)
    if prediction.as_of:
        attempts = attempts.filter(started_at__lt=prediction.as_of)
    if prediction.counted is Counted.VALID:
        out = Exclusion.objects.from_ranking().filter(contest=round_.contest_id, member=OuterRef("entry__member"))
        attempts = attempts.filter(~Exists(out), state__in=COUNTED)
    questions = Func("paper", function="jsonb_array_length", output_field=IntegerField())
    found = attempts.aggregate(
        people=Count("entry", distinct=True),
        attempts=Count("pk"),
        all_right=Count("entry", distinct=True, filter=Q(right=questions)),
    )
    guesses: tuple[int, ...] = ()
    if prediction.meaning is Meaning.RIGHT_GUESSERS:
        rows = Standing.objects.filter(round=round_, guess__isnull=False)
        guesses = tuple(rows.values_list("guess", flat=True).iterator(chunk_size=10_000))
    return Population(found["people"], found["attempts"], found["all_right"], guesses)


def is_over(round_: Round) -> bool:
    """Whether every attempt of the round is judged: nothing runs, nothing waits for its grade."""
    unjudged = [Attempt.State.STARTED, Attempt.State.SUBMITTED, Attempt.State.EXPIRED]
    return not Attempt.objects.filter(round=round_, state__in=unjudged).exists()


def rounds_to_settle(now: datetime) -> list[Round]:
    """Rounds with a side question that are closed for everybody and whose true number is not known, or no longer true."""
    rounds = Round.objects.filter(
        Q(extended_until__isnull=True) | Q(extended_until__lt=now),
        closes_at__lt=now, truth_at__isnull=True, rules__prediction__meaning__isnull=False,
    ).exclude(contest__state="draft")  # fmt: skip
    return [round_ for round_ in rounds.order_by(F("closes_at")) if is_over(round_)]
