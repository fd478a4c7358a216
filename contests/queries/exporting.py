"""Reads for files that leave: a bank's questions with their keys, the papers of a round for printing. For organizers only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.core.files.storage import default_storage
from django.db.models import Count, QuerySet
from django.utils import timezone

from contests.authoring.draft import QuestionDraft
from contests.authoring.paper_writer import PaperHead, PaperQuestion, PaperVersion
from contests.models import Bank, Contest, QuestionVersion, Round
from contests.queries.bank import bank_items
from contests.queries.drafts import draft_of
from contests.queries.practice import contests_in_the_way
from contests.queries.preflight import read_rules
from contests.rules.printed import printed_versions

log = logging.getLogger(__name__)


def topics_to_export(bank: Bank) -> list[tuple[str, int]]:
    """Each topic with how many questions of it would be in the file."""
    rows = _current(bank).order_by("topic__name").values_list("topic__name")
    return list(rows.annotate(Count("pk")))


def drafts_to_export(bank: Bank, topic: str = "") -> list[QuestionDraft]:
    """The current versions that are not retired, of one topic or of all, by topic and code."""
    rows = _current(bank).select_related("question", "topic").order_by("topic__name", "question__code")
    if topic:
        rows = rows.filter(topic__name=topic)
    return [draft_of(version, row) for row, version in enumerate(rows, start=1)]


def _current(bank: Bank) -> QuerySet[QuestionVersion]:
    return QuestionVersion.objects.filter(question__bank=bank, is_current=True, question__retired_at__isnull=True)


def contests_to_tell(bank: Bank, now: datetime) -> QuerySet[Contest]:
    """The unfinished contests whose keys leave with the bank's questions."""
    return contests_in_the_way(bank, now)


def papers_of(round_: Round, *, seed: int, count: int, now: datetime) -> tuple[PaperHead, list[PaperVersion]] | None:
    """The printed versions of a round; None while its rules cannot be read. Raises BankTooSmall."""
    rules = read_rules(round_.rules)[0]
    if rules is None:
        return None
    day = max(timezone.localdate(now), timezone.localdate(round_.opens_at))
    versions = printed_versions(bank_items(round_.contest.bank, day), rules, seed, count)
    ids = {item.version for version in versions for item in version.paper.items}
    stored = QuestionVersion.objects.filter(pk__in=ids).select_related("question", "topic", "image")
    drafts = {
        version.pk: replace(draft_of(version, row), image=version.image.file if version.image else "")
        for row, version in enumerate(stored, start=1)
    }
    contest = round_.contest
    head = PaperHead(contest.organizer.name, contest.title, round_.title, rules.minutes)
    return head, [
        PaperVersion(each.code, tuple(PaperQuestion(drafts[item.version], item.order) for item in each.paper.items))
        for each in versions
    ]


def pictures_on(versions: Sequence[PaperVersion]) -> dict[str, bytes]:
    """The files of the pictures that these papers show, by the name that their questions give; one that is lost is not among them."""
    found = {}
    for name in sorted({item.question.image for version in versions for item in version.questions} - {""}):
        try:
            with default_storage.open(name) as file:
                found[name] = file.read()
        except OSError as error:
            log.error("picture %s cannot be printed: %s", name, error)
    return found
