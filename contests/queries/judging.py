"""How attempts are judged: their stored answers, the rules of their rounds, and the keys with the rulings of their contest.

The one way to a grade: for the worker, for decisions about one attempt, and for rulings on questions, tried or applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db.models import QuerySet

from contests.models import Attempt, Bank, KeyRuling, Round
from contests.queries.answers import Answers, answers_of, guess_of, marks_of
from contests.queries.bank import answer_keys
from contests.rules.grading import Grade, grade_paper
from contests.rules.kinds import AnswerKey
from contests.rules.paper import PaperItem
from contests.rules.regrade import Overlay, Ruling, What, overlay
from contests.rules.settings import RoundRules, parse_round_rules

Rulings = Sequence[Ruling]


class Judge:
    """Judges these attempts (each with its round), as often as one likes, under whatever rulings are asked for."""

    def __init__(self, attempts: Sequence[Attempt]) -> None:
        self._answers, self._marks = answers_of(attempts), marks_of(attempts)
        self._keys = answer_keys(version for attempt in attempts for version, _ in attempt.paper)
        self._rules = rules_of_rounds(attempt.round for attempt in attempts)

    def grade(self, attempt: Attempt, rulings: Rulings, *, answers: Answers | None = None) -> Grade:
        """What the attempt is worth; with other answers than those stored, if given: those nobody has marked yet."""
        items = [PaperItem(version, tuple(order)) for version, order in attempt.paper]
        stored = self._answers[attempt.pk]
        given = stored if answers is None else answers
        marks = {
            place: mark for place, mark in self._marks[attempt.pk].items() if given.get(place) == stored.get(place)
        }
        keys, void = self._keys, frozenset[int]()
        if rulings:
            over = overlay({item.version: keys[item.version] for item in items}, rulings)
            keys, void = over.keys, over.void
        ended = min(attempt.submitted_at or attempt.deadline, attempt.deadline)
        return grade_paper(
            items, keys, given, self._rules[attempt.round_id], void=void, marks=marks,
            left_ms=(attempt.deadline - ended) // timedelta(milliseconds=1),
        )  # fmt: skip

    def guess(self, attempt: Attempt) -> int | None:
        """The answer to the side question, in units."""
        return guess_of(attempt, self._answers[attempt.pk], self._rules[attempt.round_id])


def rules_of_rounds(rounds: Iterable[Round]) -> dict[int, RoundRules]:
    """The rules of each round, read once."""
    return {round_.pk: parse_round_rules(round_.rules) for round_ in set(rounds)}


def as_rule(ruling: KeyRuling) -> Ruling:
    """The row as the rules see it."""
    return Ruling(ruling.version_id, What(ruling.what), frozenset(ruling.key), ruling.spec, ruling.applied_at)


def standing_rulings(contest_ids: Iterable[int]) -> defaultdict[int, list[Ruling]]:
    """The rulings that stand, by contest, in the order in which they were applied."""
    found: defaultdict[int, list[Ruling]] = defaultdict(list)
    rows = KeyRuling.objects.filter(contest__in=set(contest_ids), applied_at__isnull=False, undone_at__isnull=True)
    for ruling in rows.order_by("applied_at"):
        found[ruling.contest_id].append(as_rule(ruling))
    return found


def on_paper(rulings: Iterable[Ruling], paper: Sequence[Sequence[object]]) -> list[Ruling]:
    """Those about questions of the paper."""
    versions = {version for version, _ in paper}
    return [ruling for ruling in rulings if ruling.version in versions]


def ruled_keys(contest_id: int, versions: Iterable[int]) -> Overlay:
    """The keys of these versions as the contest judges by them now. For grading and for pages after the close only."""
    keys = answer_keys(versions)
    return overlay(keys, [one for one in standing_rulings([contest_id])[contest_id] if one.version in keys])


def keys_anywhere(versions: Iterable[int]) -> Mapping[int, AnswerKey]:
    """The keys of these versions with the rulings of all contests over them: what practice teaches."""
    keys = answer_keys(versions)
    return overlay(keys, [as_rule(one) for one in _anywhere().filter(version__in=list(keys))]).keys


def voided_versions(banks: Iterable[Bank]) -> frozenset[int]:
    """The versions of these banks that a contest had to void."""
    rows = _anywhere().filter(version__question__bank__in=banks, what=What.VOID)
    return frozenset(rows.values_list("version", flat=True))


def _anywhere() -> QuerySet[KeyRuling]:
    standing = KeyRuling.objects.filter(applied_at__isnull=False, undone_at__isnull=True)
    return standing.order_by("applied_at", "pk")
