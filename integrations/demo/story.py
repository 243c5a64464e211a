"""What is open on the demo's day, by hand: the orders that its pages tell of, and the stock that makes them so.

Days are counted from that day. The heart is TABLE-OAK-160 in Chicago: 14 on hand, 49 asked in six orders, 12 on the way
and 20 being made, 15 to be kept: 18 are missing, while Tallinn has 28 too many.
"""

from dataclasses import dataclass
from decimal import Decimal

from integrations.demo.keeping import Spot

D = Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """An open sales order; `shipped` of its first line has left already."""

    number: int
    customer: str
    site: str
    lines: tuple[tuple[str, int], ...]
    need_in_days: int
    promised_in_days: int | None = None
    is_quote: bool = False
    blocked: str = ""
    shipped: int = 0


@dataclass(frozen=True, slots=True)
class Make:
    """An open manufacturing order. Of `quantity`, `done` are reported good and `scrapped` lost."""

    number: int
    sku: str
    site: str
    quantity: int
    due_in_days: int
    is_released: bool = True
    done: int = 0
    scrapped: int = 0
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Buy:
    """An open purchase order; of its first line `received` have come. Without a date it comes when MO-1389 starts."""

    number: int
    supplier: str
    site: str
    lines: tuple[tuple[str, int], ...]
    expected_in_days: int | None
    ordered_days_ago: int
    received: int = 0
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """An open transfer. `left` working days ago it was dispatched, `received` of its first line has arrived.

    With `for_order` it arrives so many days (`expected_in_days`) after that manufacturing order should start.
    """

    number: int
    origin: str
    destination: str
    lines: tuple[tuple[str, int], ...]
    expected_in_days: int
    left: int | None = None
    received: int = 0
    ship_in_days: int = 0
    for_order: int | None = None
    is_draft: bool = False
    carrier: str = ""


TABLE, CHAIR, SET = "TABLE-OAK-160", "CHAIR-OAK-1", "CHAIR-ASH-2"

SALES = (
    Sale(1042, "LAKESIDE", "CHI", ((TABLE, 8),), 2),
    Sale(1043, "HANSEN", "HAM", ((CHAIR, 20),), 1),
    Sale(1047, "MARLOW", "CHI", ((TABLE, 6),), 3),
    Sale(1049, "NORDEN", "HAM", ((SET, 24),), 4),
    Sale(1051, "PRAIRIE", "CHI", ((TABLE, 5),), 14),
    Sale(1053, "HARBOR", "CHI", ((TABLE, 10),), 9),
    Sale(1055, "RIBEIRO", "OPO", ((CHAIR, 12),), 4),
    Sale(1056, "LIVRARIA", "OPO", (("DESK-ASH-140", 5),), 6),
    Sale(1057, "ELBE", "HAM", ((CHAIR, 11),), -2),
    Sale(1058, "NORTHSIDE", "CHI", ((TABLE, 4),), 11),
    Sale(1060, "KOHVIK", "TLL", (("STOOL-ASH-65", 18),), 7),
    Sale(1061, "KESTREL", "CHI", ((TABLE, 16),), 15, 17),
    Sale(1062, "MOBELHUSET", "HAM", (("TABLE-ASH-120", 10),), 8, 9),
    Sale(1063, "ALFAMA", "OPO", (("TABLE-OAK-200", 8),), 4),
    Sale(1064, "FJORDBLICK", "HAM", ((SET, 60),), 11),
    Sale(1066, "KASK", "TLL", (("SHELF-OAK-80", 8),), 10),
)
# The numbers of the other sales orders: quotes, and one that is blocked.
LAST_SALE = 1111
QUOTES = (1046, 1059, 1070, 1080, 1090, 1100)
BLOCKED = {1048: "Prepayment is outstanding"}

