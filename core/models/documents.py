"""Numbers of documents."""

from django.db import models


class NumberSequence(models.Model):
    """The last number given out per company and prefix (`SO`, `PO`, `TR`, `MO` …).

    `core.numbers.take` is its only writer. `company_id` has no foreign key: companies live a layer above.
    """

    company_id = models.BigIntegerField()
    prefix = models.CharField(max_length=8)
    last_number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "prefix"], name="core_number_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last_number}"
