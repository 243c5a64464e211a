"""The closed vocabularies of production."""

from django.db import models


class ManufacturingOrderState(models.TextChoices):
    PLANNED = "planned"
    RELEASED = "released"
    IN_PROGRESS = "in_progress", "In progress"
    PARTLY_COMPLETED = "partly_completed", "Partly completed"
    DONE = "done"
    CLOSED = "closed"
    CANCELED = "canceled"


class BillKind(models.TextChoices):
    """A phantom is never stocked: who needs it takes its components. A disassembly takes its item apart; a rework
    says what repairing its item takes beside the item itself."""

    MAKE = "make"
    PHANTOM = "phantom"
    REWORK = "rework"
    DISASSEMBLY = "disassembly"


class BillLineKind(models.TextChoices):
    """Beside what goes in, what comes out: a by-product at its own cost, a co-product with a share of the order's."""

    COMPONENT = "component"
    BY_PRODUCT = "by_product", "by-product"
    CO_PRODUCT = "co_product", "co-product"


OUTPUT_KINDS = (BillLineKind.BY_PRODUCT, BillLineKind.CO_PRODUCT)


class OrderKind(models.TextChoices):
    """Making an item; repairing pieces of it, which stay what they are; taking pieces of it apart."""

    MAKE = "make"
    REWORK = "rework"
    DISASSEMBLY = "disassembly"


# Orders that use pieces of their own item.
ON_PIECES = (OrderKind.REWORK, OrderKind.DISASSEMBLY)


class TaskState(models.TextChoices):
    """WAITING → READY (material there, predecessors done) → RUNNING ⇄ PAUSED → DONE; CANCELED with its order."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "canceled"


OPEN_TASK_STATES = (TaskState.WAITING, TaskState.READY, TaskState.RUNNING, TaskState.PAUSED)


class TaskEventKind(models.TextChoices):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    REPORT = "report"
    ISSUE = "issue"
    FINISH = "finish"
    REOPEN = "reopen"
    ASSIGN = "assign"
    HELP = "help", "call for help"
    HELP_ANSWERED = "help_answered", "help answered"
    UNDO = "undo"


class ReasonKind(models.TextChoices):
    PAUSE = "pause"
    SCRAP = "scrap"
    REWORK = "rework"
    HELP = "help"
