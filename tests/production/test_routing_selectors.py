"""Which routing is followed, and that its operations come in a fixed number of queries."""

from datetime import date

import pytest

from production.models import Operation, OperationAlternative, OperationInstruction, Routing, Skill, WorkCenter
from production.selectors.bills import BillKey
from production.selectors.routings import closest_routings, operations_of

TODAY = date(2026, 11, 23)


@pytest.fixture
def routing(cast):
    def make(**values):
        return Routing.objects.create(**{"item": cast.table, "company": cast.maker} | values)

    return make


def test_the_closest_routing_is_taken(cast, routing):
    Routing.objects.create(item=cast.table)
    of_company, of_site = routing(), routing(site=cast.tll)
    here = BillKey(cast.table.pk, cast.tll.pk, cast.maker.pk, TODAY)
    there = BillKey(cast.table.pk, cast.chi.pk, cast.maker.pk, TODAY)

    found = closest_routings([here, there, BillKey(cast.top.pk, cast.tll.pk, cast.maker.pk, TODAY)])

    assert found == {here: of_site, there: of_company}


def test_dates_and_revisions_choose_among_equals(cast, routing):
    routing(valid_until_on=TODAY)
    routing(revision="A", valid_from_on=date(2026, 11, 1))
    last = routing(revision="B", valid_from_on=date(2026, 11, 1))
    routing(valid_from_on=date(2026, 12, 1))
    key = BillKey(cast.table.pk, cast.tll.pk, cast.maker.pk, TODAY)

    assert closest_routings([key]) == {key: last}

    last.archived_at = cast.now
    last.save(update_fields=["archived_at"])
    assert closest_routings([key])[key].revision == "A"


def test_operations_come_with_all_they_need_in_five_queries(cast, routing, django_assert_num_queries):
    saw = WorkCenter.objects.create(site=cast.tll, code="SAW", name="Saw")
    coat = WorkCenter.objects.create(site=cast.rix, code="COAT", name="Coating")
    skill = Skill.objects.create(code="WOOD", name="Woodwork")
    made = [routing(revision=str(number)) for number in range(3)]
    for one in made:
        for number in (20, 10):
            operation = Operation.objects.create(routing=one, number=number, name="Cut", work_center=saw)
            operation.skills.add(skill)
            OperationInstruction.objects.create(operation=operation, number=1, text="Mind the knots.")
            OperationAlternative.objects.create(operation=operation, work_center=coat)

    with django_assert_num_queries(5):
        found = operations_of([one.pk for one in made])
        facts = [_facts(operation) for operation in found[made[0].pk]]

    rest = ("NORDWOOD", ["WOOD"], [], ["Mind the knots."], ["LAKK"])
    assert facts == [(10, *rest), (20, *rest)]
    assert [len(rows) for rows in found.values()] == [2, 2, 2]


def _facts(operation):
    return (
        operation.number,
        operation.work_center.site.company.code,
        [skill.code for skill in operation.skills.all()],
        [tool.code for tool in operation.tools.all()],
        [instruction.text for instruction in operation.instructions.all()],
        [other.work_center.site.company.code for other in operation.alternatives.all()],
    )
