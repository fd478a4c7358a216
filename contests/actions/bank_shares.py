"""A bank lent to units below its owner, and taken back."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts.models import Member, Unit
from contests.errors import ContestError
from contests.models import Bank, BankShare
from contests.queries.bank_shares import open_contests_through

log = logging.getLogger(__name__)


@transaction.atomic
def share_bank(*, bank: Bank, unit: Unit, by: Member, now: datetime) -> BankShare:
    """Let a unit of the owner's subtree, and all below it, look at the bank and draw from it; the owner itself means all below.

    Raises ContestError for a unit that lies elsewhere or has it already.
    """
    bank = Bank.objects.select_for_update(of=("self",)).select_related("owner").get(pk=bank.pk)
    if not unit.path.startswith(bank.owner.path) or unit.closed_on is not None:
        raise ContestError(
            f"Chỉ chia sẻ được với đơn vị trực thuộc {bank.owner.name}. Cấp trên của đơn vị này vốn đã xem và dùng được ngân hàng.",
            "elsewhere",
        )
    if bank.shares.filter(unit=unit, taken_back_at__isnull=True).exists():
        raise ContestError("Ngân hàng đã được chia sẻ với đơn vị này.", "already")
    share = BankShare.objects.create(bank=bank, unit=unit, given_by=by, given_at=now)
    log.info("bank %s shared with unit %s by member %s", bank.public_id, unit.code, by.pk)
    return share


@transaction.atomic
def take_back(*, share: BankShare, by: Member, now: datetime) -> BankShare:
    """End a sharing. Raises ContestError while an open contest of those units draws from the bank through it.

    `create_contest` and `open_contest` lock the same row, so none begins to draw meanwhile.
    """
    bank = Bank.objects.select_for_update().get(pk=share.bank_id)
    share = BankShare.objects.select_related("unit", "bank__owner").get(pk=share.pk)
    if share.taken_back_at is not None:
        raise ContestError("Việc chia sẻ này đã được thu lại.", "already")
    titles = [contest.title for contest in open_contests_through(share)]
    if titles:
        named = ", ".join(f"“{title}”" for title in titles[:3])
        raise ContestError(
            f"Chưa thu lại được: {named} đang mở và bốc câu hỏi từ ngân hàng này. Hãy đợi cuộc thi kết thúc.", "in_use"
        )
    share.taken_back_by, share.taken_back_at = by, now
    share.save(update_fields=["taken_back_by", "taken_back_at"])
    log.info("bank %s taken back from unit %s by member %s", bank.public_id, share.unit.code, by.pk)
    return share
