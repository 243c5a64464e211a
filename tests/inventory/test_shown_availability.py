"""The one word that stands for how something is served."""

import pytest

from inventory.rules.availability import shown


@pytest.mark.parametrize(
    ("availability", "late_days", "word"),
    [
        ("in_stock", 0, "in_stock"),
        ("in_stock", 2, "late"),
        ("expected", 2, "late"),
        ("not_available", 2, "not_available"),
        (None, 0, ""),
    ],
)
def test_late_outranks_what_comes_but_not_what_nothing_serves(availability, late_days, word):
    assert shown(availability, late_days) == word
