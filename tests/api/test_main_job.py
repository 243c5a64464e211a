"""The main job in calls: what the contract's table promises, with an API key and natural keys alone."""

import pytest

pytestmark = pytest.mark.django_db

OPENING = {
    "site": "TLL",
    "reason": "Opening stock",
    "lines": [
        {"item": "TOP", "quantity": "10", "unit_cost": "20"},
        {"item": "LEG", "quantity": "40", "unit_cost": "5"},
    ],
}
RECIPE = {
    "item": "TABLE",
    "quantity": "1",
    "lines": [
        {"component": "TOP", "quantity_per": "1"},
        {"component": "LEG", "quantity_per": "4", "scrap_factor": "0"},
    ],
}
FIGURES = ("on_hand", "committed", "expected", "available", "projected", "missing", "excess", "in_transit")


@pytest.fixture
def shop(api):
    api.post("adjustments/", OPENING, 201)
    api.post("bills-of-materials/", RECIPE, 201)
    api.post("customers/", {"code": "C-1", "name": "Harbor Dining"}, 201)
    api.post("suppliers/", {"code": "S-1", "name": "Baltic Oak Mills"}, 201)
    return api


def figures(api, item, site):
    (row,) = api.get("stock-levels/", item=item, site=site, fresh="true")["results"]
    return tuple(row[name] for name in FIGURES)


def sell(api, quantity, **extra):
    line = {"item": "TABLE", "quantity": quantity, "unit_price": "250"}
    body = {"customer": "C-1", "site": "TLL", "need_by_on": "2026-12-01", "lines": [line], **extra}
    return api.post("sales-orders/", body, 201)


def make(api, quantity):
    body = {"item": "TABLE", "site": "TLL", "quantity": quantity, "due_at": "2026-11-27T15:00:00Z"}
    return api.post("manufacturing-orders/", body, 201)


def test_opening_stock(api):
    made = api.post("adjustments/", OPENING, 201)

    assert (made["site"]["code"], made["owner"]["code"], made["reason"]) == ("TLL", "NORDWOOD", "Opening stock")
    assert [(line["item"]["sku"], line["quantity"], line["amount"]) for line in made["lines"]] == [
        ("TOP", "10", "200"),
        ("LEG", "40", "200"),
    ]
    assert made["warnings"] == []
    assert figures(api, "LEG", "TLL") == ("40", "0", "0", "40", "40", "0", "40", "0")


def test_a_cost_that_nobody_knows_is_told(api):
    body = {"site": "tll", "owner": "nordwood", "reason": "Found", "lines": [{"item": "leg", "quantity": "2"}]}

    made = api.post("adjustments/", body, 201)

    assert made["warnings"] == ["lines.0.quantity: no cost is known, so it is valued at 0."]
    assert made["lines"][0]["amount"] == "0"


def test_a_signed_change_takes_out_again(shop):
    body = {"site": "TLL", "reason": "Broken", "lines": [{"item": "LEG", "quantity": "-3"}]}

    made = shop.post("adjustments/", body, 201)

    assert [(line["quantity"], line["amount"]) for line in made["lines"]] == [("-3", "15")]
    assert figures(shop, "LEG", "TLL")[0] == "37"


