"""The real side of the state machine: two companies, two sites, a product of two levels, and what the tables hold.

Nordwood (EUR) operates TLL and CHI. Kiri (JPY, which has no smaller coin) keeps stock of its own at both, and consigns
its legs at TLL to Nordwood for 3.335 EUR each, so that title passes between two currencies.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inventory.models import (
    Allocation,
    CostPool,
    Demand,
    DocumentStatus,
    Location,
    StockBalance,
    StockLevel,
    Supply,
    Transfer,
    TransferFlow,
    TransferLine,
)
from inventory.services import agreements, item_sites, locations
from inventory.services.items import give_sight
from production.drafts import BillDraft, BillLineDraft
from production.models import ManufacturingOrder, ManufacturingOrderComponent
from production.services import bills
from purchasing.models import PurchaseOrder, PurchaseOrderLine
from purchasing.services import suppliers
from sales.models import SalesOrder, SalesOrderLine
from sales.services import customers
from sites.services import companies, exchange_rates
from tests.cast import Cast, build
from tests.property.ledger_model import ZERO
from tests.property.levels_model import Key

ITEMS = ("TABLE", "TOP", "LEG", "PLANK")
SITES = ("TLL", "CHI")
COMPANIES = ("NORDWOOD", "KIRI")
COINS = {"NORDWOOD": 100, "KIRI": 1}
# Kiri buys in euros, at so many yen each.
RATE = Fraction(321, 2)
CONSIGNED = {("KIRI", "LEG", "TLL"): ("NORDWOOD", Fraction(3335, 10))}
SAFETY: dict[Key, Decimal] = {("TABLE", "TLL", "NORDWOOD"): Decimal(2)}
OPEN_LINES = ("id", "posted_quantity", "closed_quantity")


@dataclass
class World:
    """The cast with Kiri, the terms of trade, and names for ids in both directions."""

    cast: Cast
    companies: dict[str, Any]
    customers: dict[str, Any]
    suppliers: dict[str, Any]

    def __post_init__(self) -> None:
        cast = self.cast
        self.items = {"TABLE": cast.table, "TOP": cast.top, "LEG": cast.leg, "PLANK": cast.plank}
        self.sites = {"TLL": cast.tll, "CHI": cast.chi}
        self.item_names = {item.pk: name for name, item in self.items.items()}
        self.site_names = {site.pk: name for name, site in self.sites.items()}
        self.company_names = {company.pk: name for name, company in self.companies.items()}
        places = Location.objects.filter(site__in=self.sites.values(), code__in=["STOCK", "NEAR"])
        self.place_names = {
            row.pk: (self.site_names[row.site_id], "NEAR" if row.code == "NEAR" else "MAIN") for row in places
        }
        self.near = {site: place_id for place_id, (site, code) in self.place_names.items() if code == "NEAR"}

    @property
    def now(self):
        return self.cast.now

    @property
    def today(self) -> date:
        return self.cast.now.date()

    def key(self, row) -> Key:
        return self.item_names[row.item_id], self.site_names[row.site_id], self.company_names[row.used_by_id]

    def balances(self) -> dict:
        rows = StockBalance.objects.filter(quantity__gt=0)
        found = {}
        for item, location, transfer, owner, quantity in rows.values_list(
            "item_id", "location_id", "location__transfer_id", "owner_id", "quantity"
        ):
            place = ("transit", transfer) if transfer else self.place_names[location]
            found[self.item_names[item], place, self.company_names[owner]] = quantity
        return found

    def pools(self) -> dict:
        """Quantity, and value in the owner's smallest coin; empty ones are left out."""
        found = {}
        for kind, item, owner_id, site, source, quantity, value in CostPool.objects.values_list(
            "kind", "item_id", "owner_id", "site_id", "source_id", "quantity", "value"
        ):
            if quantity or value:
                owner = self.company_names[owner_id]
                key = kind, self.item_names[item], owner, self.site_names[site] if site else source
                found[key] = quantity, value * COINS[owner]
        return found

    def registers(self) -> "Registers":
        return Registers(list(Demand.objects.all()), list(Supply.objects.all()), self)

    def levels(self) -> dict[Key, StockLevel]:
        return {self.key(row): row for row in StockLevel.objects.all()}

    def allocations(self, registers: "Registers") -> dict[tuple[str, int], dict]:
        demands, supplies = registers.demand_lines, registers.supply_lines
        return {
            demands[row.demand_id]: {
                "quantity": row.quantity,
                "served_quantity": row.served_quantity,
                "availability": row.availability,
                "expected_on": row.expected_on,
                "late_days": row.late_days,
                "parts": [
                    (supplies.get(supply_id, "on hand"), quantity, kind)
                    for supply_id, quantity, kind in zip(row.supply_ids, row.quantities, row.kinds, strict=True)
                ],
            }
            for row in Allocation.objects.all()
        }

    def statuses(self) -> dict:
        return {
            (row.document_kind, row.document_id): (row.availability, row.complete_on, row.late_days)
            for row in DocumentStatus.objects.all()
        }

    def flows(self) -> dict:
        return {
            (
                self.item_names[row.item_id],
                self.company_names[row.company_id],
                self.site_names[row.origin_id],
                self.site_names[row.destination_id],
            ): (row.committed, row.expected, row.in_transit)
            for row in TransferFlow.objects.all()
        }

    def states(self) -> dict[tuple[str, int], str]:
        models = {"sales_order": SalesOrder, "purchase_order": PurchaseOrder, "transfer": Transfer}
        models["manufacturing_order"] = ManufacturingOrder
        return {
            (kind, pk): state
            for kind, model in models.items()
            for pk, state in model.objects.values_list("pk", "state")
        }

    def lines(self) -> dict[tuple[str, int], tuple]:
        """How far each line is: posted, closed, and of a transfer also received and lost."""
        found: dict[tuple[str, int], tuple] = {}
        plain = {
            "sales_order": SalesOrderLine,
            "purchase_order": PurchaseOrderLine,
            "manufacturing_order": ManufacturingOrderComponent,
        }
        for kind, model in plain.items():
            for pk, *rest in model.objects.values_list(*OPEN_LINES):
                found[kind, pk] = (*rest, ZERO, ZERO)
        for pk, *rest in TransferLine.objects.values_list(*OPEN_LINES, "received_quantity", "lost_quantity"):
            found["transfer", pk] = tuple(rest)
        for pk, *rest in ManufacturingOrder.objects.values_list(*OPEN_LINES):
            found["made", pk] = (*rest, ZERO, ZERO)
        return found


