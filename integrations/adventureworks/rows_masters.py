"""AdventureWorks' company, places, units, items and recipes as rows of our importers."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from core.money import round_half_up
from integrations.adventureworks.places import FINISHED_GOODS, Places, category_names, is_storage
from integrations.adventureworks.source import Row, Source

Rows = Sequence[dict[str, str]]

CURRENCY = "USD"
# The main store of the factory, where receipts go that have no place of their own.
_FACTORY_RECEIPTS = "6"
# Pieces are whole; what is cut or poured is measured as the bills do, with two decimals.
_DECIMALS = {"EA": "0"}
_OTHER_DECIMALS = "2"
_KG = {"LB": Decimal("0.45359237"), "G": Decimal("0.001")}


def company(code: str) -> Rows:
    """The own company, which keeps its books in dollars."""
    return [{"code": code, "name": "AdventureWorks Cycles", "currency": CURRENCY, "country": "US", "is_own": "yes"}]


def sites(code: str, places: Places) -> Rows:
    """The factory and the distribution center, both near Seattle."""
    shared = {"company": code, "country": "US", "time_zone": "America/Los_Angeles", "is_buying": "yes"}
    factory = {
        **shared,
        "code": places.sites.factory,
        "name": "Bothell factory",
        "kind": "factory",
        "city": "Bothell",
        "latitude": "47.7601",
        "longitude": "-122.2054",
        "is_making": "yes",
        "is_selling": "yes",
        "first_location": _FACTORY_RECEIPTS,
    }
    distribution = {
        **shared,
        "code": places.sites.distribution,
        "name": "Kent distribution center",
        "kind": "warehouse",
        "city": "Kent",
        "latitude": "47.3809",
        "longitude": "-122.2348",
        "is_making": "no",
        "is_selling": "yes",
        "first_location": FINISHED_GOODS,
    }
    return [factory, distribution]


def units(source: Source) -> Rows:
    """The units that products are stocked in: each, inches and ounces."""
    names = {row["unitmeasurecode"]: row["name"] for row in source["unitmeasure"]}
    return [
        {"code": unit, "name": names.get(unit, unit), "decimals": _DECIMALS.get(unit, _OTHER_DECIMALS)}
        for unit in sorted(set(source.stocking_unit.values()))
    ]


def locations(source: Source, places: Places) -> Rows:
    """Storage (1 to 7) and work centers (10 to 60), picked from in that order."""
    return [
        {
            "site": places.site_of(row["locationid"]),
            "code": row["locationid"],
            "name": row["name"],
            "kind": "storage" if is_storage(row["locationid"]) else "lineside",
            "pick_order": row["locationid"],
        }
        for row in source["location"]
    ]


def items(source: Source) -> Rows:
    """The products; a cost or price of 0 is one that nobody knows."""
    categories = category_names(source)
    return [_item(row, source.stocking_unit[row["productid"]], categories) for row in source["product"]]


def _item(row: Row, unit: str, categories: dict[str, tuple[str, str]]) -> dict[str, str]:
    is_made = row["makeflag"] == "true"
    return {
        "sku": row["productnumber"],
        "name": row["name"],
        "description": _description(row),
        "category": " / ".join(categories.get(row["productsubcategoryid"], ())),
        "unit": unit,
        "weight_kg": _weight(row),
        "standard_cost": _known(row["standardcost"]),
        "list_price": _known(row["listprice"]),
        "is_made": "yes" if is_made else "no",
        "is_bought": "no" if is_made else "yes",
        "is_sold": "yes" if row["finishedgoodsflag"] == "true" else "no",
    }


def _description(row: Row) -> str:
    size = " ".join(part for part in (row["size"], row["sizeunitmeasurecode"].lower()) if part)
    parts = (("Color", row["color"]), ("size", size))
    text = ", ".join(f"{name} {value}" for name, value in parts if value)
    return text[:1].upper() + text[1:]


def _weight(row: Row) -> str:
    factor = _KG.get(row["weightunitmeasurecode"])
    if factor is None or not row["weight"]:
        return ""
    return f"{round_half_up(Decimal(row['weight']) * factor, 6):f}"


def _known(amount: str) -> str:
    return amount if Decimal(amount or 0) > 0 else ""


def item_sites(source: Source, places: Places) -> Rows:
    """Safety stock and reorder point at the product's home, and a row at the factory for what it makes."""
    rows = []
    for row in source["product"]:
        product_id, sku = row["productid"], row["productnumber"]
        rows.append(
            {
                "item": sku,
                "site": places.home[product_id],
                "default_location": places.default_location.get(product_id, ""),
                "safety_stock": row["safetystocklevel"],
                "reorder_point": row["reorderpoint"],
            }
        )
        if row["makeflag"] == "true" and places.home[product_id] != places.sites.factory:
            rows.append({"item": sku, "site": places.sites.factory})
    return rows


def bill_lines(source: Source) -> tuple[Rows, int]:
    """The dated lines of one bill for each assembly, and how many rows name no assembly and are left out.

    An end date is the last day that a row holds; ours is the first that it holds no more.
    """
    days = {row["productid"]: row["daystomanufacture"] for row in source["product"]}
    rows = [
        {
            "item": source.sku[row["productassemblyid"]],
            "component": source.sku[row["componentid"]],
            "quantity_per": row["perassemblyqty"],
            "lead_time_days": days[row["productassemblyid"]],
            "valid_from_on": row["startdate"][:10],
            "valid_until_on": _day_after(row["enddate"]),
        }
        for row in source["billofmaterials"]
        if row["productassemblyid"]
    ]
    return rows, len(source["billofmaterials"]) - len(rows)


def _day_after(moment: str) -> str:
    return str(date.fromisoformat(moment[:10]) + timedelta(days=1)) if moment else ""
