"""Writing companies, sites, users, items, what is kept where, suppliers, customers and recipes."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal

from integrations.demo import parties
from integrations.demo.catalog import Item, items
from integrations.demo.keeping import Spot, Way, spots
from integrations.demo.orders import Target
from integrations.demo.parties import OWN
from integrations.demo.recipes import cost_of, decimals_of, recipes
from integrations.demo.story import SOLD, USED
from integrations.demo.world import World
from inventory.models import UnitOfMeasure
from inventory.services import agreements, item_sites_many, items_many, locations, locations_many
from inventory.services.agreements import Term
from inventory.services.items_many import ItemRow
from production.services import bills_many
from production.services.bills_many import BillKey, BillRow
from purchasing.services import supplier_items_many, suppliers_many
from purchasing.services.supplier_items_many import SupplierItemRow
from sales.services import customers_many
from sites.services import calendars, companies_many, exchange_rates, lanes
from sites.services import sites as site_services
from sites.services.calendars import ExceptionDay, Shift

D = Decimal
# Month and day, by country.
_HOLIDAYS = {
    "EE": ((1, 1), (2, 24), (5, 1), (6, 24), (8, 20), (12, 24), (12, 25), (12, 26)),
    "PT": ((1, 1), (4, 25), (5, 1), (6, 10), (10, 5), (12, 8), (12, 25)),
    "US": ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25)),
    "LV": ((1, 1), (5, 1), (6, 24), (11, 18), (12, 24), (12, 25), (12, 26)),
    "DE": ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
}
_HOURS = {"EE": (7, 16), "PT": (8, 17), "US": (7, 16), "LV": (7, 18), "DE": (6, 20)}
CARE_KIT_PRICE, CARE_KIT_COST = D("12.40"), D("9.80")
# Tables in Chicago are assembled of parts from elsewhere and take a day longer.
_ASSEMBLY_DAYS = 3


def write_places(world: World) -> None:
    """Companies, calendars, sites with their locations, lanes, and the rate of the dollar."""
    rows = [
        (code, {"name": name, "currency": currency, "country": country, **dict.fromkeys(roles, True)})
        for code, name, currency, country, roles in parties.COMPANIES
    ]
    world.companies = {row.code: row for row in companies_many.put_many(rows, actor=None).rows}
    for code, facts in parties.SITES.items():
        _write_site(world, code, facts)
    _write_locations(world)
    for origin, destination, days, weekdays, per_kg, per_shipment in parties.LANES:
        lanes.create(
            company=world.own,
            origin=world.sites[origin],
            destination=world.sites[destination],
            transit_days=days,
            departure_weekdays=list(weekdays),
            cost_per_kg=D(per_kg),
            cost_per_shipment=D(per_shipment),
            actor=None,
        )
    exchange_rates.put(
        company=world.own,
        from_currency="EUR",
        to_currency="USD",
        valid_from_on=world.days.began_at.date(),
        rate=parties.USD_PER_EUR,
        actor=None,
    )


def _write_site(world: World, code: str, facts: parties.SiteFacts) -> None:
    opens, closes = _HOURS[facts.country]
    operator = world.companies[facts.operator]
    calendar = calendars.create(
        code=f"{code}-SHIFTS",
        name=f"{facts.name}, shifts",
        company=operator,
        shifts=[Shift(weekday, time(opens), time(closes)) for weekday in range(5)],
        exceptions=[
            ExceptionDay(date(year, month, day), reason="Public holiday")
            for year in range(world.today.year - 1, world.today.year + 2)
            for month, day in _HOLIDAYS[facts.country]
        ],
        now=world.days.began_at,
        actor=None,
    )
    world.sites[code] = site_services.create(
        code=code,
        name=facts.name,
        company=operator,
        default_owner=world.own,
        kind=facts.kind,
        street=facts.street,
        city=facts.city,
        postal_code=facts.postal_code,
        country=facts.country,
        latitude=D(facts.latitude),
        longitude=D(facts.longitude),
        time_zone=facts.zone,
        calendar=calendar,
        is_selling=code != "RIX",
        is_making=facts.is_making,
        is_buying=True,
        actor=None,
    )


def _write_locations(world: World) -> None:
    rows = [
        (
            world.sites[site],
            code,
            {"name": name, "kind": kind, "pick_order": order, "is_default_receipt": is_default},
        )
        for site, places in parties.LOCATIONS.items()
        for code, name, kind, order, is_default in places
    ]
    written = locations_many.put_many(rows, actor=None).rows
    world.locations = {(row[0].code, row[1]): place for row, place in zip(rows, written, strict=True)}
    for site in world.sites.values():
        first = site.locations.get(code=locations.FIRST_CODE)
        locations.archive(first, now=world.days.began_at, actor=None)


def write_items(world: World) -> None:
    """The catalog, with Põldsaar's cost and price of each; the items of the story have the planner as theirs."""
    categories = items_many.put_categories({(item.category,) for item in items().values()})
    units = {unit.code: unit for unit in UnitOfMeasure.objects.filter(code__in=["pcs", "m", "l", "kg"])}
    shown = {spot.sku for spot in (*SOLD, *USED)}
    for owner, wanted in ((OWN, items().values()), (parties.MAKER, [items()["THINNER"]])):
        rows = [
            ItemRow(
                item.sku,
                {
                    "name": item.name,
                    "category_id": categories[item.category,].pk,
                    "unit_id": units[item.unit].pk,
                    "weight_kg": item.weight_kg,
                    "tracking": item.tracking,
                },
                _terms(item, world.planner.pk if item.sku in shown else None),
            )
            for item in wanted
            if (item.sku == "THINNER") == (owner == parties.MAKER)
        ]
        result = items_many.put_many(rows, company=world.companies[owner], actor=None)
        world.items |= {row.sku: row for row in result.items.rows}


