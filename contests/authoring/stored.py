"""Drafts and findings as JSON, for the time between reading a file and saving its questions. Loading gives what was dumped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from contests.authoring.draft import Difficulty, Line, Problem, QuestionDraft
from contests.rules.kinds import Kind

_SETS, _DAYS, _LISTS = ("key", "pinned"), ("valid_from", "valid_to"), ("options", "source")
_NAMES = frozenset(each.name for each in fields(QuestionDraft))


def dump_draft(draft: QuestionDraft) -> dict[str, Any]:
    """The draft as JSON holds it; what is empty is left out."""
    plain = {each.name: getattr(draft, each.name) for each in fields(QuestionDraft)}
    plain |= {name: sorted(plain[name]) for name in _SETS} | {name: list(plain[name]) for name in _LISTS}
    plain |= {name: plain[name].isoformat() for name in _DAYS if plain[name]}
    plain |= {"kind": draft.kind.value, "difficulty": draft.difficulty.value, "spec": dict(draft.spec)}
    return {name: value for name, value in plain.items() if value or name == "row"}


def load_draft(plain: Mapping[str, Any]) -> QuestionDraft:
    """What `dump_draft` wrote; names that drafts no longer have are passed over, new ones take their defaults."""
    empty = dict.fromkeys(("code", "topic", "stem", "document", "article", "other_source", "explanation"), "")
    kept: dict[str, Any] = empty | {name: value for name, value in plain.items() if name in _NAMES}
    kept |= {name: frozenset(plain.get(name, ())) for name in _SETS}
    kept |= {name: tuple(plain.get(name, ())) for name in _LISTS}
    kept |= {name: date.fromisoformat(plain[name]) if plain.get(name) else None for name in _DAYS}
    return QuestionDraft(**kept | {"kind": Kind(plain["kind"]), "difficulty": Difficulty(plain["difficulty"])})


def dump_findings(findings: Iterable[Problem]) -> list[dict[str, Any]]:
    """Findings as JSON holds them."""
    return [asdict(finding) for finding in findings]


def load_findings(plain: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """What `dump_findings` wrote."""
    return tuple(Problem(**one) for one in plain)


def dump_lines(lines: Iterable[Line]) -> list[list[Any]]:
    """Lines that belong to no question, as JSON holds them."""
    return [[line.row, line.text] for line in lines]


def load_lines(plain: Iterable[Sequence[Any]]) -> tuple[Line, ...]:
    """What `dump_lines` wrote."""
    return tuple(Line(row, text) for row, text in plain)
