"""Practice (thi thử): which questions may be shown with their keys, and a set of them as its pages show it.

The law: nothing that hints at a key of a question that a paper may still hold leaves. A bank is for contests or for
practice, never both, and inside a practice bank a question that asks the same as one of an unfinished contest is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Unit
from contests.models import Attempt, Bank, Contest, ContestEvent, QuestionVersion
from contests.queries.bank import bank_items, in_force, key_of, shapes_of
from contests.queries.judging import keys_anywhere, voided_versions
from contests.queries.shown import OF_OPTIONS, ShownImage, ShownQuestion, image_of, shown_question
from contests.rules.grading import grade_answer
from contests.rules.kinds import KINDS, Part, Value
from contests.rules.kinds.shapes import ESSAY, Shape
from contests.rules.paper import BankIndex, Paper, PaperItem
from contests.rules.practice import draw_set, pool_of, stamp
from contests.rules.timing import UNDO_CLOSE_WITHIN

BankVersions = tuple[
    tuple[int, int], ...
]  # banks as keys of what is kept in the process: a change makes another version


# --- What may be shown ---------------------------------------------------------------------------------------------
def unfinished_contests(now: datetime) -> QuerySet[Contest]:
    """Contests whose questions are still secret: drafts, published ones, those that were closed so lately that they may be
    opened again, and those in which somebody still sits.
    """
    closed_lately = ContestEvent.objects.filter(contest=OuterRef("pk"), what="closed", at__gte=now - UNDO_CLOSE_WITHIN)
    sitting = Attempt.objects.filter(round__contest=OuterRef("pk"), state=Attempt.State.STARTED)
    return Contest.objects.filter(~Q(state=Contest.State.CLOSED) | Exists(closed_lately) | Exists(sitting))


def contests_in_the_way(bank: Bank, now: datetime) -> QuerySet[Contest]:
    """The contests because of which the bank may not be opened for practice."""
    return unfinished_contests(now).filter(bank=bank)


def practice_banks() -> QuerySet[Bank]:
    """The banks that anybody may practise on."""
    return Bank.objects.filter(purpose=Bank.Purpose.PRACTICE).select_related("owner").order_by("name", "pk")


def secret_versions(banks: Iterable[Bank], now: datetime) -> frozenset[int]:
    """The versions of these banks that ask what an unfinished contest may ask: any version, retired or not, of its bank.

    And those that a contest had to void: nobody should learn from them. Which contests are unfinished is asked each time;
    what their banks share with these is kept in the process, for every change of a bank makes its version another.
    """
    used = unfinished_contests(now).order_by("bank").values_list("bank", "bank__version").distinct()
    return _secret_versions(_versions_of(banks), tuple(used)) | voided_versions(banks)


def _versions_of(banks: Iterable[Bank]) -> BankVersions:
    return tuple((bank.pk, bank.version) for bank in banks)


@lru_cache(maxsize=128)
def _secret_versions(banks: BankVersions, used: BankVersions) -> frozenset[int]:
    if not used:
        return frozenset()
    secrets = QuestionVersion.objects.filter(question__bank__in=[pk for pk, _ in used]).values("stem_key")
    same = QuestionVersion.objects.filter(
        question__bank__in=[pk for pk, _ in banks], is_current=True, stem_key__in=secrets
    )
    return frozenset(same.order_by().values_list("pk", flat=True))


# --- The list, and the beginning of a set --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PracticeBank:
    """A bank in the list: `topics` with how many questions each can show now, none of them empty."""

    bank: Bank
    topics: dict[str, int]

    @property
    def questions(self) -> int:
        """How many questions there are to practise on."""
        return sum(self.topics.values())


def with_topics(banks: Sequence[Bank], now: datetime) -> list[PracticeBank]:
    """The banks with what they can show today, in three queries at most, whatever their number."""
    sizes = _sizes(_versions_of(banks), timezone.localdate(now), secret_versions(banks, now))
    return [PracticeBank(bank, {topic: count for pk, topic, count in sizes if pk == bank.pk}) for bank in banks]


@lru_cache(maxsize=64)
def _sizes(banks: BankVersions, today: date, hidden: frozenset[int]) -> list[tuple[int, str, int]]:
    """Bank, topic and how many questions of it may be shown; counting thousands is not free."""
    rows = QuestionVersion.objects.filter(in_force(today), question__bank__in=[pk for pk, _ in banks])
    rows = rows.exclude(pk__in=hidden).exclude(kind=QuestionVersion.Kind.ESSAY).order_by("topic__name")
    return list(rows.values_list("question__bank", "topic__name").annotate(Count("pk")))


def may_practise(unit: Unit | None = None) -> bool:
    """Whether there is a bank for practice: anywhere, or of this unit, one above it or one below it."""
    banks = practice_banks()
    if unit is not None:
        above = [unit.path[: place + 1] for place, char in enumerate(unit.path) if char == "."]
        banks = banks.filter(Q(owner__path__in=above) | Q(owner__path__startswith=unit.path))
    return banks.exists()


# --- A set ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Option:
    """An option at its place. `mark` is right, wrong or missed once the answer has been checked, and empty before."""

    letter: str
    text: str
    chosen: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is asked: nothing of its key. Options, or else the fields of `shown`."""

    number: int
    stem: str
    topic: str
    several: bool
    options: list[Option]
    shown: ShownQuestion

    @property
    def image(self) -> ShownImage | None:
        """The picture of its stem."""
        return self.shown.image