def test_sell_make_and_ship(shop):
    quote = sell(shop, "4")
    assert (quote["state"], quote["lines"][0]["open_quantity"]) == ("quote", "4")
    assert figures(shop, "TABLE", "TLL") == ("0", "0", "0", "0", "0", "0", "0", "0")
    order = shop.post(f"sales-orders/{quote['id']}/open/")
    assert (order["state"], order["rank"]) == ("open", 1)
    assert figures(shop, "TABLE", "TLL") == ("0", "4", "0", "-4", "-4", "4", "0", "0")

    made = make(shop, "5")
    assert (made["state"], made["bill_id"] is not None) == ("planned", True)
    assert shop.post(f"manufacturing-orders/{made['id']}/release/")["state"] == "released"
    assert figures(shop, "TABLE", "TLL") == ("0", "4", "5", "-4", "1", "0", "1", "0")
    assert figures(shop, "LEG", "TLL")[:4] == ("40", "20", "0", "20")

    given = {
        "quantity": "2",
        "components": [{"component": "TOP", "quantity": "2"}, {"component": "LEG", "quantity": "9"}],
    }
    answer = shop.post(f"manufacturing-orders/{made['id']}/complete/", given)
    assert (answer["state"], answer["posted_quantity"], answer["open_quantity"]) == ("partly_completed", "2", "3")
    assert figures(shop, "LEG", "TLL")[:2] == ("31", "11")
    answer = shop.post(f"manufacturing-orders/{made['id']}/complete/", {"quantity": "3"})
    assert answer["state"] == "done"
    assert figures(shop, "LEG", "TLL")[:2] == ("20", "0")

    part = {"lines": [{"line": order["lines"][0]["id"], "quantity": "1"}]}
    shipped = shop.post(f"sales-orders/{order['id']}/ship/", part)
    assert (shipped["state"], shipped["lines"][0]["posted_quantity"]) == ("partly_shipped", "1")
    assert shop.post(f"sales-orders/{order['id']}/ship/")["state"] == "shipped"
    assert figures(shop, "TABLE", "TLL") == ("1", "0", "0", "1", "1", "0", "1", "0")


def test_buy(shop):
    line = {"item": "PLANK", "quantity": "12.5", "unit_price": "3.2"}
    body = {"supplier": "S-1", "site": "TLL", "expected_on": "2026-12-05", "lines": [line]}
    draft = shop.post("purchase-orders/", body, 201)
    assert (draft["state"], figures(shop, "PLANK", "TLL")[2]) == ("draft", "0")

    assert shop.post(f"purchase-orders/{draft['id']}/order/")["state"] == "ordered"
    assert figures(shop, "PLANK", "TLL")[2] == "12.5"
    part = {"lines": [{"line": draft["lines"][0]["id"], "quantity": "0.5"}]}
    assert shop.post(f"purchase-orders/{draft['id']}/receive/", part)["state"] == "partly_received"
    assert shop.post(f"purchase-orders/{draft['id']}/receive/")["state"] == "received"
    assert figures(shop, "PLANK", "TLL")[:3] == ("12.5", "0", "0")


def test_move(shop):
    body = {"origin": "TLL", "destination": "CHI", "lines": [{"item": "LEG", "quantity": "8"}]}
    draft = shop.post("transfers/", body, 201)
    assert (draft["state"], draft["expected_on"]) == ("draft", "2026-12-07")
    assert shop.post(f"transfers/{draft['id']}/confirm/")["state"] == "confirmed"
    assert (figures(shop, "LEG", "TLL")[1], figures(shop, "LEG", "CHI")[2]) == ("8", "8")

    sent = shop.post(f"transfers/{draft['id']}/dispatch/")
    assert (sent["state"], sent["posting"]["number"][:4]) == ("in_transit", "DSP-")
    assert figures(shop, "LEG", "TLL")[:2] == ("32", "0")
    assert figures(shop, "LEG", "CHI") == ("0", "0", "8", "0", "8", "0", "8", "8")
    part = {"lines": [{"item": "LEG", "quantity": "5"}]}
    assert shop.post(f"transfers/{draft['id']}/receive/", part)["state"] == "partly_received"
    assert shop.post(f"transfers/{draft['id']}/receive/")["state"] == "received"
    assert figures(shop, "LEG", "CHI")[:3] == ("8", "0", "0")


