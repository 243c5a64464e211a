"""Nonsense through the API, the pages and the services: a clear error that names the field and the numbers, and every
table as it was before."""

import json
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from core import drainer
from core.errors import DomainError, InvalidInput
from core.models import OutboxEvent
from inventory.models import StockLevel, Transfer
from inventory.services import transfers
from inventory.services.adjustments import AdjustmentLine, adjust
from inventory.services.transfers import Movement, Part, TransferDraft, TransferLineDraft
from production.drafts import CompletionDraft, ComponentUse
from production.drafts import OrderDraft as MakeDraft
from production.models import ManufacturingOrder
from production.services import manufacturing_orders
from purchasing.drafts import LineDraft as BuyLine
from purchasing.drafts import OrderDraft as BuyDraft
from purchasing.drafts import ReceiveDraft, ReceiveLine
from purchasing.models import PurchaseOrder
from purchasing.services import purchase_orders
from sales.drafts import LineDraft as SellLine
from sales.drafts import OrderDraft as SellDraft
from sales.drafts import ShipDraft, ShipLine
from sales.models import SalesOrder
from sales.services import sales_orders
from tests.cast import Cast
from tests.integrations.importing import load
from tests.security.conftest import client_of
from tests.security.snapshot import snapshot

API = "/api/v1/"
DAY = "2026-12-01"
# What is no quantity of pieces, whoever says it.
NO_QUANTITY: list[Any] = [
    "-1", "0", "abc", "", "NaN", "Infinity", "-Infinity", "1e30", "99999999999999999999", "1.5", "0.0000001", "1,5",
    "0x10", "١٫٥", True, False, None, [], {}, [1], -1, 0, 1.5, 10**30,
]  # fmt: skip


@pytest.fixture
def shop(cast: Cast) -> Cast:
    """5 tables in Tallinn, and an open document of each kind that asks for more of them."""
    api = client_of(cast.planner)

    def post(noun: str, body: dict[str, Any]) -> int:
        answer = api.post(f"{API}{noun}", body, format="json")
        assert answer.status_code in {200, 201}, (noun, answer.json())
        return answer.json()["id"]

    stock = {"item": "TABLE", "quantity": "5", "unit_cost": "100"}
    post("adjustments/", {"site": "TLL", "reason": "Opening", "lines": [stock]})
    bill = [{"component": "TOP", "quantity_per": "1"}, {"component": "LEG", "quantity_per": "4"}]
    post("bills-of-materials/", {"item": "TABLE", "quantity": "1", "lines": bill})
    post("customers/", {"code": "C-1", "name": "Harbor Dining"})
    post("suppliers/", {"code": "S-1", "name": "Baltic Oak Mills"})
    post("sales-orders/", {**ORDERS["sales-orders/"], "is_open": True})
    post(f"purchase-orders/{post('purchase-orders/', ORDERS['purchase-orders/'])}/order/", {})
    post(f"transfers/{post('transfers/', ORDERS['transfers/'])}/confirm/", {})
    post(f"manufacturing-orders/{post('manufacturing-orders/', ORDERS['manufacturing-orders/'])}/release/", {})
    return cast


@pytest.fixture
def api(shop: Cast) -> APIClient:
    return client_of(shop.planner)


def line(**changes: Any) -> dict[str, Any]:
    return {"item": "TABLE", "quantity": "9", **changes}


ORDERS: dict[str, dict[str, Any]] = {
    "adjustments/": {"site": "TLL", "reason": "Found", "lines": [line()]},
    "sales-orders/": {"customer": "C-1", "site": "TLL", "need_by_on": DAY, "lines": [line(unit_price="250")]},
    "purchase-orders/": {"supplier": "S-1", "site": "TLL", "expected_on": DAY, "lines": [line(unit_price="80")]},
    "transfers/": {"origin": "TLL", "destination": "CHI", "lines": [line()]},
    "manufacturing-orders/": {"item": "TABLE", "site": "TLL", "quantity": "3", "due_at": "2026-12-01T12:00:00Z"},
}
LINED = [noun for noun, body in ORDERS.items() if "lines" in body]


