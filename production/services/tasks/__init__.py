"""Tasks: everything that can be done to an operation of an order.

Each step stands alone (`start`, `report`, …); those of an operator are also there as an `Act` (`starting`,
`reporting`, …), several of which `together` does at once.
"""

from production.services.tasks.assigning import assign, assign_by_load, block, move, unblock
from production.services.tasks.doing import alone, together
from production.services.tasks.drafts import Doing, Done, ReportDraft
from production.services.tasks.reporting import issue, issuing, report, reporting
from production.services.tasks.session import Act
from production.services.tasks.undoing import undo_last
from production.services.tasks.working import (
    answer_help,
    call_for_help,
    calling,
    finish,
    finishing,
    pause,
    pausing,
    reopen,
    resume,
    resuming,
    start,
    starting,
)

__all__ = [
    "Act",
    "Doing",
    "Done",
    "ReportDraft",
    "alone",
    "answer_help",
    "assign",
    "assign_by_load",
    "block",
    "call_for_help",
    "calling",
    "finish",
    "finishing",
    "issue",
    "issuing",
    "move",
    "pause",
    "pausing",
    "reopen",
    "report",
    "reporting",
    "resume",
    "resuming",
    "start",
    "starting",
    "together",
    "unblock",
    "undo_last",
]
