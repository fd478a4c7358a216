"""Who may look at a bank and draw from it: the organizers of its owner and above, and those it was shared with."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.scope import Scope, in_scope
from contests.models import Bank, BankShare, Contest

NOT_SHARED = (
    "Ngân hàng câu hỏi này không do bạn phụ trách và không còn được chia sẻ với đơn vị bạn. Hãy hỏi đơn vị sở hữu."
)


def readable_banks(scope: Scope) -> QuerySet[Bank]:
    """The banks that units in scope own, and those shared with a unit of the scope or one above it."""
    shared = BankShare.objects.filter(taken_back_at__isnull=True, unit__path__in=_upwards(scope)).values("bank")
    own = in_scope(Bank.objects.all(), scope, "owner__path")
    return (own | Bank.objects.filter(pk__in=shared)).select_related("owner")


def may_draw(bank: Bank, scope: Scope) -> bool:
    """Whether a contest of this scope may draw from the bank, whose owner must be at hand."""
    return scope.reaches(bank.owner.path) or readable_banks(scope).filter(pk=bank.pk).exists()


def withheld(contest: Contest, scope: Scope) -> str:
    """Why organizers of this scope may not have the questions of the contest's bank; empty where they may.

    An open contest runs on: its questions are in the hands of its members, and its organizers answer for them.
    """
    if contest.state == Contest.State.OPEN or may_draw(contest.bank, scope):
        return ""
    return NOT_SHARED


def shares_of(bank: Bank) -> QuerySet[BankShare]:
    """With whom the bank is shared now."""
    return bank.shares.filter(taken_back_at__isnull=True).select_related("unit__kind", "given_by")


def open_contests_through(share: BankShare) -> list[Contest]:
    """Open contests that draw from the bank because of this sharing alone."""
    owner = share.bank.owner.path
    contests = Contest.objects.filter(
        bank=share.bank_id, state=Contest.State.OPEN, organizer__path__startswith=share.unit.path
    ).exclude(organizer__path=owner).select_related("organizer").order_by("title")  # fmt: skip
    others = [other.unit.path for other in shares_of(share.bank) if other.pk != share.pk]
    return [one for one in contests if not any(one.organizer.path.startswith(path) for path in others)]


def _upwards(scope: Scope) -> set[str]:
    """The paths of the scope's units and of all above them."""
    return {
        path[: place + 1] for path in scope.prefixes for place, character in enumerate(path) if character == "."
    }  # fmt: skip