@dataclass(frozen=True, slots=True)
class CheckedQuestion:
    """A question with the answer that was given to it and the one that is right, marked on its options or in parts.

    `version` has explanation and source.
    """

    asked: AskedQuestion
    value: Value
    credit: Fraction
    right: list[Option]
    parts: tuple[Part, ...]
    version: QuestionVersion

    @property
    def is_right(self) -> bool:
        """Whether all of it is right."""
        return self.credit == 1

    @property
    def skipped(self) -> bool:
        """Whether nothing was answered."""
        return not self.value

    @property
    def chosen(self) -> list[Option]:
        """The options that were chosen."""
        return [option for option in self.asked.options if option.chosen]


class PracticeSet:
    """The set of a seed, drawn from what may be shown now."""

    def __init__(self, paper: Paper, versions: dict[int, QuestionVersion]) -> None:
        self._paper, self._versions = paper, versions
        self._keys = keys_anywhere(versions)
        self.stamp = stamp(paper)

    def __len__(self) -> int:
        return len(self._paper.items)

    @property
    def shapes(self) -> list[Shape]:
        """What an answer to each question may look like."""
        return [self._shape(item) for item in self._paper.items]

    def ask(self, place: int) -> AskedQuestion:
        """The question at the place, from 0, as it is asked."""
        item = self._paper.items[place]
        version = self._versions[item.version]
        key = key_of(version)
        shown = shown_question(
            place + 1, key.kind, self._shape(item), stem=version.stem, options=key.options,
            right_side=key.spec.get("right", []), order=item.order, image=image_of(version),
        )  # fmt: skip
        options = [Option(option.letter, option.text) for option in shown.options] if key.kind in OF_OPTIONS else []
        return AskedQuestion(place + 1, shown.stem, version.topic.name, shown.several, options, shown)

    def check(self, place: int, value: Value) -> CheckedQuestion:
        """The question with its key, its explanation and what was answered."""
        item = self._paper.items[place]
        version = self._versions[item.version]
        asked, key = self.ask(place), self._keys[item.version]
        marked = [
            Option(one.letter, one.text, shown in value, _mark(shown in value, item.order[shown] in key.right))
            for shown, one in enumerate(asked.options)
        ]
        return CheckedQuestion(
            asked=replace(asked, options=marked), value=value, credit=grade_answer(key, value, item.order) or Fraction(0),
            right=[one for one in marked if one.mark in ("right", "missed")],
            parts=KINDS[key.kind].parts(key, value, item.order), version=version,
        )  # fmt: skip

    def _shape(self, item: PaperItem) -> Shape:
        key = key_of(self._versions[item.version])
        return KINDS[key.kind].shape(key)


def _mark(chosen: bool, right: bool) -> str:
    if right:
        return "right" if chosen else "missed"
    return "wrong" if chosen else ""


def practice_set(bank: Bank, topic: str, seed: int, now: datetime) -> PracticeSet | None:
    """The set of the seed from one topic, or from all for an empty name; None where there is nothing to show."""
    pool = _pool(bank.pk, bank.version, timezone.localdate(now), topic, secret_versions([bank], now))
    paper = draw_set(pool, seed)
    if not paper.items:
        return None
    texts = QuestionVersion.objects.select_related("topic", "image").in_bulk([item.version for item in paper.items])
    return PracticeSet(paper, texts)


@lru_cache(maxsize=64)
def _pool(bank_id: int, version: int, today: date, topic: str, hidden: frozenset[int]) -> BankIndex:
    items = bank_items(Bank(pk=bank_id, version=version), today)
    shapes = shapes_of(item.version for item in items)  # an essay needs people to mark it
    shown = (item for item in items if item.version not in hidden and shapes[item.version] != ESSAY)
    return pool_of(item for item in shown if not topic or item.topic == topic)