def refused(api: APIClient, path: str, body: Any, status: int = 400) -> dict[str, Any]:
    """The problem that a POST is answered with; nothing has changed."""
    before = snapshot()
    answer = api.post(f"{API}{path}", body, format="json")
    assert answer.status_code == status, (answer.status_code, answer.content[:500])
    assert answer["Content-Type"] == "application/problem+json"
    assert snapshot() == before
    return answer.json()


def fields(problem: dict[str, Any]) -> list[str]:
    return [error["field"] for error in problem["errors"]]


def test_no_quantity_of_a_new_line(api: APIClient) -> None:
    before = snapshot()
    for noun, quantity in product(LINED, NO_QUANTITY):
        if noun == "adjustments/" and quantity in ("-1", -1):  # a change has a sign, and there is enough
            continue
        answer = api.post(f"{API}{noun}", {**ORDERS[noun], "lines": [line(quantity=quantity)]}, format="json")
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "invalid"), (quantity, problem)
        assert all(field.startswith("lines.0.quantity") for field in fields(problem)), (quantity, problem)
    assert snapshot() == before


def test_no_quantity_of_an_order_to_make(api: APIClient) -> None:
    before = snapshot()
    for quantity in NO_QUANTITY:
        answer = api.post(
            f"{API}manufacturing-orders/", {**ORDERS["manufacturing-orders/"], "quantity": quantity}, format="json"
        )
        assert (answer.status_code, fields(answer.json())) == (400, ["quantity"]), (quantity, answer.json())
    assert snapshot() == before


def test_no_price(api: APIClient) -> None:
    before = snapshot()
    for price in ("-1", "abc", "NaN", "1e30", True, [], "0.000000001"):
        for noun, name in (
            ("sales-orders/", "unit_price"),
            ("purchase-orders/", "unit_price"),
            ("adjustments/", "unit_cost"),
        ):
            body = {**ORDERS[noun], "lines": [line(**{name: price})]}
            answer = api.post(f"{API}{noun}", body, format="json")
            assert (answer.status_code, fields(answer.json())) == (400, [f"lines.0.{name}"]), (
                noun,
                price,
                answer.json(),
            )
    assert snapshot() == before


def test_no_item(api: APIClient) -> None:
    for noun, item in product(LINED, ["NOPE", 999_999_999, 2**70, "", None, True, [], {"sku": "TABLE"}, "a\0b"]):
        problem = refused(api, noun, {**ORDERS[noun], "lines": [line(item=item)]})
        assert fields(problem) == ["lines.0.item"], (noun, item, problem)


def test_no_unit_of_the_item(api: APIClient) -> None:
    for noun, unit in product(["sales-orders/", "purchase-orders/", "transfers/"], ["kg", "parsec", 5.5]):
        problem = refused(api, noun, {**ORDERS[noun], "lines": [line(unit=unit)]})
        assert fields(problem) == ["lines.0.unit"], (noun, unit, problem)
        assert str(unit) in problem["detail"]


WRONG: list[tuple[str, str, Any]] = [
    ("adjustments/", "site", "FAR"),
    ("adjustments/", "owner", "FAR"),
    ("adjustments/", "lines", []),
    ("adjustments/", "reason", " "),
    ("adjustments/", "effective_at", "2099-01-01T00:00:00Z"),
    ("adjustments/", "effective_at", "yesterday"),
    ("sales-orders/", "site", "FAR"),
    ("sales-orders/", "company", "FAR"),
    ("sales-orders/", "owner", "FAR"),
    ("sales-orders/", "customer", "C-99"),
    ("sales-orders/", "need_by_on", "2026-02-30"),
    ("sales-orders/", "currency", "euro"),
    ("sales-orders/", "lines", []),
    ("sales-orders/", "lines", "TABLE"),
    ("sales-orders/", "number", "SO-7"),
    ("purchase-orders/", "site", "FAR"),
    ("purchase-orders/", "owner", "FAR"),
    ("purchase-orders/", "supplier", "S-99"),
    ("transfers/", "origin", "FAR"),
    ("transfers/", "destination", "FAR"),
    ("transfers/", "destination", "TLL"),
    ("transfers/", "owner", "FAR"),
    ("transfers/", "expected_on", "2026-01-01"),
    ("manufacturing-orders/", "site", "FAR"),
    ("manufacturing-orders/", "item", "PLANK"),
    ("manufacturing-orders/", "due_at", "soon"),
]


