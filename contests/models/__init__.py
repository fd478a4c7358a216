"""Tables and the constraints that must never be false."""

from contests.models.audit import AuditHead, AuditRecord
from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Exclusion, RosterLine, Round, RulesVersion
from contests.models.taking import (
    Answer,
    Attempt,
    AttemptEvent,
    Entry,
    Extension,
    Finalist,
    LateAnswer,
    Standing,
    StartGate,
    TieDecision,
)

__all__ = [
    "Answer", "Attempt", "AttemptEvent", "AuditHead", "AuditRecord", "Bank", "Contest", "ContestEvent", "Entry",
    "Exclusion", "Extension", "Finalist", "LateAnswer", "Question", "QuestionImport", "QuestionVersion", "RosterLine",
    "Round", "RulesVersion", "Standing", "StartGate", "TieDecision", "Topic",
]  # fmt: skip
