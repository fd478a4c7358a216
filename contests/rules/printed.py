"""A paper on paper: one set of questions in several versions, each in another order, all of them from one seed. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contests.rules.paper import BankIndex, BankItem, Paper, draw_paper
from contests.rules.settings import RoundRules

FIRST_CODE = 101
MOST_VERSIONS = 24
MOST_SEED = 999_999


@dataclass(frozen=True, slots=True)
class PrintedVersion:
    """One version; its code stands on every sheet ("Mã đề 101")."""

    code: int
    paper: Paper


def printed_versions(bank: Sequence[BankItem], rules: RoundRules, seed: int, count: int) -> tuple[PrintedVersion, ...]:
    """The questions that the seed draws, in `count` versions. The same bank, rules and seed give the same versions for ever, and
    the first of many are those of few. Raises `BankTooSmall`."""
    drawn = {item.version for item in draw_paper(bank, rules, seed).items}
    own = BankIndex(item for item in bank if item.version in drawn)
    shuffled = replace(rules, shuffle_questions=True, shuffle_options=True)
    codes = range(FIRST_CODE, FIRST_CODE + count)
    return tuple(PrintedVersion(code, draw_paper(own, shuffled, seed * 1000 + code)) for code in codes)
