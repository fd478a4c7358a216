"""What was answered, as the rules judge it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from contests.models import Answer, Attempt

Answers = dict[int, list[int]]  # by the place on the paper, from 0


def answers_of(attempts: Sequence[Attempt]) -> defaultdict[int, Answers]:
    """The stored answers by attempt, in one query."""
    found: defaultdict[int, Answers] = defaultdict(dict)
    rows = Answer.objects.filter(attempt__in=attempts).values_list("attempt_id", "question", "choice")
    for attempt_id, question, choice in rows:
        found[attempt_id][question - 1] = choice
    return found
