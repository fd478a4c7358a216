"""Reads of the care for a bank: what waits for review, what nobody has approved, what cites an amended article."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Member
from contests.models import Amendment, AmendmentFlag, Bank, Contest, Question, QuestionComment, QuestionVersion
from contests.rules.sources import cites, same_document

_REVIEW = QuestionVersion.Review


def current_versions(bank: Bank) -> QuerySet[QuestionVersion]:
    """The current versions of questions that are not retired, by code."""
    return QuestionVersion.objects.filter(
        question__bank=bank, is_current=True, question__retired_at__isnull=True
    ).select_related("question", "topic").order_by("question__code")  # fmt: skip


def with_care(versions: QuerySet[QuestionVersion]) -> QuerySet[QuestionVersion]:
    """Versions with `open_comments` and `open_flags`, and the tags of their questions at hand."""
    comments = _count(
        QuestionComment.objects.filter(question=OuterRef("question"), resolved_at__isnull=True), "question"
    )
    flags = _count(AmendmentFlag.objects.filter(version=OuterRef("pk"), cleared_at__isnull=True), "version")
    return versions.annotate(
        open_comments=Coalesce(Subquery(comments), 0), open_flags=Coalesce(Subquery(flags), 0)
    ).prefetch_related("question__tags")


def _count(rows: QuerySet, by: str) -> QuerySet:
    return rows.order_by().values(by).annotate(n=Count("pk")).values("n")


@dataclass(frozen=True, slots=True)
class CareCounts:
    """How much of a bank asks to be looked at."""

    waiting: int
    drafts: int
    flagged: int
    comments: int


def care_counts(bank: Bank) -> CareCounts:
    """The counts over the questions that are not retired, in two queries."""
    found = current_versions(bank).order_by().aggregate(
        waiting=Count("pk", filter=Q(review=_REVIEW.IN_REVIEW), distinct=True),
        drafts=Count("pk", filter=Q(review=_REVIEW.DRAFT), distinct=True),
        flagged=Count("pk", filter=Q(flags__isnull=False, flags__cleared_at__isnull=True), distinct=True),
    )  # fmt: skip
    comments = QuestionComment.objects.filter(
        question__bank=bank, question__retired_at__isnull=True, resolved_at__isnull=True
    )
    return CareCounts(comments=comments.count(), **found)


def waiting(bank: Bank, by: Member | None = None) -> QuerySet[QuestionVersion]:
    """The versions that wait for a second person, the longest first; with `by` those that this one may approve."""
    rows = current_versions(bank).filter(review=_REVIEW.IN_REVIEW).select_related("created_by", "asked_by", "image")
    rows = rows.order_by(F("asked_at").asc(nulls_first=True), "question__code")
    return rows if by is None else rows.exclude(created_by=by)


def count_unapproved(bank: Bank, topics: Collection[str], first: date, last: date) -> int:
    """How many questions of these topics could be drawn between two days though nobody has approved them."""
    rows = current_versions(bank).exclude(review=_REVIEW.APPROVED).filter(topic__name__in=topics)
    rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=last))
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first)).count()


def citing(bank: Bank, document: str, article: str) -> list[QuestionVersion]:
    """The current versions that cite an article of a document, however both are written."""
    return [
        version for version in current_versions(bank).exclude(document="")
        if same_document(version.document, document) and cites(version.article, article)
    ]  # fmt: skip


def amendments_of(bank: Bank) -> QuerySet[Amendment]:
    """What was said to be amended, the latest first, with `left` (questions still to be looked at) and `total`."""
    open_flags = Q(
        flags__cleared_at__isnull=True,
        flags__version__is_current=True,
        flags__version__question__retired_at__isnull=True,
    )
    return bank.amendments.select_related("by").annotate(total=Count("flags"), left=Count("flags", filter=open_flags))


def flags_of(version: QuestionVersion) -> QuerySet[AmendmentFlag]:
    """Why this version should be looked at again."""
    return version.flags.filter(cleared_at__isnull=True).select_related("amendment__by")


def comments_of(question: Question) -> QuerySet[QuestionComment]:
    """What was said about a question, open ones first."""
    rows = question.comments.select_related("by", "resolved_by")
    return rows.order_by(F("resolved_at").asc(nulls_first=True), "at", "pk")


def drawing_now(bank: Bank, now: datetime) -> list[Contest]:
    """The open contests whose papers may still be drawn from the bank."""
    rows = Contest.objects.filter(bank=bank, state=Contest.State.OPEN).filter(
        Q(rounds__closes_at__gt=now) | Q(rounds__extended_until__gt=now)
    )
    return list(rows.distinct().order_by("title"))
