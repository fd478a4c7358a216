"""One draft of each kind, complete and without fault."""

from __future__ import annotations

from datetime import date
from typing import Any

from contests.authoring.draft import Difficulty, QuestionDraft
from contests.rules.kinds import Kind


def draft(kind: Kind = Kind.SINGLE, **fields: Any) -> QuestionDraft:
    """A draft of a kind at row 1; what is not said is as usual."""
    usual: dict[str, Any] = {
        "code": "HD-001", "topic": "Tiền lương", "kind": kind, "difficulty": Difficulty.MEDIUM, "stem": "Câu hỏi nào đây?",
        "options": (), "key": frozenset(), "pinned": frozenset(), "document": "Bộ luật Lao động 2019", "article": "khoản 2 Điều 35",
        "other_source": "", "valid_from": date(2021, 1, 1), "valid_to": None, "explanation": "Xem điều luật.\nDòng hai.", "row": 1,
    }  # fmt: skip
    return QuestionDraft(**usual | OF_KIND[kind] | fields)


OF_KIND: dict[Kind, dict[str, Any]] = {
    Kind.SINGLE: {"options": ("Ba mươi", "Bốn mươi\nlăm", "Sáu mươi"), "key": frozenset({1}), "pinned": frozenset({2})},
    Kind.MULTIPLE: {"options": ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu"), "key": frozenset({0, 5})},
    Kind.TRUE_FALSE: {"options": ("Đúng", "Sai"), "key": frozenset({1}), "pinned": frozenset({0, 1})},
    Kind.SHORT_TEXT: {"spec": {"accepted": ["Nguyễn Đức Cảnh", "Đức Cảnh"], "accents": True}},
    Kind.NUMBER: {"spec": {"value": "1929.5", "tolerance": "0"}},
    Kind.ORDERING: {"options": ("Trước", "Giữa", "Sau")},
    Kind.MATCHING: {"options": ("Điều 9", "Điều 10"), "spec": {"right": ["Mặt trận", "Công đoàn", "Quốc hội"]}},
    Kind.FILL_IN: {"stem": "Ra đời ngày ___ tại ___.", "spec": {"blanks": [["28/7/1929", "28-7-1929"], ["Hà Nội"]], "accents": False}},
    Kind.ESSAY: {},
}  # fmt: skip
