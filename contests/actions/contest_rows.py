"""What every act on a contest does with its rows: lock it, note what was done, make a new one under a free address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Member, Role
from accounts.names import normalise_name, search_text
from accounts.scope import Scope, scope_of
from contests.models import Contest, ContestEvent, Round

SLUG_STEM = 50  # of 60 characters; the rest is for "-2", "-3"
RESERVED_SLUGS = frozenset({"moi", "doi-chieu", "theo-ky"})  # addresses of the console and of reports


def scope_now(by: Member, now: datetime) -> Scope:
    """What the organizer may act on today."""
    return scope_of(by, Role.Kind.ORGANIZER, timezone.localdate(now))


def locked(contest: Contest) -> Contest:
    """The contest as it is now, held until the commit."""
    return (
        Contest.objects.select_for_update(of=("self",))
        .select_related("organizer", "audience", "bank__owner")
        .get(pk=contest.pk)
    )


def held_for_entry(contest_id: int) -> None:
    """Until the commit nobody takes the contest's opening back; who is doing so at this moment is waited for.

    The lock is the one that a new entry takes by its foreign key, only sooner: what is read after it stays true.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM contests_contest WHERE id = %s FOR KEY SHARE", [contest_id])


# The contest before the round, as every act of an organizer locks them; both as they are once they are held.
_HELD = """
WITH held AS (SELECT id, state, paused_at FROM contests_contest WHERE id = %s FOR KEY SHARE)
SELECT held.state, held.paused_at, asked.closes_at FROM held JOIN contests_round asked ON asked.contest_id = held.id
WHERE asked.id = %s FOR KEY SHARE OF asked
"""


def held_for_start(round_: Round) -> bool:
    """As `held_for_entry`, of the round's closing too; whether a start that was allowed is still allowed by both."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [round_.contest_id, round_.pk])
        found = cursor.fetchone()
    if found is None:
        return False
    state, paused_at, closes_at = found
    return state == Contest.State.OPEN and paused_at is None and closes_at >= round_.closes_at


def note(contest: Contest, what: str, by: Member | None, **detail: Any) -> ContestEvent:
    """One event of the contest; `by` None: nobody, the clock."""
    return ContestEvent.objects.create(contest=contest, what=what, detail=detail, actor=by)


def create_with_free_slug(**fields: Any) -> Contest:
    """A contest whose address is its title without accents; the next free number where the title was used before."""
    stem = slugify(search_text(fields["title"]))[:SLUG_STEM].strip("-") or "cuoc-thi"
    taken = {*RESERVED_SLUGS, *Contest.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    number = 1
    while True:
        slug = stem if number == 1 else f"{stem}-{number}"
        number += 1
        if slug in taken:
            continue
        try:
            with transaction.atomic():  # somebody may take the same address at this very moment
                return Contest.objects.create(slug=slug, **fields)
        except IntegrityError:
            if not Contest.objects.filter(slug=slug).exists():
                raise


def create_round(
    contest: Contest, number: int, title: str, opens_at: datetime, closes_at: datetime, rules: dict[str, Any]
) -> Round:
    """One more round; what it says has been checked."""
    return Round.objects.create(
        contest=contest, number=number, title=normalise_name(title), opens_at=opens_at, closes_at=closes_at, rules=rules
    )