def test_what_is_wrong_is_named(api: APIClient) -> None:
    for noun, name, value in WRONG:
        problem = refused(api, noun, {**ORDERS[noun], name: value})
        assert fields(problem) == [name], (noun, name, value, problem)


# The years at the calendar's edges: a time zone, a lead time or a week leads out of them.
EDGES = ("0001-01-01", "1969-12-31", "3000-01-01", "9999-12-31")
DATED = [
    *product(["sales-orders/"], ["ordered_on", "need_by_on", "promised_on"]),
    *product(["purchase-orders/"], ["ordered_on", "expected_on"]),
    *product(["transfers/"], ["ship_by_on", "expected_on"]),
    *product(["manufacturing-orders/"], ["due_on", "due_at"]),
    ("adjustments/", "effective_at"),
]


def edges_of(name: str) -> list[str]:
    """The same as dates or as moments, by the field's name."""
    return list(EDGES) if name.endswith("_on") else [f"{EDGES[0]}T00:00:00Z", f"{EDGES[-1]}T23:59:00Z"]


def test_no_date_at_the_calendar_s_edge_of_a_new_document(api: APIClient) -> None:
    before = snapshot()
    for noun, name in DATED:
        for value in edges_of(name):
            body = {field: known for field, known in ORDERS[noun].items() if not field.startswith("due_")}
            answer = api.post(f"{API}{noun}", {**body, name: value}, format="json")
            assert (answer.status_code, fields(answer.json())) == (400, [name]), (noun, name, value, answer.content)
    for noun, name in (("sales-orders/", "need_by_on"), ("purchase-orders/", "expected_on")):
        for value in EDGES:
            answer = api.post(f"{API}{noun}", {**ORDERS[noun], "lines": [line(**{name: value})]}, format="json")
            assert (answer.status_code, fields(answer.json())) == (400, [f"lines.0.{name}"]), (noun, value)
    assert snapshot() == before


def test_no_date_at_the_calendar_s_edge_of_a_change(api: APIClient) -> None:
    before = snapshot()
    documents = {
        "sales-orders": (SalesOrder, ["need_by_on", "promised_on"]),
        "purchase-orders": (PurchaseOrder, ["expected_on"]),
        "transfers": (Transfer, ["ship_by_on", "expected_on"]),
        "manufacturing-orders": (ManufacturingOrder, ["due_on", "due_at", "promised_on", "expected_on"]),
    }
    for noun, (model, names) in documents.items():
        row = model.objects.get()
        for name in names:
            for value in edges_of(name):
                answer = api.patch(
                    f"{API}{noun}/{row.pk}/", {name: value}, format="json", headers={"If-Match": f'"{row.version}"'}
                )
                assert (answer.status_code, fields(answer.json())) == (400, [name]), (noun, name, value, answer.content)
    for noun, model, name in (
        ("sales-orders", SalesOrder, "need_by_on"),
        ("purchase-orders", PurchaseOrder, "expected_on"),
    ):
        row = model.objects.get()
        body = {"lines": [{"id": row.lines.get().pk, name: EDGES[-1]}]}
        answer = api.patch(f"{API}{noun}/{row.pk}/", body, format="json", headers={"If-Match": f'"{row.version}"'})
        assert (answer.status_code, fields(answer.json())) == (400, [f"lines.0.{name}"]), (noun, answer.content)
    assert snapshot() == before


def test_no_step_at_the_calendar_s_edge(api: APIClient) -> None:
    steps = {
        f"sales-orders/{SalesOrder.objects.get().pk}/ship/": {},
        f"purchase-orders/{PurchaseOrder.objects.get().pk}/receive/": {},
        f"transfers/{Transfer.objects.get().pk}/dispatch/": {},
        f"manufacturing-orders/{ManufacturingOrder.objects.get().pk}/complete/": {"quantity": "1", "components": []},
    }
    for path, body in steps.items():
        problem = refused(api, path, {**body, "effective_at": "0001-01-01T00:00:00Z"})
        assert fields(problem) == ["effective_at"], (path, problem)


