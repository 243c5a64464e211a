"""Which tasks may begin, and what the others wait for."""

from decimal import Decimal as D

import pytest

from core.models import Event
from inventory import handlers as inventory_handlers
from production.choices import TaskState
from production.models import Operation, Routing, WorkCenter
from production.services import tasks
from production.services.tasks import ReportDraft


@pytest.fixture
def routed(cast, make_bill, make_order):
    """An order for tables of two operations at TLL; material is asked for with the first one."""
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw 1")
    routing = Routing.objects.create(item=cast.table, company=cast.maker)
    Operation.objects.create(routing=routing, number=10, name="Cut", work_center=saw)
    Operation.objects.create(routing=routing, number=20, name="Assemble", work_center=saw)
    return make_order


def work_off(now):
    """What the workers do after all events so far."""
    payloads = Event.objects.values_list("payload", flat=True)
    keys = {tuple(level) for payload in payloads for level in payload.get("levels", [])}
    inventory_handlers.levels(sorted(keys), now=now)


def waits(order):
    return {task.number: (task.state, task.waits_for) for task in order.tasks.all()}


def test_a_task_waits_for_material_and_for_the_one_before(cast, routed, stock):
    order = routed(4)
    work_off(cast.now)

    assert waits(order) == {10: ("waiting", "TOP not available"), 20: ("waiting", "pieces from Cut")}

    stock(cast.top, 4)
    stock(cast.leg, 16)
    work_off(cast.now)
    assert waits(order) == {10: ("ready", ""), 20: ("waiting", "pieces from Cut")}


def test_the_next_task_is_ready_when_the_one_before_is_finished(cast, routed, stock):
    stock(cast.top, 4)
    stock(cast.leg, 16)
    order = routed(4)
    first = order.tasks.get(number=10)
    tasks.report(first.pk, ReportDraft(good_quantity=D(4)), now=cast.now, actor=cast.planner)
    work_off(cast.now)
    assert waits(order)[20] == ("waiting", "Cut to finish")

    tasks.finish(first.pk, now=cast.now, actor=cast.planner)
    work_off(cast.now)

    assert waits(order)[20] == ("ready", "")


def test_with_an_overlap_the_next_task_begins_before_the_first_is_through(cast, routed, stock):
    stock(cast.top, 4)
    stock(cast.leg, 16)
    Operation.objects.filter(number=10).update(overlap_quantity=2)
    order = routed(4)
    first = order.tasks.get(number=10)
    tasks.report(first.pk, ReportDraft(good_quantity=D(1)), now=cast.now, actor=cast.planner)
    work_off(cast.now)
    assert waits(order)[20] == ("waiting", "Cut to finish")

    tasks.report(first.pk, ReportDraft(good_quantity=D(1)), now=cast.now, actor=cast.planner)
    work_off(cast.now)

    assert waits(order)[20] == ("ready", "")


def test_nothing_is_written_twice(cast, routed, stock):
    order = routed(4)
    work_off(cast.now)
    before = Event.objects.count()

    work_off(cast.now)

    assert Event.objects.count() == before
    assert set(order.tasks.values_list("state", flat=True)) == {TaskState.WAITING}