def test_undo_by_posting_and_by_document(shop):
    order = sell(shop, "2", is_open=True)
    made = make(shop, "2")
    shop.post(f"manufacturing-orders/{made['id']}/release/")
    shop.post(f"manufacturing-orders/{made['id']}/complete/", {"quantity": "2"})
    shop.post(f"sales-orders/{order['id']}/ship/")
    newest = shop.get("postings/", limit="1")["results"][0]
    assert (newest["kind"], newest["source_number"]) == ("shipment", order["number"])

    back = shop.post(f"postings/{newest['id']}/reverse/", status=201)
    assert (back["kind"], back["reverses_id"]) == ("reversal", newest["id"])
    again = shop.get(f"sales-orders/{order['id']}/")
    assert (again["state"], again["lines"][0]["posted_quantity"]) == ("open", "0")
    assert shop.post(f"postings/{newest['id']}/reverse/", status=409)["code"] == "already_reversed"

    assert shop.post(f"manufacturing-orders/{made['id']}/reverse/")["state"] == "released"
    assert figures(shop, "TABLE", "TLL")[:3] == ("0", "2", "2")
    assert figures(shop, "LEG", "TLL")[:2] == ("40", "8")


def test_look_and_follow_the_links(shop):
    order = sell(shop, "4", is_open=True)
    (row,) = shop.get("stock-levels/", item="TABLE", site="TLL", fresh="true")["results"]

    assert {"stock_out_on", "order_by_on"} <= row.keys()
    assert row["stock_out_on"] == "2026-12-01"
    rows = shop.get(row["links"]["committed"].removeprefix("/api/v1/"))["results"]
    assert [(one["document"]["number"], one["open_quantity"]) for one in rows] == [(order["number"], "4")]


def test_a_level_that_was_never_written_reads_as_zeros(api):
    (row,) = api.get("stock-levels/", item="PLANK", site="CHI")["results"]

    assert [row[name] for name in FIGURES] == ["0"] * 8
    assert (row["stock_out_on"], row["order_by_on"]) == (None, None)


def test_why_and_who_stands_before(shop):
    """5 in stock, 4 expected, three orders of 4: in stock, expected, not available; a rank turns it round."""
    body = {"site": "TLL", "reason": "Opening", "lines": [{"item": "TABLE", "quantity": "5", "unit_cost": "100"}]}
    shop.post("adjustments/", body, 201)
    made = make(shop, "4")
    orders = [sell(shop, "4", is_open=True) for _ in range(3)]
    names = [order["number"] for order in orders]
    query = {"item": "TABLE", "site": "TLL", "fresh": "true"}

    rows = shop.get("allocations/", **query)["results"]
    assert [row["demand"]["document"]["number"] for row in rows] == names
    assert [row["availability"] for row in rows] == ["in_stock", "expected", "not_available"]
    assert [row["rank"] for row in rows] == [2, 3, 4]
    second, third = rows[1:]
    assert second["demand"].keys() == {"id", "kind", "line", "document"}
    assert second["demand"]["line"] == orders[1]["lines"][0]["id"]
    assert second["expected_on"] == "2026-11-27"
    from_stock, from_order = second["served_by"]
    assert (from_stock["quantity"], from_stock["supply"]) == ("1", "on_hand")
    assert (from_order["quantity"], from_order["supply"]["document"]["number"]) == ("3", made["number"])
    assert [one["demand"]["document"]["number"] for one in third["taken_by"]] == names[:2]

    shop.post(f"sales-orders/{orders[2]['id']}/rank/", {"before": orders[0]["id"]})
    rows = shop.get("allocations/", **query)["results"]
    assert [row["demand"]["document"]["number"] for row in rows] == [names[2], names[0], names[1]]
    assert [row["availability"] for row in rows] == ["in_stock", "expected", "not_available"]
    shop.post(f"sales-orders/{orders[2]['id']}/rank/", {"after": names[1]})
    rows = shop.get("allocations/", **query)["results"]
    assert [row["demand"]["document"]["number"] for row in rows] == names


def test_shipping_more_than_there_is_names_the_numbers(shop):
    order = sell(shop, "4", is_open=True)

    problem = shop.post(f"sales-orders/{order['id']}/ship/", status=409)

    assert problem["code"] == "insufficient_stock"
    assert (problem["item"], problem["site"], problem["requested"], problem["available"]) == ("TABLE", "TLL", "4", "0")
