"""The rules of a whole contest, changed as one: read, held against the rounds and the units, then written. Drafts only.

Whoever has sat has sat under these rules, so a contest that was opened keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Role
from accounts.scope import scope_of
from contests.actions.contest import PlanRefused
from contests.errors import ContestError
from contests.models import Contest, ContestEvent
from contests.queries.contest_rules import rules_problems
from contests.queries.unit_boards import rules_of_contest
from contests.rules.contest_settings import ContestRules, dump_contest_rules, parse_contest_rules
from contests.rules.reading import RulesInvalid


@transaction.atomic
def update_contest_rules(*, contest: Contest, data: Mapping[str, Any], by: Member, now: datetime) -> ContestRules:
    """Give a draft these rules (what `parse_contest_rules` reads). Raises PlanRefused with every mistake at its field."""
    contest = Contest.objects.select_for_update(of=("self",)).select_related("organizer", "audience").get(pk=contest.pk)
    if not scope_of(by, Role.Kind.ORGANIZER, timezone.localdate(now)).reaches(contest.organizer.path):
        raise ContestError("Bạn không phụ trách đơn vị tổ chức cuộc thi này.", "out_of_scope")
    if contest.state != Contest.State.DRAFT:
        raise ContestError(
            "Cuộc thi đã mở nên luật xếp hạng và giải thưởng không đổi được nữa: đã có người dự thi theo luật ấy.",
            "open",
        )
    try:
        rules = parse_contest_rules(data)
    except RulesInvalid as error:
        raise PlanRefused(error.problems) from None
    # What is wrong with a round is mended in the round, and stands in the list before opening.
    problems = [one for one in rules_problems(contest, rules) if not one.field.startswith("rounds")]
    if problems:
        raise PlanRefused(problems)
    after = dump_contest_rules(rules)
    before = dump_contest_rules(rules_of_contest(contest))
    changed = {key: [before[key], value] for key, value in after.items() if before[key] != value}
    if changed:
        contest.rules = after
        contest.save(update_fields=["rules"])
        ContestEvent.objects.create(contest=contest, what="rules_changed", detail={"changes": changed}, actor=by)
    return rules