def test_no_master_at_the_calendar_s_edge(api: APIClient) -> None:
    offer = {"supplier": "S-1", "item": "PLANK"}
    bill = {"item": "TOP", "quantity": "1", "lines": [{"component": "PLANK", "quantity_per": "1"}]}
    price = {"unit_price": "4", "valid_from_on": EDGES[-1]}
    masters: list[tuple[str, dict[str, Any], str]] = [
        ("supplier-items/", {**offer, "lead_time_days": 2_000_000_000}, "lead_time_days"),
        ("supplier-items/", {**offer, "prices": [price]}, "prices.0.valid_from_on"),
        ("bills-of-materials/", {**bill, "valid_from_on": EDGES[0]}, "valid_from_on"),
        (
            "bills-of-materials/",
            {**bill, "lines": [{**bill["lines"][0], "valid_until_on": EDGES[-1]}]},
            "lines.0.valid_until_on",
        ),
    ]
    for noun, body, field in masters:
        assert fields(refused(api, noun, body)) == [field], (noun, body)


def test_no_text_that_is_no_text(api: APIClient) -> None:
    """Half of a surrogate pair can stand in JSON, and in no database."""
    half = "\\ud800"
    for noun in LINED:
        body = json.dumps({**ORDERS[noun], "lines": [line(item="@")]}).replace("@", half)
        answer = api.post(f"{API}{noun}", body, content_type="application/json")
        assert (answer.status_code, fields(answer.json())) == (400, ["lines.0.item"]), (noun, answer.content)
    for noun, name in (("sales-orders/", "note"), ("adjustments/", "reason"), ("transfers/", "carrier")):
        body = json.dumps({**ORDERS[noun], name: "@"}).replace("@", half)
        answer = api.post(f"{API}{noun}", body, content_type="application/json")
        assert (answer.status_code, fields(answer.json())) == (400, [name]), (noun, answer.content)
    answer = api.post(f"{API}sales-orders/", f'{{"{half}": 1}}', content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.content
    order = SalesOrder.objects.get()
    for name in ("lot", "location"):
        part = json.dumps({"lines": [{"line": order.lines.get().pk, "quantity": "1", name: "@"}]}).replace("@", half)
        answer = api.post(f"{API}sales-orders/{order.pk}/ship/", part, content_type="application/json")
        assert (answer.status_code, fields(answer.json())) == (400, [f"lines.0.{name}"]), answer.content


def test_an_unknown_field_is_no_typing_error_that_goes_unseen(api: APIClient) -> None:
    for noun in ORDERS:
        assert fields(refused(api, noun, {**ORDERS[noun], "colour": "red"})) == ["colour"]
    for noun in LINED:
        assert fields(refused(api, noun, {**ORDERS[noun], "lines": [line(colour="red")]})) == ["lines.0.colour"]


BODIES = ['{"site": "TLL"', "", "[", "\xff\xfe", '{"a": NaN}', "null", '"TLL"', "[1]", "[[]]"]


def test_a_body_that_is_none(api: APIClient) -> None:
    before = snapshot()
    for noun, body in product(ORDERS, BODIES):
        answer = api.post(f"{API}{noun}", body.encode("latin-1"), content_type="application/json")
        known = {(400, "malformed"), (400, "invalid")}
        assert (answer.status_code, answer.json()["code"]) in known, (noun, body, answer.content)
    assert snapshot() == before


def test_another_media_type(api: APIClient) -> None:
    answer = api.post(f"{API}adjustments/", "site=TLL", content_type="text/csv")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("kind", "step", "model"),
    [
        ("sales-orders", "ship", SalesOrder),
        ("purchase-orders", "receive", PurchaseOrder),
        ("transfers", "dispatch", Transfer),
    ],
)
class TestSteps:
    """A part of a line that is shipped, received or sent."""

    def test_no_quantity(self, api: APIClient, kind: str, step: str, model: Any) -> None:
        """Nor is one left blank all there is; a null is."""
        before = snapshot()
        row = model.objects.get().lines.get().pk
        for quantity in NO_QUANTITY:
            if quantity is None:
                continue
            body = {"lines": [{"line": row, "quantity": quantity}]}
            answer = api.post(f"{API}{kind}/{model.objects.get().pk}/{step}/", body, format="json")
            assert (answer.status_code, fields(answer.json())) == (400, ["lines.0.quantity"]), (quantity, answer.json())
        assert snapshot() == before

    def test_more_than_is_open_tells_both_numbers(self, api: APIClient, kind: str, step: str, model: Any) -> None:
        row = model.objects.get().lines.get().pk
        body = {"lines": [{"line": row, "quantity": "10"}]}

        problem = refused(api, f"{kind}/{model.objects.get().pk}/{step}/", body, 409)

        assert problem["code"] in {"over_shipment", "over_receipt", "more_than_open"}
        assert problem["requested"] == "10"
        assert "9" in {problem.get("open"), problem.get("possible")}
        assert fields(problem) == ["lines.0.quantity"]

    def test_no_line_no_place_and_no_lot(self, api: APIClient, kind: str, step: str, model: Any) -> None:
        path = f"{kind}/{model.objects.get().pk}/{step}/"
        for part in ({"line": 999_999_999}, {"line_no": 7}, {"line": "x"}, {"line": 2**70}, {}):
            problem = refused(api, path, {"lines": [{**part, "quantity": "1"}]})
            assert all(field.startswith("lines.0") for field in fields(problem)), (part, problem)
        row = model.objects.get().lines.get().pk
        for name, value in (("location", "NOWHERE"), ("lot", "L-99"), ("location", 999_999_999)):
            body = {"lines": [{"line": row, "quantity": "1", name: value}]}
            problem = refused(api, path, body)
            assert fields(problem) == [f"lines.0.{name}"], problem

    def test_another_company_s_document_is_not_there(
        self, shop: Cast, api: APIClient, kind: str, step: str, model: Any
    ) -> None:
        problem = refused(client_of(shop.outsider), f"{kind}/{model.objects.get().pk}/{step}/", {}, 404)

        assert problem["code"] == "not_found"


