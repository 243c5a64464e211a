"""`stock-levels`, `demands`, `supplies` and `allocations` through the API."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core import clock
from inventory.drafts import LevelKey
from inventory.models import AllocationPin, StockLevel
from inventory.services import ranks
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.recompute import recompute
from tests.inventory.levels_world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(cast):
    """The answer's JSON to a planner's GET, or another user's."""

    def ask(path, user=cast.planner, status=200):
        client = APIClient()
        client.force_authenticate(user)
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == status, answer.json()
        return answer.json()

    return ask


@pytest.fixture
def at_tll(cast):
    """Short words to put rows of Nordwood's table in Tallinn."""
    return World(cast.maker, cast.far, cast.tll, cast.chi, item=cast.table, unit=cast.pcs)


@pytest.fixture
def three(at_tll, cast):
    """5 on hand, 4 to come, three demands of 4 in rank order; nothing recomputed yet."""
    adjust(
        site_id=cast.tll.id,
        reason="Opening",
        lines=[AdjustmentLine(item_id=cast.table.id, quantity=Decimal(5))],
        now=cast.now,
        actor=None,
    )
    supply = at_tll.supply(4, 400)
    places = ranks.append_many(cast.maker.id, 3)
    return supply, [at_tll.demand(4, 390, priority=place) for place in places]


def figures(row):
    return {name: row[name] for name in ("on_hand", "committed", "expected", "available", "projected")}


class TestLevels:
    def test_fresh_figures_are_there_before_any_worker_has_seen_the_key(self, get, three):
        (row,) = get("stock-levels/?item=table&site=tll&fresh=true")["results"]

        assert figures(row) == {
            "on_hand": "5",
            "committed": "12",
            "expected": "4",
            "available": "-7",
            "projected": "-3",
        }
        assert (row["id"], row["item"]["sku"], row["site"]["code"]) == (None, "TABLE", "TLL")
        assert not StockLevel.objects.exists()

    def test_after_the_recompute_the_plain_list_says_the_same(self, get, three, at_tll):
        recompute([at_tll.key], now=clock.now())

        (plain,) = get("stock-levels/?item=TABLE&site=TLL")["results"]
        (fresh,) = get("stock-levels/?item=TABLE&site=TLL&fresh=true")["results"]

        assert plain["id"] is not None
        assert plain == fresh

    def test_a_missing_level_reads_as_zeros_where_item_and_site_are_named(self, get, cast):
        (row,) = get("stock-levels/?item=TABLE&site=CHI")["results"]

        assert set(figures(row).values()) == {"0"}
        assert row["used_by"]["code"] == "NORDWOOD"
        assert get("stock-levels/?item=TABLE")["results"] == []

    @pytest.mark.parametrize(
        "figure", ["on_hand", "committed", "expected", "available", "in_transit", "blocked", "in_wip"]
    )
    def test_each_figure_links_to_its_rows(self, get, three, at_tll, figure):
        recompute([at_tll.key], now=clock.now())
        (row,) = get("stock-levels/?item=TABLE&site=TLL")["results"]

        rows = get(row["links"][figure].removeprefix("/api/v1/"))["results"]

        count = {"on_hand": 1, "committed": 3, "expected": 1, "available": 3}.get(figure, 0)
        assert len(rows) == count

    def test_projects_the_balance(self, get, three, at_tll):
        recompute([at_tll.key], now=clock.now())
        (row,) = get("stock-levels/?item=TABLE&site=TLL")["results"]

        days = get(f"stock-levels/{row['id']}/projected-balance/?days=3")["results"]

        assert [day["balance"] for day in days] == ["5"] * 4
        assert get(f"stock-levels/{row['id']}/projected-balance/?days=-1", status=400)

    def test_narrows_by_figures_and_words(self, get, three, at_tll):
        recompute([at_tll.key], now=clock.now())

        assert len(get("stock-levels/?is_missing=true&search=tab")["results"]) == 1
        assert get("stock-levels/?missing_from=4")["results"] == []
        assert get("stock-levels/?search=leg")["results"] == []
        assert get("stock-levels/?colour=red", status=400)

    def test_a_stranger_sees_nothing_not_even_zeros(self, get, three, at_tll, cast):
        recompute([at_tll.key], now=clock.now())

        assert get("stock-levels/?item=TABLE&site=TLL&fresh=true", cast.outsider)["results"] == []
        (level,) = StockLevel.objects.all()
        assert get(f"stock-levels/{level.pk}/", cast.outsider, status=404)

    def test_ten_times_the_rows_cost_the_same_queries(self, get, cast, at_tll):
        def count_for(number):
            keys = [LevelKey(at_tll.new_item().id, cast.tll.id, cast.maker.id) for _ in range(number)]
            recompute(keys, now=cast.now)
            with CaptureQueriesContext(connection) as queries:
                get("stock-levels/?site=TLL&fresh=true&limit=100")
            return len(queries)

        count_for(1)
        assert count_for(3) == count_for(30)


