"""Tables and the constraints that must never be false."""

from contests.models.audit import AuditHead, AuditRecord
from contests.models.awards import Appeal, Award, WinnersList
from contests.models.bank import Bank, LintKept, Question, QuestionImage, QuestionImport, QuestionVersion, Topic
from contests.models.bank_review import Amendment, AmendmentFlag, BankShare, QuestionComment, Tag
from contests.models.contest import Contest, ContestEvent, Exclusion, Rehearsal, RosterLine, Round, RulesVersion
from contests.models.live import Announcement, Clue, ClueMark, MemberQuestion, SaveCount
from contests.models.practice import PracticeDone
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
from contests.models.uploads import QuestionUpload, UploadedImage, UploadedQuestion

__all__ = [
    "Amendment", "AmendmentFlag", "Announcement", "Answer", "Appeal", "Attempt", "AttemptEvent", "AuditHead",
    "AuditRecord", "Award", "Bank", "BankShare", "Clue", "ClueMark", "Contest", "ContestEvent", "Entry",
    "EssayMark", "Exclusion", "Extension", "Finalist", "GradeChange", "KeyRuling", "LateAnswer", "LintKept",
    "MemberQuestion", "PracticeDone", "Question", "QuestionComment", "QuestionImage", "QuestionImport", "QuestionUpload",
    "QuestionVersion", "Rehearsal", "RosterLine", "Round", "RulesVersion", "SaveCount", "Standing", "StartGate",
    "Tag", "TieDecision", "Topic", "UploadedImage", "UploadedQuestion", "WinnersList",
]  # fmt: skip