@pytest.mark.parametrize(
    ("kind", "step", "model"), [("sales-orders", "ship", SalesOrder), ("transfers", "dispatch", Transfer)]
)
def test_overselling_tells_what_is_there(api: APIClient, kind: str, step: str, model: Any) -> None:
    problem = refused(api, f"{kind}/{model.objects.get().pk}/{step}/", {}, 409)

    assert (problem["code"], problem["item"], problem["site"]) == ("insufficient_stock", "TABLE", "TLL")
    assert (problem["requested"], problem["available"]) == ("9", "5")
    assert fields(problem) == ["lines.0.quantity"]


def test_completing_without_components_tells_each(api: APIClient) -> None:
    problem = refused(
        api, f"manufacturing-orders/{ManufacturingOrder.objects.get().pk}/complete/", {"quantity": "2"}, 409
    )

    assert problem["code"] == "insufficient_stock"
    assert [(row["item"], row["requested"], row["available"]) for row in problem["shortages"]] == [
        ("TOP", "2", "0"),
        ("LEG", "8", "0"),
    ]


def test_completing_more_than_is_open(api: APIClient) -> None:
    path = f"manufacturing-orders/{ManufacturingOrder.objects.get().pk}/complete/"
    problem = refused(api, path, {"quantity": "4", "components": []}, 409)

    assert (problem["code"], problem["requested"], problem["open_quantity"]) == ("over_completion", "4", "3")


def test_no_quantity_of_a_report(api: APIClient) -> None:
    path = f"manufacturing-orders/{ManufacturingOrder.objects.get().pk}/complete/"
    for quantity in NO_QUANTITY:
        if quantity in (0, "0", None) and quantity is not False:
            continue
        problem = refused(api, path, {"quantity": quantity, "components": []})
        assert fields(problem) == ["quantity"], (quantity, problem)
        problem = refused(api, path, {"quantity": "1", "components": [{"component": "TOP", "quantity": quantity}]})
        assert fields(problem) == ["components.0.quantity"], (quantity, problem)


def test_a_stale_version_is_refused_with_the_current_row(api: APIClient) -> None:
    order = SalesOrder.objects.get()
    before = snapshot()

    answer = api.patch(
        f"{API}sales-orders/{order.pk}/", {"note": "x"}, format="json", headers={"If-Match": f'"{order.version + 1}"'}
    )

    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert answer.json()["current"]["version"] == order.version
    assert snapshot() == before


def test_an_unknown_filter_is_refused(api: APIClient) -> None:
    for query in ("colour=red", "item_id=x", "ordering=colour", "limit=-1", "due_from=never"):
        answer = api.get(f"{API}demands/?{query}")
        assert (answer.status_code, fields(answer.json())) == (400, [query.partition("=")[0]])


