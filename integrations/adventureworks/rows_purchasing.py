"""AdventureWorks' vendors, prices and purchase orders as rows of our importers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.adventureworks.places import Places
from integrations.adventureworks.rows_masters import CURRENCY
from integrations.adventureworks.source import Row, Source

Rows = Sequence[dict[str, str]]

PENDING, APPROVED, REJECTED, COMPLETE = "1", "2", "3", "4"
STATUS_NAMES = {PENDING: "pending", APPROVED: "approved", REJECTED: "rejected", COMPLETE: "complete"}


def suppliers(source: Source) -> Rows:
    """The vendors; their codes are account numbers."""
    return [
        {
            "code": source.vendor[row["businessentityid"]],
            "name": row["name"],
            "currency": CURRENCY,
            "rating": row["creditrating"],
            "is_preferred": row["preferredvendorstatus"],
        }
        for row in source["vendor"]
    ]


def supplier_items(source: Source) -> Rows:
    """Vendors' prices. What a vendor calls his unit is kept, and one of it is one stocking unit: the export has no
    other factor, and its stock adds up in the same units. Vendors that are not active come last.
    """
    preference = {
        row["businessentityid"]: "9" if row["activeflag"] != "true" else _by_preference(row) for row in source["vendor"]
    }
    return [
        {
            "supplier": source.vendor[row["businessentityid"]],
            "item": source.sku[row["productid"]],
            "unit_label": row["unitmeasurecode"],
            "unit_factor": "1",
            "lead_time_days": row["averageleadtime"],
            "order_minimum": row["minorderqty"],
            "order_maximum": row["maxorderqty"],
            "preference": preference[row["businessentityid"]],
            "last_cost": row["lastreceiptcost"],
            "last_received_on": row["lastreceiptdate"],
            "unit_price": row["standardprice"],
        }
        for row in source["productvendor"]
    ]


def _by_preference(row: Row) -> str:
    return "1" if row["preferredvendorstatus"] == "true" else "2"


@dataclass(frozen=True)
class Purchases:
    """The lines of all orders, and how many orders stand in each status."""

    rows: Rows
    orders_by_status: Counter[str]

    @property
    def value(self) -> Decimal:
        """Ordered quantity × unit price over all lines, not rounded."""
        products = (Decimal(row["ordered_quantity"]) * Decimal(row["unit_price"]) for row in self.rows)
        return sum(products, Decimal(0))


def purchases(source: Source, places: Places) -> Purchases:
    """All purchase lines. Pending orders stay open for what they lack; all others are finished.

    An order goes to the distribution center when every product of it is kept there, else to the factory. It was
    received in one go on the day that the vendor shipped it.
    """
    heads = {row["purchaseorderid"]: row for row in source["purchaseorderheader"]}
    labels = {(row["productid"], row["businessentityid"]): row["unitmeasurecode"] for row in source["productvendor"]}
    homes: dict[str, set[str]] = {}
    for row in source["purchaseorderdetail"]:
        homes.setdefault(row["purchaseorderid"], set()).add(places.home[row["productid"]])
    rows = []
    for row in source["purchaseorderdetail"]:
        head = heads[row["purchaseorderid"]]
        home = homes[row["purchaseorderid"]]
        rows.append(
            {
                "reference": row["purchaseorderid"],
                "number": f"AW-{row['purchaseorderid']}",
                "supplier": source.vendor[head["vendorid"]],
                "site": next(iter(home)) if len(home) == 1 else places.sites.factory,
                "currency": CURRENCY,
                "ordered_on": head["orderdate"],
                "received_on": head["shipdate"],
                "expected_on": row["duedate"],
                "state": "open" if head["status"] == PENDING else "finished",
                "item": source.sku[row["productid"]],
                "ordered_quantity": row["orderqty"],
                "received_quantity": row["receivedqty"],
                "rejected_quantity": row["rejectedqty"],
                "unit_price": row["unitprice"],
                "unit_label": labels.get((row["productid"], head["vendorid"]), ""),
            }
        )
    return Purchases(rows, Counter(STATUS_NAMES.get(row["status"], row["status"]) for row in heads.values()))
