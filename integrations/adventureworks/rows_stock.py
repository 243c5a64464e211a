"""AdventureWorks' stock as one opening balance."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.adventureworks.places import Places
from integrations.adventureworks.source import Source

STANDARD, LAST_RECEIPT, NONE = "standard cost", "last receipt cost", "no cost, valued at 0"


@dataclass(frozen=True)
class Stock:
    """The rows; how many of them are valued by which cost; the products without any."""

    rows: Sequence[dict[str, str]]
    rows_by_cost: Counter[str]
    without_cost: Sequence[str]

    @property
    def quantity(self) -> Decimal:
        """The units in all, as the export adds them up."""
        return sum((Decimal(row["quantity"]) for row in self.rows), Decimal(0))


def stock(source: Source, places: Places) -> Stock:
    """What stood where, at standard cost, else at the cost of the last receipt from any vendor, else at 0."""
    costs = _costs(source)
    rows: list[dict[str, str]] = []
    used: Counter[str] = Counter()
    without: set[str] = set()
    for row in source["productinventory"]:
        kind, cost = costs[row["productid"]]
        used[kind] += 1
        if kind == NONE:
            without.add(source.sku[row["productid"]])
        rows.append(
            {
                "item": source.sku[row["productid"]],
                "site": places.site_of(row["locationid"]),
                "location": row["locationid"],
                "quantity": row["quantity"],
                "unit_cost": f"{cost:f}",
            }
        )
    return Stock(rows, used, sorted(without))


def _costs(source: Source) -> dict[str, tuple[str, Decimal]]:
    last: dict[str, tuple[str, Decimal]] = {}
    for row in source["productvendor"]:
        if row["lastreceiptcost"]:
            candidate = (row["lastreceiptdate"], Decimal(row["lastreceiptcost"]))
            last[row["productid"]] = max(last.get(row["productid"], candidate), candidate)
    costs = {}
    for row in source["product"]:
        standard = Decimal(row["standardcost"] or 0)
        if standard > 0:
            costs[row["productid"]] = (STANDARD, standard)
        elif row["productid"] in last:
            costs[row["productid"]] = (LAST_RECEIPT, last[row["productid"]][1])
        else:
            costs[row["productid"]] = (NONE, Decimal(0))
    return costs