def test_a_number_with_zeros_in_front_is_bounded_as_a_whole(shop: Cast, api: APIClient) -> None:
    drainer.drain(now=lambda: shop.now)
    level = StockLevel.objects.order_by("pk").first()
    assert level is not None
    for path, name in (
        ("demands/?limit=0000000011000000", "limit"),
        (f"stock-levels/{level.pk}/projected-balance/?days=0000000019999999", "days"),
    ):
        answer = api.get(f"{API}{path}")
        assert (answer.status_code, fields(answer.json())) == (400, [name]), (path, answer.content)


def test_an_id_is_a_whole_number_in_digits(api: APIClient) -> None:
    for text in ("1e3", "1.0", "+1", "٣", "0", "-1", str(2**63)):
        answer = api.get(f"{API}stock-levels/", {"item_id": text, "site": "TLL"})
        assert (answer.status_code, fields(answer.json())) == (400, ["item_id"]), (text, answer.content)
    assert api.get(f"{API}stock-levels/", {"item_id": 999_999_999, "site": "TLL"}).status_code == 200


def test_what_was_updated_after_a_moment_is_told_by_every_feed(api: APIClient) -> None:
    for noun in ("postings", "adjustments", "stock-moves", "events", "sales-orders"):
        answer = api.get(f"{API}{noun}/", {"updated_after": "2020-01-01T00:00:00Z"})
        assert answer.status_code == 200, (noun, answer.content)
        later = api.get(f"{API}{noun}/", {"updated_after": "2999-01-01T00:00:00Z"})
        assert (later.status_code, later.json()["results"]) == (200, []), (noun, later.content)
        for text in EDGES[0], EDGES[-1]:
            edge = api.get(f"{API}{noun}/", {"updated_after": f"{text}T00:00:00+14:00"})
            assert edge.status_code in {200, 400}, (noun, edge.content)


def test_a_key_that_is_none(api: APIClient) -> None:
    before = snapshot()
    for key in ("", "  ", "x" * 300):
        answer = api.post(f"{API}adjustments/", ORDERS["adjustments/"], format="json", headers={"Idempotency-Key": key})
        assert (answer.status_code, fields(answer.json())) == (400, ["Idempotency-Key"])
    assert snapshot() == before


class TestHuge:
    """Numbers that each fit their column, and together do not."""

    LARGEST = "999999999999"

    def test_a_line_beyond_all_lines(self, api: APIClient) -> None:
        problem = refused(api, "adjustments/", {**ORDERS["adjustments/"], "lines": [line(quantity="1000000000000")]})

        assert fields(problem) == ["lines.0.quantity"]
        assert self.LARGEST in problem["detail"]

    def test_a_value_beyond_all_values(self, api: APIClient) -> None:
        body = {**ORDERS["adjustments/"], "lines": [line(quantity=self.LARGEST, unit_cost=self.LARGEST)]}

        problem = refused(api, "adjustments/", body)

        assert (problem["code"], fields(problem)) == ("invalid", ["lines.0.quantity"])
        assert "worth 999999999998000000000001" in problem["detail"]

    def test_a_balance_beyond_all_balances(self, api: APIClient) -> None:
        lines = [line(quantity=self.LARGEST, unit_cost="0")] * 101

        problem = refused(api, "adjustments/", {**ORDERS["adjustments/"], "lines": lines})

        assert (problem["code"], fields(problem)) == ("invalid", ["lines.100.quantity"])
        assert "99999999999999" in problem["detail"]

    def test_what_fits_is_worked_on(self, shop: Cast, api: APIClient) -> None:
        """Orders as large as can be: the lists still add up, and no worker stumbles over the level."""
        for noun in ("sales-orders/", "purchase-orders/"):
            body = {**ORDERS[noun], "lines": [line(quantity=self.LARGEST, unit_price=self.LARGEST)] * 5}
            assert api.post(f"{API}{noun}", body, format="json").status_code == 201
            assert api.get(f"{API}{noun}").status_code == 200
        order = SalesOrder.objects.order_by("-pk").first()
        assert order is not None
        assert api.post(f"{API}sales-orders/{order.pk}/open/", {}, format="json").status_code == 200

        drainer.drain(now=lambda: shop.now)

        assert not OutboxEvent.objects.exclude(error="").exists()
        level = api.get(f"{API}stock-levels/", {"item": "TABLE", "site": "TLL"}).json()["results"][0]
        assert level["committed"] == "5000000000013"


