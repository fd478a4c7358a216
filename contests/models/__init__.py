"""Tables and the constraints that must never be false."""

from contests.models.audit import AuditHead, AuditRecord
from contests.models.awards import Appeal, Award, WinnersList
from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Exclusion, Rehearsal, RosterLine, Round, RulesVersion
from contests.models.rulings import GradeChange, KeyRuling
from contests.models.taking import (
    Answer,
    Attempt,
    AttemptEvent,
    Entry,
    EssayMark,
    Extension,
    Finalist,
    LateAnswer,
    Standing,
    StartGate,
    TieDecision,
)

__all__ = [
    "Answer", "Appeal", "Attempt", "AttemptEvent", "AuditHead", "AuditRecord", "Award", "Bank", "Contest",
    "ContestEvent", "Entry", "EssayMark", "Exclusion", "Extension", "Finalist", "GradeChange", "KeyRuling",
    "LateAnswer", "Question", "QuestionImport", "QuestionVersion", "Rehearsal", "RosterLine", "Round", "RulesVersion", "Standing",
    "StartGate", "TieDecision", "Topic", "WinnersList",
]  # fmt: skip