@dataclass
class Registers:
    """Both registers as they stand, read once."""

    demand_rows: list[Demand]
    supply_rows: list[Supply]
    world: World

    def __post_init__(self) -> None:
        self.demand_lines = {row.pk: (row.kind, row.line_id) for row in self.demand_rows}
        self.supply_lines = {row.pk: (row.kind, row.line_id) for row in self.supply_rows}

    def demands(self) -> dict:
        rows = [row for row in self.demand_rows if row.closed_at is None]
        return {(row.kind, row.line_id): (self.world.key(row), row.open_quantity, row.due_on) for row in rows}

    def supplies(self) -> dict:
        rows = [row for row in self.supply_rows if row.closed_at is None]
        return {
            (row.kind, row.line_id): (self.world.key(row), row.open_quantity, row.due_on, row.in_transit_quantity)
            for row in rows
        }


def make_world() -> World:
    """The stage in the current transaction."""
    cast = build()
    kiri = companies.create(code="KIRI", name="Kiri", currency="JPY", country="JP", is_own=True, actor=None)
    owners = {"NORDWOOD": cast.maker, "KIRI": kiri}
    exchange_rates.put(
        company=kiri, from_currency="EUR", to_currency="JPY", valid_from_on=date(2026, 1, 1),
        rate=Decimal("160.5"), actor=None,
    )  # fmt: skip
    term = agreements.Term(valid_from_on=date(2026, 1, 1), unit_price=Decimal("3.335"), currency="EUR")
    agreements.start(owner=kiri, site=cast.tll, item=cast.leg, used_by=cast.maker, term=term, now=cast.now, actor=None)
    for site in (cast.tll, cast.chi):
        locations.create(site=site, code="NEAR", pick_order=-1, actor=None)
    for (_, site, _), quantity in SAFETY.items():
        place = {"TLL": cast.tll, "CHI": cast.chi}[site]
        item_sites.create(item=cast.table, site=place, company=cast.maker, safety_stock=quantity, actor=None)
    give_sight([item.pk for item in (cast.table, cast.top, cast.leg, cast.plank)], kiri.pk)
    _recipes(cast)
    return World(
        cast,
        owners,
        {name: customers.create(company=owner, code=f"C-{name}", actor=None) for name, owner in owners.items()},
        {
            name: suppliers.create(company=owner, code=f"S-{name}", currency="EUR", actor=None)
            for name, owner in owners.items()
        },
    )


def _recipes(cast: Cast) -> None:
    """Shared ones, as `orders_model.RECIPES` says."""
    table = [
        BillLineDraft(component_id=cast.top.pk, quantity_per=1),
        BillLineDraft(component_id=cast.leg.pk, quantity_per=2, fixed_quantity=1),
    ]
    top = [BillLineDraft(component_id=cast.plank.pk, quantity_per=Decimal("1.5"), scrap_factor=Decimal("0.1"))]
    for item, lines in ((cast.table, table), (cast.top, top)):
        bills.create(BillDraft(item_id=item.pk, lines=lines), now=cast.now, actor=None)
