"""The closed vocabularies of quality."""

from django.db import models


class Trigger(models.TextChoices):
    """What calls for a check: goods of a purchase order came in, an operation ended, an order reported good ones."""

    RECEIPT = "receipt"
    OPERATION = "operation"
    FINISH = "finish"


class CharacteristicKind(models.TextChoices):
    MEASURE = "measure"
    PASS_FAIL = "pass_fail", "pass or fail"
    PHOTO = "photo"


class CheckState(models.TextChoices):
    """OPEN → PASSED, or FAILED → DECIDED; CANCELED when what it was about was taken back."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    DECIDED = "decided"
    CANCELED = "canceled"


class Decision(models.TextChoices):
    USE_AS_IS = "use_as_is", "Use as is"
    REWORK = "rework", "Rework"
    SCRAP = "scrap", "Scrap"
    RETURN = "return", "Return to the supplier"


QUALITY_CHECK = "quality_check"
TASK = "task"
