"""Invented figures for the style guide: a furniture maker with five sites."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django import forms

from core.ui import balance_chart, formats, schematic
from core.ui.balance_chart import Change, Proposal
from core.ui.schematic import Flow, Place
from core.ui.states import AVAILABILITY, CONDITIONS, DOCUMENTS, RUNS
from core.ui.stock_bar import scale_of, stock_cell

TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class SampleLevel:
    """The figures of a level that a bar draws, in the item's unit."""

    on_hand: Decimal
    committed: Decimal
    expected: Decimal
    safety_stock: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.committed

    @property
    def missing(self) -> Decimal:
        return max(Decimal(0), self.safety_stock - (self.available + self.expected))

    @property
    def figures(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        return self.on_hand, self.committed, self.expected, self.safety_stock


def _level(*figures: int) -> SampleLevel:
    return SampleLevel(*map(Decimal, figures))


def parts() -> dict:
    """States, buttons, tags, figures, bars, strips."""
    groups = [("Availability", AVAILABILITY), ("Documents", DOCUMENTS), ("Conditions", CONDITIONS), ("Runs", RUNS)]
    return {
        "groups": [(title, list(states)) for title, states in groups],
        "bars": [
            ("Excess", _level(26, 8, 0, 4)),
            ("Covered by what is expected", _level(26, 18, 30, 10)),
            ("Missing 18", _level(14, 49, 32, 15)),
            ("Nothing on hand", _level(0, 36, 20, 6)),
            ("Nothing at all", _level(0, 0, 0, 0)),
        ],
        "attention": _attention(),
        "moment": datetime(2026, 11, 23, 12, 32, tzinfo=UTC),
    }


def _attention() -> list[dict]:
    rows = [
        ("missing", "TABLE-OAK-160 at Chicago: 18 missing",
         "Stock-out 8 Dec. SO-1061 stays 3 short; Tallinn has 28 excess.", "order by Fri 27 Nov", "Move 18 from TLL"),
        ("late", "SO-1053 Harbor Dining: 2 days late",
         "SO-1051, rank 4, took 5 of TR-0219 and needs them only on 7 Dec.", "€6,900", "Rank before SO-1051"),
        ("blocked", "LACQUER-MATT lot L-2291 at Lakkur Coating",
         "Failed viscosity; 40 l blocked since 20 Nov. MO-0391 waits to be coated.", "€10,350", "Open"),
        ("in_transit", "TR-0221 Porto to Hamburg: 3 days overdue",
         "40 CHAIR-OAK-1, due 20 Nov, not received. 11 of them are promised.", "€3,920", "Ask Nordlager"),
        ("at_risk", "CHAIR-ASH-2 at Hamburg: 19 missing",
         "All orders are covered by TR-0218, but 5 stay of a safety stock of 24. Tallinn has 74 excess.",
         "order by Thu 3 Dec", "Move 19 from TLL"),
    ]  # fmt: skip
    return [
        {"state": state, "title": title, "why": why, "cost": cost, "url": "?sheet=item",
         "action": {"label": action, "url": "?sheet=item", "method": "get"}}
        for state, title, why, cost, action in rows
    ]  # fmt: skip


SITES = [("TLL", "factory"), ("OPO", "factory"), ("CHI", "factory"), ("RIX", "maker"), ("HAM", "ware")]
_STOCK = [
    ("TABLE-OAK-160", "Oak table 160, matt",
     [(26, 18, 30, 10), (9, 4, 0, 6), (14, 49, 32, 15), None, (31, 22, 0, 12)]),
    ("TABLE-OAK-200", "Oak table 200, matt", [(12, 7, 12, 6), (3, 8, 4, 2), (9, 4, 0, 3), None, (8, 2, 0, 3)]),
    ("TABLE-ASH-120", "Ash table 120", [(22, 8, 0, 6), (8, 3, 0, 3), None, None, (12, 10, 4, 4)]),
    ("CHAIR-ASH-2", "Ash chair, set of 2",
     [(40, 16, 30, 12), (14, 2, 0, 4), (20, 8, 10, 6), None, (17, 60, 43, 19)]),
    ("CHAIR-OAK-1", "Oak chair", [(36, 13, 0, 9), (60, 14, 0, 20), (16, 8, 0, 4), None, (20, 31, 40, 16)]),
    ("OAK-TOP-160", "Table top, oak 160", [(4, 22, 30, 6), None, (2, 16, 20, 4), (22, 22, 0, 0), None]),
    ("OAK-PLANK-26", "Oak plank 26 mm", [(90, 262, 220, 80), (180, 50, 0, 40), None, None, None]),
    ("LACQUER-MATT", "Lacquer matt, l", [(60, 8, 0, 20), (30, 8, 0, 8), None, (10, 36, 15, 10), None]),
    ("BOLT-M8-60", "Bolt M8 × 60",
     [(4320, 2000, 0, 1800), (2000, 470, 0, 400), (500, 50, 0, 60), None, None]),
]  # fmt: skip


def _cell(figures: tuple[int, ...] | None, scale: float) -> str | None:
    if figures is None:
        return None
    level = _level(*figures)
    tone = "missing" if level.missing else "expected" if level.available < 0 else ""
    text = formats.number(level.available)
    return stock_cell(level.figures, scale=scale, state=tone, text=text, url="?figure=1")


def stock() -> dict:
    """The stock grid: items by sites, one scale a row."""
    rows = []
    for sku, name, cells in _STOCK:
        known = [c for c in cells if c]
        scale = scale_of([_level(*c).figures for c in known])
        total = _level(*(sum(c[i] for c in known) for i in range(4)))
        missing = sum((_level(*c).missing for c in known), Decimal(0))
        rows.append(
            {"sku": sku, "name": name, "total": total, "missing": missing, "cells": [_cell(c, scale) for c in cells]}
        )
    return {"rows": rows, "sites": SITES, "filters": _filters(), "page": {"shown": len(rows), "total": 304}}


def _filters() -> list[dict]:
    return [
        {"name": "planner", "label": "Planner", "kind": "choice", "value": "me", "value_label": "me",
         "options": [{"value": "me", "label": "Me", "count": 19, "selected": True},
                     {"value": "kt", "label": "Kadri Tamm", "count": 12}]},
        {"name": "site", "label": "Site", "kind": "many", "value": "", "value_label": "",
         "options": [{"value": code, "label": code} for code, _icon in SITES]},
        {"name": "missing", "label": "Missing", "kind": "flag", "value": "", "value_label": ""},
        {"name": "due", "label": "Needed by", "kind": "date", "value": "", "value_label": ""},
    ]  # fmt: skip


_ORDERS = [
    (1042, "sell", "Lakeside Hotels", "TABLE-OAK-160", 8, "CHI", 25, 0, "in_stock", "", 5520),
    (1047, "sell", "Marlow & Finch", "TABLE-OAK-160", 6, "CHI", 26, 0, "in_stock", "", 4140),
    (1053, "sell", "Harbor Dining", "TABLE-OAK-160", 10, "CHI", 32, 27, "expected", "takes 10 of TR-0219", 6900),
    (388, "make", "Stock at Chicago", "TABLE-OAK-160", 20, "CHI", 34, 34, "expected", "tops back 30 Nov", 6900),
    (1051, "sell", "Prairie Living", "TABLE-OAK-160", 5, "CHI", 37, 34, "expected", "2 of TR-0219, 3 of MO-0388", 3450),
    (1049, "sell", "Atelier Norden", "CHAIR-ASH-2", 24, "HAM", 27, 0, "in_stock", "", 7080),
    (391, "make", "Stock at Tallinn", "TABLE-OAK-160", 30, "TLL", 31, 33, "late", "lacquer lot L-2291 blocked", 10350),
    (1061, "sell", "Kestrel Offices", "TABLE-OAK-160", 16, "CHI", 38, None, "not_available",
     "3 short: ranks 5, 9 took 7 of MO-0388", 11040),
    (1063, "sell", "Hotel Alfama", "TABLE-OAK-200", 8, "OPO", 27, 31, "late", "5 wait for TR-0226 from TLL", 7120),
    (1066, "sell", "Studio Kask", "SHELF-OAK-80", 8, "TLL", 33, 0, "in_stock", "", 1112),
]  # fmt: skip


def _order(rank: int, row: tuple) -> dict:
    number, kind, party, item, quantity, site, need, expected, state, why, value = row
    day = lambda n: date(2026, 11, 1) + timedelta(days=n - 1)  # noqa: E731 - a local shorthand for sample days
    return {
        "rank": rank, "number": f"{'SO' if kind == 'sell' else 'MO'}-{number:04d}", "kind": kind, "party": party,
        "item": item, "open": Decimal(quantity), "site": site, "need_by_on": day(need),
        "expected_on": None if expected is None else day(expected or 23), "availability": state, "why": why,
        "days_late": expected - need if state == "late" else None, "value": Decimal(value), "id": number,
    }  # fmt: skip


def orders() -> dict:
    """The ranked list."""
    return {
        "orders": [_order(rank, row) for rank, row in enumerate(_ORDERS, 1)],
        "filters": _filters(),
        "page": {"shown": len(_ORDERS), "total": 95, "previous_url": "", "next_url": "?sheet=orders&cursor=x"},
    }


class SampleForm(forms.Form):
    """An order's head, with an error in place."""

    customer = forms.ChoiceField(choices=[("1", "Harbor Dining"), ("2", "Prairie Living")])
    need_by_on = forms.DateField(label="Needed by", widget=forms.DateInput(attrs={"type": "date"}))
    quantity = forms.DecimalField(max_digits=20, decimal_places=0, help_text="In pieces; half pieces do not exist.")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    is_rush = forms.BooleanField(label="Rush order", required=False, help_text="Ranks before all others.")


def forms_sheet() -> dict:
    """Forms, errors, conflict, stale edit, progress, empty states."""
    return {"form": SampleForm({"customer": "1", "quantity": "2.5", "need_by_on": "2026-12-02"})}


def explain() -> dict:
    """The drawer of one figure."""
    on = date(2026, 11, 1)
    demands = [
        (1, "SO-1042", "in_stock", None, 24, 8), (2, "SO-1047", "in_stock", None, 25, 6),
        (4, "SO-1051", "expected", 26, 36, 5), (6, "SO-1053", "late", 33, 31, 10),
        (9, "SO-1058", "expected", 33, 33, 4), (12, "SO-1061", "not_available", None, 37, 16),
    ]  # fmt: skip
    return {
        "demands": [
            {"rank": r, "number": n, "state": s, "on": on + timedelta(days=e) if e else None,
             "need": on + timedelta(days=d), "open": Decimal(q)}
            for r, n, s, e, d, q in demands
        ]
    }  # fmt: skip


_CHANGES = [
    (25, -8, "SO-1042", "demand"), (26, -6, "SO-1047", "demand"), (27, 12, "TR-0219", "transit"),
    (32, -10, "SO-1053", "demand"), (34, 20, "MO-0388", "supply"), (34, -4, "SO-1058", "demand"),
    (37, -5, "SO-1051", "demand"), (38, -16, "SO-1061", "demand"),
]  # fmt: skip


def item() -> dict:
    """One item at one site."""
    first = date(2026, 11, 1)
    changes = [Change(first + timedelta(days=d - 1), Decimal(q), label, kind) for d, q, label, kind in _CHANGES]
    chart = balance_chart.layout(
        start=TODAY,
        days=24,
        on_hand=Decimal(14),
        changes=changes,
        safety_stock=Decimal(15),
        proposal=Proposal(date(2026, 12, 8), Decimal(18), "with 18 moved from TLL: 15 from 8 Dec"),
        note="3 short of orders, 18 missing with safety stock",
    )
    quarter = [
        Change(TODAY + timedelta(days=n), Decimal(q), f"{'SO' if q < 0 else 'PO'}-{1000 + n}", kind)
        for n in range(1, 90, 2)
        for q, kind in [((-7, "demand") if n % 9 else (40, "supply"))]
    ]
    long_chart = balance_chart.layout(
        start=TODAY, days=90, on_hand=Decimal(60), changes=quarter, safety_stock=Decimal(20)
    )
    return {"demands": explain()["demands"], "chart": chart, "long_chart": long_chart}


_PLACES = [
    Place("TLL", "Tallinn factory", "own", 59.4, 24.7, (("late", "2 late"),), "€512,400", "#"),
    Place("OPO", "Porto factory", "own", 41.1, -8.6, (("missing", "3 missing, 1 late"),), "€268,900", "#"),
    Place("CHI", "Chicago assembly", "own", 41.9, -87.6, (("missing", "2 missing, 1 late"),), "€241,300", "#"),
    Place("RIX", "Lakkur Coating", "maker", 56.9, 24.1, (("blocked", "1 lot blocked"),), "€58,700", "#"),
    Place("HAM", "Nordlager", "3pl", 53.5, 10.0, (("missing", "2 missing, 1 late"),), "€203,300", "#"),
]
_FLOWS = [
    Flow("TLL", "CHI", "12", "TR-0219, 27 Nov"),
    Flow("TLL", "CHI", "160", "TR-0217, 27 Nov"),
    Flow("TLL", "HAM", "48", "TR-0218, 25 Nov"),
    Flow("TLL", "RIX", "30", "TR-0222, 24 Nov"),
    Flow("OPO", "HAM", "40", "TR-0221, 3 days late", "late"),
    Flow("RIX", "CHI", "20", "TR-0220, leaves 26 Nov", "planned"),
]
_CITIES = [
    ("TLL", 59, 25), ("OPO", 41, -9), ("CHI", 42, -88), ("RIX", 57, 24), ("HAM", 53, 10), ("WAW", 52, 21),
    ("MUC", 48, 12), ("LYS", 46, 5), ("MAD", 40, -4), ("MXP", 45, 9), ("BUD", 47, 19), ("IST", 41, 29),
    ("ATL", 34, -84), ("DFW", 33, -97), ("MEX", 19, -99), ("GRU", -23, -46), ("JNB", -26, 28), ("BLR", 13, 77),
    ("SIN", 1, 104), ("SZX", 22, 114), ("NRT", 36, 140), ("SYD", -34, 151),
]  # fmt: skip
_STATES = ("in_transit", "late", "planned")


def network() -> dict:
    """The first page."""
    calm = (("in_stock", "all in stock"),)
    many = [Place(code, f"{code} plant", "own", lat, lon, calm) for code, lat, lon in _CITIES]
    codes = [code for code, _lat, _lon in _CITIES]
    goods = [
        Flow(codes[n % 7], codes[-1 - n], str(10 * n + 5), f"TR-{300 + n}, 2 Dec", _STATES[n % 3]) for n in range(12)
    ]
    return {
        "attention": _attention(),
        "drawing": schematic.layout(_PLACES, _FLOWS),
        "large": schematic.layout(many, goods, width=1100),
    }


SHEETS = {
    "parts": parts, "stock": stock, "orders": orders, "item": item, "network": network, "forms": forms_sheet,
}  # fmt: skip
