"""Tables and the constraints that must never be false."""

from contests.models.audit import AuditHead, AuditRecord
from contests.models.awards import Appeal, Award, WinnersList
from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Exclusion, RosterLine, Round, RulesVersion
from contests.models.live import Announcement, Clue, ClueMark, MemberQuestion, SaveCount
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
    "Announcement", "Answer", "Appeal", "Attempt", "AttemptEvent", "AuditHead", "AuditRecord", "Award", "Bank", "Clue", "ClueMark", "Contest",
    "ContestEvent", "Entry", "EssayMark", "Exclusion", "Extension", "Finalist", "GradeChange", "KeyRuling",
    "LateAnswer", "MemberQuestion", "Question", "QuestionImport", "QuestionVersion", "RosterLine", "Round", "RulesVersion", "SaveCount", "Standing",
    "StartGate", "TieDecision", "Topic", "WinnersList",
]  # fmt: skip
