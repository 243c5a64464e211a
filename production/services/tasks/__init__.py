"""Tasks: everything that can be done to an operation of an order."""

from production.services.tasks.assigning import assign, assign_by_load, block, move, unblock
from production.services.tasks.drafts import Doing, Done, ReportDraft
from production.services.tasks.reporting import issue, report
from production.services.tasks.undoing import undo_last
from production.services.tasks.working import answer_help, call_for_help, finish, pause, reopen, resume, start

__all__ = [
    "Doing",
    "Done",
    "ReportDraft",
    "answer_help",
    "assign",
    "assign_by_load",
    "block",
    "call_for_help",
    "finish",
    "issue",
    "move",
    "pause",
    "reopen",
    "report",
    "resume",
    "start",
    "unblock",
    "undo_last",
]
