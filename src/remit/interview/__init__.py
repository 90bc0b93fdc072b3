"""The interview by which an owner's answers become a work definition: questions, answers, what to write. Pure."""

from remit.interview.answers import AnswerRefused, is_unknown, understood
from remit.interview.next_question import Progress, is_answered, open_question, progress
from remit.interview.proposals import Column, Proposal, proposed_fields
from remit.interview.questions import QUESTIONS, Question, hint
from remit.interview.writing import Entry, Write, writes, writes_of_proposal, writes_unknown

__all__ = [
    "QUESTIONS",
    "AnswerRefused",
    "Column",
    "Entry",
    "Progress",
    "Proposal",
    "Question",
    "Write",
    "hint",
    "is_answered",
    "is_unknown",
    "open_question",
    "progress",
    "proposed_fields",
    "understood",
    "writes",
    "writes_of_proposal",
    "writes_unknown",
]
