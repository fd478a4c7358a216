"""Tables and the constraints that must never be false."""

from contests.models.bank import Bank, Question, QuestionImport, QuestionVersion, Topic
from contests.models.contest import Contest, ContestEvent, Round
from contests.models.taking import Answer, Attempt, Entry, Standing

__all__ = [
    "Answer", "Attempt", "Bank", "Contest", "ContestEvent", "Entry", "Question", "QuestionImport", "QuestionVersion",
    "Round", "Standing", "Topic",
]  # fmt: skip