class TestAllocations:
    def test_says_who_is_served_by_what_and_who_took_it_before(self, get, three):
        supply, (first, second, _) = three

        rows = get("allocations/?item=TABLE&site=TLL&fresh=true")["results"]

        assert [(row["rank"], row["availability"], row["short"]) for row in rows] == [
            (1, "in_stock", "0"),
            (2, "expected", "0"),
            (3, "not_available", "3"),
        ]
        assert rows[1]["demand"] == {
            "id": second.id,
            "kind": "sales_line",
            "line": second.line_id,
            "document": {"id": second.document_id, "number": second.document_number, "kind": "sales_order"},
        }
        assert rows[1]["served_by"][0] == {"supply": "on_hand", "quantity": "1", "kind": "soft"}
        assert rows[1]["served_by"][1]["supply"]["id"] == supply.id
        assert rows[1]["late_days"] == 10
        takers = [(row["demand"]["id"], [part["quantity"] for part in row["took"]]) for row in rows[2]["taken_by"]]
        assert takers == [(first.id, ["4"]), (second.id, ["1", "3"])]

    def test_plain_rows_are_as_the_workers_left_them(self, get, three, at_tll):
        assert {row["availability"] for row in get("allocations/?item=TABLE")["results"]} == {None}

        recompute([at_tll.key], now=clock.now())

        rows = get("allocations/?item=TABLE&availability=expected,not_available")["results"]
        assert [row["availability"] for row in rows] == ["expected", "not_available"]
        assert len(get("allocations/?is_late=true")["results"]) == 1

    def test_pages_follow_the_rank(self, get, three):
        first = get("allocations/?item=TABLE&limit=2&fresh=true")
        second = get(first["next"].split("/api/v1/")[1])

        assert [row["rank"] for page in (first, second) for row in page["results"]] == [1, 2, 3]

    def test_has_no_feed_and_no_strangers(self, get, three, cast):
        assert get("allocations/?updated_after=1-1", status=400)
        assert get("allocations/?fresh=true", cast.outsider)["results"] == []

    def test_ten_times_the_rows_cost_the_same_queries(self, get, cast, at_tll):
        def count_for(number):
            item = at_tll.new_item()
            key = LevelKey(item.id, cast.tll.id, cast.maker.id)
            for place in ranks.append_many(cast.maker.id, number):
                at_tll.supply(3, 3, key=key)
                at_tll.demand(3, priority=place, key=key)
            with CaptureQueriesContext(connection) as queries:
                assert len(get(f"allocations/?item_id={item.id}&fresh=true&limit=100")["results"]) == number
            return len(queries)

        count_for(1)
        assert count_for(3) == count_for(30)


class TestRegisters:
    def test_serves_demands_with_their_rank_and_supplies(self, get, three):
        supply, demands = three

        rows = get("demands/?item=TABLE&site=TLL&is_counted=true&ordering=id")["results"]
        assert [(row["id"], row["rank"], row["open_quantity"]) for row in rows] == [
            (demand.id, place, "4") for place, demand in enumerate(demands, 1)
        ]
        (row,) = get("supplies/?item=TABLE&kind=purchase_line&fresh=true")["results"]
        assert (row["id"], row["document"]["kind"], row["firmness"]) == (supply.id, "purchase_order", "firm")

    def test_a_stranger_sees_no_register(self, get, three, cast):
        assert get("demands/", cast.outsider)["results"] == get("supplies/", cast.outsider)["results"] == []

    def test_pins_and_unpins(self, get, three, cast):
        third = three[1][2]
        client = APIClient()
        client.force_authenticate(cast.planner)

        answer = client.post(f"/api/v1/demands/{third.id}/pin/", {"quantity": "4"}, format="json")
        assert answer.status_code == 200, answer.json()
        colors = [row["availability"] for row in get("allocations/?item=TABLE&fresh=true")["results"]]
        assert colors == ["expected", "not_available", "in_stock"]
        too_much = client.post(f"/api/v1/demands/{third.id}/pin/", {"quantity": "5"}, format="json")
        assert too_much.status_code == 400
        assert "quantity" in str(too_much.json())

        assert client.post(f"/api/v1/demands/{third.id}/unpin/", {}, format="json").status_code == 200
        assert not AllocationPin.objects.exists()

    def test_a_viewer_may_not_pin(self, three, cast):
        client = APIClient()
        client.force_authenticate(cast.viewer)

        answer = client.post(f"/api/v1/demands/{three[1][0].id}/pin/", {"quantity": "1"}, format="json")

        assert answer.status_code == 403
        assert not AllocationPin.objects.exists()