class TestServices:
    """The same without the API's serializers in front: imports, pages and the demo call these."""

    BAD: tuple[Any, ...] = (
        "-1", "0", "abc", "", "NaN", Decimal("NaN"), Decimal("sNaN"), "Infinity", "1e30", "1.5", True, None, [],
        float("nan"), float("inf"), 1.5, object(),
    )  # fmt: skip

    def _refuses(self, field: str, work: Any, quantity: Any) -> None:
        with pytest.raises(DomainError) as error:
            work(quantity)
        assert isinstance(error.value, InvalidInput), (quantity, error.value)
        assert list(error.value.errors) == [field], (quantity, error.value)

    def test_no_quantity(self, shop: Cast) -> None:
        table, at = shop.table.pk, {"now": shop.now, "actor": shop.planner}
        sale, purchase, transfer = SalesOrder.objects.get(), PurchaseOrder.objects.get(), Transfer.objects.get()
        made = ManufacturingOrder.objects.get()

        def sell(quantity: Any) -> None:
            lines = [SellLine(item_id=table, quantity=quantity)]
            sales_orders.create(SellDraft(customer_id=sale.customer_id, site_id=shop.tll.pk, lines=lines), **at)

        def buy(quantity: Any) -> None:
            lines = [BuyLine(item_id=table, quantity=quantity, unit_price=1)]
            purchase_orders.create(BuyDraft(supplier_id=purchase.supplier_id, site_id=shop.tll.pk, lines=lines), **at)

        def move(quantity: Any) -> None:
            lines = [TransferLineDraft(item_id=table, quantity=quantity)]
            draft = TransferDraft(origin_id=shop.tll.pk, destination_id=shop.chi.pk, lines=lines)
            transfers.create(draft, **at)

        steps = [
            ("lines.0.quantity", sell),
            ("lines.0.quantity", buy),
            ("lines.0.quantity", move),
            (
                "quantity",
                lambda q: manufacturing_orders.create(MakeDraft(item_id=table, site_id=shop.tll.pk, quantity=q), **at),
            ),
            (
                "quantity",
                lambda q: manufacturing_orders.complete(made.pk, CompletionDraft(quantity=q, components=[]), **at),
            ),
        ]
        before = snapshot()
        for field, work in steps:
            for quantity in self.BAD:
                self._refuses(field, work, quantity)
        parts = [
            lambda q: sales_orders.ship(
                sale.pk, ShipDraft(lines=[ShipLine(line_id=sale.lines.get().pk, quantity=q)]), **at
            ),
            lambda q: purchase_orders.receive(
                purchase.pk, ReceiveDraft(lines=[ReceiveLine(line_id=purchase.lines.get().pk, quantity=q)]), **at
            ),
            lambda q: transfers.dispatch(
                transfer.pk, Movement(parts=[Part(line_id=transfer.lines.get().pk, quantity=q)]), **at
            ),
        ]
        for work in parts:
            for quantity in self.BAD:
                if quantity is not None:  # all that is open
                    self._refuses("lines.0.quantity", work, quantity)
        assert snapshot() == before

    def test_no_quantity_of_a_component(self, shop: Cast) -> None:
        made, before = ManufacturingOrder.objects.get(), snapshot()

        def report(quantity: Any) -> None:
            use = ComponentUse(item_id=shop.top.pk, quantity=quantity)
            draft = CompletionDraft(quantity=1, components=[use])
            manufacturing_orders.complete(made.pk, draft, now=shop.now, actor=shop.planner)

        for quantity in self.BAD:
            if quantity != "0":
                self._refuses("components.0.quantity", report, quantity)
        assert snapshot() == before

    def test_no_adjustment(self, shop: Cast) -> None:
        before = snapshot()
        for quantity, unit_cost, field in (
            ("0", None, "quantity"),
            ("1.5", None, "quantity"),
            ("NaN", None, "quantity"),
            ("Infinity", None, "quantity"),
            ("1e30", None, "quantity"),
            ("1", "-1", "unit_cost"),
            ("1", "NaN", "unit_cost"),
            ("1", "1e30", "unit_cost"),
            ("-1", "1", "unit_cost"),
        ):
            cost = None if unit_cost is None else Decimal(unit_cost)
            lines = [AdjustmentLine(shop.table.pk, Decimal(quantity), cost)]
            with pytest.raises(InvalidInput) as error:
                adjust(site_id=shop.tll.pk, reason="x", lines=lines, now=shop.now, actor=shop.planner)
            assert list(error.value.errors) == [f"lines.0.{field}"], (quantity, unit_cost)
        assert snapshot() == before


