"""What was answered, as the rules judge it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from contests.models import Answer, Attempt, EssayMark
from contests.rules.kinds import Value
from contests.rules.kinds.essay import settled
from contests.rules.kinds.shapes import GUESS, decode_shape
from contests.rules.prediction import read_guess
from contests.rules.settings import RoundRules

Answers = dict[int, Value]  # by the place on the paper, from 0


def answers_of(attempts: Sequence[Attempt]) -> defaultdict[int, Answers]:
    """The stored answers by attempt, in one query."""
    found: defaultdict[int, Answers] = defaultdict(dict)
    rows = Answer.objects.filter(attempt__in=attempts).values_list("attempt_id", "question", "choice", "text")
    for attempt_id, question, choice, text in rows:
        found[attempt_id][question - 1] = text or choice
    return found


def guess_of(attempt: Attempt, answers: Answers, rules: RoundRules) -> int | None:
    """What was typed at the side question, in units; None where nothing was, or nothing that can be read as an answer."""
    typed = answers.get(len(attempt.paper))
    if rules.prediction is None or not isinstance(typed, str):
        return None
    try:
        return read_guess(typed, rules.prediction)
    except ValueError:
        return None


def received_count(attempt: Attempt) -> int:
    """How many questions have an answer; the side question after the last one is none of them."""
    given = Answer.objects.filter(attempt=attempt).exclude(choice=[], text="")
    shape = decode_shape(attempt.shape)
    return (given.exclude(question=len(shape)) if shape[-1:] == (GUESS,) else given).count()


def marks_of(attempts: Sequence[Attempt]) -> defaultdict[int, dict[int, Fraction]]:
    """What the markers have settled on, by attempt and place; only papers with essays are asked for."""
    found: defaultdict[int, dict[int, Fraction]] = defaultdict(dict)
    with_essays = [attempt.pk for attempt in attempts if "~" in attempt.shape]
    if not with_essays:
        return found
    given: defaultdict[tuple[int, int], list[Fraction]] = defaultdict(list)
    # In the order in which they were written, each while its attempt was locked; the clock of two that met may say another.
    for mark in EssayMark.objects.filter(attempt__in=with_essays).order_by("pk"):
        given[mark.attempt_id, mark.question].append(Fraction(mark.credit, 100))
    for (attempt_id, question), marks in given.items():
        if (credit := settled(marks)) is not None:
            found[attempt_id][question - 1] = credit
    return found
