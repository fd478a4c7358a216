"""The checklist of a draft as its page shows it: each point with the address of the very field that mends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.scope import Scope
from contests.models import Contest
from contests.pages.organizer_forms import RoundForm
from contests.queries.bank_shares import may_draw
from contests.queries.preflight import Check


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A point, and the link that goes with it; no link where nothing is to be done or it is done elsewhere."""

    check: Check
    url: str
    action: str


def check_lines(checks: list[Check], contest: Contest, scope: Scope) -> list[CheckLine]:
    """Every point in order; a bank that is not theirs is linked only as far as they may go into it."""
    return [CheckLine(check, *_link(check, contest, scope)) for check in checks]


def _link(check: Check, contest: Contest, scope: Scope) -> tuple[str, str]:
    if (check.ok and not check.warns) or not check.where:
        return "", ""
    what, *rest = check.where
    if what == "round":
        number, field = rest
        names = {**RoundForm.names_in_act, "show": "show"}
        name = names.get(field, field)
        place = "id_" + name if name in RoundForm.base_fields else "de-thi"
        return f"{reverse('organizer_edit_round', args=[contest.slug, number])}#{place}", _("Sửa đợt thi")
    if what == "rules":
        return f"{reverse('organizer_rules', args=[contest.slug])}#{''.join(rest)}".rstrip("#"), _("Sửa luật")
    if what == "edit":
        return f"{reverse('organizer_edit_contest', args=[contest.slug])}#{rest[0]}", _("Chọn đơn vị khác")
    if what in ("upload", "review") and not may_draw(contest.bank, scope):
        return "", ""
    if what == "upload" and not scope.reaches(contest.bank.owner.path):
        return f"{reverse('organizer_edit_round', args=[contest.slug, 1])}#de-thi", _("Sửa đợt thi")
    if what == "upload":
        return reverse("organizer_upload", args=[contest.bank.public_id]), _("Nhập câu hỏi")
    if what == "review":
        return f"{reverse('organizer_bank', args=[contest.bank.public_id])}?review=open", _("Xem câu chưa duyệt")
    names = {
        "new_round": ("organizer_new_round", _("Thêm đợt thi")), "share": ("organizer_share", _("Xem bộ chia sẻ")),
        "rehearse": ("organizer_rehearsal", _("Diễn tập")),
    }  # fmt: skip
    name, action = names[what]
    return reverse(name, args=[contest.slug]), action
