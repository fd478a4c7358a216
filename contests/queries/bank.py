"""Reads of the question bank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from contests.models import Bank, QuestionVersion
from contests.rules.grading import AnswerKey, Kind
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
    rows = drawable(Bank(pk=bank_id), today).values_list("pk", "topic__name", "kind", "options", "pinned")
    return tuple(
        BankItem(
            version=pk, topic=topic, options=len(options),
            pinned=frozenset(range(len(options)) if kind == QuestionVersion.Kind.TRUE_FALSE else pinned),
        )
        for pk, topic, kind, options, pinned in rows
    )  # fmt: skip


def topic_sizes(bank: Bank, today: date) -> dict[str, int]:
    """How many questions each topic can offer today, topics without any included."""
    sizes = dict.fromkeys(bank.topics.values_list("name", flat=True), 0)
    for name in drawable(bank, today).values_list("topic__name", flat=True):
        sizes[name] += 1
    return sizes


def versions_by_id(ids: Iterable[int]) -> dict[int, QuestionVersion]:
    """Question versions of a paper, in one query."""
    return QuestionVersion.objects.in_bulk(set(ids))


_kinds: dict[int, str] = {}  # a version is immutable once on a paper, so what is kept here never grows old


def kinds_of(ids: Iterable[int]) -> dict[int, str]:
    """The kind of each question version, kept in the process: what a start needs to know, without any key."""
    wanted = set(ids)
    if missing := wanted - _kinds.keys():
        _kinds.update(QuestionVersion.objects.filter(pk__in=missing).values_list("pk", "kind"))
    return {pk: _kinds[pk] for pk in wanted}


_keys: dict[int, AnswerKey] = {}


def answer_keys(ids: Iterable[int]) -> Mapping[int, AnswerKey]:
    """The keys of question versions. Only grading and pages after the close may call this."""
    wanted = set(ids)
    missing = wanted - _keys.keys()
    if missing:
        for pk, kind, key in QuestionVersion.objects.filter(pk__in=missing).values_list("pk", "kind", "key"):
            _keys[pk] = AnswerKey(Kind(kind), frozenset(key))
    return {pk: _keys[pk] for pk in wanted}


def forget() -> None:
    """Drop what this process keeps of banks and versions: for a database that was put back to an earlier state."""
    _bank_index.cache_clear()
    _bank_items.cache_clear()
    _kinds.clear()
    _keys.clear()
