"""Writing the opening stock: what lay everywhere before the first order, lots included."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from integrations.demo import parties
from integrations.demo.catalog import items
from integrations.demo.keeping import Spot
from integrations.demo.masters import CARE_KIT_COST
from integrations.demo.recipes import cost_of
from integrations.demo.world import World
from inventory.models import Lot
from inventory.services import lots_many
from inventory.services.opening import OpeningLine, open_stock

D = Decimal
REFERENCE = "OPENING"
# What Lakkur keeps for itself in Riga.
_THINNER = (Spot("THINNER", "RIX"), D(45))
# Lots of the opening stock are good for so long after the demo's day.
_GOOD_FOR_DAYS = 300


def write_opening(world: World, opening: Mapping[Spot, Decimal]) -> None:
    """One posting for all of it. Each item's stock at a site is one lot, where it is tracked."""
    stock = {**{spot: quantity for spot, quantity in opening.items() if quantity > 0}, _THINNER[0]: _THINNER[1]}
    lots = _write_lots(world, stock)
    open_stock(
        company_id=world.own.pk,
        site_id=world.sites["TLL"].pk,
        reference=REFERENCE,
        lines=list(_lines(world, stock, lots)),
        effective_at=world.days.opening_at,
        now=world.days.opening_at,
        actor=None,
    )


def _write_lots(world: World, stock: Mapping[Spot, Decimal]) -> dict[Spot, Lot]:
    tracked = [spot for spot in stock if items()[spot.sku].tracking == "lot"]
    began_on = world.days.opening_at.date()
    rows = []
    for number, spot in enumerate(tracked, start=1):
        item = items()[spot.sku]
        dates = {"began_on": began_on - timedelta(days=20)}
        if item.category != "Planks":
            dates["expires_on"] = world.days.after(_GOOD_FOR_DAYS)
        rows.append(((world.items[spot.sku].pk, None, f"{item.category[0]}-{8700 + number}"), dates))
    return dict(zip(tracked, lots_many.put_many(rows, actor=None).rows, strict=True))


def _lines(world: World, stock: Mapping[Spot, Decimal], lots: Mapping[Spot, Lot]) -> Iterator[OpeningLine]:
    owners = {"CARE-KIT": parties.CONSIGNER, "THINNER": parties.MAKER}
    for spot, quantity in stock.items():
        lot = lots.get(spot)
        yield OpeningLine(
            item_id=world.items[spot.sku].pk,
            site_id=world.sites[spot.site].pk,
            location_id=world.place(spot, items()[spot.sku].category).pk,
            owner=world.companies[owners.get(spot.sku, parties.OWN)],
            quantity=quantity,
            unit_cost=CARE_KIT_COST if spot.sku == "CARE-KIT" else cost_of(spot.sku),
            lot_id=lot.pk if lot else None,
            field=f"{spot.sku} {spot.site}",
        )
