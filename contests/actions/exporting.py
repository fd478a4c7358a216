"""Keys that leave the house are written down first: who took which questions, in which form, for which contest."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts.models import Member
from contests.models import Bank, ContestEvent, Round
from contests.queries.exporting import contests_to_tell

log = logging.getLogger(__name__)


@transaction.atomic
def note_bank_export(*, bank: Bank, by: Member, form: str, topic: str, count: int, now: datetime) -> None:
    """A bank's questions with their keys go to somebody; every unfinished contest that draws from it has it in its log."""
    detail = {"bank": str(bank.public_id), "form": form, "topic": topic, "questions": count}
    ContestEvent.objects.bulk_create(
        ContestEvent(contest=contest, what="bank_exported", detail=detail, actor=by)
        for contest in contests_to_tell(bank, now)
    )
    log.info("bank %s exported as %s (%s questions) by member %s", bank.public_id, form, count, by.pk)


@transaction.atomic
def note_papers_printed(*, round_: Round, by: Member, what: str, seed: int, count: int, now: datetime) -> None:
    """Papers of a round, or the keys to them, go to somebody; every unfinished contest that draws from the bank has it in its log."""
    own, detail = round_.contest, {"round": round_.number, "seed": seed, "versions": count}
    others = contests_to_tell(own.bank, now).exclude(pk=own.pk)
    ContestEvent.objects.create(contest=own, what=f"{what}_printed", detail=detail, actor=by)
    ContestEvent.objects.bulk_create(
        ContestEvent(contest=one, what=f"{what}_printed", detail=detail | {"contest": own.title}, actor=by)
        for one in others
    )
    log.info("%s of round %s printed (seed %s, %s versions) by member %s", what, round_.pk, seed, count, by.pk)