class TestPages:
    """A form that is refused is shown again with what is wrong beside the field."""

    @pytest.fixture
    def visitor(self, shop: Cast) -> Client:
        client = Client()
        client.force_login(shop.planner)
        return client

    def refused(self, client: Client, path: str, form: dict[str, Any]) -> str:
        before = snapshot()
        answer = client.post(path, form)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert snapshot() == before
        return answer.content.decode()

    def test_no_quantity(self, visitor: Client) -> None:
        heads = {"adjustments": {"site": "TLL", "reason": "Found"}, "sales-orders": {"site": "TLL", "customer": "C-1"}}
        quantities = ("abc", "0", "1.5", "NaN", "1e30", "99999999999999999999")
        for (noun, head), quantity in product(heads.items(), quantities):
            form = {**head, "lines-0-item": "TABLE", "lines-0-quantity": quantity}
            page = self.refused(visitor, f"/s/TLL/{noun}/new/", form)
            assert 'aria-invalid="true"' in page, (noun, quantity)

    def test_no_item(self, visitor: Client) -> None:
        form = {"site": "TLL", "customer": "C-1", "lines-0-item": "NOPE", "lines-0-quantity": "1"}

        assert "NOPE" in self.refused(visitor, "/s/TLL/sales-orders/new/", form)

    def test_overselling_tells_what_is_there(self, visitor: Client) -> None:
        order = SalesOrder.objects.get()
        form = {"lines-0-line": str(order.lines.get().pk), "lines-0-quantity": "9"}

        page = self.refused(visitor, f"/s/TLL/sales-orders/{order.pk}/ship/", form)

        assert "TABLE at TLL: 9 asked, 5 on hand." in page

    def test_another_company_s_pages_are_not_there(self, shop: Cast) -> None:
        client = Client()
        client.force_login(shop.outsider)
        order, before = SalesOrder.objects.get(), snapshot()

        for path in (f"/s/TLL/sales-orders/{order.pk}/ship/", f"/s/all/sales-orders/{order.pk}/cancel/"):
            assert client.post(path, {}).status_code == 404
        assert snapshot() == before


class TestImports:
    """A broken file changes nothing, and says where it is broken."""

    FILES: tuple[tuple[str, bytes, list[str]], ...] = (
        ("items", "sku,name,unit\nTÄBLE,Tisch,pcs\n".encode("latin-1"), ["byte", "UTF-8"]),
        ("items", "sku,name,unit\nA,B,pcs\n".encode("utf-16"), ["UTF-16"]),
        ("items", b"\x00\x01\x02", ["byte"]),
        ("items", b"", ["empty"]),
        ("items", b"sku,name,unit\nA,B,parsec\n", ["2", "unit", "parsec"]),
        ("items", b"sku,name,unit\nA,B\n", ["2"]),
        ("items", b"sku,name,unit\nGOOD,Good,pcs\n,Nameless,pcs\n", ["3", "sku"]),
        ("opening-stock", b"site,item,quantity\nTLL,TABLE,-1\n", ["quantity", "-1"]),
        ("opening-stock", b"site,item,quantity\nTLL,TABLE,1.5\n", ["quantity", "1.5"]),
        ("opening-stock", b"site,item,quantity\nTLL,NOPE,1\n", ["item", "NOPE"]),
    )

    def test_a_broken_file(self, shop: Cast) -> None:
        before = snapshot()
        for noun, data, words in self.FILES:
            report = load(noun, data, reference="OPENING")
            text = "\n".join(map(str, report.errors)).lower()
            assert not report.is_ok
            assert [word for word in words if word.lower() not in text] == [], (data, text)
        assert snapshot() == before
