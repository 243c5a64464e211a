"""The closed vocabularies of the shop floor."""

from django.db import models


class CommandKind(models.TextChoices):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    REPORT = "report"
    ISSUE = "issue"
    FINISH = "finish"
    UNDO_LAST = "undo_last", "undo last"
    HELP = "help", "call for help"


class CommandState(models.TextChoices):
    """Applied, or a conflict that waits for a supervisor, who applies it after all or dismisses it."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    DISMISSED = "dismissed"
