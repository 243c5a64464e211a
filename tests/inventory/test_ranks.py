"""Ranks: keys between neighbors, appending, moving by one row, and the numbers that people read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput, NotFound
from core.models import Event, OutboxEvent
from inventory.models import Demand, Priority
from inventory.rules import ranking
from inventory.selectors import ranks as rank_numbers
from inventory.services import ranks

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class TestKeys:
    @given(st.lists(st.integers(0, 10_000), max_size=200))
    def test_each_new_key_lies_strictly_between_its_neighbors(self, places):
        keys = [ranking.FIRST]
        for place in places:
            index = place % (len(keys) + 1)
            if index == len(keys):
                key = ranking.at_end(keys[-1])
            elif index == 0:
                key = ranking.at_start(keys[0])
            else:
                key = ranking.between(keys[index - 1], keys[index])
            keys.insert(index, key)

        encoded = [key.encode() for key in keys]
        assert encoded == sorted(set(encoded))

    def test_ten_thousand_orders_at_the_end_keep_eight_digits(self):
        key = None
        for _ in range(10_000):
            key = ranking.at_end(key)

        assert len(key) == ranking.WHOLE_LENGTH

    @pytest.mark.parametrize("count", [1, 61, 62, 63, 500])
    def test_spreads_many_behind_one_whole_number(self, count):
        keys = ranking.spread("V0000007", count)

        assert sorted(set(keys)) == keys
        assert len(keys) == count
        assert keys[0] > "V0000007"
        assert keys[-1] < "V0000008"


def order_of(company):
    return list(Priority.objects.filter(company_id=company.id).order_by("rank").values_list("id", flat=True))


@pytest.mark.django_db
class TestSequence:
    @pytest.fixture
    def company(self, world):
        return world.company

    def test_appends_at_the_end(self, company):
        first, second = ranks.append(company.id), ranks.append(company.id)

        assert order_of(company) == [first.id, second.id]

    def test_moves_before_and_after_another(self, company):
        a, b, c = (row.id for row in ranks.append_many(company.id, 3))

        ranks.move(c, before=a, now=NOW, actor=None)
        assert order_of(company) == [c, a, b]
        ranks.move(c, after=a, now=NOW, actor=None)
        assert order_of(company) == [a, c, b]

    def test_says_where_it_stood_so_that_a_move_can_be_undone(self, company):
        a, b, c = (row.id for row in ranks.append_many(company.id, 3))

        moved = ranks.move(b, after=c, now=NOW, actor=None)
        ranks.move(b, after=moved.was_after_id, now=NOW, actor=None)

        assert (moved.was_after_id, moved.was_before_id) == (a, c)
        assert order_of(company) == [a, b, c]

    def test_moving_it_where_it_stands_changes_nothing_and_tells_nobody(self, company):
        a, b = ranks.append_many(company.id, 2)
        rank = b.rank

        ranks.move(b.id, after=a.id, now=NOW, actor=None)

        assert Priority.objects.get(id=b.id).rank == rank
        assert not Event.objects.filter(kind="priority.moved").exists()

    def test_writes_one_row_however_many_stand_behind_it(self, company, django_assert_num_queries):
        few = [row.id for row in ranks.append_many(company.id, 3)]
        with django_assert_num_queries(14):
            ranks.move(few[2], before=few[1], now=NOW, actor=None)

        many = [row.id for row in ranks.append_many(company.id, 300)]
        before = dict(Priority.objects.values_list("id", "rank"))
        with django_assert_num_queries(14):
            ranks.move(many[-1], before=many[0], now=NOW, actor=None)
        after = dict(Priority.objects.values_list("id", "rank"))

        assert [row for row in before if before[row] != after[row]] == [many[-1]]

    def test_spreads_the_ranks_anew_when_they_grow_long_and_keeps_the_order(self, company):
        a, b, c = (row.id for row in ranks.append_many(company.id, 3))
        for _ in range(120):
            ranks.move(c, before=b, now=NOW, actor=None)
            ranks.move(b, before=c, now=NOW, actor=None)

        assert order_of(company) == [a, b, c]
        assert max(len(rank) for rank in Priority.objects.values_list("rank", flat=True)) <= ranking.LONGEST

    def test_asks_to_recompute_the_keys_of_its_open_demands(self, company, world):
        first, second = ranks.append_many(company.id, 2)
        world.demand(4, priority=second)

        ranks.move(second.id, before=first.id, now=NOW, actor=None)

        assert OutboxEvent.objects.get(handler="levels").keys == [list(world.key)]
        assert Event.objects.get(kind="priority.moved").payload["documents"] == [
            ["sales_order", Demand.objects.get().document_id]
        ]

    def test_refuses_a_stranger_s_rank_itself_and_two_places_at_once(self, company, world):
        a, b = (row.id for row in ranks.append_many(company.id, 2))
        foreign = ranks.append(world.other_company.id).id

        for places in ({"before": foreign}, {"before": a}, {"before": b, "after": b}, {}):
            with pytest.raises(InvalidInput):
                ranks.move(a, **places, now=NOW, actor=None)
        with pytest.raises(NotFound):
            ranks.move(0, before=a, now=NOW, actor=None)
        assert order_of(company) == [a, b]

    def test_numbers_the_open_orders_from_one(self, company, world):
        a, b, c = ranks.append_many(company.id, 3)
        foreign = ranks.append(world.other_company.id)
        ranks.follow(a.id, is_open=False)

        assert rank_numbers.positions([a.id, b.id, c.id, foreign.id, None]) == {b.id: 1, c.id: 2, foreign.id: 1}
        assert rank_numbers.priority_at(company.id, 2) == c
        assert rank_numbers.priority_at(company.id, 3) is None

    def test_an_order_that_is_open_again_stands_where_it_stood(self, company):
        a, b = ranks.append_many(company.id, 2)

        ranks.follow(a.id, is_open=False)
        ranks.follow(a.id, is_open=False)
        ranks.follow(None, is_open=False)
        assert rank_numbers.positions([a.id, b.id]) == {b.id: 1}

        ranks.follow(a.id, is_open=True)
        assert rank_numbers.positions([a.id, b.id]) == {a.id: 1, b.id: 2}
