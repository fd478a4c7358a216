"""Tables and the constraints that must never be false."""

from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Round
from contests.models.taking import (
    Answer,
    Attempt,
    AttemptEvent,
    Entry,
    EssayMark,
    Extension,
    LateAnswer,
    Standing,
    StartGate,
)

__all__ = [
    "Answer", "Attempt", "AttemptEvent", "Bank", "Contest", "ContestEvent", "Entry", "EssayMark", "Extension", "LateAnswer",
    "Question", "QuestionImport", "QuestionVersion", "Round", "Standing", "StartGate", "Topic",
]  # fmt: skip
