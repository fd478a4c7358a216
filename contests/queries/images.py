"""Who may see the picture of a question: those on whose paper it is, while the paper may be seen, and its organizers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Member, Role
from accounts.scope import scope_of
from contests.models import Attempt, QuestionImage, QuestionVersion
from contests.queries.bank import in_force
from contests.queries.bank_shares import readable_banks
from contests.queries.organizer import contests_in
from contests.queries.practice import practice_banks, secret_versions
from contests.queries.review import may_review

# A paper is a list of [version, order]; a thousand phones ask this within a minute, so it is one query. Until when answers
# count is asked of the database's own clock.
SITS = """EXISTS (
    SELECT FROM contests_attempt a JOIN contests_entry e ON e.id = a.entry_id
    JOIN contests_questionversion v ON v.image_id = contests_questionimage.id
    WHERE e.member_id = %s AND a.state = 'started' AND a.accepts_until >= clock_timestamp()
      AND a.paper @> jsonb_build_array(jsonb_build_array(v.id)))"""
HOLDS = """EXISTS (
    SELECT FROM contests_questionversion v
    WHERE v.image_id = %s AND contests_attempt.paper @> jsonb_build_array(jsonb_build_array(v.id)))"""


def image_at(public_id: UUID, user: Member | AnonymousUser) -> QuestionImage | None:
    """The picture of that address, with `sits`: whether the user sits a paper with it at this moment. One query."""
    sits = RawSQL(SITS, [user.pk])  # noqa: S611 – a constant
    return QuestionImage.objects.filter(public_id=public_id).annotate(sits=sits).first()


def may_see(image: QuestionImage, user: Member | AnonymousUser, now: datetime) -> bool:
    """Whether somebody who does not sit a paper with the picture may see it: as an organizer, looking back, or in practice."""
    return _organizes(image, user, now) or _looks_back(image, user, now) or _is_for_practice(image, now)


def _organizes(image: QuestionImage, user: Member | AnonymousUser, now: datetime) -> bool:
    """In a bank of theirs, or in one that a contest of theirs draws from."""
    scope = scope_of(user, Role.Kind.ORGANIZER, timezone.localdate(now))
    if not scope:
        return False
    if image.created_by_id == user.pk:  # just sent, and in no question yet
        return True
    theirs = Q(question__bank__in=readable_banks(scope).values("pk"))
    theirs |= Q(question__bank__in=contests_in(scope).values("bank"))
    return QuestionVersion.objects.filter(theirs, image=image).exists()


def _looks_back(image: QuestionImage, user: Member | AnonymousUser, now: datetime) -> bool:
    """On a paper of theirs that may be looked at again."""
    return any(may_review(attempt, now) for attempt in _attempts_with(image, user))


def _attempts_with(image: QuestionImage, user: Member | AnonymousUser) -> QuerySet[Attempt]:
    holds = RawSQL(HOLDS, [image.pk])  # noqa: S611 – a constant
    return (
        Attempt.objects.filter(entry__member=user.pk)
        .annotate(holds=holds)
        .filter(holds=True)
        .select_related("round__contest__bank")
        .order_by(F("pk"))
    )


def _is_for_practice(image: QuestionImage, now: datetime) -> bool:
    """In a question that anybody may practise on at this moment."""
    banks = list(practice_banks().filter(questions__versions__image=image).distinct())
    if not banks:
        return False
    shown = QuestionVersion.objects.filter(in_force(timezone.localdate(now)), question__bank__in=banks, image=image)
    return shown.exclude(pk__in=secret_versions(banks, now)).exists()
