"""What Põldsaar makes, buys and sells: 304 items in four levels of recipes. Plain values, no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

D = Decimal


@dataclass(frozen=True, slots=True)
class Wood:
    """A wood: what a meter of its planks costs (26 and 40 mm), its share of what is sold, its weight per m³ in t."""

    code: str
    name: str
    plank_26: Decimal
    plank_40: Decimal
    popularity: float
    density: Decimal
    supplier: str
    factor: Decimal  # of a list price in oak


WOODS = (
    Wood("OAK", "oak", D("18"), D("33"), 1.0, D("0.72"), "BALTIC-OAK", D("1")),
    Wood("ASH", "ash", D("15"), D("27"), 0.7, D("0.69"), "BALTIC-OAK", D("0.9")),
    Wood("BIRCH", "birch", D("11"), D("20"), 0.12, D("0.63"), "NORRSKOG", D("0.75")),
    Wood("WALNUT", "walnut", D("31"), D("56"), 0.06, D("0.64"), "NORRSKOG", D("1.5")),
)
TABLE_SIZES = (120, 140, 160, 180, 200, 240)
RAIL_SIZES = (120, 140, 160, 180)
DESK_SIZES = (120, 140, 160)
SHELF_SIZES = (60, 80, 100, 120)
STOOL_HEIGHTS = (45, 65, 75)
LEGS = {72: "Table leg", 62: "Stool leg", 44: "Chair leg"}
# Working days from start to stock; legs are conditioned for a week before they are turned.
_LEAD_TIME_DAYS = {"Legs": 10, "Tops": 1, "Seats": 1}


@dataclass(frozen=True, slots=True)
class Item:
    """An item. `cost` is what it is bought for per stocking unit in EUR (None: it is made), `price` its list price.

    `supplier` and `lead_time_days` are of the first source, or of making it; `lot` is made, bought or moved at once.
    """

    sku: str
    name: str
    category: str
    lot: Decimal
    unit: str = "pcs"
    weight_kg: Decimal = Decimal(0)
    cost: Decimal | None = None
    price: Decimal | None = None
    supplier: str = ""
    lead_time_days: int = 5
    tracking: str = "none"
    wood: str = ""

    @property
    def is_made(self) -> bool:
        return self.cost is None

    @property
    def is_sold(self) -> bool:
        return self.price is not None


@cache
def items() -> dict[str, Item]:
    """Every item by SKU, in the order of the catalog."""
    rows = [*_furniture(), *_parts(), *_planks(), *_hardware(), *_chemistry(), *_packaging(), *_accessories()]
    return {row.sku: row for row in rows}


def wood_of(sku: str) -> Wood:
    """The wood that an item is made of."""
    return next(wood for wood in WOODS if wood.code == items()[sku].wood)


# List prices in oak, in EUR, by size.
_TABLE_PRICES = {120: 494, 140: 590, 160: 690, 180: 790, 200: 890, 240: 1090}
_BENCH_PRICES = {120: 290, 140: 330, 160: 370, 180: 410}
_DESK_PRICES = {120: 460, 140: 520, 160: 590}
_SHELF_PRICES = {60: 109, 80: 139, 100: 169, 120: 199}
_STOOL_PRICES = {45: 119, 65: 143, 75: 149}


def _furniture() -> Iterator[Item]:
    for wood in WOODS:
        title, code = wood.name.capitalize(), wood.code
        for size, price in _TABLE_PRICES.items():
            name = f"{title} table {size}, matt"
            yield _furnished(f"TABLE-{code}-{size}", name, "Tables", wood, price, D("0.23") * size, 10)
        for size, price in _BENCH_PRICES.items():
            name = f"{title} bench {size}"
            yield _furnished(f"BENCH-{code}-{size}", name, "Benches", wood, price, D("0.1") * size, 20)
        for number, price in ((1, 179), (2, 328)):
            name = f"{title} chair" if number == 1 else f"{title} chair, set of 2"
            yield _furnished(f"CHAIR-{code}-{number}", name, "Chairs", wood, price, D("5.6") * number, 40)
        for height, price in _STOOL_PRICES.items():
            name = f"Bar stool, {wood.name} {height}" if height > 45 else f"Stool, {wood.name} {height}"
            yield _furnished(f"STOOL-{code}-{height}", name, "Stools", wood, price, D("0.07") * height, 30)
        for size, price in _SHELF_PRICES.items():
            name = f"{title} shelf {size}"
            yield _furnished(f"SHELF-{code}-{size}", name, "Shelves", wood, price, D("0.11") * size, 30)
        for size, price in _DESK_PRICES.items():
            name = f"{title} desk {size}"
            yield _furnished(f"DESK-{code}-{size}", name, "Desks", wood, price, D("0.2") * size, 10)


def _furnished(sku: str, name: str, category: str, wood: Wood, price: int, weight: Decimal, lot: int) -> Item:
    listed = (D(price) * wood.factor).quantize(D(1))
    heavy = (weight * wood.density / D("0.72")).quantize(D("0.1"))
    return Item(sku, name, category, D(lot), weight_kg=heavy, price=listed, lead_time_days=2, wood=wood.code)


def _parts() -> Iterator[Item]:
    for wood in WOODS:
        code, name = wood.code, wood.name
        for size in TABLE_SIZES:
            heavy = D("0.16") * size
            yield _part(f"{code}-TOP-{size}", f"Table top, {name} {size}", "Tops", wood, heavy, 24)
            yield _part(f"{code}-BLANK-{size}", f"Table top, {name} {size}, raw", "Blanks", wood, heavy, 24)
        for length, title in LEGS.items():
            yield _part(f"LEG-{code}-{length}", f"{title}, {name} {length}", "Legs", wood, D("0.016") * length, 200)
        yield _part(f"FRAME-{code}-2", f"Chair frame, {name}", "Frames", wood, D("3.1"), 80)
        for size in RAIL_SIZES:
            yield _part(f"RAIL-{code}-{size}", f"Rail, {name} {size}", "Rails", wood, D("0.012") * size, 60)
            yield _part(f"SEAT-{code}-{size}", f"Bench seat, {name} {size}", "Seats", wood, D("0.055") * size, 30)
        yield _part(f"SEAT-{code}-2", f"Chair seat, {name}", "Seats", wood, D("1.9"), 80)
        yield _part(f"SEAT-{code}-2-RAW", f"Chair seat, {name}, raw", "Seats", wood, D("1.9"), 80)
        yield _part(f"SEAT-{code}-R", f"Stool seat, {name}, round", "Seats", wood, D("1.4"), 60)
        for size in SHELF_SIZES:
            yield _part(f"BOARD-{code}-{size}", f"Shelf board, {name} {size}", "Boards", wood, D("0.025") * size, 120)


def _part(sku: str, name: str, category: str, wood: Wood, weight: Decimal, lot: int) -> Item:
    heavy = (weight * wood.density / D("0.72")).quantize(D("0.01"))
    return Item(
        sku, name, category, D(lot), weight_kg=heavy, lead_time_days=_LEAD_TIME_DAYS.get(category, 2), wood=wood.code
    )


def _planks() -> Iterator[Item]:
    for wood in WOODS:
        for thickness, cost in ((26, wood.plank_26), (40, wood.plank_40)):
            yield Item(
                f"{wood.code}-PLANK-{thickness}",
                f"{wood.name.capitalize()} plank {thickness} mm",
                "Planks",
                D(200),
                unit="m",
                weight_kg=(D(thickness) * D("0.12") * wood.density).quantize(D("0.01")),
                cost=cost,
                supplier=wood.supplier,
                lead_time_days=12,
                tracking="lot",
                wood=wood.code,
            )


def _hardware() -> Iterator[Item]:
    for sku, name, cost in (
        ("BOLT-M8-60", "Bolt M8 × 60", "0.35"), ("BOLT-M8-80", "Bolt M8 × 80", "0.41"),
        ("BOLT-M8-100", "Bolt M8 × 100", "0.48"), ("BOLT-M6-40", "Bolt M6 × 40", "0.20"),
        ("BOLT-M6-60", "Bolt M6 × 60", "0.24"), ("NUT-M8", "Nut M8", "0.06"), ("NUT-M6", "Nut M6", "0.05"),
        ("WASHER-M8", "Washer M8", "0.03"), ("WASHER-M6", "Washer M6", "0.02"),
        ("INSERT-M8", "Threaded insert M8", "0.22"), ("INSERT-M6", "Threaded insert M6", "0.18"),
        ("SCREW-4-40", "Screw 4 × 40", "0.04"), ("SCREW-5-60", "Screw 5 × 60", "0.06"),
        ("SCREW-5-80", "Screw 5 × 80", "0.07"), ("DOWEL-8", "Dowel 8 mm", "0.03"),
        ("DOWEL-10", "Dowel 10 mm", "0.04"), ("CAM-15", "Cam lock 15 mm", "0.19"),
        ("CAM-BOLT", "Cam bolt", "0.14"), ("BRACKET-90", "Bracket 90°", "0.85"),
        ("BRACKET-SHELF", "Shelf bracket", "0.62"), ("BRACKET-WALL", "Wall bracket", "1.10"),
        ("PLATE-CORNER", "Corner plate", "0.74"), ("GLIDE-FELT", "Felt glide", "0.30"),
        ("GLIDE-PTFE", "PTFE glide", "0.38"), ("GLIDE-STEEL", "Steel glide", "0.45"),
        ("CABLE-60", "Cable grommet 60 mm", "1.90"), ("CABLE-TRAY", "Cable tray", "8.40"),
        ("HINGE-35", "Hinge 35 mm", "1.70"), ("RUNNER-400", "Drawer runner 400", "6.20"),
        ("RUNNER-500", "Drawer runner 500", "7.10"), ("KEY-HEX-5", "Hex key 5 mm", "0.12"),
        ("KEY-HEX-4", "Hex key 4 mm", "0.11"),
    ):  # fmt: skip
        yield Item(
            sku, name, "Hardware", D(2000), weight_kg=D("0.02"), cost=D(cost), supplier="BESLAG", lead_time_days=8
        )


def _chemistry() -> Iterator[Item]:
    for sku, name, unit, cost in (
        ("LACQUER-MATT", "Lacquer, matt", "l", "18"), ("LACQUER-GLOSS", "Lacquer, gloss", "l", "19.5"),
        ("LACQUER-SATIN", "Lacquer, satin", "l", "18.5"), ("HARDENER", "Hardener for lacquer", "l", "31"),
        ("OIL-NATURAL", "Wood oil, natural", "l", "14"), ("OIL-WHITE", "Wood oil, white", "l", "15.5"),
        ("STAIN-DARK", "Stain, dark", "l", "12"), ("GLUE-D3", "Wood glue D3", "kg", "6.4"),
        ("GLUE-D4", "Wood glue D4", "kg", "8.9"), ("THINNER", "Thinner", "l", "4.2"),
    ):  # fmt: skip
        yield Item(
            sku, name, "Coatings and glue", D(40), unit=unit, weight_kg=D(1), cost=D(cost), supplier="HANSA-LACK",
            lead_time_days=6, tracking="lot",
        )  # fmt: skip


def _packaging() -> Iterator[Item]:
    cartons = [
        *((f"CARTON-{size}", f"Carton, table {size}", D("0.09") * size) for size in TABLE_SIZES),
        ("CARTON-CHAIR-1", "Carton, chair", D("5.5")), ("CARTON-CHAIR-2", "Carton, chair, set of 2", D("8.5")),
        *((f"CARTON-BENCH-{size}", f"Carton, bench {size}", D("0.05") * size) for size in RAIL_SIZES),
        ("CARTON-STOOL", "Carton, stool", D("4.2")),
        *((f"CARTON-SHELF-{size}", f"Carton, shelf {size}", D("0.04") * size) for size in SHELF_SIZES),
        *((f"CARTON-DESK-{size}", f"Carton, desk {size}", D("0.07") * size) for size in DESK_SIZES),
    ]  # fmt: skip
    others = [
        ("FOAM-CORNER", "Foam corner", D("0.15")), ("FOAM-SHEET", "Foam sheet", D("0.60")),
        ("STRETCH-WRAP", "Stretch wrap, roll", D("9.80")), ("STRAP-PET", "PET strap, roll", D("24")),
        ("PALLET-EUR", "Pallet, 1200 × 800", D("11.50")), ("LABEL-A6", "Label A6", D("0.02")),
        ("MANUAL-TABLE", "Manual, table", D("0.60")), ("MANUAL-CHAIR", "Manual, chair", D("0.45")),
    ]  # fmt: skip
    for sku, name, cost in [*cartons, *others]:
        yield Item(
            sku, name, "Packaging", D(100), weight_kg=D("0.8"), cost=cost.quantize(D("0.01")), supplier="PAKENDID",
            lead_time_days=6,
        )  # fmt: skip


def _accessories() -> Iterator[Item]:
    rows = [("CARE-KIT", "Care kit for oiled wood", "HANSA-LACK", "11.20", "29")]
    rows += [
        (f"CUSHION-{color.upper()}", f"Seat cushion, {color}", "VILLAVABRIK", "13.50", "34")
        for color in ("gray", "green", "blue", "rust", "sand", "black")
    ]
    rows += [
        (f"PAD-{color.upper()}", f"Bench pad 140, {color}", "VILLAVABRIK", "31", "79")
        for color in ("gray", "green", "blue", "rust", "sand", "black")
    ]
    rows += [("TRAY-FELT", "Felt desk tray", "VILLAVABRIK", "9.40", "24")]
    for sku, name, supplier, cost, price in rows:
        yield Item(
            sku, name, "Accessories", D(60), weight_kg=D("0.6"), cost=D(cost), price=D(price), supplier=supplier,
            lead_time_days=10,
        )  # fmt: skip
