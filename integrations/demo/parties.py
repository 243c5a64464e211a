"""Whom Põldsaar works with, where it works, and who signs in. Plain values; all of it is invented."""

from dataclasses import dataclass
from decimal import Decimal

OWN = "POLDSAAR"
MAKER, LOGISTICS, CONSIGNER = "LAKKUR", "NORDLAGER", "HANSA-LACK"
PASSWORD = "furniture"


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A site as it is created; latitude and longitude in degrees."""

    name: str
    operator: str
    kind: str
    street: str
    city: str
    postal_code: str
    country: str
    latitude: str
    longitude: str
    zone: str
    is_making: bool


SITES = {
    "TLL": SiteFacts("Tallinn factory", OWN, "factory", "Kopli 70", "Tallinn", "10412", "EE", "59.4520", "24.6840",
                     "Europe/Tallinn", True),
    "OPO": SiteFacts("Porto factory", OWN, "factory", "Rua das Carvalhas 12", "Porto", "4100-246", "PT", "41.1621",
                     "-8.6520", "Europe/Lisbon", True),
    "CHI": SiteFacts("Chicago assembly", OWN, "factory", "2100 W Carroll Ave", "Chicago", "60612", "US", "41.8870",
                     "-87.6790", "America/Chicago", True),
    "RIX": SiteFacts("Lakkur Coating", MAKER, "factory", "Krustpils iela 31", "Riga", "1073", "LV", "56.9150",
                     "24.2010", "Europe/Riga", True),
    "HAM": SiteFacts("Nordlager", LOGISTICS, "third_party_logistics", "Am Windhukkai 5", "Hamburg", "20457", "DE",
                     "53.5340", "9.9870", "Europe/Berlin", False),
}  # fmt: skip

# code, name, currency, country, roles
COMPANIES = (
    (OWN, "Põldsaar", "EUR", "EE", ("is_own",)),
    (MAKER, "Lakkur Coating", "EUR", "LV", ("is_contract_manufacturer",)),
    (LOGISTICS, "Nordlager", "EUR", "DE", ("is_logistics_provider",)),
    (CONSIGNER, "Hansa Lack", "EUR", "DE", ("is_supplier",)),
)

# code, name, currency, country, lead time in days
SUPPLIERS = (
    ("BALTIC-OAK", "Baltic Oak Mills", "EUR", "LV", 12), ("NORRSKOG", "Norrskog Sawmill", "EUR", "SE", 15),
    ("SERRA-DOURO", "Serração do Douro", "EUR", "PT", 9), ("BESLAG", "Nordic Beslag", "EUR", "DK", 8),
    ("GREAT-LAKES", "Great Lakes Supply", "USD", "US", 7), ("PAKENDID", "Tallinna Pakendid", "EUR", "EE", 6),
    ("VILLAVABRIK", "Villavabrik Wool Mill", "EUR", "EE", 10), (CONSIGNER, "Hansa Lack", "EUR", "DE", 6),
)  # fmt: skip
USD_PER_EUR = Decimal("1.08")

# code, name, country, city, the site that serves him
CUSTOMERS = (
    ("LAKESIDE", "Lakeside Hotels", "US", "Chicago", "CHI"), ("MARLOW", "Marlow & Finch", "US", "Milwaukee", "CHI"),
    ("PRAIRIE", "Prairie Living", "US", "Madison", "CHI"), ("HARBOR", "Harbor Dining", "US", "Cleveland", "CHI"),
    ("NORTHSIDE", "Northside Co-op", "US", "Minneapolis", "CHI"),
    ("KESTREL", "Kestrel Offices", "US", "Indianapolis", "CHI"), ("NORDEN", "Atelier Norden", "DE", "Kiel", "HAM"),
    ("FJORDBLICK", "Fjordblick Apart-hotel", "DE", "Flensburg", "HAM"),
    ("HANSEN", "Hansen Wohnen", "DE", "Bremen", "HAM"),
    ("ELBE", "Elbe Interieur", "DE", "Dresden", "HAM"), ("MOBELHUSET", "Møbelhuset Nord", "DK", "Aarhus", "HAM"),
    ("SPEICHER", "Speicher 9", "DE", "Hamburg", "HAM"), ("RIBEIRO", "Casa Ribeiro", "PT", "Porto", "OPO"),
    ("ALFAMA", "Hotel Alfama", "PT", "Lisboa", "OPO"), ("LIVRARIA", "Livraria Central", "PT", "Coimbra", "OPO"),
    ("TABERNA", "Taberna do Cais", "ES", "Vigo", "OPO"), ("KOHVIK", "Vana Kohvik", "EE", "Tallinn", "TLL"),
    ("KASK", "Studio Kask", "EE", "Tartu", "TLL"), ("SAARE", "Saare Spa", "EE", "Kuressaare", "TLL"),
    ("KONTOR", "Kontor 24", "FI", "Helsinki", "TLL"), ("RANTA", "Ranta Kalusteet", "FI", "Turku", "TLL"),
    ("LJUS", "Ljus & Trä", "SE", "Stockholm", "TLL"),
)  # fmt: skip

# origin, destination, days, departures (Monday is 0), EUR per kg and per shipment
LANES = (
    ("TLL", "CHI", 12, (0, 3), "1.90", "180"), ("TLL", "HAM", 3, (1, 4), "0.22", "60"),
    ("TLL", "OPO", 7, (2,), "0.31", "90"), ("TLL", "RIX", 1, (0, 1, 2, 3, 4), "0.06", "35"),
    ("RIX", "TLL", 1, (0, 1, 2, 3, 4), "0.06", "35"), ("RIX", "CHI", 4, (1, 3), "3.40", "95"),
    ("OPO", "HAM", 4, (1, 3), "0.24", "70"), ("OPO", "TLL", 7, (3,), "0.31", "90"),
    ("HAM", "TLL", 3, (2,), "0.22", "60"),
)  # fmt: skip

# code, name, kind, pick order, whether receipts go there
LOCATIONS = {
    "TLL": (("RECEIVING", "Receiving", "staging", 90, True), ("A-01", "Finished goods, aisle 1", "storage", 10, False),
            ("A-02", "Finished goods, aisle 2", "storage", 20, False), ("B-01", "Parts", "storage", 30, False),
            ("YARD", "Plank yard", "storage", 40, False), ("CHEM", "Coatings and glue", "storage", 50, False),
            ("SAW-1", "Beside Saw 1", "lineside", 5, False), ("QC", "Quality", "quarantine", 0, False)),
    "OPO": (("RECEIVING", "Receiving", "staging", 90, True), ("A-01", "Finished goods", "storage", 10, False),
            ("B-01", "Parts", "storage", 30, False), ("YARD", "Plank yard", "storage", 40, False)),
    "CHI": (("RECEIVING", "Receiving", "staging", 90, True), ("A-01-2", "Aisle 1, level 2", "storage", 20, False),
            ("A-03-1", "Aisle 3, pick face", "storage", 10, False), ("B-01", "Parts", "storage", 30, False),
            ("LINE-1", "Beside Assembly 1", "lineside", 5, False)),
    "RIX": (("GATE", "Gate", "staging", 90, True), ("P-01", "Põldsaar, tops and seats", "storage", 10, False),
            ("LACK", "Lacquer store", "storage", 20, False), ("QC", "Blocked goods", "quarantine", 0, False)),
    "HAM": (("DOCK-4", "Dock 4", "staging", 90, True), ("H2-R1", "Hall 2, row 1", "storage", 10, False),
            ("H2-R2", "Hall 2, row 2", "storage", 20, False)),
}  # fmt: skip
# Where an item of a category goes; without one, where receipts go.
_PLACES = {
    "TLL": {"Planks": "YARD", "Coatings and glue": "CHEM", "Tables": "A-01", "Desks": "A-01", "Chairs": "A-02",
            "Benches": "A-02", "Stools": "A-02", "Shelves": "A-01", "Accessories": "A-02", "": "B-01"},
    "OPO": {"Planks": "YARD", **dict.fromkeys(("Tables", "Chairs", "Benches", "Stools", "Shelves", "Desks"), "A-01"),
            "": "B-01"},
    "CHI": {**dict.fromkeys(("Tables", "Chairs", "Benches", "Stools", "Shelves", "Desks"), "A-01-2"), "": "B-01"},
    "RIX": {"Coatings and glue": "LACK", "": "P-01"},
    "HAM": {"Tables": "H2-R1", "": "H2-R2"},
}  # fmt: skip

# name, first name, last name, role, company or site
USERS = (
    ("kadri", "Kadri", "Tamm", "planner", OWN, "the planner of Põldsaar, at every site"),
    ("mart", "Mart", "Kask", "operator", "TLL", "an operator in the Tallinn factory"),
    ("liga", "Līga", "Ozola", "partner", MAKER, "of Lakkur Coating, the contract manufacturer in Riga"),
    ("jonas", "Jonas", "Petersen", "operator", LOGISTICS, "of Nordlager, the logistics provider in Hamburg"),
)
ADMINISTRATOR = ("admin", "the administrator, with all rights")


def customers_of(site: str) -> list[str]:
    """Codes of the customers that a site serves."""
    return [code for code, *_, served_by in CUSTOMERS if served_by == site]


def place_of(category: str, site: str) -> str:
    """The location that an item of a category goes to at a site."""
    places = _PLACES[site]
    return places.get(category, places[""])