MAKES = (
    Make(1386, "SEAT-ASH-2", "RIX", 28, 3, done=20),
    Make(1387, "OAK-TOP-180", "RIX", 20, 3, done=10),
    Make(1388, TABLE, "CHI", 20, 11),
    Make(1389, "OAK-TOP-160", "RIX", 30, 5),
    Make(1390, "SHELF-OAK-100", "TLL", 36, 4, done=22),
    Make(1391, TABLE, "TLL", 30, 8),
    Make(1392, "DESK-ASH-140", "TLL", 10, 6, scrapped=1),
    Make(1393, SET, "TLL", 100, 4, done=40),
    Make(1394, "BENCH-OAK-140", "OPO", 20, 11),
    Make(1395, "OAK-TOP-200", "RIX", 24, 7),
    Make(1396, "LEG-OAK-72", "TLL", 400, 9),
    Make(1397, "ASH-TOP-160", "RIX", 24, 9),
    Make(1398, "CHAIR-OAK-2", "TLL", 40, 10),
    Make(1399, "OAK-BLANK-160", "TLL", 20, 4),
    Make(1400, "SEAT-OAK-2", "RIX", 40, 10),
    Make(1401, "TABLE-ASH-160", "TLL", 10, 5),
    Make(1402, "TABLE-OAK-200", "TLL", 24, 18, is_released=False),
    Make(1403, "TABLE-ASH-180", "TLL", 8, 6),
    Make(1404, "LEG-OAK-44", "TLL", 200, 17),
    Make(1405, "SHELF-ASH-100", "TLL", 30, 6, blocked="Boards are warped, quality decides"),
    Make(1406, "CHAIR-ASH-1", "OPO", 40, 6),
    Make(1407, "RAIL-OAK-140", "TLL", 40, 12, is_released=False),
    Make(1408, "RAIL-OAK-160", "TLL", 20, 13, is_released=False),
    Make(1409, "ASH-TOP-120", "RIX", 20, 14, is_released=False),
    Make(1410, "STOOL-OAK-65", "OPO", 30, 12, is_released=False),
    Make(1411, "BENCH-ASH-140", "OPO", 20, 14, is_released=False),
    Make(1412, "FRAME-ASH-2", "TLL", 80, 10, is_released=False),
    Make(1413, "SHELF-OAK-120", "OPO", 30, 7),
    Make(1414, "BOARD-OAK-80", "OPO", 120, 9, is_released=False),
    Make(1415, "DESK-OAK-140", "TLL", 10, 15, is_released=False),
    Make(1416, "STOOL-ASH-45", "TLL", 30, 13, is_released=False),
)

# The first ranks; all others follow by number, sales and making in turn.
RANKS = (
    "SO-1042", "SO-1047", "MO-1388", "SO-1051", "SO-1049", "SO-1053", "SO-1055", "MO-1391", "SO-1058", "SO-1064",
    "MO-1394", "SO-1061", "SO-1060", "SO-1063", "SO-1062", "MO-1396", "SO-1066", "SO-1043", "SO-1056", "SO-1057",
)  # fmt: skip

BUYS = (
    Buy(1617, "BALTIC-OAK", "TLL", (("OAK-PLANK-26", 260),), -4, 18),
    Buy(1618, "BESLAG", "TLL", (("BOLT-M8-60", 2000), ("GLIDE-FELT", 2000)), 6, 3),
    Buy(1619, "PAKENDID", "TLL", (("CARTON-200", 80), ("CARTON-160", 100)), 2, 6, received=50),
    Buy(1620, "GREAT-LAKES", "CHI", (("FOAM-CORNER", 500), ("MANUAL-TABLE", 100)), 5, 4),
    Buy(1621, "SERRA-DOURO", "OPO", (("OAK-PLANK-40", 120),), 8, 5),
    Buy(1622, "NORRSKOG", "TLL", (("WALNUT-PLANK-40", 60),), 12, 4),
    Buy(1623, "HANSA-LACK", "RIX", (("LACQUER-MATT", 15),), None, 3),
    Buy(1624, "VILLAVABRIK", "TLL", (("CUSHION-GREEN", 60), ("CUSHION-RUST", 60), ("PAD-SAND", 30)), 9, 2),
    Buy(1625, "HANSA-LACK", "TLL", (("GLUE-D3", 80), ("OIL-NATURAL", 40)), 5, 2),
    Buy(1626, "BALTIC-OAK", "TLL", (("ASH-PLANK-26", 200),), 14, 0, is_draft=True),
    Buy(1627, "BESLAG", "OPO", (("BRACKET-SHELF", 1000),), 10, 0, is_draft=True),
)

MOVES = (
    Move(1217, "TLL", "CHI", (("LEG-OAK-72", 160),), 4, left=8, carrier="Baltic Air Freight"),
    Move(1218, "TLL", "HAM", ((SET, 48),), 2, left=1, carrier="Via Baltica Trucking"),
    Move(1219, "TLL", "CHI", ((TABLE, 12),), 4, left=9, carrier="Baltic Air Freight"),
    Move(1220, "RIX", "CHI", (("OAK-TOP-160", 20),), 0, ship_in_days=3, for_order=1388, carrier="Baltic Air Freight"),
    Move(1221, "OPO", "HAM", ((CHAIR, 40),), -3, left=7, carrier="Douro Cargo"),
    Move(1222, "TLL", "RIX", (("OAK-BLANK-160", 30),), 1, left=1, carrier="Via Baltica Trucking"),
    Move(
        1223, "RIX", "TLL", (("OAK-TOP-160", 30), ("OAK-TOP-200", 24), ("SEAT-ASH-2", 20)), 2, ship_in_days=5,
        for_order=1391,
    ),
    Move(1224, "TLL", "HAM", ((TABLE, 3),), 9, ship_in_days=6, is_draft=True),
    Move(1225, "TLL", "HAM", (("CUSHION-GRAY", 60),), 1, left=5, received=40, carrier="Via Baltica Trucking"),
    Move(1226, "TLL", "OPO", (("TABLE-OAK-200", 6),), 8, ship_in_days=2, carrier="Iberia Linehaul"),
)  # fmt: skip

