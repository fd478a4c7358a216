"""Tables and the constraints that must never be false."""

from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Exclusion, RosterLine, Round
from contests.models.rulings import GradeChange, KeyRuling
from contests.models.taking import (
    Answer,
    Attempt,
    AttemptEvent,
    Entry,
    Extension,
    LateAnswer,
    Standing,
    StartGate,
    TieDecision,
)

__all__ = [
    "Answer", "Attempt", "AttemptEvent", "Bank", "Contest", "ContestEvent", "Entry", "Exclusion", "Extension", "GradeChange",
    "KeyRuling", "LateAnswer",
    "Question", "QuestionImport", "QuestionVersion", "RosterLine", "Round", "Standing", "StartGate", "TieDecision", "Topic",
]  # fmt: skip
