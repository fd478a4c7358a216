"""Reads of the console about banks: which are in scope, what they hold, what a question looks like, what an import would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Upper
from django.utils import timezone

from accounts.names import search_text
from accounts.scope import Scope, in_scope
from contests.models import Bank, Contest, Question, QuestionImage, QuestionVersion, Round
from contests.queries.bank import bank_index, in_force, key_of
from contests.queries.bank_review import with_care
from contests.queries.bank_shares import readable_banks
from contests.queries.practice import contests_in_the_way, secret_versions
from contests.queries.preflight import read_rules
from contests.queries.shown import LETTERS, OF_OPTIONS, ShownImage, ShownQuestion, image_of, shown_question
from contests.rules.kinds import KINDS, AnswerKey, Kind, Part
from contests.rules.paper import draw_paper

SEARCH_WORDS, SEARCH_LENGTH = 10, 100
NOT_APPROVED = "open"
ENDS_SOON = timedelta(days=60)


# --- What lies in scope --------------------------------------------------------------------------------------------
def banks_in(scope: Scope) -> QuerySet[Bank]:
    """The banks that units in scope own."""
    return in_scope(Bank.objects.all(), scope, "owner__path").select_related("owner")


def contest_banks_in(scope: Scope) -> QuerySet[Bank]:
    """The banks that a contest may draw from: owned in scope, or shared with it."""
    return readable_banks(scope).exclude(purpose=Bank.Purpose.PRACTICE)


# --- Banks ---------------------------------------------------------------------------------------------------------
def with_sizes(banks: QuerySet[Bank], now: datetime) -> QuerySet[Bank]:
    """Banks with `usable` (questions that a paper may draw today) and `last_import_at`."""
    usable = (
        QuestionVersion.objects.filter(in_force(timezone.localdate(now)), question__bank=OuterRef("pk"))
        .order_by().values("question__bank").annotate(n=Count("pk")).values("n")
    )  # fmt: skip
    return banks.annotate(usable=Coalesce(Subquery(usable), 0), last_import_at=Max("imports__imported_at"))


def sizes_by_bank(bank_ids: Iterable[int], today: date) -> defaultdict[int, Counter[tuple[str, str]]]:
    """Usable questions by bank and (topic, difficulty), "" for all of a topic, in one query."""
    sizes: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    rows = QuestionVersion.objects.filter(in_force(today), question__bank__in=list(bank_ids)).order_by()
    cells = rows.values_list("question__bank", "topic__name", "difficulty").annotate(Count("pk"))
    for bank_id, topic, difficulty, count in cells:
        sizes[bank_id][topic, difficulty] += count
        sizes[bank_id][topic, ""] += count
    return sizes


@dataclass(frozen=True, slots=True)
class BankPractice:
    """What an organizer asks before opening a bank for practice, or while it is open.

    `in_the_way` are the unfinished contests in scope that use the bank, `others` counts those outside. `hidden` counts the
    questions that stay hidden because another bank's unfinished contest asks the same.
    """

    in_the_way: list[Contest]
    others: int
    shown: int
    hidden: int

    @property
    def may_open(self) -> bool:
        """Whether no contest needs the bank to be kept."""
        return not self.in_the_way and not self.others


def practice_of(bank: Bank, scope: Scope, now: datetime) -> BankPractice:
    """The bank and practice, in a fixed number of queries."""
    in_the_way = contests_in_the_way(bank, now)
    own = list(in_scope(in_the_way, scope, "organizer__path"))
    usable = QuestionVersion.objects.filter(in_force(timezone.localdate(now)), question__bank=bank)
    hidden = usable.filter(pk__in=secret_versions([bank], now)).count()
    return BankPractice(own, in_the_way.count() - len(own), usable.count() - hidden, hidden)


@dataclass(frozen=True, slots=True)
class BankFilter:
    """What the bank page was asked for; empty strings ask for all."""

    text: str = ""
    topic: str = ""
    kind: str = ""
    retired: bool = False
    review: str = ""
    tag: str = ""
    look: str = ""  # one of `Look`


class Look(StrEnum):
    """What an organizer looks for to care for a bank."""

    ENDS_SOON = "ends_soon"  # not valid any more in a while
    ENDED = "ended"  # never drawn any more
    FLAGGED = "flagged"  # its article was amended
    COMMENTED = "commented"


def bank_questions(bank: Bank, asked: BankFilter) -> QuerySet[QuestionVersion]:
    """The current versions that match, by code; retired questions only when asked for, and then only those."""
    today = timezone.localdate()
    rows = QuestionVersion.objects.filter(
        question__bank=bank, is_current=True, question__retired_at__isnull=not asked.retired
    ).select_related("question", "topic").order_by("question__code")  # fmt: skip
    for word in search_text(asked.text[:SEARCH_LENGTH]).split()[:SEARCH_WORDS]:
        rows = rows.filter(Q(search_text__contains=word) | Q(question__code__icontains=word))
    if asked.topic:
        rows = rows.filter(topic__name=asked.topic)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.review == NOT_APPROVED:
        rows = rows.exclude(review=QuestionVersion.Review.APPROVED)
    elif asked.review:
        rows = rows.filter(review=asked.review)
    if asked.tag:
        rows = rows.filter(question__tags__name=asked.tag)
    if asked.look == Look.ENDS_SOON:
        rows = rows.filter(valid_to__range=(today, today + ENDS_SOON))
    elif asked.look == Look.ENDED:
        rows = rows.filter(valid_to__lt=today)
    rows = with_care(rows)
    if asked.look == Look.FLAGGED:
        rows = rows.filter(open_flags__gt=0)
    elif asked.look == Look.COMMENTED:
        rows = rows.filter(open_comments__gt=0)
    return rows


def chosen_questions(bank: Bank, codes: Sequence[str]) -> QuerySet[QuestionVersion]:
    """The current versions of these codes, retired ones too."""
    rows = QuestionVersion.objects.filter(question__bank=bank, is_current=True, question__code__in=codes)
    return rows.select_related("question", "topic").order_by("question__code")


def documents_of(bank: Bank) -> list[str]:
    """The documents that current questions cite."""
    rows = QuestionVersion.objects.filter(question__bank=bank, is_current=True).exclude(document="")
    return list(rows.order_by("document").values_list("document", flat=True).distinct())


def questions_of(bank: Bank) -> QuerySet[Question]:
    """The bank's questions with all versions, newest first."""
    versions = QuestionVersion.objects.select_related(
        "topic", "image", "created_by", "asked_by", "reviewed_by"
    ).order_by("-number")
    return (
        Question.objects.filter(bank=bank)
        .select_related("bank__owner")
        .prefetch_related(Prefetch("versions", queryset=versions))
    )