# What is sold: on hand, asked for in all open orders, to be kept. Orders that are not listed above ask for the rest.
SOLD = {
    Spot(sku, site): tuple(map(D, figures))
    for sku, site, *figures in (
        (TABLE, "TLL", 26, 18, 10), (TABLE, "OPO", 9, 4, 6), (TABLE, "CHI", 14, 49, 15), (TABLE, "HAM", 31, 22, 12),
        ("TABLE-OAK-200", "TLL", 12, 7, 6), ("TABLE-OAK-200", "OPO", 3, 8, 2), ("TABLE-OAK-200", "CHI", 9, 4, 3),
        ("TABLE-OAK-200", "HAM", 8, 2, 3), ("TABLE-ASH-120", "TLL", 22, 8, 6), ("TABLE-ASH-120", "OPO", 8, 3, 3),
        ("TABLE-ASH-120", "HAM", 12, 10, 2), (SET, "TLL", 40, 16, 10), (SET, "OPO", 14, 2, 4), (SET, "CHI", 20, 8, 6),
        (SET, "HAM", 41, 84, 24), (CHAIR, "TLL", 36, 13, 9), (CHAIR, "OPO", 60, 14, 20), (CHAIR, "CHI", 16, 8, 4),
        (CHAIR, "HAM", 20, 31, 16), ("BENCH-OAK-140", "TLL", 14, 5, 4), ("BENCH-OAK-140", "OPO", 12, 7, 6),
        ("BENCH-OAK-140", "CHI", 4, 4, 0), ("STOOL-ASH-65", "TLL", 46, 18, 12), ("STOOL-ASH-65", "OPO", 19, 4, 5),
        ("STOOL-ASH-65", "HAM", 12, 4, 4), ("SHELF-OAK-80", "TLL", 33, 8, 10), ("SHELF-OAK-80", "OPO", 22, 4, 6),
        ("SHELF-OAK-80", "CHI", 20, 4, 6), ("SHELF-OAK-80", "HAM", 18, 6, 6), ("DESK-ASH-140", "TLL", 6, 4, 2),
        ("DESK-ASH-140", "OPO", 2, 5, 4), ("DESK-ASH-140", "CHI", 8, 2, 3),
    )
}  # fmt: skip
# What is made for the above: on hand less what is asked, and to be kept.
USED = {
    Spot(sku, site): tuple(map(D, figures))
    for sku, site, *figures in (
        ("OAK-TOP-160", "TLL", -18, 6), ("OAK-TOP-160", "CHI", -14, 4), ("OAK-TOP-160", "RIX", -28, 0),
        ("OAK-TOP-200", "TLL", -16, 4), ("OAK-TOP-200", "RIX", 8, 0), ("LEG-OAK-72", "TLL", -128, 120),
        ("LEG-OAK-72", "OPO", 48, 20), ("LEG-OAK-72", "CHI", -36, 80), ("LEG-ASH-44", "TLL", 500, 200),
        ("LEG-ASH-44", "OPO", 100, 60), ("FRAME-ASH-2", "TLL", 10, 10), ("FRAME-ASH-2", "OPO", 24, 20),
        ("SEAT-ASH-2", "TLL", 50, 20), ("SEAT-ASH-2", "OPO", 16, 10), ("SEAT-ASH-2", "RIX", 0, 0),
        ("OAK-PLANK-26", "TLL", -172, 120), ("OAK-PLANK-26", "OPO", 130, 60), ("LACQUER-MATT", "TLL", 52, 20),
        ("LACQUER-MATT", "OPO", 22, 8), ("LACQUER-MATT", "RIX", -26, 10), ("BOLT-M8-60", "TLL", 2320, 1000),
        ("BOLT-M8-60", "OPO", 1530, 400), ("BOLT-M8-60", "CHI", 450, 60), ("CARTON-160", "TLL", 92, 40),
        ("CARTON-160", "OPO", 29, 10), ("CARTON-160", "CHI", 23, 40), ("CARTON-160", "HAM", 12, 4),
        ("OAK-BLANK-160", "RIX", -30, 0),
    )
}  # fmt: skip