def _terms(item: Item, planner_id: int | None) -> dict:
    return {
        "standard_cost": cost_of(item.sku),
        "list_price": item.price,
        "is_made": item.is_made,
        "is_bought": not item.is_made,
        "is_sold": item.is_sold,
        "planner_id": planner_id,
    }


def write_keeping(world: World, targets: Mapping[Spot, Target]) -> None:
    """What is kept where and how much of it is safe; whoever sells and how it is made; how long moving takes."""
    rows = [
        (
            world.key(spot),
            {
                "default_location_id": world.place(spot, items()[spot.sku].category).pk,
                "safety_stock": target.safety_stock,
                "reorder_point": target.safety_stock * 2,
                "order_multiple": D(1) if decimals_of(spot.sku) == 0 else D(0),
            },
        )
        for spot, target in targets.items()
    ]
    item_sites_many.put_many(rows, actor=None)
    _write_suppliers(world)
    _write_recipes(world)
    transit = {(origin, destination): days for origin, destination, days, *_ in parties.LANES}
    moved = [
        (world.key(spot), {"source_lead_time_days": transit[source.origin, spot.site]})
        for spot, source in spots().items()
        if source.way == Way.MOVE
    ]
    item_sites_many.put_many(moved, actor=None)


def _write_suppliers(world: World) -> None:
    rows = [
        (code, {"name": name, "currency": currency, "country": country, "lead_time_days": days, **_party(world, code)})
        for code, name, currency, country, days in parties.SUPPLIERS
    ]
    written = suppliers_many.put_many(rows, company=world.own, actor=None).rows
    world.suppliers = {row.code: row for row in written}
    offers = sorted({(source.supplier, spot.sku) for spot, source in spots().items() if source.way == Way.BUY})
    supplier_items_many.put_many(
        [_offer(world, supplier, items()[sku]) for supplier, sku in offers], company_id=world.own.pk, actor=None
    )


def _party(world: World, code: str) -> dict[str, int]:
    return {"party_id": world.companies[code].pk} if code in world.companies else {}


def _offer(world: World, code: str, item: Item) -> SupplierItemRow:
    """At the standard cost, in the supplier's currency; three percent less from five lots on."""
    supplier = world.suppliers[code]
    price = cost_of(item.sku) * (parties.USD_PER_EUR if supplier.currency == "USD" else 1)
    return SupplierItemRow(
        supplier=supplier,
        item_id=world.items[item.sku].pk,
        fields={"lead_time_days": supplier.lead_time_days, "supplier_sku": f"{code[:3]}-{world.items[item.sku].pk:05}"},
        prices={
            (D(0), None): {"unit_price": price.quantize(D("0.0001"))},
            (item.lot * 5, None): {"unit_price": (price * D("0.97")).quantize(D("0.0001"))},
        },
    )


def _write_recipes(world: World) -> None:
    rows = []
    for sku, parts in recipes().items():
        lines = [
            {
                "component_id": world.items[part.sku].pk,
                "quantity_per": part.quantity,
                "scrap_factor": part.scrap_factor,
                "line_no": number * 10,
            }
            for number, part in enumerate(parts, start=1)
        ]
        item = world.items[sku]
        days = items()[sku].lead_time_days
        rows.append(BillRow(BillKey(item.pk, world.own.pk, None, "A"), {"code": sku, "lead_time_days": days}, lines))
        if items()[sku].category == "Tables" and Spot(sku, "CHI") in spots():
            chicago = BillKey(item.pk, world.own.pk, world.sites["CHI"].pk, "A")
            rows.append(BillRow(chicago, {"code": f"{sku}-CHI", "lead_time_days": _ASSEMBLY_DAYS}, lines))
    bills_many.put_many(rows, now=world.days.began_at, actor=None)


def write_partners(world: World) -> None:
    """Customers, and the care kits that Hansa Lack consigns in Hamburg."""
    rows = [
        (code, {"name": name, "country": country, "city": city}) for code, name, country, city, _ in parties.CUSTOMERS
    ]
    world.customers = {row.code: row for row in customers_many.put_many(rows, company=world.own, actor=None).rows}
    agreements.start(
        owner=world.companies[parties.CONSIGNER],
        site=world.sites["HAM"],
        item=world.items["CARE-KIT"],
        used_by=world.own,
        term=Term(valid_from_on=world.days.began_at.date(), unit_price=CARE_KIT_PRICE),
        now=world.days.opening_at,
        actor=None,
    )
