"""Whatever is bought, sold, moved, made, undone, ranked and ended, in any order: no difference from a plain model.

The suite runs a fixed choice of examples. `MFG_PROPERTY=long` looks for new ones, for as many as
`MFG_PROPERTY_EXAMPLES` says (500).
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.machine import Work

COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "print_blob": True,
}
SHORT = settings(**COMMON, derandomize=True, max_examples=14, stateful_step_count=60, phases=[Phase.generate])
LONG = settings(**COMMON, max_examples=int(os.environ.get("MFG_PROPERTY_EXAMPLES", "500")), stateful_step_count=80)


@pytest.mark.django_db
def test_the_services_agree_with_a_plain_model_after_every_step():
    Work.seen.clear()
    run_state_machine_as_test(Work, settings=LONG if os.environ.get("MFG_PROPERTY") == "long" else SHORT)

    steps = {"adjust", "ship", "receive", "dispatch", "arrive", "_report", "reverse", "end", "confirm", "release"}
    assert steps <= Work.seen.keys()
    assert {"ship: insufficient_stock", "end: wrong_state", "reverse: reversal_blocked"} <= Work.seen.keys()