# --- What a paper looks like ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SampleOption:
    """An option at its place; `right` only where an organizer checks a key."""

    letter: str
    text: str
    right: bool = False
    place: int = 0  # in the author's order


@dataclass(frozen=True, slots=True)
class SampleQuestion:
    """A question as members will see it: options, or the fields of `shown` and, for who checks the key, `parts` in words."""

    number: int
    stem: str
    several: bool
    options: list[SampleOption]
    shown: ShownQuestion | None = None
    parts: tuple[Part, ...] = ()
    image: ShownImage | None = None


def sample_of(source: QuestionVersion | Draft, number: int = 1) -> SampleQuestion:
    """One question in the author's order, with its key, for those who check it.

    A draft whose file says no key that its kind can use is shown as it stands: stem and options.
    """
    kind = Kind(source.kind)
    key = AnswerKey(kind, frozenset(source.key), tuple(source.options), source.spec)
    if kind not in OF_OPTIONS and KINDS[kind].faults(key, source.stem):
        bare = [
            SampleOption(letter, text, place=place)
            for place, (letter, text) in enumerate(zip(LETTERS, key.options, strict=False))
        ]
        return SampleQuestion(number, KINDS[kind].stem(source.stem), False, bare)
    order = range(KINDS[kind].slots(key))
    sample = _sample(number, source.stem, key, order)
    parts = KINDS[kind].parts(key, (), order)
    image = image_of(source) if isinstance(source, QuestionVersion) else None  # a draft's picture is not kept yet
    options = [replace(o, right=o.place in key.right) for o in sample.options]
    return replace(sample, parts=parts, options=options, image=image)


