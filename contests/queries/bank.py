"""Reads of the question bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from contests.models import Bank, QuestionVersion
from contests.rules.kinds import KINDS, AnswerKey, Kind
from contests.rules.kinds.shapes import Shape
from contests.rules.paper import BankIndex, BankItem


def in_force(today: date) -> Q:
    """Seen from a version: current, not retired, and in force today by its dates."""
    return (
        Q(is_current=True, question__retired_at__isnull=True)
        & (Q(valid_from__isnull=True) | Q(valid_from__lte=today))
        & (Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    )


def drawable(bank: Bank, today: date) -> QuerySet[QuestionVersion]:
    """The versions that a paper may draw today."""
    return QuestionVersion.objects.filter(in_force(today), question__bank=bank)


def bank_index(bank: Bank, today: date) -> BankIndex:
    """The bank as the pure draw sees it, kept in the process while the bank's version stays."""
    return _bank_index(bank.pk, bank.version, today)


def bank_items(bank: Bank, today: date) -> tuple[BankItem, ...]:
    """The questions of the bank as the pure draw sees them, kept in the process while the bank's version stays."""
    return _bank_items(bank.pk, bank.version, today)


@lru_cache(maxsize=64)
def _bank_index(bank_id: int, version: int, today: date) -> BankIndex:
    return BankIndex(_bank_items(bank_id, version, today))


@lru_cache(maxsize=64)
def _bank_items(bank_id: int, version: int, today: date) -> tuple[BankItem, ...]:
    rows = drawable(Bank(pk=bank_id), today).values_list(
        "pk", "topic__name", "kind", "options", "spec", "pinned", "difficulty"
    )
    return tuple(
        _bank_item(pk, topic, AnswerKey(Kind(kind), options=tuple(options), spec=spec), pinned, difficulty)
        for pk, topic, kind, options, spec, pinned, difficulty in rows
    )


def _bank_item(version: int, topic: str, question: AnswerKey, pinned: Iterable[int], difficulty: str) -> BankItem:
    kind = KINDS[question.kind]
    slots = kind.slots(question)
    fixed = range(slots) if question.kind is Kind.TRUE_FALSE else pinned
    return BankItem(version, topic, slots, frozenset(fixed), kind.always_shuffled, difficulty)


def topic_sizes(bank: Bank, today: date) -> dict[str, int]:
    """How many questions each topic can offer today, topics without any included."""
    sizes = dict.fromkeys(bank.topics.values_list("name", flat=True), 0)
    for name in drawable(bank, today).values_list("topic__name", flat=True):
        sizes[name] += 1
    return sizes


def blueprint_sizes(bank: Bank, today: date) -> dict[str, Counter[str]]:
    """How many questions each topic can offer today by difficulty, "" for all of them; topics without any included."""
    sizes: dict[str, Counter[str]] = {name: Counter() for name in bank.topics.values_list("name", flat=True)}
    for name, difficulty in drawable(bank, today).values_list("topic__name", "difficulty"):
        sizes[name].update(["", difficulty])
    return sizes


def versions_by_id(ids: Iterable[int]) -> dict[int, QuestionVersion]:
    """Question versions of a paper, in one query."""
    return QuestionVersion.objects.in_bulk(set(ids))


_shapes: dict[int, Shape] = {}  # a version is immutable once on a paper, so what is kept here never grows old


def shapes_of(ids: Iterable[int]) -> dict[int, Shape]:
    """What an answer to each question version may look like, kept in the process: what a start needs, without any key."""
    wanted = set(ids)
    if missing := wanted - _shapes.keys():
        rows = QuestionVersion.objects.filter(pk__in=missing).values_list("pk", "kind", "options", "spec")
        for pk, kind, options, spec in rows:
            _shapes[pk] = KINDS[Kind(kind)].shape(AnswerKey(Kind(kind), options=tuple(options), spec=spec))
    return {pk: _shapes[pk] for pk in wanted}


def key_of(version: QuestionVersion) -> AnswerKey:
    """The version as judging needs it."""
    return AnswerKey(Kind(version.kind), frozenset(version.key), tuple(version.options), version.spec)


_keys: dict[int, AnswerKey] = {}


def answer_keys(ids: Iterable[int]) -> Mapping[int, AnswerKey]:
    """The keys of question versions. Only grading and pages after the close may call this."""
    wanted = set(ids)
    missing = wanted - _keys.keys()
    if missing:
        for version in QuestionVersion.objects.filter(pk__in=missing).only("kind", "key", "options", "spec"):
            _keys[version.pk] = key_of(version)
    return {pk: _keys[pk] for pk in wanted}


def forget() -> None:
    """Drop what this process keeps of banks and versions: for a database that was put back to an earlier state."""
    _bank_index.cache_clear()
    _bank_items.cache_clear()
    _shapes.clear()
    _keys.clear()
