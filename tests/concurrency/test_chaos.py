"""Processes are killed and messages lost and repeated while a client posts: nothing is lost, nothing done twice."""

from pathlib import Path

import pytest

from bench.chaos import RIGHT_WITHIN_SECONDS, VICTIMS, rampage
from bench.installation import installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("product"),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="asks Linux for its processes"),
]


def test_every_answered_adjustment_stands_once_and_its_level_is_right_soon():
    """Web, both workers, beat and Valkey are killed once each and Valkey is emptied, in an order of chance; every
    message is delivered more than three times, and in the end every event is worked on three times.
    """
    with installation() as product:
        outcome = rampage(product, rounds=1, seed=20)

    assert outcome.wrong == []
    assert outcome.killed == dict.fromkeys(VICTIMS, 1)
    assert outcome.posted >= len(VICTIMS)
    assert outcome.right_after_seconds < RIGHT_WITHIN_SECONDS
