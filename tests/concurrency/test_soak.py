"""A small round of `make soak`: documents of all kinds on the same few items, by four processes."""

import pytest

from bench.documents import make_trade
from bench.figures import Figure, report
from bench.proof import deadlocks, differences
from bench.shuffled import PROCESSES, deadlocks_of_crossing_locks, post
from core import drainer
from inventory.models import Posting
from tests.cast import restore_units

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = 120


@pytest.fixture
def trade(transactional_db):
    restore_units()
    return make_trade("SOAK")


def test_shuffled_documents_of_all_kinds_never_deadlock(trade):
    before = deadlocks()

    load = post(trade, DOCUMENTS, seed=7)

    assert load.endings == {"done": PROCESSES}
    assert Posting.objects.count() >= DOCUMENTS
    assert (load.retries, deadlocks() - before) == (0, 0)
    drainer.drain()
    assert differences() == []


def test_control_a_deadlock_is_counted(trade):
    assert deadlocks_of_crossing_locks() == 1


def test_one_missed_figure_fails_the_whole(tmp_path):
    good = Figure("good", 1, "of", None, "1", True)
    bad = Figure("bad", 1, "of", None, "0", False)

    assert report([good, good], tmp_path / "good.jsonl") == 0
    assert report([good, bad, good], tmp_path / "bad.jsonl") == 1