def _sample(number: int, stem: str, key: AnswerKey, order: Sequence[int]) -> SampleQuestion:
    kind = KINDS[key.kind]
    shown = shown_question(
        number, key.kind, kind.shape(key), stem=stem, options=key.options, right_side=key.spec.get("right", []), order=order
    )  # fmt: skip
    if key.kind not in OF_OPTIONS:
        return SampleQuestion(number, shown.stem, False, [], shown)
    options = [SampleOption(o.letter, o.text, place=place) for o, place in zip(shown.options, order, strict=True)]
    return SampleQuestion(number, stem, shown.several, options)


def sample_paper(round_: Round, seed: int, now: datetime) -> list[SampleQuestion]:
    """A paper as a member might get it, without keys. Raises BankTooSmall."""
    rules = read_rules(round_.rules)[0]
    if rules is None:
        return []
    day = max(timezone.localdate(now), timezone.localdate(round_.opens_at))
    paper = draw_paper(bank_index(round_.contest.bank, day), rules, seed)
    versions = QuestionVersion.objects.select_related("image").in_bulk([item.version for item in paper.items])
    return [
        replace(_sample(number, version.stem, key_of(version), item.order), image=image_of(version))
        for number, item in enumerate(paper.items, start=1)
        for version in (versions[item.version],)
    ]


# --- What an import would change -----------------------------------------------------------------------------------
class Draft(Protocol):
    """A checked question as `contests.authoring` hands it over; positions count from 0 in the author's order."""

    code: str
    topic: str
    kind: Kind
    stem: str
    options: tuple[str, ...]
    key: frozenset[int]
    pinned: frozenset[int]
    spec: Mapping[str, Any]
    document: str
    article: str
    other_source: str
    valid_from: date | None
    valid_to: date | None
    explanation: str
    image_alt: str

    @property
    def difficulty(self) -> Any:
        """A string enum with the model's values."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What importing some drafts does: each draft stands in exactly one list. `questions` are those the bank has, by the
    drafts' codes."""

    new: list[Draft] = field(default_factory=list)
    changed: list[Draft] = field(default_factory=list)
    unchanged: list[Draft] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)

    @property
    def retired(self) -> list[str]:
        """Codes of the file whose questions are retired, and stay so."""
        return [code for code, question in self.questions.items() if question.retired_at is not None]


def compare(bank: Bank, drafts: Sequence[Draft], images: Mapping[str, QuestionImage] | None = None) -> Changes:
    """Sort drafts by what they would do to the bank, in three queries. A code that differs from the bank's only in case names the
    same question, unless the bank has both. `images`, by code, are the pictures that come with them;
    a draft without one says nothing about the picture that its question has.
    """
    pictures = images or {}
    questions = _named(bank, [draft.code for draft in drafts])
    current = {
        version.question_id: version
        for version in QuestionVersion.objects.filter(question__in=questions.values(), is_current=True).select_related(
            "topic"
        )
    }
    changes = Changes(questions=questions)
    for draft in drafts:
        if draft.code not in questions:
            changes.new.append(draft)
        elif _same(current.get(questions[draft.code].pk), draft, pictures.get(draft.code)):
            changes.unchanged.append(draft)
        else:
            changes.changed.append(draft)
    return changes


def _named(bank: Bank, codes: Sequence[str]) -> dict[str, Question]:
    """The bank's questions by these codes: as they are written, or else in other case."""
    theirs = Question.objects.filter(bank=bank)
    found = {question.code: question for question in theirs.filter(code__in=codes)}
    if missing := [code for code in codes if code not in found]:
        upper = [Upper(Value(code)) for code in missing]
        rows = theirs.annotate(upper=Upper("code")).filter(upper__in=upper).order_by("-code")
        alike = {question.code.casefold(): question for question in rows}
        found |= {code: alike[code.casefold()] for code in missing if code.casefold() in alike}
    return found


def _same(version: QuestionVersion | None, draft: Draft, image: QuestionImage | None) -> bool:
    if version is None or (image and (version.image_id, version.image_alt) != (image.pk, draft.image_alt)):
        return False
    return (
        version.topic.name, version.kind, version.difficulty, version.stem, tuple(version.options), set(version.key),
        set(version.pinned), version.spec, version.document, version.article, version.other_source, version.valid_from, version.valid_to,
        version.explanation,
    ) == (
        draft.topic, draft.kind, draft.difficulty, draft.stem, tuple(draft.options), set(draft.key), set(draft.pinned),
        dict(draft.spec), draft.document, draft.article, draft.other_source, draft.valid_from, draft.valid_to, draft.explanation,
    )  # fmt: skip
